"""Links: which customer's tickets stand on which board, and whether that board is followed."""
