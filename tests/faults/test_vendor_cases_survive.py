"""Killed between composing, sending and recording: nothing is lost or doubled, the uncertain is shown."""

from collections.abc import Iterator

import pytest

from tests.support.vendor import GOLD, WRITTEN, Office, Ticket, open_office

#: Where a mail's content may have gone without anybody's knowing.
UNCERTAIN = ("mail.before_send", "mail.sent_unrecorded", "mail.before_commit")
#: The steps at which workers die in one story, in the order in which a piece of work comes to them.
STORIES = {
    **{place: (place,) for place in UNCERTAIN},
    "mail that comes": ("mail.before_filing",),
    "inbox and outbox": (
        *("inbox.before_commit", "inbox.committed"),
        *("outbox.after_call", "outbox.before_commit"),
    ),
    "timers": ("timers.before_commit", "timers.committed"),
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Office, Ticket]]:
    with open_office(tmp_path_factory.mktemp("stage")) as office:
        office.begins()
        ticket = office.asks(GOLD)
        office.stage.keep()
        yield office, ticket


@pytest.mark.parametrize("story", STORIES)
def test_a_case_survives_kills(asked: tuple[Office, Ticket], story: str) -> None:
    office, ticket = asked
    office.stage.reset()
    office.post.forget()
    office.deaths = set()
    office.dooms = STORIES[story]
    office.edits(ticket, cause="bug")
    office.writes(**WRITTEN)
    office.writes(status="send")
    assert len(office.cases()) == 1
    packages = [one for one in office.post.letters if "Reminder" not in str(one.message["Subject"])]
    is_shown = office.case_told("Nobody knows whether")
    assert (len(packages), is_shown) in ([(0, 1), (1, 1)] if story in UNCERTAIN else [(1, 0)])
    assert office.case("status") == ("Send" if is_shown else "Sent")
    if not packages:
        assert office.deaths == set(STORIES[story])
        return
    office.passes(2)
    office.writes(status="remind" if not is_shown else "send")
    office.answers("Here is an answer.")
    office.says("@customer They have answered.")
    assert office.case("status") == "Answered"
    assert office.case_told("Here is an answer.") == 1
    assert [office.told(ticket, words) for words in _STEPS] == [1] * len(_STEPS)
    reminders = [one for one in office.post.letters if "Reminder" in str(one.message["Subject"])]
    assert len(reminders) == office.told(ticket, "påmint") == (0 if is_shown else 1)
    assert office.deaths == set(STORIES[story])


_STEPS = (
    "Vi förbereder en rapport",
    "Vi har rapporterat felet",
    "har svarat på vår rapport",
    "They have answered.",
)
