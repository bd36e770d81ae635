"""Synerity Support for monday.com. Importing this package starts nothing: rules stay free of Flask and SQL."""
