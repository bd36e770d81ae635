"""Access to a customer's environment: asked for, given for a time, logged at each use, ended; or flagged."""
