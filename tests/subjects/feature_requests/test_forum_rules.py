"""What follows from a forum's answers: what may have had an effect is never asked for again unlooked."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.feature_requests.filing.rules import (
    LONGEST_TITLE,
    LOOK_SECONDS,
    MOST_TRIES,
    Absent,
    Answer,
    Found,
    Hidden,
    Later,
    Pause,
    Refused,
    Silence,
    State,
    Topic,
    Unknown,
    after_asking,
    after_looking,
    fitting_title,
    outcome,
)

URL = "https://community.example/forum"
_JSON = st.none() | st.dictionaries(
    st.sampled_from(("errors", "extras", "id", "action", "topic_id")), st.integers()
)


@pytest.mark.parametrize(
    ("location", "topic"),
    [
        ("https://community.example/forum/t/lock-it/12.json", Topic("12", "/t/lock-it/12")),
        ("/forum/t/lock-it/12", Topic("12", "/t/lock-it/12")),
        ("/forum/t/12.json", Topic("12", "/t/12")),
        ("http://community.example/forum/t/lock-it/12.json", None),
        ("https://community.example.evil/forum/t/lock-it/12.json", None),
        ("https://community.example@evil/forum/t/lock-it/12.json", None),
        ("//evil/forum/t/lock-it/12", None),
        ("/login", None),
        (None, None),
    ],
)
def test_only_a_topic_of_the_forum_itself_is_found(location: str | None, topic: Topic | None) -> None:
    found = after_looking(Answer(301, location=location), URL)
    assert found == Found(topic) if topic else isinstance(found, Refused)


@pytest.mark.parametrize(
    ("content", "is_absent"),
    [
        ({"errors": ["…"], "error_type": "not_found"}, True),
        ({"message": "no such route"}, False),
        (None, False),
    ],
)
def test_only_discourse_can_say_that_a_topic_is_not_there(content: Any, *, is_absent: bool) -> None:
    assert isinstance(after_looking(Answer(404, content), URL), Absent) is is_absent


@given(status=st.sampled_from([408, 409, 500, 502, 503, 504, 520, 599]), content=_JSON)
def test_what_may_have_happened_is_never_taken_for_a_refusal(status: int, content: Any) -> None:
    assert isinstance(after_asking(Answer(status, content)), Unknown)


@given(status=st.integers(100, 599), content=_JSON, location=st.none() | st.just("/t/x/1"))
def test_only_a_named_topic_is_taken_for_filed(status: int, content: Any, location: str | None) -> None:
    answer = Answer(status, content, None, location)
    is_named = status in (200, 201) and content is not None and "topic_id" in content
    assert isinstance(after_asking(answer), Found) == is_named
    is_shown = (status == 200 and content is not None and "id" in content) or status in range(300, 400)
    assert not isinstance(after_looking(answer, URL), Found) or is_shown


@given(
    before=st.sampled_from([State.WANTED, State.ASKED, State.QUEUED]), tries=st.integers(0, 2 * MOST_TRIES)
)
def test_a_post_that_may_stand_stays_asked_for_until_a_person_looks(before: State, tries: int) -> None:
    told = outcome(Unknown("?"), before, tries)
    if tries + 1 >= MOST_TRIES:
        assert isinstance(told, Hidden)
    else:
        assert isinstance(told, Pause)
        assert told.state is State.ASKED
        assert told.seconds >= LOOK_SECONDS


@given(
    before=st.sampled_from([State.WANTED, State.ASKED, State.QUEUED]), tries=st.integers(0, 2 * MOST_TRIES)
)
def test_what_had_no_effect_leaves_the_state_as_it_was(before: State, tries: int) -> None:
    told = outcome(Later("later"), before, tries)
    if isinstance(told, Pause):
        assert told.state is before
    else:
        assert isinstance(told, Refused if before is State.WANTED else Hidden)


@pytest.mark.parametrize(
    ("extras", "retry_after", "seconds"),
    [
        ({"wait_seconds": 37}, 12.0, 37.0),
        ({}, 12.0, 12.0),
        (None, None, 60.0),
        ({"wait_seconds": 10**9}, None, 86400.0),
    ],
)
def test_the_forum_says_how_long_to_wait(extras: Any, retry_after: float | None, seconds: float) -> None:
    told = after_asking(Answer(429, {"extras": extras}, retry_after))
    assert isinstance(told, Later)
    assert told.seconds == seconds


def test_no_connection_is_no_post() -> None:
    assert isinstance(after_asking(Silence(was_sent=False)), Later)
    assert isinstance(after_asking(Silence(was_sent=True)), Unknown)


@given(st.text(max_size=600))
def test_a_title_fits_on_one_line(title: str) -> None:
    fitting = fitting_title(title)
    assert len(fitting) <= LONGEST_TITLE
    assert fitting == " ".join(fitting.split())
