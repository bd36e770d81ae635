"""The outbox: every change we want on monday.com, committed before the call that makes it."""
