"""Measurements, each against a peer or a ceiling in the same run."""
