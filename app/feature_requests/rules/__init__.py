"""What is decided about feature requests. Pure."""
