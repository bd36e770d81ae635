"""An account's budget is never exceeded, urgent work goes first, and what was not spent comes back."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from app.budgets.rules import books as rules
from app.budgets.rules import learning
from app.budgets.rules.books import Allowance, Asking, Books, Moment, Spent
from app.budgets.rules.hearing import Bound, Heard, Remaining
from app.budgets.rules.written import from_text, to_text
from app.priority import Priority

START = 1_800_000_000.0
DAY = "2026-11-23"
MUTATION = {"change": 1}
LONG = 30.0
SMALL = Allowance(points=100_000, calls=20, places=4)


def at(seconds: float, day: str = DAY) -> Moment:
    return Moment(START + seconds, day, 3600.0)


def mutation(priority: Priority = Priority.LIVE, count: int = 1) -> Asking:
    return Asking({"change": count}, is_write=True, priority=priority)


def room(books: Books, asking: Asking, moment: Moment) -> float | None:
    return rules.find_room(rules.turn_to(books, moment), asking, moment)


def made(books: Books, asking: Asking, moment: Moment, heard: Heard | None = None) -> Books:
    """A call that was let through and answered at once."""
    books = rules.reserve(rules.turn_to(books, moment), asking, "a call", seconds=LONG)
    books = rules.settle(books, asking, "a call", heard)
    return books if heard is None else learning.learn(books, asking, heard, moment)


def spent(points: int, *, seconds: float = 0.0, calls: int = 1) -> Books:
    second = int(START + seconds)
    return Books(allowance=SMALL, spent={second: Spent(points, points, calls)}, seen_at=START, day=DAY)


calls = st.tuples(
    st.floats(0, 20),  # seconds since the one before
    st.integers(1, 60),  # mutations
    st.sampled_from(Priority),
    st.floats(0, 20),  # how long it takes
    st.floats(0, 1),  # what it costs, of what was thought
)


@given(st.lists(calls, min_size=1, max_size=60))
def test_no_minute_gets_more_than_the_budget(wanted: list[tuple[float, int, Priority, float, float]]) -> None:
    """Whenever monday.com's minute begins: calls cost what they were thought to cost at most."""
    books, now = Books(allowance=SMALL), 0.0
    under_way: list[tuple[float, str, Asking, int]] = []
    charged: list[tuple[float, int]] = []
    for number, (pause, count, priority, length, part) in enumerate(wanted):
        now += pause
        for ends, key, asking, cost in sorted(under_way, key=lambda one: one[0]):
            if ends <= now:
                books = rules.settle(rules.turn_to(books, at(ends)), asking, key, Heard(cost=cost))
                under_way.remove((ends, key, asking, cost))
        asking = mutation(priority, count)
        books = rules.turn_to(books, at(now))
        if rules.find_room(books, asking, at(now)) is None:
            key = f"call {number}"
            cost = int(rules.estimate(books, asking) * part)
            books = rules.reserve(books, asking, key, seconds=LONG)
            under_way.append((now + length, key, asking, cost))
            charged.append((now, cost))
    for began, _ in charged:
        minute = [cost for moment, cost in charged if began <= moment < began + 60]
        assert sum(minute) <= SMALL.points
        assert len(minute) <= SMALL.calls


@given(st.integers(0, 120_000), st.integers(0, 25), st.integers(0, 5), st.integers(1, 30))
def test_what_is_let_through_would_be_if_it_were_more_urgent(
    points: int, calls: int, under_way: int, count: int
) -> None:
    books = spent(points, calls=calls)
    for number in range(under_way):
        books = rules.reserve(books, mutation(), f"call {number}", seconds=LONG)
    waits = [room(books, mutation(priority, count), at(0)) is not None for priority in Priority]
    assert waits == sorted(waits)


@given(st.integers(0, 95_000), st.integers(1, 30), st.sampled_from(Priority))
def test_whoever_has_to_wait_is_let_through_at_the_moment_told(
    points: int, count: int, priority: Priority
) -> None:
    books = spent(points)
    until = room(books, mutation(priority, count), at(0))
    assert until is None or room(books, mutation(priority, count), Moment(until, DAY, 3600.0)) is None


def test_nine_tenths_of_the_budget_are_used_when_there_is_work() -> None:
    books, total = Books(allowance=replace(SMALL, calls=10_000), prices={"change": 500.0}), 0
    for tenth in range(6_000):
        moment = at(tenth / 10)
        if room(books, mutation(), moment) is None:
            books = made(books, mutation(), moment, Heard(cost=500))
            total += 500
    assert total >= 0.9 * SMALL.points * 10


