"""Passwords: argon2id hashes, and new passwords that nobody can guess."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.errors import SupportError

SHORTEST = 12
LONGEST = 200
#: argon2id with the parameters that RFC 9106 names for little memory: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4)
#: What is verified for names nobody has, so that they take as long as others: of a password that nobody
#: knows. Made once, with these parameters: to make it anew would cost every process that starts.
_NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$PVjbDKbU6XbHiuNOjSiedA$kbn9fkB7ucNwg0e0gsChkWZrc3E5PibMLMCc3pSATEs"
# Without letters and digits that look alike.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"


class PasswordUnfitError(SupportError):
    """The password can't be taken."""

    code = "password_unfit"
    permanent = True


def make_hash(password: str, name: str) -> str:
    """The hash to store.

    Raises:
        PasswordUnfitError: too short, too long, or it is hardly more than the operator's name.
    """
    if len(password) < SHORTEST:
        raise PasswordUnfitError(f"Choose a password of at least {SHORTEST} characters.")
    if len(password) > LONGEST:
        raise PasswordUnfitError(f"Choose a password of at most {LONGEST} characters.")
    has_name = len(name) > 4 and name.casefold() in password.casefold()
    if len(set(password)) < SHORTEST // 3 or has_name:
        raise PasswordUnfitError("That password is easily guessed. Choose one without your name in it.")
    return _HASHER.hash(password)


def is_right(password: str, stored: str | None) -> bool:
    """Whether it is the password of that hash; ``None`` takes as long and is never right."""
    try:
        _HASHER.verify(stored or _NOBODY, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def new_password() -> str:
    """Five groups of four signs, about 99 bits."""
    groups = ("".join(secrets.choice(_SIGNS) for _ in range(4)) for _ in range(5))
    return "-".join(groups)
