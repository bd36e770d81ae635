"""A local monday.com: strict about what the real one is strict about."""
