"""Around every call: versions, idempotency keys, budgets, and what is answered beyond them.

Sources: developer.monday.com on rate limits, error handling, versions and idempotency
(September 2026), and recorded traffic of 2025 for what errors look like.
"""
