"""A newcomer plays the vendor: letters are files, and an answer to one comes in at the product's door."""

from pathlib import Path

from app.settings import MailDoor
from local.mailbox import Mailbox, answer_to, bring
from tests.subjects.mail.conftest import Office
from tests.support.post import HOST, DoorOfProduct, Post, serving_mail


def test_a_letter_lands_in_the_mailbox_and_is_answered_from_there(
    office: Office, door: DoorOfProduct, tmp_path: Path
) -> None:
    folder, har = tmp_path / "mailbox", tmp_path / "log.har"
    har.write_bytes(b"{}")
    with serving_mail(Mailbox(folder)) as port:
        office.set_server(Post(port=port))
        office.write("a/b", attachments=())
        office.write("second")
        office.work()
    first, _ = sorted(folder.glob("*.eml"))
    assert first.name.startswith("001-About-a-b")
    bring(answer_to(first, "We look into it.", [har]), MailDoor("smtp", HOST, door.port))
    office.work()
    (came,) = office.came()
    assert (came.story, came.text) == ("case:12", "We look into it.")
    assert [one.name for one in came.attachments] == ["log.har"]
