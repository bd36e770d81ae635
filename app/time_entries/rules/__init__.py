"""Time entries: what is readable, what an entry costs, what a month's statement says. Pure."""
