"""What is the same of every story on two boards: where its items are, what people are told of columns."""
