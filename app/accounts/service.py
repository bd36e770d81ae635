"""Installing the app into an account, keeping its token alive, pausing it when that fails.

A refresh token works once, so only one process at a time may use it: the right to is
claimed in the account's row, before the call, and no transaction spans the call.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.accounts import vault
from app.accounts.models import Installation
from app.clock import Clock, elapsed_time, lease_time
from app.db import Database
from app.errors import SupportError
from app.ids import new_key
from app.logs import get_logger
from app.monday import oauth
from app.monday.errors import MondayUncertainError, MondayUnreachableError, fingerprint
from app.settings import Settings

#: A token is renewed when less than this is left of it.
RENEWED_BEFORE_END = timedelta(minutes=5)
#: Somebody else's renewal need not be waited for while at least this is left.
STILL_GOOD = timedelta(seconds=30)
#: How many fresh tokens in a row may be refused before the account is paused.
TOKENS_TRIED = 2
#: The scope without which an account's files are not followed.
READS_FILES = "assets:read"

_log = get_logger("accounts")


class NotInstalledError(SupportError):
    """The account has not installed the app."""

    code = "not_installed"
    permanent = True


class InstallationPausedError(SupportError):
    """The account may not be called until somebody acts."""

    code = "installation_paused"
    permanent = True

    def __init__(self, account_id: str, slug: str, reason: str | None) -> None:
        super().__init__(f"The connection to {slug} is paused. {reason or 'Let it install the app again.'}")
        self.account_id = account_id


class PartnerTakenError(SupportError):
    """A second account claims to be the partner's."""

    code = "partner_taken"
    permanent = True


class TokenBusyError(SupportError):
    """Another process is renewing the token and has not finished; try again."""

    code = "token_busy"


@dataclass(frozen=True)
class Account:
    """An account that has installed the app, without its tokens."""

    account_id: str
    slug: str
    name: str
    #: ``partner`` | ``customer``
    role: str
    user_id: str
    scopes: tuple[str, ...]
    expires_at: datetime | None
    #: ``active`` | ``paused`` | ``revoked``
    state: str
    pause_reason: str | None
    installed_at: datetime


@dataclass(frozen=True)
class InstallationContext:
    """What installing needs from the application."""

    database: Database
    settings: Settings
    clock: Clock
    #: Called in the transaction that stores the installation; it asks for the account's boards.
    on_installed: Callable[[Session, str], None]


def install(context: InstallationContext, *, code: str, verifier: str) -> Account:
    """Turn an OAuth callback into a stored installation, and ask for what follows from it.

    Whose installation it is, monday.com says by the new token; nothing the browser brought
    is believed but the code.

    Raises:
        OAuthRefusedError: the code is spent, forged or too old.
        MondayFaultError, MondayUnreachableError, MondayUncertainError: monday.com did not
            answer as it should; the code may be spent.
        PartnerTakenError: the account has the partner's slug, and another is the partner.
    """
    tokens = oauth.exchange_code(context.settings, code=code, verifier=verifier)
    identity = oauth.identify(context.settings, tokens.access_token)
    with context.database.transaction() as session:
        account = complete_installation(session, context.settings, identity, tokens, now=context.clock.now())
        context.on_installed(session, account.account_id)
    _log.info("installed", account_id=account.account_id, role=account.role, scopes=account.scopes)
    return account


def complete_installation(
    session: Session, settings: Settings, identity: oauth.Identity, tokens: oauth.Tokens, *, now: datetime
) -> Account:
    """Store an installation, new or repeated; a paused one is active again.

    Raises:
        PartnerTakenError: the account has the partner's slug, and another is the partner.
    """
    row = session.get(Installation, identity.account_id, with_for_update=True)
    if row is None:
        role = _role_of_newcomer(session, settings, identity)
        row = Installation(account_id=identity.account_id, role=role, installed_at=now, scopes="")
        session.add(row)
    row.slug, row.name = identity.account_slug, identity.account_name
    row.user_id = identity.user_id
    row.state, row.pause_reason = "active", None
    row.refresh_token = None
    _store(row, settings, tokens)
    session.flush()
    return _account(row)


