"""Mails that other desks were sent, against what their own tests expect, where those mails are at hand."""

import json
from pathlib import Path
from typing import Any

import pytest

from app.mail.rules import parsing

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "mail"
#: Where we read more than they do, or otherwise on purpose: file → what is not compared.
OTHERWISE = {
    # Its subject is in UTF-7, which they leave as it is.
    "zammad-018.eml": {"subject"},
    # Names that are no names: of two senders, with stray quotes, with a remark.
    "zammad-059.eml": {"from_display_name"},
    "zammad-076.eml": {"from_display_name", "from_email"},
    "zammad-092.eml": {"from_display_name"},
    # They find no address, and count the text of a part without a type as a file.
    "zammad-087.eml": {"from_display_name", "from_email", "attachments", "body"},
    # They show a remark where there is no text, or where it lies outside all parts.
    "zammad-067.eml": {"body"},
    "zammad-105.eml": {"body"},
    # One of its signs is in no character set that Python knows.
    "zammad-099.eml": {"body"},
}


def _samples() -> list[dict[str, Any]]:
    index = SAMPLES / "index.json"
    if not index.exists():
        return []
    found: list[dict[str, Any]] = json.loads(index.read_text())["mails"]
    return found


@pytest.mark.skipif(not _samples(), reason=f"needs the sample mails in {SAMPLES}")
@pytest.mark.parametrize("sample", _samples(), ids=lambda sample: sample["file"])
def test_a_mail_is_read_as_other_desks_expect(sample: dict[str, Any]) -> None:
    expected, rest = sample["expect"], OTHERWISE.get(sample["file"], set())
    raw = (SAMPLES / sample["file"]).read_bytes()
    parsed = parsing.parse(raw, "someone@example.com")
    read = {
        "subject": parsed.subject,
        "from_email": parsed.from_address,
        "from_display_name": parsed.from_name,
        "is_bounce": parsed.report is not None,
        "is_auto_response": parsed.is_automatic,
        "out_of_office": parsed.is_automatic,
    }
    for name in (expected.keys() & read.keys()) - rest:
        wanted = expected.get("from_email_clean", expected[name]) if name == "from_email" else expected[name]
        assert read[name] == wanted, name
    if "attachments" in expected and "attachments" not in rest:
        names = [one["filename"] for one in expected["attachments"]]
        assert [one.name for one in parsed.attachments] == names
    if expected.get("content_type") == "text/plain" and "body" in expected and "body" not in rest:
        assert parsed.full_text.strip() == expected["body"].strip()
    votes = sample["is_auto"]["votes_yes"]
    if parsed.report is None and "out_of_office" not in expected and "is_auto_response" not in expected:
        assert parsed.is_automatic == (votes * 2 > sample["is_auto"]["of"])
