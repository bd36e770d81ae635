"""Tokens at rest: encrypted, and of use only in the row they were written for.

Fernet has no associated data, so the account and the kind of token are encrypted with it
and compared when it is read: a ciphertext copied to another row, or from the refresh to
the access column, does not open. Keys are ``SECRET_KEYS``, newest first: the first
encrypts, all decrypt.
"""

import json
from collections.abc import Sequence
from typing import Literal

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from app.errors import SupportError

Kind = Literal["access", "refresh"]


class TokenUnreadableError(SupportError):
    """A stored token can't be read with the keys we have, or belongs elsewhere."""

    code = "token_unreadable"
    permanent = True


def seal(secret_keys: Sequence[str], account_id: str, kind: Kind, token: str) -> str:
    """Encrypt a token for one account and one use."""
    content = json.dumps({"account": account_id, "kind": kind, "token": token})
    return _fernet(secret_keys).encrypt(content.encode()).decode("ascii")


def unseal(secret_keys: Sequence[str], account_id: str, kind: Kind, ciphertext: str) -> str:
    """Decrypt a token.

    Raises:
        TokenUnreadableError: none of the keys fits, or it is another account's or kind's.
    """
    try:
        content = json.loads(_fernet(secret_keys).decrypt(ciphertext.encode()))
    except InvalidToken as error:
        raise TokenUnreadableError(
            f"The {kind} token of account {account_id} can't be decrypted. Put the key it was written "
            "with back into SECRET_KEYS, or let the account install the app again."
        ) from error
    if content["account"] != account_id or content["kind"] != kind:
        raise TokenUnreadableError(
            f"What is stored as the {kind} token of account {account_id} was written for another row. "
            "Somebody has changed the database; let the account install the app again."
        )
    token: str = content["token"]
    return token


def rotate(secret_keys: Sequence[str], ciphertext: str) -> str:
    """The same content under the newest key.

    Raises:
        TokenUnreadableError: none of the keys fits.
    """
    try:
        return _fernet(secret_keys).rotate(ciphertext.encode()).decode("ascii")
    except InvalidToken as error:
        raise TokenUnreadableError(
            "A stored token can't be decrypted with any of SECRET_KEYS. Add the key it was written with."
        ) from error


def _fernet(secret_keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in secret_keys])
