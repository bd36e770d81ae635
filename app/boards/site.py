"""An account's monday.com during one provisioning: its calls, with a token that is renewed when refused."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from app.accounts import service as accounts
from app.crashpoints import reach
from app.db import Database
from app.monday.batch import Operation
from app.monday.client import BatchAnswer, MondayClient, MondayFaultError
from app.monday.faults import FaultKind
from app.monday.gate import Gate
from app.settings import Settings

#: Aliased mutations in one request: well inside the 60 s that monday.com gives a request.
MUTATIONS_PER_REQUEST = 12

_Answer = TypeVar("_Answer")


class Context(Protocol):
    """What provisioning needs from the application."""

    @property
    def database(self) -> Database:
        """Where the boards are kept."""
        ...

    @property
    def settings(self) -> Settings:
        """How monday.com is reached, and where it reaches us."""
        ...

    def gate(self, account_id: str) -> Gate:
        """What has to let a call to an account through."""
        ...


class PartlyRefusedError(MondayFaultError):
    """Of several pieces some were put off; unlike a request refused whole, this one was carried out."""


class Site:
    """One account at monday.com during one provisioning; has a refused token replaced."""

    def __init__(self, context: Context, account_id: str, now: datetime) -> None:
        self.database = context.database
        self.settings = context.settings
        self.account_id = account_id
        self._now = now
        self._gate = context.gate(account_id)
        self._token = accounts.access_token(self.database, self.settings, account_id, now=now)
        self._client = self._connect()

    def ask(self, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """Run a query."""
        return self._with_good_token(lambda client: client.execute(document, variables))

    def tell(self, document: str, variables: Mapping[str, Any], *, key: str) -> Mapping[str, Any]:
        """Run one mutation under an idempotency key."""
        reach("provisioning.before_call")
        answer = self._with_good_token(
            lambda client: client.execute(document, variables, idempotency_key=key)
        )
        reach("provisioning.after_call")
        return answer

    def tell_all(self, operations: Sequence[Operation], *, key: str) -> BatchAnswer:
        """Run several mutations in one request under one idempotency key."""
        reach("provisioning.before_call")
        answer = self._with_good_token(lambda client: client.execute_batch(operations, idempotency_key=key))
        reach("provisioning.after_call")
        return answer

    def _connect(self) -> MondayClient:
        return MondayClient(
            self.settings.monday_api_url,
            self._token,
            timeout_seconds=self.settings.monday_timeout_seconds,
            gate=self._gate,
        )

    def _with_good_token(self, call: Callable[[MondayClient], _Answer]) -> _Answer:
        while True:
            try:
                return call(self._client)
            except MondayFaultError as error:
                if error.fault.kind is not FaultKind.AUTHENTICATION:
                    raise
                # It ends: when fresh tokens are refused, too, the account is paused.
                accounts.replace_refused(
                    self.database, self.settings, self.account_id, error.token_print, now=self._now
                )
            self._token = accounts.access_token(self.database, self.settings, self.account_id, now=self._now)
            self._client = self._connect()
