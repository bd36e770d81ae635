"""Synerity Support for monday.com. Importing this starts nothing: rules stay free of Flask and SQL."""
