"""An account lets the app in once, and its token stays alive without anybody looking after it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.accounts import service
from app.accounts.models import Installation
from app.accounts.service import (
    Account,
    InstallationPausedError,
    NotInstalledError,
    PartnerTakenError,
    TokenBusyError,
)
from app.accounts.vault import TokenUnreadableError
from app.clock import lease_time
from app.monday.errors import MondayUncertainError, MondayUnreachableError, fingerprint
from app.monday.oauth import OAuthRefusedError
from tests.subjects.accounts.conftest import NEW_KEY, OLD_KEY, START, TOKEN_LIFE, Product, TokenService
from tests.subjects.monday.scripted import Peer

ALMOST_OVER = START + TOKEN_LIFE - timedelta(minutes=4)
OVER = START + TOKEN_LIFE + timedelta(minutes=1)


def install(product: Product, code: str = "good") -> Account:
    return service.install(product.context, code=code, verifier="v" * 43)


def token(product: Product, now: datetime = START, **more: Any) -> str:
    return service.access_token(product.database, product.settings, "42", now=now, **more)


def stored(product: Product, account_id: str = "42") -> Installation:
    with product.database.reading() as session:
        return session.get_one(Installation, account_id)


def change(product: Product, **values: Any) -> None:
    with product.database.transaction() as session:
        session.execute(update(Installation).values(**values))


def test_an_installation_is_known_by_what_monday_says(product: Product) -> None:
    account = install(product)
    assert (account.account_id, account.slug, account.name, account.user_id) == (
        "42",
        "acme",
        "Acme <AB>",
        "7",
    )
    assert (account.role, account.state, account.scopes) == ("customer", "active", ("me:read",))
    assert account.expires_at == START + TOKEN_LIFE
    assert product.installed == ["42"]


def test_no_token_is_on_the_disk_in_the_clear(product: Product, tokens: TokenService) -> None:
    install(product)
    row = stored(product)
    plain = token(product)
    assert plain not in (row.access_token, row.refresh_token)
    for path in product.settings.var_dir.rglob("*.db*"):
        content = path.read_bytes()
        assert plain.encode() not in content
        assert tokens.valid_refresh_token.encode() not in content


def test_a_forged_code_installs_nothing(product: Product) -> None:
    with pytest.raises(OAuthRefusedError):
        install(product, code="forged")
    with product.database.reading() as session:
        assert service.list_accounts(session) == []


def test_an_installation_that_leads_to_nothing_is_not_stored(product: Product) -> None:
    def fail(_: Session, __: str) -> None:
        raise RuntimeError("The boards could not be asked for.")

    with pytest.raises(RuntimeError):
        service.install(replace(product.context, on_installed=fail), code="good", verifier="v")
    with product.database.reading() as session:
        assert service.find_account(session, "42") is None


def test_the_account_with_the_partners_slug_is_the_partner(product: Product, tokens: TokenService) -> None:
    tokens.account = {"id": "1", "slug": "synerity", "name": "Synerity"}
    assert install(product).role == "partner"
    with product.database.reading() as session:
        partner = service.find_partner(session)
    assert partner is not None
    assert partner.account_id == "1"


def test_nobody_else_can_become_the_partner(product: Product, tokens: TokenService) -> None:
    tokens.account = {"id": "1", "slug": "synerity", "name": "Synerity"}
    install(product)
    tokens.account = {"id": "66", "slug": "synerity", "name": "Charlie"}
    with pytest.raises(PartnerTakenError):
        install(product)
    with product.database.reading() as session:
        assert [account.account_id for account in service.list_accounts(session)] == ["1"]


def test_a_renamed_account_keeps_its_role(product: Product, tokens: TokenService) -> None:
    tokens.account = {"id": "1", "slug": "synerity", "name": "Synerity"}
    install(product)
    tokens.account = {"id": "1", "slug": "synerity-ab", "name": "Synerity AB"}
    assert (install(product).role, product.installed) == ("partner", ["1", "1"])
    with product.database.reading() as session:
        found = service.find_account_by_slug(session, "synerity-ab")
    assert found is not None


def test_installing_again_ends_a_pause(product: Product) -> None:
    install(product)
    with product.database.transaction() as session:
        service.pause(session, "42", "The board was deleted.")
    with pytest.raises(InstallationPausedError, match="The board was deleted"):
        token(product)
    assert install(product).state == "active"
    assert token(product)


def test_the_first_reason_of_a_pause_stays(product: Product) -> None:
    install(product)
    for reason in ("first", "second"):
        with product.database.transaction() as session:
            service.pause(session, "42", reason)
    assert stored(product).pause_reason == "first"


def test_an_account_that_is_not_there_has_no_token(product: Product) -> None:
    with pytest.raises(NotInstalledError, match="/oauth/start"):
        token(product)


def test_a_fresh_token_is_given_as_it_is(product: Product, tokens: TokenService) -> None:
    install(product)
    assert token(product) == token(product, START + TOKEN_LIFE - timedelta(minutes=6))
    assert tokens.renewals == 0


@pytest.mark.parametrize("now", [ALMOST_OVER, OVER])
def test_a_token_is_renewed_before_it_ends_and_after(
    product: Product, tokens: TokenService, now: datetime
) -> None:
    install(product)
    first = token(product)
    tokens.now = now
    second = token(product, now)
    assert second != first
    assert token(product, now) == second
    assert tokens.renewals == 1


def test_each_renewal_uses_the_newest_refresh_token(product: Product, tokens: TokenService) -> None:
    install(product)
    for hours in range(1, 5):
        tokens.now = START + timedelta(hours=hours)
        token(product, tokens.now)
    assert tokens.renewals == 4


def test_a_refused_token_is_not_given_out_again(product: Product, tokens: TokenService) -> None:
    install(product)
    first = token(product)
    second = token(product, refused=first)
    assert second != first
    assert token(product, refused=first) == second
    assert tokens.renewals == 1


def refuse(product: Product, refused: str) -> None:
    service.replace_refused(product.database, product.settings, "42", fingerprint(refused), now=START)


def test_a_refused_token_is_replaced(product: Product, tokens: TokenService) -> None:
    install(product)
    first = token(product)
    refuse(product, first)
    assert token(product) != first
    assert tokens.renewals == 1


def test_a_refusal_that_is_heard_late_neither_renews_nor_pauses(
    product: Product, tokens: TokenService
) -> None:
    install(product)
    old = token(product)
    install(product)
    change(product, refresh_token=None)
    fresh = token(product)
    for _ in range(service.TOKENS_TRIED + 2):
        refuse(product, old)
    assert (token(product), stored(product).state, tokens.renewals) == (fresh, "active", 0)


def test_an_account_of_which_every_token_is_refused_is_paused_with_a_way_back(
    product: Product, tokens: TokenService
) -> None:
    install(product)
    for _ in range(service.TOKENS_TRIED):
        refuse(product, token(product))
    with pytest.raises(InstallationPausedError):
        refuse(product, token(product))
    row = stored(product)
    assert (row.state, tokens.renewals) == ("paused", service.TOKENS_TRIED)
    assert "https://support.example/oauth/start?subdomain=acme" in (row.pause_reason or "")


@pytest.mark.parametrize("mended_by", ["its end", "an installation"])
def test_a_token_that_was_good_for_a_while_ends_the_row_of_refused_ones(
    product: Product, tokens: TokenService, mended_by: str
) -> None:
    install(product)
    for _ in range(service.TOKENS_TRIED):
        refuse(product, token(product))
    if mended_by == "its end":
        tokens.now = OVER
        token(product, OVER)
    else:
        install(product)
    refuse(product, token(product))
    assert stored(product).state == "active"


def test_who_hears_of_the_pause_after_the_account_is_back_changes_nothing(product: Product) -> None:
    install(product)
    old = service._read_stored(product.database, product.settings, "42")
    install(product)
    service._pause_hopeless(product.database, product.settings, old)
    assert stored(product).state == "active"


def test_an_account_that_withdrew_is_paused_with_a_way_back(product: Product, tokens: TokenService) -> None:
    install(product)
    tokens.valid_refresh_token = "withdrawn"
    with pytest.raises(InstallationPausedError):
        token(product, OVER)
    row = stored(product)
    assert row.state == "paused"
    assert "https://support.example/oauth/start?subdomain=acme" in (row.pause_reason or "")
    with pytest.raises(InstallationPausedError):
        token(product, OVER)
    assert tokens.renewals == 1


@pytest.mark.parametrize("trouble", ["hangs_up", "fails"])
def test_a_token_that_still_works_outlasts_trouble_with_its_renewal(
    product: Product, tokens: TokenService, trouble: str
) -> None:
    install(product)
    first = token(product)
    tokens.unkindness.append(trouble)
    assert token(product, ALMOST_OVER) == first
    assert token(product, ALMOST_OVER) != first


@pytest.mark.parametrize("trouble", ["hangs_up", "fails"])
def test_a_token_that_is_over_waits_for_the_trouble_to_end(
    product: Product, tokens: TokenService, trouble: str
) -> None:
    install(product)
    tokens.unkindness.append(trouble)
    with pytest.raises(MondayUncertainError):
        token(product, OVER)
    assert stored(product).state == "active"
    assert token(product, OVER)


def test_a_token_service_that_is_not_there_pauses_nobody(product: Product) -> None:
    install(product)
    elsewhere = replace(product.settings, monday_auth_url="http://127.0.0.1:1")
    with pytest.raises(MondayUnreachableError):
        service.access_token(product.database, elsewhere, "42", now=OVER)
    assert stored(product).state == "active"


def test_the_older_flows_token_lasts_until_it_is_refused(product: Product, tokens: TokenService) -> None:
    install(product)
    change(product, expires_at=None, refresh_token=None)
    first = token(product, START + timedelta(days=400))
    with pytest.raises(InstallationPausedError):
        token(product, refused=first)
    assert tokens.renewals == 0


def at_once(*calls: Callable[[], str]) -> list[str]:
    with ThreadPoolExecutor(len(calls)) as pool:
        return [running.result() for running in [pool.submit(call) for call in calls]]


def test_a_refresh_token_is_used_once_however_many_ask(product: Product, tokens: TokenService) -> None:
    install(product)
    tokens.now = OVER
    given = at_once(*[lambda: token(product, OVER)] * 8)
    assert len(set(given)) == 1
    assert tokens.renewals == 1
    assert stored(product).state == "active"


def test_nobody_waits_for_a_renewal_while_the_token_works(product: Product, tokens: TokenService) -> None:
    install(product)
    first = token(product)
    tokens.may_renew.clear()
    with ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(token, product, ALMOST_OVER)
        assert tokens.renewing.wait(5)
        assert token(product, ALMOST_OVER) == first
        tokens.may_renew.set()
        assert renewal.result() != first


def test_a_renewal_whose_process_died_is_taken_over(product: Product, tokens: TokenService) -> None:
    install(product)
    change(product, refresh_claim="dead", refresh_claimed_until=lease_time() - 1)
    assert token(product, OVER)
    assert tokens.renewals == 1


def test_a_renewal_that_takes_too_long_is_not_waited_for_forever(product: Product) -> None:
    install(product)
    change(product, refresh_claim="slow", refresh_claimed_until=lease_time() + 1000)
    hasty = replace(product.settings, monday_timeout_seconds=-1.6)
    with pytest.raises(TokenBusyError):
        service.access_token(product.database, hasty, "42", now=OVER)


def test_an_installation_during_a_renewal_wins(product: Product, tokens: TokenService) -> None:
    install(product)
    tokens.may_renew.clear()
    with ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(token, product, OVER)
        assert tokens.renewing.wait(5)
        installed = install(product)
        tokens.may_renew.set()
        with pytest.raises(TokenBusyError):
            renewal.result()
    assert stored(product).state == "active"
    assert installed.expires_at == stored(product).expires_at


def test_a_renewal_that_lost_its_right_leaves_the_row_alone(product: Product, tokens: TokenService) -> None:
    install(product)
    before = stored(product).access_token
    tokens.may_renew.clear()
    with ThreadPoolExecutor(1) as pool:
        renewal = pool.submit(token, product, OVER)
        assert tokens.renewing.wait(5)
        change(product, refresh_claim="another process")
        tokens.may_renew.set()
        with pytest.raises(TokenBusyError):
            renewal.result()
    assert stored(product).access_token == before


def test_a_token_copied_from_another_account_does_not_open(product: Product, tokens: TokenService) -> None:
    install(product)
    tokens.account = {"id": "43", "slug": "charlie", "name": "Charlie"}
    install(product)
    with product.database.transaction() as session:
        stolen = session.execute(select(Installation.access_token).where(Installation.account_id == "42"))
        session.get_one(Installation, "43").access_token = stolen.scalar_one()
    with pytest.raises(TokenUnreadableError):
        service.access_token(product.database, product.settings, "43", now=START)


def test_tokens_are_moved_to_a_new_key_and_the_old_one_can_go(product: Product) -> None:
    install(product)
    first = token(product)
    both = replace(product.settings, secret_keys=(NEW_KEY, OLD_KEY))
    with product.database.transaction() as session:
        assert service.rotate_tokens(session, both) == 2
    new = replace(product.settings, secret_keys=(NEW_KEY,))
    assert service.access_token(product.database, new, "42", now=START) == first
    assert service.access_token(product.database, new, "42", now=OVER) != first


def test_without_the_old_key_nothing_is_rotated(product: Product) -> None:
    install(product)
    new = replace(product.settings, secret_keys=(NEW_KEY,))
    with pytest.raises(TokenUnreadableError), product.database.transaction() as session:
        service.rotate_tokens(session, new)
    assert token(product)


def test_what_is_said_of_an_account_holds_no_token(product: Product, monday: Peer) -> None:
    account = install(product)
    row = stored(product)
    assert row.access_token not in repr(account)
    assert token(product) not in repr(account)
    assert monday.heard
