"""What people see of mail from a terminal, what they decide there, and what is forgotten."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from app.cli import cli
from app.db import Database
from app.errors import SupportError
from app.mail import upkeep
from app.mail.models import IncomingMail
from app.operators import audit
from tests.subjects.mail.conftest import VENDOR, Office
from tests.support.post import DoorOfProduct, Post, answer_to
from tests.support.servers import sqlite_with_schema


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """One that a command opens for itself: the same on every engine, as it goes through services."""
    database = Database(sqlite_with_schema(tmp_path / "test.db"))
    yield database
    database.dispose()


@pytest.fixture
def terminal(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = office.product.settings
    monkeypatch.setenv("APP_ENV", "development")
    monkeypatch.setenv("VAR_DIR", str(settings.var_dir))
    monkeypatch.setenv("DATABASE_URL", settings.database_url.replace("+psycopg", ""))
    monkeypatch.delenv("REDIS_URL", raising=False)


def _run(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["mail", *map(str, arguments)])


@pytest.mark.usefixtures("terminal")
def test_an_operator_settles_one_uncertain_mail_and_sends_another_again(office: Office, post: Post) -> None:
    post.break_after_data()
    first, second = office.write("a"), office.write("b")
    office.work()
    post.behave()
    told = _run("list", "--state", "uncertain").output
    assert "No mail is sent: SMTP_URL is not set." in told
    assert told.count("uncertain") == 2
    assert _run("settle", first).output == f"Mail {first} counts as sent.\n"
    assert _run("resend", second).output == f"Mail {second} is sent again.\n"
    office.work()
    assert [office.mail(one).state for one in (first, second)] == ["sent", "sent"]
    assert len(post.letters) == 3
    again = _run("resend", first)
    assert "only uncertain and refused ones" in str(again.exception)
    with office.product.database.reading() as session:
        done = [(one.action, one.subject) for one in audit.latest(session)]
    assert done == [("mail sent again", str(second)), ("mail settled as sent", str(first))]


@pytest.mark.usefixtures("terminal")
def test_an_operator_files_what_came_alone(office: Office, post: Post, door: DoorOfProduct) -> None:
    office.write("a")
    office.work()
    headers = {"References": None, "In-Reply-To": None, "Subject": "New"}
    plain = answer_to(post.letter(), "Hello", headers=headers)
    door.bring(plain, "support@desk.example", envelope_from=VENDOR)
    door.bring(bytes(plain).replace(b"New", b"Spam"), "support@desk.example", envelope_from=VENDOR)
    office.work()
    first, second = office.came()
    shown = _run("unsorted").output
    assert f"{first.id}  " in shown
    assert "It names no thread of ours." in shown
    assert _run("file", first.id, "case:12").output == f"Mail {first.id} belongs to case:12.\n"
    assert _run("dismiss", second.id, "--reason", "Spam").exit_code == 0
    assert _run("unsorted").output == "Nothing is unsorted.\n"
    assert office.events()[-1] == ("mail.came", {"incoming_id": first.id})
    assert json.loads(_run("show", "--incoming", first.id, "--json").output)[0]["story"] == "case:12"
    shown = _run("show", "--incoming", first.id).output
    assert f"{first.id}  filed  case:12\n" in shown
    assert "subject:    New\n" in shown
    assert "\nHello\n" in shown
    assert _run("show", "--raw", first.id).stdout_bytes == office_raw(office, first.id)


@pytest.mark.usefixtures("terminal")
def test_an_operator_reads_a_letter_whole(office: Office) -> None:
    mail_id = office.write("a", body="Where does it stand?")
    office.work()
    shown = _run("show", mail_id).output
    assert shown.startswith(f"{mail_id}  sent  case:12\n")
    assert shown.endswith("\n\nWhere does it stand?\n")


@pytest.mark.usefixtures("terminal")
@pytest.mark.parametrize("which", [(), ("--incoming",), ("--raw",)])
def test_a_mail_that_is_not_there_is_said_to_be_none(which: tuple[str, ...]) -> None:
    missing = _run("show", *which, 404).exception
    assert isinstance(missing, SupportError)
    assert "404" in missing.message


def office_raw(office: Office, incoming_id: int) -> bytes:
    with office.product.database.reading() as session:
        raw = session.get_one(IncomingMail, incoming_id).raw
    assert raw is not None
    return raw


def test_what_was_said_is_forgotten_and_a_late_answer_still_finds_its_thread(
    office: Office, post: Post, door: DoorOfProduct
) -> None:
    office.write("a")
    office.work()
    letter = post.letter()
    door.answer(letter, "Secret words")
    door.bring(answer_to(letter, "Lost words"), "support@desk.example", envelope_from="")
    office.work()
    later = office.product.clock.now() + timedelta(days=91)
    with office.product.database.transaction() as session:
        assert upkeep.prune(session, before=later, limit=100) == 3
        assert upkeep.prune(session, before=later, limit=100) == 0
        assert upkeep.counts(session).outgoing == {"sent": 1}
        rows = session.execute(text("SELECT subject, text, full_text FROM incoming_mails")).all()
        assert "words" not in str(rows)
    door.answer(letter, "Late words")
    office.work()
    assert (office.came()[-1].story, office.came()[-1].text) == ("case:12", "Late words")
