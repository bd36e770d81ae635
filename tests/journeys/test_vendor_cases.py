"""What is monday.com's to mend: reported, followed up, answered and told, on the boards, by mail and in time."""

from collections.abc import Iterator

import pytest

from tests.support.vendor import FREE, GOLD, SILVER, WRITTEN, Office, open_office


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("stage")) as office:
        yield office


@pytest.fixture
def office(standing: Office) -> Office:
    standing.stage.reset()
    standing.post.forget()
    standing.begins()
    return standing


@pytest.mark.parametrize("slug", [SILVER, GOLD])
def test_a_bug_is_reported_at_once_and_followed_to_its_solution(office: Office, slug: str) -> None:
    ticket = office.asks(slug, description={"text": "It began on Monday."})
    office.edits(ticket, cause="bug")
    print(office.reads(ticket), office.cases())
    assert (office.desk_shows(ticket, "vendor_case"), office.case("status")) == ("V-1", "Prepared")
    office.writes(status="send")
    assert office.case("status") == "Prepared"
    assert office.case_told("can't be sent yet") == 1
    office.writes(**WRITTEN)
    office.writes(status="send")
    print(office.post.letters[0].text)
    assert office.case("status") == "Sent"
