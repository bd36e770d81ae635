"""Escalations: past the normal process, to named people at Synerity, level by level, until it ends."""
