"""Feature requests on the boards: taken in, approved, filed, followed, joined, released, told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from app.agreements import service as agreements
from app.feature_requests import service as feature_requests
from app.feature_requests.service import Wanted
from tests.support.post import running_post
from tests.support.stage import PARTNER
from tests.support.wishes import (
    ANSWERS,
    CHECKED,
    FREE,
    GOLD,
    IN_ENGLISH,
    RELEASE,
    SILVER,
    TITLE,
    Scene,
    open_scene,
)

DAY = 24 * 3600
REMINDER = "look how this request is doing"


@pytest.fixture(scope="module")
def standing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("stage")
    with running_post() as post, open_scene(folder, post, FREE, SILVER, GOLD) as scene:
        yield scene


@pytest.fixture
def scene(standing: Scene) -> Scene:
    standing.files_by("hand")
    standing.begin()
    return standing


# From the customer's board to monday.com, and back


@pytest.mark.parametrize("slug", [SILVER, GOLD])
def test_a_request_goes_from_the_customers_board_to_monday_and_back(scene: Scene, slug: str) -> None:
    wish = scene.wishes(slug, TITLE, goal=ANSWERS["goal"])
    assert scene.statuses(slug, wish) == ("Draft", "Utkast")
    assert scene.told_customer(slug, wish, "Fyll gärna i här på tavlan: Vem behöver det, Hur ofta") == 1
    scene.customer_sets(slug, wish, **ANSWERS)
    assert scene.statuses(slug, wish) == ("For approval", "Väntar på ert godkännande")
    for answer in ANSWERS.values():
        assert answer in scene.theirs(slug, wish).texts["use_case"]
        assert answer in scene.ours(wish).texts["use_case_en"]
    assert scene.ours(wish).texts["english"] == "To translate"
    scene.customer_sets(slug, wish, approved=CHECKED)
    assert scene.ours(wish).texts["filing"] == ""
    scene.desk_sets(wish, **IN_ENGLISH)
    scene.desk_sets(wish, english="ready")
    assert scene.ours(wish).texts["filing"] == "File by hand"
    assert scene.told_desk(wish, IN_ENGLISH["use_case_en"]) == 1
    scene.is_filed_by_hand(wish)
    assert scene.statuses(slug, wish) == ("Filed", "Inlämnat till monday.com")
    assert scene.theirs(slug, wish).texts["link"] == "https://community.example/t/1234"
    assert scene.told_customer(slug, wish, "är inlämnat till monday.com. Vi följer") == 1
    scene.desk_sets(wish, status="under_review")
    scene.desk_sets(wish, status="planned")
    assert scene.told_customer(slug, wish, "monday.com planerar att göra det") == 1
    scene.desk_sets(wish, status="draft")
    assert scene.statuses(slug, wish) == ("Planned", "Planerat")


def test_a_release_waits_for_what_is_told_of_it_and_is_told_once(scene: Scene) -> None:
    wish = scene.is_ready()
    scene.is_filed_by_hand(wish)
    scene.desk_sets(wish, status="released")
    assert scene.statuses(SILVER, wish)[0] == "Filed"
    assert scene.told_desk(wish, "Write first: What changed (Swedish)") == 1
    scene.desk_sets(wish, **{**RELEASE, "released_how_sv": f"Som hos {SILVER}.monday.com"})
    scene.desk_sets(wish, status="released")
    assert scene.told_desk(wish, f"Take these words out: {SILVER}.monday.com") == 1
    scene.desk_sets(wish, **RELEASE)
    for status in ("released", "planned", "released"):
        scene.desk_sets(wish, status=status)
    assert scene.statuses(SILVER, wish) == ("Released", "Släppt")
    assert scene.told_customer(SILVER, wish, RELEASE["released_how_sv"]) == 1
    assert scene.told_desk(wish, "no address is known") == 1
    assert scene.post.letters == []


def test_without_the_agreement_the_customer_is_answered_and_nothing_is_mirrored(scene: Scene) -> None:
    wish = scene.wishes(FREE, "En önskan", **ANSWERS)
    assert scene.theirs(FREE, wish).texts["status"] == "Ingår inte i ert avtal"
    assert scene.told_customer(FREE, wish, "ingår i avtalen SILVER och GOLD") == 1
    scene.customer_sets(FREE, wish, goal="Något annat", approved=CHECKED)
    scene.person(FREE).post(scene.theirs(FREE, wish).id, "Snälla")
    scene.settle()
    assert scene.all_ours() == []
    assert scene.stage.rows("SELECT capability FROM asks") == [("feature_requests",)]
    scene.of_customer(FREE, tier="silver")
    scene.customer_sets(FREE, wish, goal="Nu ingår det")
    [ours] = scene.all_ours()
    assert ours.texts["goal"] == "Nu ingår det"


@pytest.mark.parametrize("slug", [FREE, SILVER])
def test_a_ticket_becomes_a_request_by_one_status(scene: Scene, slug: str) -> None:
    board, desk = scene.stage.board(slug, "tickets"), scene.stage.board(PARTNER, "service_desk")
    asked = {"description": {"text": "Alla på en gång"}}
    ticket = scene.person(slug).create_item(board, "Kan man flytta alla?", asked)
    scene.settle()
    [ours] = scene.desk.items(desk)
    for _ in range(2):
        scene.stage.tick(2)
        scene.desk.change(desk, ours.id, {"wish": desk.label("wish", "make")})
        scene.settle()
    read = " ".join(update.text for update in scene.person(slug).updates(ticket))
    if slug == FREE:
        assert scene.desk.item(ours.id).texts["wish"] == ""
        assert scene.all_ours() == []
        assert "SILVER och GOLD" in read
        return
    assert scene.desk.item(ours.id).texts["wish"] == "Feature request made"
    assert len(scene.all_ours()) == 1
    wish = scene.theirs(slug, "W-1")
    told = (wish.name, wish.texts["goal"], wish.texts["ticket"])
    assert told == ("Kan man flytta alla?", "Alla på en gång", "SYN-1001")
    assert read.count("W-1") == 1


def test_a_request_that_came_by_mail_is_answered_by_mail(scene: Scene) -> None:
    with scene.stage.product.database.transaction() as session:
        customer = agreements.find_by_slug(session, SILVER)
        assert customer is not None
        wanted = Wanted(TITLE, scene.now, "Kim", "mail", ANSWERS, requester_email="kim@silver.example")
        taken = feature_requests.take_in(session, customer, wanted, now=scene.now)
        free = agreements.find_by_slug(session, FREE)
        assert free is not None
        refused = feature_requests.take_in(session, free, wanted, now=scene.now)
    scene.settle()
    assert refused.number is None
    assert "SILVER och GOLD" in (refused.answer or "")
    wish = taken.number
    assert wish is not None
    assert scene.statuses(SILVER, wish) == ("For approval", "Väntar på ert godkännande")
    scene.customer_sets(SILVER, wish, approved=CHECKED)
    scene.desk_sets(wish, **IN_ENGLISH)
    scene.desk_sets(wish, english="ready")
    scene.is_filed_by_hand(wish)
    scene.desk_sets(wish, **RELEASE)
    scene.desk_sets(wish, status="released")
    letter = scene.post.letter(f"{wish}: {TITLE} är släppt")
    assert letter.envelope_to == ("kim@silver.example",)
    assert RELEASE["released_how_sv"] in letter.text


def test_a_letter_that_is_not_delivered_is_shown_to_technicians(scene: Scene) -> None:
    scene.of_customer(SILVER, contact_email="chef@silver.example")
    wish = scene.is_ready()
    scene.is_filed_by_hand(wish)
    scene.desk_sets(wish, **RELEASE)
    scene.post.refuse()
    scene.desk_sets(wish, status="released")
    assert scene.told_customer(SILVER, wish, RELEASE["released_what_sv"]) == 1
    assert scene.told_desk(wish, "to chef@silver.example was not delivered") == 1
    assert scene.told_customer(SILVER, wish, "delivered") == 0


# Approval and what is filed


def test_what_is_changed_after_the_approval_is_approved_anew(scene: Scene) -> None:
    wish = scene.wishes(SILVER, TITLE, **ANSWERS)
    scene.customer_sets(SILVER, wish, approved=CHECKED)
    assert scene.ours(wish).texts["approved"] != ""
    scene.customer_sets(SILVER, wish, cost="Tre timmar i veckan")
    assert (scene.ours(wish).texts["approved"], scene.theirs(SILVER, wish).texts["approved"]) == ("", "")
    assert scene.told_customer(SILVER, wish, "godkänner användningsfallet igen") == 1
    assert "Tre timmar" in scene.theirs(SILVER, wish).texts["use_case"]
    scene.desk_sets(wish, **IN_ENGLISH)
    scene.desk_sets(wish, english="ready")
    assert scene.ours(wish).texts["filing"] == ""
    scene.customer_sets(SILVER, wish, approved=CHECKED)
    assert scene.ours(wish).texts["filing"] == "File by hand"
    scene.customer_sets(SILVER, wish, cost="Fyra timmar")
    assert scene.theirs(SILVER, wish).texts["approved"] != ""
    assert scene.told_desk(wish, "already handed over to be filed: What it costs them") == 1
    assert scene.stage.rows("SELECT COUNT(*) FROM filings") == [(1,)]


def test_what_is_not_complete_can_not_be_approved(scene: Scene) -> None:
    wish = scene.wishes(SILVER, TITLE, approved=CHECKED, **{**ANSWERS, "cost": ""})
    assert scene.theirs(SILVER, wish).texts["approved"] == ""
    assert scene.told_customer(SILVER, wish, "Fyll gärna i: Vad det kostar er") == 1
    scene.desk_sets(wish, status="filed")
    assert scene.statuses(SILVER, wish) == ("Draft", "Utkast")


@pytest.mark.parametrize("who", ["Silver", "Anna.Berg@silver.example", f"{SILVER}.monday.com"])
def test_a_text_that_names_somebody_is_not_filed(scene: Scene, who: str) -> None:
    scene.of_customer(SILVER, name="Silver AB")
    wish = scene.wishes(SILVER, TITLE, **{**ANSWERS, "who": f"Alla hos Silver AB, {who}"})
    scene.customer_sets(SILVER, wish, approved=CHECKED)
    assert who not in scene.ours(wish).texts["use_case_en"]
    scene.desk_sets(wish, title_en="Move all", use_case_en=f"Everybody at {who} moves subitems.")
    scene.desk_sets(wish, english="ready")
    assert scene.ours(wish).texts["english"] == "To check"
    assert scene.told_desk(wish, "must not name a customer") == 1
    assert scene.stage.rows("SELECT COUNT(*) FROM filings") == [(0,)]


def test_what_nobody_knows_to_be_filed_is_settled_by_a_person_or_filed_again(scene: Scene) -> None:
    scene.files_by("mail", "ideas@monday.example")
    scene.post.break_after_data()
    wish = scene.is_ready()
    assert scene.ours(wish).texts["filing"] == "Uncertain"
    assert scene.told_desk(wish, "Nobody knows whether the request was filed") == 1
    scene.desk_sets(wish, status="draft")
    assert scene.statuses(SILVER, wish)[0] == "For approval"
    scene.post.forget()
    scene.desk_sets(wish, filing="again")
    assert (scene.ours(wish).texts["filing"], scene.statuses(SILVER, wish)[0]) == ("Filed", "Filed")
    [letter] = scene.post.letters
    assert (letter.envelope_to, letter.text.strip()) == (("ideas@monday.example",), IN_ENGLISH["use_case_en"])
    scene.desk_sets(wish, filing="again")
    assert (scene.ours(wish).texts["filing"], len(scene.post.letters)) == ("Filed", 1)


# Requests that say the same


def test_joined_requests_go_together_and_know_nothing_of_each_other(scene: Scene) -> None:
    scene.of_customer(GOLD, language="en", contact_email=f"boss@{GOLD}.example", name="Golden Gate Ltd")
    scene.of_customer(SILVER, contact_email=f"chef@{SILVER}.example", name="Silverstjernan AB")
    lead = scene.wishes(SILVER, TITLE, **ANSWERS)
    same = {key: f"{value} (våra egna ord)" for key, value in ANSWERS.items()}
    other = scene.wishes(GOLD, "Flytta alla deluppgifter samtidigt", **same)
    assert scene.told_desk(other, f"may be the same: {lead} (") == 1
    scene.desk_sets(other, joined_to=lead)
    assert (scene.ours(lead).texts["votes"], scene.ours(other).texts["votes"]) == ("2", "")
    assert "Golden Gate Ltd" in scene.ours(lead).texts["requesters"]
    scene.desk_sets(other, joined_to="")
    assert scene.ours(lead).texts["votes"] == "1"
    scene.desk_sets(other, joined_to=lead.lower())
    assert scene.ours(other).texts["joined_to"] == lead
    scene.desk_sets(lead, joined_to=other)
    assert scene.ours(lead).texts["joined_to"] == ""
    scene.desk_sets(other, status="declined")
    assert scene.told_desk(other, "This request follows another one") == 1
    scene.customer_sets(SILVER, lead, approved=CHECKED)
    scene.desk_sets(lead, **IN_ENGLISH)
    scene.desk_sets(lead, english="ready")
    scene.is_filed_by_hand(lead)
    assert scene.statuses(GOLD, other)[0] == "Filed"
    scene.desk_sets(other, joined_to="")
    assert scene.ours(other).texts["joined_to"] == lead
    assert scene.stage.rows("SELECT COUNT(*) FROM filings") == [(1,)]
    scene.desk_sets(lead, **RELEASE)
    for status in ("released", "planned", "released"):
        scene.desk_sets(lead, status=status)
    assert scene.told_customer(SILVER, lead, RELEASE["released_what_sv"]) == 1
    assert scene.told_customer(GOLD, other, RELEASE["released_what_en"]) == 1
    assert RELEASE["released_how_sv"] in scene.post.letter("är släppt").text
    assert RELEASE["released_how_en"] in scene.post.letter("has been released").text
    silver, gold = scene.everything(SILVER), scene.everything(GOLD)
    assert TITLE in silver
    assert "våra egna ord" in gold
    for words in ("Golden", GOLD, "våra egna ord", f"{other} ", f"{other}:"):
        assert words not in silver.replace(f"boss@{GOLD}", "")
    for words in ("Silverst", SILVER, f"{TITLE}\n", f"{lead}\n", f"{lead}:"):
        assert words not in gold


def test_who_follows_one_that_begins_to_follow_another_goes_with_it(scene: Scene) -> None:
    first, second, third = (scene.wishes(slug, TITLE, goal="Allt") for slug in (SILVER, GOLD, GOLD))
    scene.desk_sets(third, joined_to=second)
    assert scene.ours(second).texts["votes"] == "1"
    scene.desk_sets(second, joined_to=first)
    assert [scene.ours(one).texts["joined_to"] for one in (second, third)] == [first, first]
    assert [scene.ours(one).texts["votes"] for one in (first, second)] == ["2", ""]
    assert [one in scene.ours(first).texts["requesters"] for one in (second, third)] == [True, True]
    scene.desk_sets(third, joined_to="W-77")
    assert scene.ours(third).texts["joined_to"] == first
    assert scene.told_desk(third, "There is no feature request W-77") == 1


# What is said, and what comes round


def test_messages_cross_and_internal_ones_do_not(scene: Scene) -> None:
    wish = scene.wishes(SILVER, TITLE, goal="Allt")
    scene.person(SILVER).post(scene.theirs(SILVER, wish).id, "Hur går det?")
    scene.desk.post(scene.ours(wish).id, "Internal: they always ask")
    scene.desk.post(scene.ours(wish).id, "@kund Det går bra")
    scene.settle()
    assert scene.told_desk(wish, "Hur går det?") == 1
    assert scene.told_customer(SILVER, wish, "Det går bra") == 1
    assert scene.told_customer(SILVER, wish, "Internal") == 0
    scene.customer_sets(SILVER, wish, number="W-99")
    assert scene.theirs(SILVER, wish).texts["number"] == wish
    assert scene.told_customer(SILVER, wish, "sköts av Synerity") == 1


def test_what_the_customer_writes_goes_on_where_the_desks_item_is_gone(scene: Scene) -> None:
    wish = scene.wishes(SILVER, TITLE, goal="Allt")
    scene.desk.ask("mutation ($id: ID!) { archive_item(item_id: $id) { id } }", {"id": scene.ours(wish).id})
    scene.settle()
    assert scene.all_ours() == []
    scene.customer_sets(SILVER, wish, who="Planerarna")
    assert scene.ours(wish).texts["who"] == "Planerarna"
    assert scene.told_desk(wish, "The request goes on here") == 1


def test_technicians_are_reminded_once_a_quarter(scene: Scene) -> None:
    wish = scene.is_ready()
    scene.is_filed_by_hand(wish)
    filed_in = (scene.now.year, (scene.now.month - 1) // 3)
    for _ in range(8):
        scene.passes(25 * DAY)
    quarters = 4 * (scene.now.year - filed_in[0]) + (scene.now.month - 1) // 3 - filed_in[1]
    # A quarter in whose first days the office is still closed has not been reminded of.
    assert scene.told_desk(wish, REMINDER) in (quarters, quarters - 1)
    assert quarters >= 2
    reminders = [one.text[:7] for one in scene.desk.updates(scene.ours(wish).id) if REMINDER in one.text]
    assert len(set(reminders)) == len(reminders)
    scene.desk_sets(wish, status="declined")
    scene.passes(120 * DAY)
    assert scene.told_desk(wish, REMINDER) == len(reminders)


def test_reports_get_what_a_customer_wished_in_a_stretch_of_time(scene: Scene) -> None:
    wish = scene.wishes(SILVER, TITLE, goal="Allt")
    day = timedelta(days=1)
    [[customer_id]] = scene.stage.rows("SELECT customer_id FROM wishes")
    with scene.stage.product.database.reading() as session:
        since, until = scene.now - day, scene.now + day
        [seen] = feature_requests.wishes_of(session, customer_id, since=since, until=until)
        assert (seen.number, seen.title) == (wish, TITLE)
        assert feature_requests.wishes_of(session, customer_id, since=until, until=until + day) == []
