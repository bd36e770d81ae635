"""What comes is kept before it is answered for, filed only where all of it points, and told of once."""

import smtplib
from dataclasses import replace
from email.message import EmailMessage

import pytest

from app.db import Database
from app.mail import receiving
from app.mail.models import IncomingMail
from app.mail.receiving import FilingError
from app.mail.rules import parsing
from app.mail.rules.receiving import MOST_IN_AN_HOUR
from tests.subjects.mail.conftest import VENDOR, Office
from tests.support.post import DoorOfProduct, Post, Taken, answer_to
from workers import mail_door

US = "support@desk.example"


def _spam(**headers: str) -> EmailMessage:
    message = EmailMessage()
    for name, value in {"From": "Eve <eve@else.example>", "Subject": "Hi", **headers}.items():
        message[name] = value
    message.set_content("Who are you?")
    return message


@pytest.fixture
def letter(office: Office, post: Post) -> Taken:
    """A letter of case 12 that the vendor has got."""
    office.write("package")
    office.work()
    return post.letter()


def test_an_answer_is_told_with_what_is_new_in_it(office: Office, letter: Taken, door: DoorOfProduct) -> None:
    files = {"räksmörgås.har": b'{"log": 1}'}
    text = "It is a known fault.\nWe mend it."
    door.answer(letter, text, sender="Ann Öst <ann@vendor.example>", files=files)
    office.work()
    (came,) = office.came()
    assert (came.story, came.state, came.in_doubt, came.is_automatic) == ("case:12", "filed", None, False)
    assert (came.from_name, came.from_address) == ("Ann Öst", "ann@vendor.example")
    assert came.text == text
    assert "> Hello!" in came.full_text
    assert [(one.name, one.size) for one in came.attachments] == [("räksmörgås.har", 10)]
    assert office.events()[-1] == ("mail.came", {"incoming_id": came.id})
    with office.product.database.reading() as session:
        raw = session.get_one(IncomingMail, came.id).raw
    assert raw is not None
    assert parsing.content_of(raw, came.attachments[0].id) == b'{"log": 1}'


@pytest.mark.parametrize(
    "headers",
    [
        {"In-Reply-To": None, "References": None, "Subject": "Something else"},
        {"To": US, "Subject": "Something else"},
        {"To": US, "In-Reply-To": None, "References": None},
    ],
    ids=["only the address", "only what it answers", "only the subject"],
)
def test_any_one_sign_of_its_thread_is_enough(
    office: Office, letter: Taken, door: DoorOfProduct, headers: dict[str, str | None]
) -> None:
    message = answer_to(letter, "Hello", headers=headers)
    door.bring(message, str(message["To"]), envelope_from=VENDOR)
    office.work()
    assert [came.story for came in office.came()] == ["case:12"]


@pytest.mark.parametrize("sign", ["address", "references", "subject"])
def test_with_another_cases_token_it_goes_to_nobody_but_a_person(
    office: Office, letter: Taken, post: Post, door: DoorOfProduct, sign: str
) -> None:
    office.write("other", story="case:13")
    office.work()
    other = post.letter("other")
    headers: dict[str, str | None] = {"Subject": "Re: yours"}
    if sign == "references":
        headers["References"] = f"{letter.message['Message-ID']} {other.message['Message-ID']}"
    if sign == "subject":
        headers["Subject"] = str(other.message["Subject"])
    to = other.answer_address if sign == "address" else letter.answer_address
    door.bring(answer_to(letter, "Secret of the other", headers=headers), to, envelope_from=VENDOR)
    office.work()
    (came,) = office.came()
    assert (came.story, came.state) == (None, "unsorted")
    assert "case:12" in (came.in_doubt or "")
    assert "case:13" in (came.in_doubt or "")
    told = [*office.events("case:12"), *office.events("case:13")]
    assert {source for source, _ in told} == {"mail.sent"}
    with office.product.database.transaction() as session:
        receiving.file(session, came.id, "case:13", now=office.product.clock.now())
    assert office.events("case:13")[-1] == ("mail.came", {"incoming_id": came.id})
    assert (office.came()[0].story, office.came()[0].in_doubt) == ("case:13", None)


