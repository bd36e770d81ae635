"""Sweeps: looking for what webhooks missed, board by board, and telling what was healed and why."""
