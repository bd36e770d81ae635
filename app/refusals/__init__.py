"""Asking for what an agreement does not include: answered, noted, shown; never silent, never an error."""