def test_what_belongs_to_no_thread_is_kept_for_a_person(office: Office, door: DoorOfProduct) -> None:
    door.bring(_spam(), US, envelope_from="eve@else.example")
    door.bring(
        _spam(Subject="Other"), "support+0123456789abcdef0123@desk.example", envelope_from="e@else.example"
    )
    office.work()
    first, second = office.came()
    assert (first.state, second.state, first.in_doubt) == ("unsorted", "unsorted", None)
    with office.product.database.transaction() as session:
        with pytest.raises(FilingError, match="no thread"):
            receiving.file(session, first.id, "case:99", now=office.product.clock.now())
        receiving.dismiss(session, first.id, "Spam", now=office.product.clock.now())
        with pytest.raises(FilingError, match="no unsorted mail"):
            receiving.dismiss(session, first.id, "Spam", now=office.product.clock.now())


def test_the_same_delivery_again_is_one_mail(office: Office, letter: Taken, door: DoorOfProduct) -> None:
    message = answer_to(letter, "Hello")
    for _ in range(2):
        door.bring(message, letter.answer_address, envelope_from=VENDOR)
    office.work()
    door.bring(message, letter.answer_address, envelope_from=VENDOR)
    # The same by another way: a copy to our plain address.
    door.bring(message, US, envelope_from=VENDOR)
    office.work()
    assert [came.state for came in office.came()] == ["filed", "repeated"]
    assert [source for source, _ in office.events()].count("mail.came") == 1


@pytest.mark.parametrize(
    "headers", [{"Auto-Submitted": "auto-replied"}, {"Subject": "Automatiskt svar: Semester"}]
)
def test_an_automatic_answer_is_told_as_one(
    office: Office, letter: Taken, door: DoorOfProduct, headers: dict[str, str | None]
) -> None:
    door.answer(letter, "I am away.", headers=headers)
    office.work()
    assert [(came.story, came.is_automatic) for came in office.came()] == [("case:12", True)]


def test_more_than_people_write_is_left_to_a_person(office: Office, letter: Taken) -> None:
    now = office.product.clock.now()
    for number in range(MOST_IN_AN_HOUR + 2):
        delivered = receiving.Delivered(
            VENDOR, (letter.answer_address,), bytes(answer_to(letter, f"Again {number}"))
        )
        with office.product.database.transaction() as session:
            receiving.store(session, delivered, now=now)
    office.work()
    states = [came.state for came in office.came()]
    assert (states.count("filed"), states.count("unsorted")) == (MOST_IN_AN_HOUR, 2)


@pytest.mark.parametrize("address", ["someone@else.example", "else@desk.example", "support@else.example"])
def test_nothing_is_passed_on(office: Office, door: DoorOfProduct, address: str) -> None:
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        door.bring(_spam(), address, envelope_from="eve@else.example")
    assert caught.value.recipients[address][0] == 550
    assert office.came() == []


def test_what_is_too_large_is_refused(
    office: Office, door: DoorOfProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail_door, "LARGEST_MAIL", 10_000)
    message = _spam()
    message.add_attachment(b"x" * 20_000, maintype="application", subtype="octet-stream", filename="x")
    with pytest.raises((smtplib.SMTPSenderRefused, smtplib.SMTPDataError)) as caught:
        door.bring(message, US, envelope_from="eve@else.example")
    assert caught.value.smtp_code == 552
    assert office.came() == []


def test_what_the_database_does_not_take_is_to_be_brought_again(office: Office, letter: Taken) -> None:
    delivered = receiving.Delivered(VENDOR, (letter.answer_address,), bytes(answer_to(letter, "Hello")))
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    assert mail_door.Door(replace(office.product, database=away)).keep(delivered).startswith("451")
    assert mail_door.Door(office.product).keep(delivered).startswith("250")
    assert len(office.came()) == 1


def test_what_nobody_can_read_is_left_to_a_person_and_holds_up_no_other(
    office: Office, letter: Taken, door: DoorOfProduct, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = parsing.parse

    def stumble(raw: bytes, envelope_from: str) -> parsing.Parsed:
        if b"stumble" in raw:
            raise RecursionError
        return real(raw, envelope_from)

    monkeypatch.setattr(parsing, "parse", stumble)
    door.answer(letter, "stumble")
    door.answer(letter, "walk")
    for _ in range(4):
        office.work()
        office.wait()
    assert [came.state for came in office.came()] == ["unsorted", "filed"]
    assert "can't be read" in (office.came()[0].reason or "")


def test_killed_while_filing_it_is_filed_once(office: Office, letter: Taken, door: DoorOfProduct) -> None:
    door.answer(letter, "Hello")
    assert office.work(crash=("mail.before_filing", 1))
    assert office.came()[0].state == "new"
    office.wait()
    office.work()
    assert [source for source, _ in office.events()] == ["mail.sent", "mail.came"]
