"""One ticket's story: every event in and change out, with its delay."""
