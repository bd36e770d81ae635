"""What the mirror decides, given values; it reads and writes nothing."""
