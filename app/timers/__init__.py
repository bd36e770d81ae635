"""Due moments, kept in SQL: armed in the transaction that needs them, fired once."""
