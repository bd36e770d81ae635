"""Budgets: what each monday.com account may still take, shared by all processes that call it."""