def find_account(session: Session, account_id: str) -> Account | None:
    """The account of that id, if it has installed the app."""
    row = session.get(Installation, account_id)
    return None if row is None else _account(row)


def find_account_by_slug(session: Session, slug: str) -> Account | None:
    """The account that had this slug when it installed the app, the newest if several had."""
    query = select(Installation).where(Installation.slug == slug).order_by(Installation.installed_at.desc())
    row = session.execute(query).scalars().first()
    return None if row is None else _account(row)


def find_partner(session: Session) -> Account | None:
    """The account in which the technicians work, once it has installed the app."""
    row = session.execute(select(Installation).where(Installation.role == "partner")).scalar_one_or_none()
    return None if row is None else _account(row)


def list_accounts(session: Session) -> Sequence[Account]:
    """All installed accounts, in the order in which they came."""
    query = select(Installation).order_by(Installation.installed_at, Installation.account_id)
    return [_account(row) for row in session.execute(query).scalars()]


def is_active(session: Session, account_id: str) -> bool:
    """Whether an account may be called; it stays so until this transaction ends."""
    row = session.get(Installation, account_id, with_for_update=True)
    return row is not None and row.state == "active"


def may_read_files(session: Session, account_id: str) -> bool:
    """Whether an account has let the app read its files; one that installed it long ago has not."""
    row = session.get(Installation, account_id)
    return row is not None and READS_FILES in row.scopes.split()


def pause(session: Session, account_id: str, reason: str) -> None:
    """Stop calling an account, with a sentence for the operator; the first reason stays."""
    session.execute(
        update(Installation)
        .where(Installation.account_id == account_id, Installation.state == "active")
        .values(state="paused", pause_reason=reason)
    )
    _log.warning("paused", account_id=account_id, reason=reason)


def has_untold(session: Session) -> bool:
    """Whether the technicians have something to be told of."""
    query = select(Installation.account_id).where(Installation.told_state != Installation.state).limit(1)
    return session.execute(query).first() is not None


def take_untold(session: Session) -> Sequence[Account]:
    """The accounts that were paused, or are back, since the technicians were told last; now they are."""
    query = select(Installation).where(Installation.told_state != Installation.state).with_for_update()
    rows = session.execute(query.order_by(Installation.account_id)).scalars().all()
    for row in rows:
        row.told_state = row.state
    return [_account(row) for row in rows]


def access_token(
    database: Database, settings: Settings, account_id: str, *, now: datetime, refused: str | None = None
) -> str:
    """A token for calls to an account, renewed first when it is about to end.

    ``refused`` is a token that monday.com has just refused: it will not be given out again.

    Raises:
        NotInstalledError: the account has not installed the app.
        InstallationPausedError: the account may not be called; also when monday.com refuses
            to renew the token, which pauses it.
        TokenBusyError: another process renews the token and takes too long.
        MondayUnreachableError, MondayUncertainError: the token has ended and can't be renewed now.
    """
    give_up_at = elapsed_time() + _claim_seconds(settings)
    never = threading.Event()
    while True:
        stored = _read_stored(database, settings, account_id)
        if not stored.is_stale(now, refused):
            return stored.access_token
        claim = _claim(database, settings, account_id, stored)
        if claim is not None:
            is_refused = stored.access_token == refused
            row_of_refused = stored.refused_before + 1 if is_refused else 0
            return _renew(
                database, settings, stored, claim, usable=stored.is_good(now, refused), refused=row_of_refused
            )
        if stored.is_good(now, refused):
            return stored.access_token
        if elapsed_time() > give_up_at:
            raise TokenBusyError(f"Another process is renewing the token of account {account_id}.")
        never.wait(0.05)


