"""``python -m app.cli`` does what ``synerity`` does."""

from app.cli import main

main()
