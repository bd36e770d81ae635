"""The ticket's life: opened on the customer's board, worked on the service desk, followed on both."""