def test_backfill_leaves_room_for_people() -> None:
    books = spent(82_000)
    assert room(books, mutation(Priority.BACKFILL), at(0)) is not None
    assert room(books, mutation(Priority.LIVE), at(0)) is None


def test_a_sweep_leaves_room_for_backfill() -> None:
    books = spent(70_000)
    assert room(books, mutation(Priority.SWEEP), at(0)) is not None
    assert room(books, mutation(Priority.BACKFILL), at(0)) is None


def test_reads_and_writes_have_a_budget_each() -> None:
    books = replace(spent(0), spent={int(START): Spent(0, 96_000, 1)})
    assert room(books, mutation(), at(0)) is not None
    assert room(books, Asking({"read_items": 100}, is_write=False, priority=Priority.LIVE), at(0)) is None


def test_what_a_call_did_not_cost_comes_back_at_once() -> None:
    books = made(Books(allowance=SMALL), mutation(count=9), at(0), Heard(cost=300))
    assert rules.used_points(books, is_write=True) == 300


def test_a_call_that_was_never_sent_costs_nothing() -> None:
    books = rules.reserve(rules.turn_to(Books(), at(0)), mutation(), "a call", seconds=LONG)
    books = rules.give_back(books, "a call")
    assert (rules.used_points(books, is_write=True), rules.used_calls(books)) == (0, 0)


def test_a_refused_call_costs_a_call_but_no_points() -> None:
    books = made(Books(allowance=SMALL), mutation(), at(0), Heard(refused=Bound.CALLS, wait=3))
    assert (rules.used_points(books, is_write=True), rules.used_calls(books)) == (0, 1)


def test_a_call_whose_maker_died_is_spent_and_its_place_is_free() -> None:
    books = rules.reserve(rules.turn_to(Books(allowance=SMALL), at(0)), mutation(), "a call", seconds=LONG)
    books = rules.turn_to(books, at(LONG + 1))
    assert not books.under_way
    assert rules.used_points(books, is_write=True) == 10_000


def test_no_more_calls_are_under_way_than_there_are_places() -> None:
    books = rules.turn_to(Books(allowance=SMALL, prices={"change": 1.0}), at(0))
    for number in range(3):
        assert rules.find_room(books, mutation(), at(0)) is None
        books = rules.reserve(books, mutation(), f"call {number}", seconds=LONG)
    assert rules.find_room(books, mutation(), at(0)) == START + rules.PLACE_WAIT


def test_prices_follow_what_calls_have_cost() -> None:
    books = Books()
    for second in range(30):
        books = made(books, mutation(count=10), at(second), Heard(cost=5_000))
    assert 500 <= rules.estimate(books, mutation()) < 520
    books = made(books, mutation(count=10), at(31), Heard(cost=20_000))
    assert rules.estimate(books, mutation()) == 2_000


def test_what_costs_more_than_there_is_is_tried_in_an_empty_minute() -> None:
    dear = mutation(Priority.SWEEP, count=1_000)
    assert room(spent(1), dear, at(0)) is not None
    assert room(spent(1), dear, at(62)) is None


def test_the_figures_monday_tells_replace_the_smallest() -> None:
    told = Heard(points_a_minute=7, calls_a_minute=5_000, places=250)
    assert made(Books(), mutation(), at(0), told).allowance == Allowance(7, 5_000, 250)


def test_what_others_spend_of_the_budget_counts_until_monday_resets_it() -> None:
    told = Heard(cost=1_000, points=Remaining(4_000, 12.0))
    books = made(Books(allowance=SMALL), mutation(), at(0), told)
    assert room(books, mutation(), at(0)) == START + 12
    assert room(books, mutation(), at(12)) is None


def test_a_refusal_is_waited_out() -> None:
    books = made(Books(), mutation(), at(0), Heard(refused=Bound.POINTS, wait=9))
    assert room(books, mutation(), at(8)) == START + 9
    assert room(books, mutation(), at(9)) is None


def test_a_refusal_of_writes_stops_no_reading() -> None:
    books = made(Books(), mutation(), at(0), Heard(refused=Bound.POINTS, wait=9))
    assert room(books, Asking({"me": 1}, is_write=False, priority=Priority.LIVE), at(1)) is None


