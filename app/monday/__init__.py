"""All the product knows of monday.com: what it sends, what it answers, how it is spoken to."""
