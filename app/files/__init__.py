"""Files that people hang on messages or put in columns, and their copies on the other side."""