def replace_refused(
    database: Database, settings: Settings, account_id: str, token_print: str | None, *, now: datetime
) -> None:
    """monday.com refused the token with this fingerprint: see to it that another one is in force.

    Only a refusal of the token that is in force counts: one that was heard late, of a token that somebody
    has replaced meanwhile, changes nothing. None: it is not known which was refused.

    Raises:
        NotInstalledError: the account has not installed the app.
        InstallationPausedError: the account may not be called; also when one fresh token after the other
            was refused, or none is to be had, which pauses it.
        TokenBusyError, MondayUnreachableError, MondayUncertainError: there is no other token yet.
    """
    stored = _read_stored(database, settings, account_id)
    if token_print not in (None, fingerprint(stored.access_token)):
        return
    if stored.refused_before >= TOKENS_TRIED:
        _pause_hopeless(database, settings, stored)
        return
    access_token(database, settings, account_id, now=now, refused=stored.access_token)


def rotate_tokens(session: Session, settings: Settings) -> int:
    """Encrypt every stored token under the newest of ``SECRET_KEYS``; return how many.

    Raises:
        TokenUnreadableError: a token can't be read with any of the keys; none is changed.
    """
    count = 0
    for row in session.execute(select(Installation).with_for_update()).scalars():
        row.access_token = vault.rotate(settings.secret_keys, row.access_token)
        count += 1
        if row.refresh_token is not None:
            row.refresh_token = vault.rotate(settings.secret_keys, row.refresh_token)
            count += 1
    return count


@dataclass(frozen=True)
class _StoredToken:
    account_id: str
    access_token: str
    refresh_token: str | None
    expires_at: datetime | None
    #: The row's ciphertext: changed by every renewal.
    ciphertext: str
    #: How many before this one were refused, each the renewal of the other.
    refused_before: int

    def is_stale(self, now: datetime, refused: str | None) -> bool:
        return not self._lasts(now + RENEWED_BEFORE_END, refused)

    def is_good(self, now: datetime, refused: str | None) -> bool:
        return self._lasts(now + STILL_GOOD, refused)

    def _lasts(self, until: datetime, refused: str | None) -> bool:
        return self.access_token != refused and (self.expires_at is None or self.expires_at > until)


def _role_of_newcomer(session: Session, settings: Settings, identity: oauth.Identity) -> str:
    if identity.account_slug != settings.partner_slug:
        return "customer"
    partner = find_partner(session)
    if partner is not None:
        raise PartnerTakenError(
            f"{identity.account_slug}.monday.com is another account (id {identity.account_id}) than the one "
            f"the technicians work in (id {partner.account_id}). Set PARTNER_ACCOUNT_SLUG to the right one."
        )
    return "partner"


def _read_stored(database: Database, settings: Settings, account_id: str) -> _StoredToken:
    with database.reading() as session:
        return _read(session, settings, account_id)


def _read(session: Session, settings: Settings, account_id: str) -> _StoredToken:
    row = session.get(Installation, account_id)
    if row is None:
        raise NotInstalledError(f"Account {account_id} has not installed the app; send it {_link(settings)}.")
    if row.state != "active":
        raise InstallationPausedError(account_id, row.slug, row.pause_reason)
    keys = settings.secret_keys
    refresh = row.refresh_token
    return _StoredToken(
        account_id=account_id,
        access_token=vault.unseal(keys, account_id, "access", row.access_token),
        refresh_token=None if refresh is None else vault.unseal(keys, account_id, "refresh", refresh),
        expires_at=row.expires_at,
        ciphertext=row.access_token,
        refused_before=row.refused_tokens,
    )


def _claim_seconds(settings: Settings) -> float:
    """Longer than a renewal can take when each of its time limits is used up."""
    return 3 * settings.monday_timeout_seconds + 5


def _claim(database: Database, settings: Settings, account_id: str, stored: _StoredToken) -> str | None:
    """Take the right to renew; None when another process has it, or has just renewed."""
    claim = new_key()
    until = lease_time() + _claim_seconds(settings)
    with database.transaction() as session:
        taken = session.execute(
            update(Installation)
            .where(
                Installation.account_id == account_id,
                Installation.access_token == stored.ciphertext,
                Installation.refresh_claimed_until <= lease_time(),
            )
            .values(refresh_claim=claim, refresh_claimed_until=until)
        )
        return claim if isinstance(taken, CursorResult) and taken.rowcount == 1 else None


