"""Files of an answer hang on the update that tells of it: each once, and on no customer's board."""

from collections.abc import Iterator
from email.message import EmailMessage

import pytest
from sqlalchemy import text

from app.ids import ItemKey
from app.mail import receiving
from app.mail import service as mail
from app.mail.receiving import Delivered
from app.mirror import service as mirror
from app.outbox import service as outbox
from tests.support.papers import on_updates
from tests.support.stage import PARTNER, Stage, open_stage

GOLD = "customer-gold"
FILES = {"räksmörgås.har": b'{"log": 1}', "bild.png": b"\x89PNG" + bytes(200_000)}


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with open_stage(tmp_path_factory.mktemp("stage"), (GOLD,)) as standing:
        yield standing


def _answer() -> bytes:
    message = EmailMessage()
    message["From"], message["Subject"] = "Ann <ann@vendor.example>", "Here you are"
    message.set_content("See the files.")
    for name, content in FILES.items():
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def _tell(stage: Stage, ours: str, number: int) -> None:
    """Tell of a mail on the desk's item, with its files, as a subject does; twice, as after a repetition."""
    product, now = stage.product, stage.product.clock.now()
    sent = Delivered(f"{number}@vendor.example", ("support@synerity.example",), _answer())
    with product.database.transaction() as session:
        receiving.store(session, sent, now=now)
    stage.work()
    board = stage.board(PARTNER, "service_desk")
    with product.database.transaction() as session:
        (incoming_id,) = session.execute(text("SELECT MAX(id) FROM incoming_mails")).one()
        key = ItemKey(_account(stage), board.id, ours)
        side = mirror.find_side(session, key)
        assert side is not None
        target = mirror.target(side)
        content = {"body": f"<p>The vendor answers: {number}</p>", "match": f"The vendor answers: {number}"}
        change_id = outbox.want_update(session, target, content=content, now=now)
        for _ in range(2):
            mail.post_attachments(session, incoming_id, target, change_id, now=now)


def _account(stage: Stage) -> str:
    (row,) = stage.rows("SELECT account_id FROM installations WHERE role = 'partner'")
    return str(row[0])


def test_they_hang_on_it_once_whatever_dies_and_the_customer_sees_none(stage: Stage) -> None:
    customer, desk = stage.people[GOLD][-1], stage.people[PARTNER][1]
    theirs = customer.create_item(stage.board(GOLD, "tickets"), "It does nothing")
    stage.settle()
    number = customer.item(theirs).texts["number"]
    items = desk.items(stage.board(PARTNER, "service_desk"))
    ours = next(item.id for item in items if item.texts["number"] == number)
    crashes = [("outbox.after_call", count) for count in (1, 2, 3)]
    for count, crash in enumerate((None, *crashes, ("outbox.before_commit", 2)), start=1):
        _tell(stage, ours, count)
        assert stage.work(crash=crash) == (crash is not None)
        stage.let_time_pass()
        stage.settle()
        found = on_updates(desk, ours)
        assert sorted(paper.name for paper in found) == sorted([*FILES] * count)
        assert {paper.name: paper.read() for paper in found} == FILES
    assert on_updates(customer, theirs) == []
