"""How long is waited before another try."""

from hypothesis import given
from hypothesis import strategies as st

from app.monday import waits

ROLLS = st.floats(0, 1)
ATTEMPTS = st.integers(0, 10**6)


@given(ATTEMPTS, ROLLS)
def test_nobody_waits_longer_than_a_quarter_of_an_hour(attempts: int, roll: float) -> None:
    assert 0.5 <= waits.back_off(attempts, roll) <= 900


@given(st.integers(0, 8), ROLLS, ROLLS)
def test_each_failure_makes_the_wait_longer_whatever_the_dice_say(
    attempts: int, one: float, other: float
) -> None:
    assert waits.back_off(attempts, one) <= waits.back_off(attempts + 1, other)


@given(ATTEMPTS)
def test_those_who_failed_together_do_not_come_back_together(attempts: int) -> None:
    assert waits.back_off(attempts, 1) >= 1.9 * waits.back_off(attempts, 0)


@given(st.floats(0, 10**5), ROLLS)
def test_what_monday_asks_for_is_waited_in_full(seconds: float, roll: float) -> None:
    assert seconds <= waits.as_told(seconds, roll) <= seconds * 1.1 + 1e-9
