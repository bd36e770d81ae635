"""The page with what each agreement gives and costs, from the table, in Swedish and English."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.agreements.rules.table import SECONDS_A_MINUTE, SECONDS_AN_HOUR, Capability, Cell, Level, table
from app.texts import text

LANGUAGES = ("en", "sv")
_NO_BREAK = "\u00a0"


@dataclass(frozen=True)
class Offer:
    """One agreement at the head of the table."""

    name: str
    licence_customer: str
    other: str


@dataclass(frozen=True)
class CellShown:
    """What a row gives in one agreement, in words."""

    words: str
    is_included: bool


@dataclass(frozen=True)
class RowShown:
    """One row of the table."""

    title: str
    what: str
    cells: Sequence[CellShown]


@dataclass(frozen=True)
class Page:
    """Everything that the page says."""

    language: str
    #: The other language, and the link to it.
    other_language: str
    offers: Sequence[Offer]
    rows: Sequence[RowShown]
    consulting_price: str

    def say(self, key: str) -> str:
        """One of the page's sentences."""
        return text(self.language, f"plans.{key}")


def page(language: str) -> Page:
    """The page in a language."""
    known = table()
    offers = [
        Offer(
            tier.label,
            _kronor(language, tier.price.licence_customer),
            _kronor(language, tier.price.other),
        )
        for tier in known.tiers.values()
    ]
    rows = [
        RowShown(
            text(language, f"plans.{capability.value}"),
            text(language, f"plans.{capability.value}.what"),
            [_cell(language, tier.cells[capability]) for tier in known.tiers.values()],
        )
        for capability in Capability
    ]
    other = "en" if language == "sv" else "sv"
    return Page(language, other, offers, rows, _kronor(language, known.consulting_price))


def _cell(language: str, cell: Cell) -> CellShown:
    if not cell.is_included:
        return CellShown(text(language, "plans.none"), is_included=False)
    if cell.business_seconds is not None:
        return CellShown(_length(language, cell.business_seconds), is_included=True)
    if cell.percent is not None:
        return CellShown(_percent(language, cell.percent), is_included=True)
    key = "yes" if cell.level is Level.HIGHER else cell.level.value
    return CellShown(text(language, f"plans.{key}"), is_included=True)


def _length(language: str, seconds: int) -> str:
    if seconds % SECONDS_AN_HOUR:
        return f"{_number(language, Decimal(seconds) / SECONDS_A_MINUTE)}{_NO_BREAK}min"
    unit = text(language, "plans.hour" if seconds == SECONDS_AN_HOUR else "plans.hours")
    return f"{seconds // SECONDS_AN_HOUR}{_NO_BREAK}{unit}"


def _percent(language: str, percent: Decimal) -> str:
    number = _number(language, percent)
    return f"{number}{_NO_BREAK}%" if language == "sv" else f"{number}%"


def _kronor(language: str, amount: Decimal | int) -> str:
    number = _number(language, Decimal(amount))
    return f"{number}{_NO_BREAK}kr" if language == "sv" else f"SEK{_NO_BREAK}{number}"


def _number(language: str, number: Decimal) -> str:
    short = number.quantize(Decimal(1)) if number == number.to_integral_value() else number.normalize()
    plain = f"{short:,f}"
    return plain.replace(",", _NO_BREAK).replace(".", ",") if language == "sv" else plain