def test_a_field_with_a_limit_of_its_own_stops_only_its_like() -> None:
    books = made(Books(), mutation(), at(0), Heard(refused=Bound.FIELD, wait=9))
    assert room(books, mutation(), at(1)) == START + 9
    assert room(books, Asking({"other": 1}, is_write=True, priority=Priority.LIVE), at(1)) is None


def test_calls_that_monday_estimates_higher_get_more_room_after_a_refusal() -> None:
    books = spent(90_000)
    books = replace(books, prices={"change": 100.0})
    assert room(books, mutation(), at(0)) is None
    books = made(books, mutation(), at(0), Heard(refused=Bound.POINTS, wait=1))
    assert room(books, mutation(), at(2)) is not None
    assert room(books, mutation(), at(70)) is None


def test_a_refusal_of_another_cause_is_forgotten_in_time() -> None:
    books = made(Books(prices={"change": 100.0}), mutation(), at(0), Heard(refused=Bound.POINTS, wait=1))
    books = replace(books, allowance=SMALL)
    for second in range(2, 22):
        assert room(books, mutation(), at(10 * second)) is None
        books = made(books, mutation(), at(10 * second), Heard(cost=100))
    books = replace(books, spent={int(START + 300): Spent(0, 90_000, 1)})
    assert room(books, mutation(), at(300)) is None


def test_a_day_that_is_used_up_ends_at_midnight() -> None:
    books = made(Books(), mutation(), at(0), Heard(refused=Bound.DAY))
    assert room(books, mutation(), at(10)) == START + 3600
    assert room(books, mutation(), at(10, "2026-11-24")) is None


def test_a_day_of_few_calls_is_left_to_people() -> None:
    books = replace(Books(allowance=Allowance(daily=1_000)), day=DAY, day_tenths=9_000)
    assert room(books, mutation(Priority.BACKFILL), at(0)) is not None
    assert room(books, mutation(Priority.LIVE), at(0)) is None


def test_a_daily_figure_that_was_too_low_is_raised() -> None:
    books = replace(Books(allowance=Allowance(daily=5)), day=DAY, day_tenths=70)
    assert made(books, mutation(), at(0), Heard(cost=1)).allowance.daily == 8


@given(st.floats(-90_000, -61))
def test_a_clock_that_is_set_back_stops_nothing_for_longer(jump: float) -> None:
    books = rules.turn_to(made(Books(allowance=SMALL), mutation(count=9), at(0)), at(jump))
    until = room(books, mutation(count=9), at(jump))
    assert until is not None
    assert until <= START + jump + rules.WINDOW_SECONDS + 1
    assert room(books, mutation(count=9), Moment(until, DAY, 3600.0)) is None


@given(st.floats(-90_000, -61))
def test_a_clock_that_is_set_back_forgets_nothing(jump: float) -> None:
    books = made(Books(allowance=SMALL), mutation(count=9), at(0))
    books = rules.turn_to(books, at(jump))
    assert rules.used_points(rules.turn_to(books, at(jump + 59)), is_write=True) == 90_000


@given(st.lists(st.floats(0, 60), min_size=2, max_size=20))
def test_machines_whose_clocks_differ_make_nothing_older(behind: list[float]) -> None:
    books = made(Books(allowance=SMALL), mutation(count=9), at(0))
    for number, difference in enumerate(behind):
        books = rules.turn_to(books, at(number - difference))
    assert rules.used_points(rules.turn_to(books, at(59)), is_write=True) == 90_000


def test_books_that_grew_apart_know_together_what_each_knew() -> None:
    one = made(Books(allowance=SMALL), mutation(count=3), at(0))
    two = made(Books(allowance=SMALL), mutation(count=2), at(5))
    assert rules.used_points(rules.merged(one, two), is_write=True) == 50_000


def test_books_are_read_as_they_were_written() -> None:
    books = made(spent(5), mutation(), at(0), Heard(refused=Bound.POINTS, wait=9))
    books = made(books, mutation(), at(1), Heard(cost=7, points=Remaining(10, 3.0)))
    books = rules.note_waiting(books, Priority.SWEEP, START + 4)
    books = rules.reserve(books, mutation(), "another", seconds=LONG)
    assert from_text(to_text(books)) == books


def test_books_of_another_form_are_begun_anew() -> None:
    assert from_text('{"form":0}') is None
    assert from_text("no books at all") is None
