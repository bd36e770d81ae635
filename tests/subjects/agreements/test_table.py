"""The table of agreements as DESIGN has it, and what is refused as a table."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from app import agreements
from app.agreements.rules.table import Capability, Level, TiersError, read_table, table, tiers

DESCRIBED = Path(agreements.__file__).with_name("tiers.yaml").read_text()
HOUR = 3600
#: capability → what FREE, SILVER and GOLD give: level, business seconds or per cent.
ROWS: dict[str, tuple[tuple[str, int | None], ...]] = {
    "guaranteed_response": (("none", None), ("yes", 8 * HOUR), ("yes", 2 * HOUR)),
    "vendor_reporting": (("on_request", None), ("proactive", None), ("proactive", None)),
    "intake": (("yes", None), ("yes", None), ("yes", None)),
    "self_help": (("yes", None), ("yes", None), ("yes", None)),
    "webinars": (("none", None), ("yes", None), ("yes", None)),
    "video": (("none", None), ("yes", None), ("yes", None)),
    "feature_requests": (("none", None), ("yes", None), ("yes", None)),
    "troubleshooting": (("none", None), ("yes", None), ("yes", None)),
    "basic_fix": (("none", None), ("yes", None), ("yes", None)),
    "escalation": (("none", None), ("yes", None), ("yes", None)),
    "reports": (("none", None), ("yes", None), ("yes", None)),
    "consulting_discount": (("none", None), ("yes", 10), ("higher", 20)),
    "advanced_fix": (("none", None), ("none", None), ("yes", None)),
    "acute": (("none", None), ("none", None), ("yes", HOUR // 2)),
}
TIERS = ("free", "silver", "gold")


def changed(path: str, value: Any) -> str:
    """The table with another value at a path like ``tiers.gold.price``."""
    described = yaml.safe_load(DESCRIBED)
    *parents, last = path.split(".")
    here = described
    for name in parents:
        here = here[name]
    here[last] = value
    return yaml.safe_dump(described)


def test_the_table_has_the_rows_and_tiers_of_the_agreements() -> None:
    assert list(tiers()) == list(TIERS)
    assert [capability.value for capability in Capability] == list(ROWS)


@pytest.mark.parametrize(("place", "tier"), list(enumerate(TIERS)), ids=TIERS)
@pytest.mark.parametrize("capability", list(ROWS))
def test_a_cell_gives_what_the_agreement_says(capability: str, place: int, tier: str) -> None:
    level, figure = ROWS[capability][place]
    cell = tiers()[tier].cells[Capability(capability)]
    told = cell.business_seconds if capability in ("guaranteed_response", "acute") else cell.percent
    assert (cell.level, told) == (Level(level), figure)


@pytest.mark.parametrize(
    ("tier", "licence_customer", "other"),
    [("free", 0, 2_500), ("silver", 5_000, 7_500), ("gold", 10_000, 15_000)],
)
def test_a_month_costs_what_the_agreement_says(tier: str, licence_customer: int, other: int) -> None:
    price = tiers()[tier].price
    assert price.of(is_licence_customer=True) == licence_customer
    assert price.of(is_licence_customer=False) == other


def test_figures_that_no_agreement_names_have_their_defaults() -> None:
    assert table().consulting_price == Decimal(1450)
    assert list(table().reminder_days) == [60, 30]
    assert DESCRIBED.count("SYNERITY") >= 9


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("tiers.gold.promises", {"patience": {"hours": 1}}, "is no metric"),
        ("tiers.gold.promises", {"next_response": {}}, "without hours"),
        ("tiers.gold.capabilities.acute", {"minutes": -1}, "must be a number of minutes"),
        ("tiers.gold.capabilities.acute", "yes", "hours belong to promises"),
        ("tiers.gold.capabilities.video", {"hours": 1}, "hours belong to promises"),
        ("tiers.gold.capabilities.video", "proactive", "is no level of it; it has none, yes"),
        ("tiers.gold.capabilities.video", {"percent": 3}, "percent belongs to the discount"),
        ("tiers.gold.capabilities.consulting_discount", {"percent": 101}, "must be per cent"),
        ("tiers.gold.capabilities", {"intake": "yes"}, "does not say what it gives of acute"),
        ("tiers.gold.capabilities.massage", "yes", "is no capability"),
        ("tiers.gold.price", {"other": 3}, "licence_customer"),
        ("tiers.gold.price.other", -3, "must be a number of kronor"),
        ("tiers.gold.promise", {}, "Unknown field"),
        ("consulting_price", "a lot", "consulting_price"),
        ("proration", "by_the_moon", "proration"),
        ("tiers", ["gold"], "list of tiers by name"),
        ("tiers", {}, "there must be a tier 'free'"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(path: str, value: Any, complaint: str) -> None:
    with pytest.raises(TiersError, match=complaint):
        read_table(changed(path, value))


def test_a_table_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(TiersError, match="not right"):
        read_table("tiers: [")


def test_a_promise_may_differ_by_priority_and_pause_otherwise() -> None:
    cell = {"hours": 2, "by_priority": {"urgent": 1}, "pauses": ["waiting_vendor"]}
    gold = read_table(changed("tiers.gold.capabilities.guaranteed_response", cell)).tiers["gold"]
    urgent, normal = (gold.promise("first_response", priority) for priority in ("urgent", "normal"))
    assert urgent is not None
    assert normal is not None
    assert (urgent.business_seconds, normal.business_seconds) == (HOUR, 2 * HOUR)
    assert urgent.pauses == {"waiting_vendor"}
