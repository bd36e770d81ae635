"""What customers wish of monday.com: taken in, written as use cases, filed, followed until release."""
