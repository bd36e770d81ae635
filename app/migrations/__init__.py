"""The database's history, one step a file, applied by `synerity db upgrade`."""
