"""What is said about a ticket: who may read it, and how it is carried to the other side."""
