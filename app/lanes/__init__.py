"""Lanes: the unit of order. One item's events, one board's writes, one at a time."""
