"""Agreements: who is a customer, what tier holds, and what the tier promises."""
