"""Letters go out once each, in their thread's order, and what became of them is known or shown as unknown."""

import pytest

from app.mail import sending
from app.mail.models import Mail
from app.mail.rules.letters import Attachment, LetterError
from app.mail.rules.sending import MOST_PUT_OFF
from app.mail.sending import NO_SERVER
from tests.subjects.mail.conftest import VENDOR, Office
from tests.support.post import DoorOfProduct, Post, answer_to, bounce_of, running_door


def test_a_letter_says_where_answers_go_and_what_it_follows(
    office: Office, post: Post, har: Attachment
) -> None:
    office.write("first", attachments=(har,))
    second = office.write("second", is_notice=True)
    office.work()
    first, letter = post.letter("first"), post.letter("second")
    assert first.files == {har.name: har.content}
    assert first.text == "Hello!\n\nThis is first.\n.\nÅsa\n"
    assert first.message["Auto-Submitted"] is None
    assert letter.message["Auto-Submitted"] == "auto-generated"
    assert letter.message["From"].addresses[0].addr_spec == "support@desk.example"
    name, token = letter.answer_address.removesuffix("@desk.example").split("+")
    assert name == "support"
    assert first.answer_address == letter.answer_address == letter.envelope_from
    assert f"[SYN-{token}]" in letter.message["Subject"]
    assert letter.message["References"] == letter.message["In-Reply-To"] == first.message["Message-ID"]
    assert office.mail(second).message_id == letter.message["Message-ID"]
    assert [source for source, _ in office.events()] == ["mail.sent", "mail.sent"]


def test_asked_for_twice_it_is_one_letter_and_each_counterpart_has_a_thread(
    office: Office, post: Post
) -> None:
    assert office.write("a") == office.write("a", subject="Otherwise")
    office.write("b", to=("else@vendor.example",))
    office.write("c", story="case:13")
    office.work()
    assert len({letter.answer_address for letter in post.letters}) == len(post.letters) == 3


@pytest.mark.parametrize("words", ["Hi\r\nBcc: all@customers.example", "Hi\nthere", "Hi\x00", "Hi\u2028you"])
def test_nobody_writes_headers_by_a_subject_an_address_or_a_files_name(office: Office, words: str) -> None:
    with pytest.raises(LetterError, match="single line"):
        office.write("a", subject=words)
    with pytest.raises(LetterError, match="address"):
        office.write("a", to=(f"{words}@vendor.example",))
    with pytest.raises(LetterError, match="name for a file"):
        office.write("a", attachments=(Attachment(words, "text/plain", b""),))


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
def test_what_is_refused_is_refused_at_once(office: Office, post: Post, at: str) -> None:
    post.refuse("554 5.7.1 Spam, we think", at=at)
    refused = office.write("a")
    office.work()
    assert office.mail(refused).state == "refused"
    ((source, told),) = office.events()
    assert source == "mail.refused"
    assert told["mail_id"] == refused
    assert "554 5.7.1 Spam, we think" in told["reason"]
    post.behave()
    office.wait()
    office.work()
    assert post.letters == []


@pytest.mark.parametrize("at", ["MAIL", "RCPT", "DATA"])
def test_what_is_put_off_waits_and_holds_up_only_its_thread(office: Office, post: Post, at: str) -> None:
    post.refuse("451 4.7.1 Greylisted", at=at)
    waiting = office.write("a")
    office.write("b")
    office.work()
    assert (office.mail(waiting).state, office.mail(waiting).reason) == ("wanted", "451 4.7.1 Greylisted")
    post.behave()
    office.write("other", story="case:13")
    office.work()
    assert [letter.text for letter in post.letters] == [post.letter("other").text]
    office.wait()
    office.work()
    assert [str(one.message["Subject"])[:8].strip() for one in post.letters] == [
        "About ot",
        "About a",
        "About b",
    ]
    assert [source for source, _ in office.events()] == ["mail.sent", "mail.sent"]


def test_patience_with_a_server_that_always_puts_off_ends(office: Office, post: Post) -> None:
    post.refuse("452 4.2.2 Mailbox full")
    mail_id = office.write("a")
    office.work()
    with office.product.database.transaction() as session:
        session.get_one(Mail, mail_id).put_off = MOST_PUT_OFF - 1
    office.wait()
    office.work()
    assert office.mail(mail_id).state == "refused"
    assert "given up" in (office.mail(mail_id).reason or "")


