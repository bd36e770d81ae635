"""Passwords that cost little to check: hashes are dear on purpose, which tests need not pay for."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from argon2 import PasswordHasher

from app.operators import passwords


@contextmanager
def cheap_hashes() -> Iterator[None]:
    """Hash with the least that argon2id takes."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_HASHER", cheap)
        patch.setattr(passwords, "_NOBODY", cheap.hash("nobody's password"))
        yield
