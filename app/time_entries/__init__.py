"""Consulting: time entries on the partner's board, what they cost, statements, files for invoicing."""
