"""When changes are too many to be meant."""

from hypothesis import given
from hypothesis import strategies as st

from app.mirror.rules.masses import is_mass


@given(lost=st.integers(0, 10**5), known=st.integers(0, 10**5))
def test_twenty_items_or_a_tenth_may_lose_something_without_an_operator(lost: int, known: int) -> None:
    assert is_mass(lost, known) == (lost > 20 and lost * 10 > known)
