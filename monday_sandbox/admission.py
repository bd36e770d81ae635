"""What happens on monday.com outside its API: an account is opened, an invitation is accepted."""

import re
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

from monday_sandbox.clock import iso_seconds
from monday_sandbox.seed import SeedAccount, SeedUser, plant_account
from monday_sandbox.state import Store, next_id

PLANS = ("free", "basic", "standard", "pro", "enterprise")
_KINDS = ("admin", "member", "guest", "view_only")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


class AdmissionError(Exception):
    """It can't be done; the message says why."""


def open_account(store: Store, given: Mapping[str, Any]) -> str:
    """Open an account with its people and give its slug.

    Args:
        store: The state.
        given: ``slug``, and optionally ``name``, ``plan`` (pro) and ``users``, each with ``name`` and
            optionally ``email``, ``title`` and ``kind``. The first is the account's admin; without
            any there is one all the same.

    Raises:
        AdmissionError: something of it is wrong or taken.
    """
    slug, plan = given.get("slug"), given.get("plan") or "pro"
    if not isinstance(slug, str) or not _SLUG.fullmatch(slug):
        raise AdmissionError("slug must be letters a to z, digits and hyphens.")
    if plan not in PLANS:
        raise AdmissionError(f"plan must be one of {', '.join(PLANS)}.")
    people = given.get("users") or [{"name": "Admin"}]
    if not isinstance(people, list):
        raise AdmissionError("users must be a list.")
    with store.writing() as connection:
        if connection.execute("SELECT 1 FROM accounts WHERE slug = ?", (slug,)).fetchone() is not None:
            raise AdmissionError("There is an account with that slug already.")
        account = SeedAccount(
            next_id(connection, 0, "account"),
            slug,
            str(given.get("name") or slug),
            plan,
            _people(connection, slug, people),
        )
        plant_account(connection, account, store.clock.now())
    return slug


def _people(connection: sqlite3.Connection, slug: str, given: Sequence[Any]) -> tuple[SeedUser, ...]:
    people: list[SeedUser] = []
    for place, one in enumerate(given):
        if not isinstance(one, dict) or not isinstance(one.get("name"), str) or not one["name"].strip():
            raise AdmissionError("Each of users must be an object with a name.")
        kind = one.get("kind") or ("member" if place else "admin")
        if kind not in _KINDS or (not place and kind != "admin"):
            raise AdmissionError(f"kind must be one of {', '.join(_KINDS)}, and the first user an admin.")
        user_id = next_id(connection, 0, "user")
        email = str(one.get("email") or f"user-{user_id}@{slug}.example")
        if email.lower() in (other.email.lower() for other in people):
            raise AdmissionError(f"The address {email} is there twice.")
        people.append(SeedUser(user_id, one["name"], email, str(one.get("title") or ""), kind))
    return tuple(people)


def accept_invitation(store: Store, user_id: int) -> None:
    """Make a pending user active, as following the link in the invitation's mail does.

    Raises:
        AdmissionError: nobody with that id is invited.
    """
    with store.writing() as connection:
        accepted = connection.execute(
            "UPDATE users SET status = 'ACTIVE', became_active_at = ? WHERE id = ? AND status = 'PENDING'",
            (iso_seconds(store.clock.now()), user_id),
        )
        if accepted.rowcount == 0:
            raise AdmissionError("There is no invited user with that id.")
