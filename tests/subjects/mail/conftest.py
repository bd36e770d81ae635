"""A product that sends and takes mail, and nothing else: no boards, no accounts."""

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.clock import lease_time
from app.db import Database
from app.factory import Product, build
from app.inbox.models import InboxEvent
from app.lanes import service as lanes
from app.mail import service as mail
from app.mail.models import IncomingMail
from app.mail.rules.letters import Attachment, Letter
from app.mail.service import IncomingSeen, MailSeen
from app.settings import Settings
from tests.support.post import DoorOfProduct, Post, running_door, running_post
from tests.support.stage import Killed, _dying
from workers import jobs

PARTNER = "31204417"
VENDOR = "help@vendor.example"


@dataclass
class Office:
    """The product's mail, and what tests ask of it."""

    product: Product

    def write(self, key: str, *, story: str = "case:12", to: tuple[str, ...] = (VENDOR,), **more: Any) -> int:
        """Want a letter; its mail's id."""
        told = {"subject": f"About {key}", "body": f"Hello!\n\nThis is {key}.\n.\nÅsa", **more}
        with self.product.database.transaction() as session:
            letter = Letter(story=story, key=key, to=to, **told)
            return mail.want_mail(session, letter, account_id=PARTNER, now=self.product.clock.now())

    def work(self, *, crash: tuple[str, int] | None = None) -> bool:
        """Let a worker send and read once what waits now, or until it dies; whether it died."""
        jobs._products[:] = [self.product]
        with _dying(crash), suppress(Killed):
            while bells := self._bells():
                for bell in bells:
                    jobs.answer(bell.account_id, bell.kind, bell.key)
            return False
        return True

    def wait(self) -> None:
        """Every wait has ended, and the leases of the dead."""
        with self.product.database.transaction() as session:
            session.execute(text("UPDATE lanes SET not_before = 0, lease_until = 0 WHERE wanted > done"))

    def mail(self, mail_id: int) -> MailSeen:
        """A mail as it stands."""
        with self.product.database.reading() as session:
            return mail.mail(session, mail_id)

    def came(self) -> list[IncomingSeen]:
        """All mails that came, oldest first."""
        with self.product.database.reading() as session:
            ids = session.execute(select(IncomingMail.id).order_by(IncomingMail.id)).scalars().all()
            return [mail.incoming(session, one) for one in ids]

    def events(self, story: str = "case:12") -> list[tuple[str, Mapping[str, Any]]]:
        """What a story was told, in order."""
        query = select(InboxEvent.source, InboxEvent.content).where(InboxEvent.lane_key == story)
        with self.product.database.reading() as session:
            rows = session.execute(query.order_by(InboxEvent.id)).all()
        return [(source, json.loads(content)) for source, content in rows]

    def set_server(self, post: Post | None) -> None:
        """Start anew with another mail server, or none."""
        settings = replace(self.product.settings, mail_server=None if post is None else post.server)
        self.product = replace(self.product, settings=settings)

    def _bells(self) -> list[lanes.Bell]:
        with self.product.database.reading() as session:
            ours = (mail.SENDING, mail.READING)
            return [bell for bell in lanes.waiting(session, now=lease_time()) if bell.kind in ours]


@pytest.fixture(scope="session")
def one_post() -> Iterator[Post]:
    with running_post() as running:
        yield running


@pytest.fixture
def post(one_post: Post) -> Post:
    """The vendor's mail server, which has nothing yet and behaves."""
    one_post.forget()
    return one_post


@pytest.fixture
def office(post: Post, database: Database, tmp_path: Path) -> Office:
    environment = {
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database.url,
        "SMTP_URL": post.url,
        "MAIL_FROM": "support@desk.example",
    }
    # One pool of connections, which is closed with the database.
    return Office(replace(build(Settings.from_env(environment)), database=database))


@pytest.fixture
def door(office: Office) -> Iterator[DoorOfProduct]:
    with running_door(office.product) as running:
        yield running


@pytest.fixture
def har() -> Attachment:
    return Attachment("räksmörgås.har", "application/json", b'{"log": "\xc3\xa5\\n.\\n"}')
