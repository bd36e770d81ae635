"""What a customer reads who asks for what is not included: one answer for each row and agreement."""

import pytest

from app.agreements.rules.table import Capability
from app.agreements.rules.terms import Terms, entitlement
from app.refusals.service import words
from tests.subjects.agreements.sequences import TIERS, agreed, at
from tests.subjects.agreements.test_table import ROWS
from tests.subjects.agreements.test_terms import custom

#: The agreements that have a row, as a refusal names them in Swedish and English.
_BOTH = ("avtalen SILVER och GOLD", "the agreements SILVER and GOLD")
_GOLD = ("avtalet GOLD", "the agreement GOLD")
LACKING = [
    (capability, tier)
    for capability, cells in ROWS.items()
    for tier, (level, _) in zip(TIERS, cells, strict=True)
    if level == "none"
]


@pytest.mark.parametrize(("capability", "tier"), LACKING)
def test_a_refusal_names_the_agreements_that_have_it(capability: str, tier: str) -> None:
    found = entitlement(Terms([agreed(tier)]), Capability(capability), at("2026-05-01"))
    named = _GOLD if capability in ("acute", "advanced_fix") else _BOTH
    for language, agreements in zip(("sv", "en"), named, strict=True):
        assert agreements in words(language, found)


@pytest.mark.parametrize("capability", list(ROWS))
def test_who_agreed_to_go_without_is_told_so(capability: str) -> None:
    terms = Terms([agreed("gold")], custom=custom(f"{capability} = none"))
    found = entitlement(terms, Capability(capability), at("2026-05-01"))
    assert "ingår inte i ert avtal" in words("sv", found, is_on_ticket=True)
    assert "not part of your agreement" in words("en", found)


def test_a_ticket_goes_on_as_usual() -> None:
    found = entitlement(Terms(), Capability.ESCALATION, at("2026-05-01"))
    assert "Ert ärende hanteras som vanligt" in words("sv", found, is_on_ticket=True)
    assert "ärende" not in words("sv", found)
