"""The board templates of ``board_templates/``, one YAML file a board, as frozen values.

The files are checked against ``board_templates/schema.json`` by the tests; here they are
only read. A column's key is its id on the boards made from it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from app import yaml_text

FOLDER = Path(__file__).parent.parent.parent / "board_templates"


@dataclass(frozen=True)
class Texts:
    """The same words in every language the product speaks."""

    sv: str
    en: str

    def spoken(self, language: str) -> str:
        """The words in ``sv`` or ``en``."""
        return self.sv if language == "sv" else self.en

    def includes(self, words: str) -> bool:
        """Whether these are the words in either language, however they are cased."""
        return words.strip().casefold() in (self.sv.casefold(), self.en.casefold())


@dataclass(frozen=True)
class LabelTemplate:
    """One label of a status column."""

    key: str
    #: Its place in the list; its id is monday.com's to choose.
    index: int
    #: monday.com's name of the colour.
    color: str
    texts: Texts
    is_done: bool = False


@dataclass(frozen=True)
class ColumnTemplate:
    """One column."""

    key: str
    #: monday.com's column type.
    type: str
    #: ``partner`` | ``customer`` | ``both`` | ``app``
    owner: str
    title: Texts
    #: ``board.column`` whose value this one shows.
    mirrors: str | None = None
    #: ``board.subitems``: of which board's items it shows the subitems, as text.
    shows: str | None = None
    hidden: bool = False
    labels: tuple[LabelTemplate, ...] = ()


@dataclass(frozen=True)
class GroupTemplate:
    """One group that every board of this kind has."""

    key: str
    title: Texts
    #: Hexadecimal, with the hash.
    color: str


@dataclass(frozen=True)
class Template:
    """One board."""

    key: str
    #: ``partner`` | ``customer``: in whose account it is made.
    account: str
    #: ``public``: seen by all members of the account.
    kind: str
    title: Texts
    groups: tuple[GroupTemplate, ...]
    columns: tuple[ColumnTemplate, ...]

    def column(self, key: str) -> ColumnTemplate | None:
        """The column of that key."""
        return next((column for column in self.columns if column.key == key), None)


@cache
def load_all() -> Mapping[str, Template]:
    """Every template by its key; read once a process."""
    templates = (
        _template(yaml_text.read(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*/*.yaml"))
    )
    return {template.key: template for template in templates}


def for_account(role: str) -> tuple[Template, ...]:
    """The boards of a ``partner`` or of a ``customer`` account."""
    return tuple(template for template in load_all().values() if template.account == role)


@cache
def counterparts(board_key: str) -> Mapping[str, str]:
    """Column key → the column on the other account's board that holds the same, in either direction."""
    found: dict[str, str] = {}
    for template in load_all().values():
        for column in template.columns:
            if column.mirrors is None:
                continue
            mirrored_board, mirrored_column = column.mirrors.split(".")
            if template.key == board_key:
                found[column.key] = mirrored_column
            elif mirrored_board == board_key:
                found[mirrored_column] = column.key
    return found


@cache
def columns_of_subitems(board_key: str) -> frozenset[str]:
    """The keys of the columns that show, on boards of the other account, the subitems of a board's items."""
    columns = (column for template in load_all().values() for column in template.columns)
    return frozenset(column.key for column in columns if column.shows == f"{board_key}.subitems")


def _template(raw: Mapping[str, Any]) -> Template:
    return Template(
        key=raw["key"],
        account=raw["account"],
        kind=raw["kind"],
        title=Texts(**raw["title"]),
        groups=tuple(GroupTemplate(g["key"], Texts(**g["title"]), g["color"]) for g in raw["groups"]),
        columns=tuple(_column(column) for column in raw["columns"]),
    )


def _column(raw: Mapping[str, Any]) -> ColumnTemplate:
    return ColumnTemplate(
        key=raw["key"],
        type=raw["type"],
        owner=raw["owner"],
        title=Texts(**raw["title"]),
        mirrors=raw.get("mirrors"),
        shows=raw.get("shows"),
        hidden=raw.get("hidden", False),
        labels=tuple(
            LabelTemplate(
                label["key"],
                label["index"],
                label["color"],
                Texts(label["sv"], label["en"]),
                label.get("is_done", False),
            )
            for label in raw.get("labels", ())
        ),
    )
