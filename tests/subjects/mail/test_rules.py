"""Whatever servers answer and people write: nobody is lost or written to twice, and no guess is made."""

import json
from dataclasses import asdict
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.mail.rules import parsing, quotes, receiving, sending
from app.mail.rules.letters import Letter, LetterError, check
from app.mail.rules.markup import to_text
from app.mail.rules.receiving import Evidence
from app.mail.rules.sending import Delivery, Reply, State, Verdict

NAMES = ("a@x.se", "b@x.se", "c@x.se")
replies = st.builds(
    Reply, st.sampled_from([250, 251, 354, 421, 450, 451, 500, 550, 554, 0]), st.just("words")
)
threads = st.frozensets(st.integers(1, 3))


@given(st.lists(st.tuples(st.fixed_dictionaries(dict.fromkeys(NAMES, replies)), replies), max_size=8))
def test_each_recipient_is_in_one_place_and_whoever_has_it_is_left_alone(
    rounds: list[tuple[dict[str, Reply], Reply]],
) -> None:
    delivery = Delivery(waiting=NAMES)
    for answers, last in rounds:
        reached = set(delivery.reached)
        asked = sending.offered(delivery, answers)
        assert not reached & set(asked.under_way)
        delivery = sending.answered(asked, last)
        places = (*delivery.waiting, *delivery.under_way, *delivery.reached, *(delivery.refused or {}))
        assert sorted(places) == sorted(NAMES)
        assert reached <= set(delivery.reached)
        assert delivery.state is (
            State.WANTED if delivery.waiting else State.SENT if delivery.reached else State.REFUSED
        )


@given(st.integers(0, 500), st.floats(0, 1))
def test_waits_grow_to_an_hour_and_no_further(attempts: int, roll: float) -> None:
    assert 20 <= sending.wait_seconds(attempts, roll) <= 1.25 * sending.LONGEST_WAIT_SECONDS
    assert sending.wait_seconds(attempts, roll) <= sending.wait_seconds(attempts + 1, roll)


@given(st.integers(0, 999))
def test_only_a_code_of_refusal_refuses(code: int) -> None:
    assert (Reply(code, "").verdict is Verdict.NEVER) == (500 <= code <= 599)


@given(threads, threads, threads, st.integers(0, 40))
def test_a_mail_goes_only_where_all_that_tells_points(
    address: frozenset[int], references: frozenset[int], subject: frozenset[int], lately: int
) -> None:
    stories = {one: f"case:{one}" for one in (1, 2, 3)}
    verdict = receiving.decide(Evidence(address, references, subject), stories, lately)
    named = address | references | subject
    if verdict.thread_id is not None:
        assert named == {verdict.thread_id}
    else:
        assert verdict.reason
        assert verdict.is_in_doubt == bool(named)


@given(st.text())
def test_a_subject_is_sent_as_it_is_or_refused(subject: str) -> None:
    letter = Letter("case:1", "k", ("a@x.se",), subject, "")
    try:
        check(letter)
    except LetterError:
        return
    message = EmailMessage(policy=default)
    message["Subject"] = subject
    assert len(message.keys()) == 1


NAMES_OF_HEADERS = st.sampled_from(
    [b"From", b"Subject", b"Message-ID", b"References", b"Content-Type", b"Content-Disposition", b"To"]
)
VALUES = st.one_of(
    st.binary(max_size=60).map(lambda value: value.replace(b"\n", b"")),
    st.sampled_from(
        [
            b"multipart/mixed; boundary=b",
            b"multipart/report; boundary=b",
            b"text/html; charset=punycode",
            b"text/plain; charset*=x''%00",
            b"message/delivery-status",
            b"=?punycode?Q?a-b?= =?x\x00?B?_?=",
            b"attachment; filename*=utf-7''%ff%00; filename=\xff/../x",
            b"MAILER-DAEMON@x.se, <\x00@\xff>",
        ]
    ),
)
HEADS = st.lists(st.tuples(NAMES_OF_HEADERS, VALUES).map(b": ".join), max_size=6).map(b"\n".join)
LINES = st.one_of(st.binary(max_size=80), HEADS, st.sampled_from([b"\n--b\n", b"\nAction: failed\n"]))


@given(st.lists(LINES, max_size=6).map(b"\n".join), HEADS.map(lambda head: head + b"\n\n"))
def test_any_bytes_can_be_read(tail: bytes, head: bytes) -> None:
    parsed = parsing.parse(head + tail, "a@x.se")
    told = json.dumps(asdict(parsed), ensure_ascii=False)
    assert "\\u0000" not in told
    assert told.encode()
    for one in parsed.attachments:
        assert len(parsing.content_of(head + tail, one.id)) == one.size


@given(st.text(), st.lists(st.text(alphabet="abc <>/&;", max_size=30), max_size=5))
def test_what_is_new_is_part_of_the_text(text: str, lines: list[str]) -> None:
    whole = "\n".join([text, *(f"> {line}" for line in lines)])
    new = quotes.cut(whole)
    assert set(new.splitlines()) <= {line.strip() for line in whole.splitlines()} | set(whole.splitlines())
    assert bool(new) == bool(whole.strip())


@pytest.mark.parametrize(
    ("text", "new"),
    [
        ("Yes.\n\nDen 3 maj 2027 10:00 skrev Anna <a@x.se>:\n> Hej\n> då", "Yes."),
        ("Yes.\n\nOn Mon, 3 May 2027 at 10:00\nAnna <a@x.se> wrote:\nHello\nyou", "Yes."),
        ("Yes.\n\n-----Ursprungligt meddelande-----\nFrån: Anna\nHej", "Yes."),
        ("Yes.\n\nFrom: Anna\nSent: Monday\nTo: Bo\nSubject: Hi\n\nHello", "Yes."),
        ("> Does it work?\nIt does.\n> Since when?\nMonday.", "It does.\nMonday."),
        ("Then Anna wrote:\nhello", "Then Anna wrote:\nhello"),
        ("From: one board\nto another it fails", "From: one board\nto another it fails"),
        ("Yes.\n-- \nAnna, Example AB", "Yes."),
        ("- one\n- two", "- one\n- two"),
        ("> only what was said", "> only what was said"),
    ],
)
def test_quotes_are_cut_and_nothing_else(text: str, new: str) -> None:
    assert quotes.cut(text) == new


def test_html_is_read_as_people_see_it() -> None:
    html = (
        "<head><style>p {}</style></head><body><p>Hello&nbsp;Anna,<br>see <a href='https://x.se/1'>this</a></p>"
        "<ul><li>one<li>two</ul><script>e()</script><blockquote><p>Old <b>words</b></p></blockquote></body>"
    )
    assert to_text(html) == "Hello Anna,\nsee this (https://x.se/1)\n\n- one\n- two\n\n> Old words"
