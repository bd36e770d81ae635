"""The accounts of the local monday.com as they are at the first start: people, and an empty workspace.

One partner and three customers. API tokens are random and kept with the state; who runs the
sandbox reads them from its control pages.
"""

import secrets
import sqlite3
from dataclasses import dataclass
from datetime import datetime

from monday_sandbox.clock import iso_seconds

TIME_ZONE = "Europe/Stockholm"
MAIN_WORKSPACE_ID = 12_400_000


@dataclass(frozen=True)
class SeedUser:
    """A user as planted; ``kind`` is ``admin``, ``member``, ``guest`` or ``view_only``."""

    id: int
    name: str
    email: str
    title: str
    kind: str = "member"


@dataclass(frozen=True)
class SeedAccount:
    """An account as planted."""

    id: int
    slug: str
    name: str
    plan: str
    users: tuple[SeedUser, ...]


ACCOUNTS = (
    SeedAccount(
        31_204_417,
        "synerity",
        "Synerity AB",
        "enterprise",
        (
            SeedUser(81_020_311, "Synerity Integration", "integration@synerity.example", "Service", "admin"),
            SeedUser(81_020_334, "Disa Lindqvist", "disa.lindqvist@synerity.example", "Technician"),
            SeedUser(81_020_358, "Tomas Berg", "tomas.berg@synerity.example", "Technician"),
            SeedUser(81_020_362, "Maria Ek", "maria.ek@synerity.example", "Support manager"),
            SeedUser(81_020_397, "Petra Sund", "petra.sund@synerity.example", "Product owner"),
        ),
    ),
    SeedAccount(
        31_377_902,
        "customer-free",
        "Björkö Trädgård AB",
        "standard",
        (
            SeedUser(82_440_115, "Karin Holm", "karin.holm@bjorko.example", "Owner", "admin"),
            SeedUser(82_440_126, "Elsa Wikander", "elsa.wikander@bjorko.example", "Gardener"),
            SeedUser(82_440_139, "Nils Åberg", "nils.aberg@bjorko.example", "Shop manager"),
        ),
    ),
    SeedAccount(
        31_512_266,
        "customer-silver",
        "Norrsken Logistik AB",
        "pro",
        (
            SeedUser(83_117_640, "Anders Nyström", "anders.nystrom@norrsken.example", "IT manager", "admin"),
            SeedUser(83_117_652, "Sara Lundgren", "sara.lundgren@norrsken.example", "Transport planner"),
            SeedUser(83_117_671, "Oskar Hedlund", "oskar.hedlund@norrsken.example", "Project manager"),
        ),
    ),
    SeedAccount(
        31_698_058,
        "customer-gold",
        "Västkust Energi AB",
        "enterprise",
        (
            SeedUser(
                84_905_203, "Eva Sjöberg", "eva.sjoberg@vastkust.example", "Head of operations", "admin"
            ),
            SeedUser(84_905_219, "Johan Falk", "johan.falk@vastkust.example", "Grid engineer"),
            SeedUser(84_905_238, "Linnea Dahl", "linnea.dahl@vastkust.example", "Customer service lead"),
        ),
    ),
)


def plant(connection: sqlite3.Connection, now: datetime) -> None:
    """Fill an empty database with the accounts, their users and a main workspace each."""
    for account in ACCOUNTS:
        plant_account(connection, account, now)


def plant_account(connection: sqlite3.Connection, account: SeedAccount, now: datetime) -> None:
    """Add an account with its users, who all have accepted, and a main workspace."""
    moment = iso_seconds(now)
    connection.execute(
        "INSERT INTO accounts (id, slug, name, plan, time_zone, country_code, created_at)"
        " VALUES (?, ?, ?, ?, ?, 'SE', ?)",
        (account.id, account.slug, account.name, account.plan, TIME_ZONE, moment),
    )
    connection.execute(
        "INSERT INTO workspaces (account_id, id, name, kind, description, state, is_default, created_at)"
        " VALUES (?, ?, 'Main workspace', 'open', NULL, 'active', 1, ?)",
        (account.id, MAIN_WORKSPACE_ID, moment),
    )
    for place, user in enumerate(account.users):
        connection.execute(
            "INSERT INTO users (id, account_id, name, email, title, kind, api_token, created_at,"
            " became_active_at, invitation_method) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                user.id,
                account.id,
                user.name,
                user.email,
                user.title,
                user.kind,
                secrets.token_urlsafe(48),
                moment,
                moment,
                "USER" if place else "FIRST_USER",
            ),
        )