def _renew(
    database: Database,
    settings: Settings,
    stored: _StoredToken,
    claim: str,
    *,
    usable: bool,
    refused: int,
) -> str:
    account_id = stored.account_id
    if stored.refresh_token is None:
        raise _pause_refused(database, settings, account_id, claim, "there is no refresh token")
    try:
        tokens = oauth.refresh(settings, stored.refresh_token)
    except oauth.OAuthRefusedError as error:
        raise _pause_refused(database, settings, account_id, claim, error.reason) from error
    except (MondayUnreachableError, MondayUncertainError):
        _release(database, account_id, claim)
        if usable:
            return stored.access_token
        raise
    with database.transaction() as session:
        row = _claimed(session, account_id, claim)
        if row is None:
            raise TokenBusyError(f"The token of account {account_id} was replaced while it was renewed.")
        _store(row, settings, tokens)
        row.refused_tokens = refused
    _log.info("token_renewed", account_id=account_id, ends_at=tokens.expires_at)
    return tokens.access_token


def _pause_refused(
    database: Database, settings: Settings, account_id: str, claim: str, refusal: str
) -> SupportError:
    """What to raise when monday.com refuses: normally the pause; not if the token was replaced meanwhile."""
    with database.transaction() as session:
        row = _claimed(session, account_id, claim)
        if row is None:
            return TokenBusyError(f"The token of account {account_id} was replaced while it was renewed.")
        row.refresh_claim, row.refresh_claimed_until = None, 0.0
        link = _link(settings, row)
        reason = f"monday.com does not renew its token ({refusal}). Let it install the app again: {link}"
        pause(session, account_id, reason)
        return InstallationPausedError(account_id, row.slug, reason)


def _release(database: Database, account_id: str, claim: str) -> None:
    with database.transaction() as session:
        row = _claimed(session, account_id, claim)
        if row is not None:
            row.refresh_claim, row.refresh_claimed_until = None, 0.0


def _claimed(session: Session, account_id: str, claim: str) -> Installation | None:
    query = select(Installation).where(
        Installation.account_id == account_id, Installation.refresh_claim == claim
    )
    return session.execute(query.with_for_update()).scalar_one_or_none()


def _store(row: Installation, settings: Settings, tokens: oauth.Tokens) -> None:
    keys = settings.secret_keys
    row.access_token = vault.seal(keys, row.account_id, "access", tokens.access_token)
    if tokens.refresh_token is not None:
        row.refresh_token = vault.seal(keys, row.account_id, "refresh", tokens.refresh_token)
    row.expires_at = tokens.expires_at
    if tokens.scopes:
        row.scopes = " ".join(tokens.scopes)
    row.refresh_claim, row.refresh_claimed_until = None, 0.0
    row.refused_tokens = 0


def _pause_hopeless(database: Database, settings: Settings, stored: _StoredToken) -> None:
    """Pause an account of which every token is refused, unless it has got another one meanwhile."""
    with database.transaction() as session:
        row = session.get_one(Installation, stored.account_id, with_for_update=True)
        if row.access_token != stored.ciphertext:
            return
        reason = f"monday.com refuses every token. Let it install the app again: {_link(settings, row)}"
        pause(session, stored.account_id, reason)
        slug = row.slug
    raise InstallationPausedError(stored.account_id, slug, reason)


def _link(settings: Settings, row: Installation | None = None) -> str:
    query = "" if row is None else f"?subdomain={row.slug}"
    return f"{settings.base_url}/oauth/start{query}"


def _account(row: Installation) -> Account:
    return Account(
        account_id=row.account_id,
        slug=row.slug,
        name=row.name,
        role=row.role,
        user_id=row.user_id,
        scopes=tuple(row.scopes.split()),
        expires_at=row.expires_at,
        state=row.state,
        pause_reason=row.pause_reason,
        installed_at=row.installed_at,
    )
