"""The HTTP shell: problem pages and what only development has. It knows no subject."""
