"""Files: how they come in, where they are kept, and the addresses they are read at."""
