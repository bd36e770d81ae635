"""Who a browser is: a session's key, sealed in a cookie, and the tokens that its forms carry.

The cookie can be read by nobody but us and is sent by other sites' links only, never with
their forms; each form has a token of its session besides.
"""

import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from flask import request
from werkzeug.wrappers import Response

from app.ids import new_key
from app.operators.service import LIFE_SECONDS


class Cookies:
    """Puts, reads and clears the two cookies: the session's, and that of a browser not signed in yet."""

    def __init__(self, secret_keys: tuple[str, ...], base_url: str) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in secret_keys])
        self._secure = base_url.startswith("https://")
        # The prefix makes browsers refuse the cookie from any other host, and without https.
        prefix = "__Host-" if self._secure else ""
        self._session, self._guest = f"{prefix}ops", f"{prefix}ops-guest"

    def session_key(self) -> str | None:
        """The key of the session this browser says it has."""
        return self._read(self._session)

    def guest_key(self) -> str | None:
        """What a browser got with the form to sign in."""
        return self._read(self._guest)

    def put_session(self, response: Response, key: str) -> None:
        """Let the browser be signed in until it is closed, or the session ends."""
        self._put(response, self._session, key, None)
        self._put(response, self._guest, "", 0)

    def put_guest(self, response: Response) -> str:
        """Give a browser a key of its own for the form to sign in; return it."""
        key = self.guest_key() or new_key()
        self._put(response, self._guest, key, int(LIFE_SECONDS))
        return key

    def clear_session(self, response: Response) -> None:
        """Take the session's key back."""
        self._put(response, self._session, "", 0)

    def _read(self, name: str) -> str | None:
        try:
            return self._fernet.decrypt(request.cookies.get(name, "").encode()).decode()
        except InvalidToken:
            return None

    def _put(self, response: Response, name: str, key: str, max_age: int | None) -> None:
        value = self._fernet.encrypt(key.encode()).decode() if key else ""
        response.set_cookie(
            name, value, max_age=max_age, path="/", secure=self._secure, httponly=True, samesite="Lax"
        )


def form_token(key: str) -> str:
    """What every form of a session carries; nobody who does not have the key can know it."""
    return hmac.new(key.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_of(key: str | None, token: str) -> bool:
    """Whether a form came from a page of this browser."""
    return key is not None and hmac.compare_digest(form_token(key).encode(), token.encode())