def test_one_recipient_of_three_is_refused_and_one_put_off(office: Office, post: Post) -> None:
    names = ("good", "gone", "slow")
    mail_id = office.write("a", to=tuple(f"{name}@vendor.example" for name in names))
    post.refuse("550 5.1.1 No such user", address="gone@vendor.example")
    post.refuse("450 4.2.0 Later", address="slow@vendor.example")
    office.work()
    assert (post.letters[0].envelope_to, office.events()) == (("good@vendor.example",), [])
    post.behave()
    office.wait()
    office.work()
    assert [letter.envelope_to[0] for letter in post.letters] == [
        "good@vendor.example",
        "slow@vendor.example",
    ]
    seen = office.mail(mail_id)
    assert (seen.state, seen.reason) == ("sent", "gone@vendor.example: 550 5.1.1 No such user")
    assert office.events() == [("mail.sent", {"mail_id": mail_id, "reason": seen.reason})]


def test_while_the_server_is_away_all_wait_and_nothing_is_lost(office: Office, post: Post) -> None:
    away = Post(port=1)
    office.set_server(away)
    first, second = office.write("a"), office.write("b", story="case:13")
    for _ in range(10):
        office.wait()
        office.work()
    assert {office.mail(one).state for one in (first, second)} == {"wanted"}
    assert "can't be used" in (office.mail(first).reason or "")
    office.set_server(post)
    office.wait()
    office.work()
    assert len(post.letters) == 2


def test_without_a_server_mail_waits_and_says_why(office: Office, post: Post) -> None:
    office.set_server(None)
    mail_id = office.write("a")
    office.work()
    assert (office.mail(mail_id).state, office.mail(mail_id).reason) == ("wanted", NO_SERVER)
    office.set_server(post)
    office.wait()
    office.work()
    assert office.mail(mail_id).state == "sent"


def test_what_broke_after_the_content_is_uncertain_until_it_is_answered(office: Office, post: Post) -> None:
    post.break_after_data()
    mail_id = office.write("a")
    office.work()
    assert office.mail(mail_id).state == "uncertain"
    ((source, told),) = office.events()
    assert (source, told["mail_id"]) == ("mail.uncertain", mail_id)
    post.behave()
    office.write("b")
    office.wait()
    office.work()
    assert len(post.letters) == 2, "it was sent again, or held up the next"
    with running_door(office.product) as door:
        door.answer(post.letters[0], "Thanks, we look into it.")
    office.work()
    assert office.mail(mail_id).state == "sent"
    assert [source for source, _ in office.events()] == [
        "mail.uncertain",
        "mail.sent",
        "mail.sent",
        "mail.came",
    ]


def test_an_uncertain_mail_is_sent_again_only_when_a_person_says_so(office: Office, post: Post) -> None:
    post.break_after_data()
    mail_id = office.write("a")
    office.work()
    post.behave()
    with office.product.database.transaction() as session:
        sending.resend(session, session.get_one(Mail, mail_id), now=office.product.clock.now())
    office.work()
    assert len({letter.message["Message-ID"] for letter in post.letters}) == 1
    assert len(post.letters) == 2
    assert office.mail(mail_id).state == "sent"


@pytest.mark.parametrize(
    ("place", "taken", "state"),
    [
        ("mail.before_send", 0, "uncertain"),
        ("mail.sent_unrecorded", 1, "uncertain"),
        ("mail.before_commit", 1, "uncertain"),
    ],
)
def test_killed_on_the_way_it_is_never_sent_twice(
    office: Office, post: Post, place: str, taken: int, state: str
) -> None:
    mail_id = office.write("a")
    assert office.work(crash=(place, 1)), f"nothing reached {place}"
    for _ in range(3):
        office.wait()
        office.work()
    assert (len(post.letters), office.mail(mail_id).state) == (taken, state)
    assert [source for source, _ in office.events()] == ["mail.uncertain"]


def test_a_bounce_makes_the_mail_refused(office: Office, post: Post, door: DoorOfProduct) -> None:
    mail_id = office.write("a")
    office.write("b")
    office.work()
    letter = post.letter("a [")
    door.bring(bounce_of(letter, words="550 5.1.1 Nobody here"), letter.envelope_from)
    office.work()
    assert office.mail(mail_id).state == "refused"
    told = office.events()[-1]
    assert told == ("mail.refused", {"mail_id": mail_id, "reason": f"{VENDOR}: 550 5.1.1 Nobody here"})
    assert [came.state for came in office.came()] == ["report"]


def test_a_mail_of_ours_that_comes_back_is_no_answer(office: Office, post: Post, door: DoorOfProduct) -> None:
    office.write("a")
    office.work()
    letter = post.letter()
    door.bring(letter.raw, letter.answer_address, envelope_from=VENDOR)
    door.bring(answer_to(letter, "Hello"), letter.answer_address, envelope_from=VENDOR)
    office.work()
    assert [came.state for came in office.came()] == ["repeated", "filed"]
