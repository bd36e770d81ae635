"""The operator's page under ``/ops``: nothing of it is shown to anybody who is not signed in."""
