"""The door as a process: killed before its answer it is brought the mail again, and has it once."""

import os
import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage

import pytest

from app.crashpoints import MAIL_PLACES
from local.ports import free_port
from local.waits import wait_for
from tests.subjects.mail.conftest import VENDOR, Office
from tests.support import nursery
from tests.support.post import HOST

pytestmark = pytest.mark.processes

US = "support@desk.example"
#: Those of the worker, each met in a test of its own.
OF_WORKERS = {"mail.before_send", "mail.sent_unrecorded", "mail.before_commit", "mail.before_filing"}


@contextmanager
def _door(office: Office, scheme: str = "smtp", crash: str = "") -> Iterator[int]:
    port = free_port()
    settings = office.product.settings
    variables = {
        "VAR_DIR": str(settings.var_dir),
        "DATABASE_URL": settings.database_url.replace("+psycopg", ""),
        # Nobody answers there: bells are lost, and mail is not.
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "MAIL_FROM": US,
        "MAIL_LISTEN": f"{scheme}://{HOST}:{port}",
        "CRASH_AT": crash,
    }
    log = settings.var_dir / "door.log"
    process = nursery.start_module("workers.mail_door", {**os.environ, **variables}, log)
    try:
        wait_for(lambda: _answers(scheme, port), "the door to open", seconds=30)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _answers(scheme: str, port: int) -> bool:
    try:
        _client(scheme, port).close()
    except OSError:
        return False
    return True


def _client(scheme: str, port: int) -> smtplib.SMTP:
    kind = smtplib.LMTP if scheme == "lmtp" else smtplib.SMTP
    return kind(HOST, port, local_hostname="theirs.example", timeout=20)


def _message() -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = VENDOR, US, "Hello"
    message.set_content("x" * 2_000 + "\n.\n..\n" + "Räksmörgås")
    return bytes(message)


@pytest.mark.parametrize("place", sorted(MAIL_PLACES.keys() - OF_WORKERS))
def test_a_mail_whose_answer_was_lost_is_kept_once(office: Office, place: str) -> None:
    with (
        _door(office, crash=place) as port,
        _client("smtp", port) as client,
        pytest.raises(smtplib.SMTPServerDisconnected),
    ):
        client.sendmail(VENDOR, [US], _message())
    with _door(office) as port, _client("smtp", port) as client:
        client.sendmail(VENDOR, [US], _message())
    office.work()
    assert [came.full_text.splitlines()[-1] for came in office.came()] == ["Räksmörgås"]


def test_a_mail_server_of_ones_own_brings_mail_by_lmtp(office: Office) -> None:
    two = [US, f"support+{20 * '0'}@desk.example"]
    with _door(office, "lmtp") as port, _client("lmtp", port) as client:
        assert client.sendmail(VENDOR, two, _message()) == {}
        # Each recipient is answered for.
        assert client.getreply()[0] == 250
        assert client.noop()[0] == 250
    office.work()
    assert [came.state for came in office.came()] == ["unsorted"]
