"""All settings, read once from the environment, checked whole.

Every variable is documented in ``.env.example``. What is wrong is reported all at once,
by the variable's name, before anything starts.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from app.errors import SettingsError

#: Only for development and tests: a fresh clone must run without a line of configuration.
DEVELOPMENT_SECRET_KEY = "ZGV2ZWxvcG1lbnQtb25seS1rZXktMzItYnl0ZXMtISE="  # noqa: S105

#: SMTP_URL's schemes: how the connection is kept private, and the port when none is named.
_MAIL_SERVERS = {"smtp": ("none", 25), "smtp+starttls": ("starttls", 587), "smtps": ("tls", 465)}
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_ADDRESS = re.compile(r"[A-Za-z0-9._-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
#: Four weeks of business days.
_LONGEST_LEVEL_MINUTES = 20 * 9 * 60
_LONGEST_ADDRESS = 100
_HOST = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class MailServer:
    """A server that takes our mail, and how it is spoken to."""

    host: str
    port: int
    #: ``none``, ``starttls`` or ``tls``
    security: str
    user: str | None
    password: str | None = field(repr=False)


@dataclass(frozen=True)
class MailDoor:
    """Where the product takes mail: ``smtp``, or ``lmtp`` behind a mail server of one's own."""

    protocol: str
    host: str
    port: int


@dataclass(frozen=True)
class EscalationLevel:
    """Who is called to an escalation at a level, and within how many business minutes one acknowledges."""

    addresses: tuple[str, ...]
    minutes: int


@dataclass(frozen=True)
class ForumAccess:
    """A Discourse forum in which feature requests are filed, and as whom."""

    #: Its address, without a slash at the end.
    url: str
    user: str
    #: The number of the category in which topics are made.
    category: int
    key: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """What the product needs to know about its surroundings."""

    app_env: str
    base_url: str
    var_dir: Path
    database_url: str
    #: None: an embedded server in ``var_dir`` is started by the worker and used by all.
    redis_url: str | None
    monday_api_url: str
    monday_auth_url: str
    monday_client_id: str
    monday_client_secret: str
    monday_signing_secret: str
    monday_oauth_flow: str
    monday_timeout_seconds: float
    #: Calls a day of each account's plan; None where they are not counted (installed from the marketplace).
    daily_calls: int | None
    #: Slug of the account in which the technicians work; all others are customers.
    partner_slug: str
    #: Fernet keys for tokens at rest, newest first.
    secret_keys: tuple[str, ...]
    lane_lease_seconds: float
    sweep_seconds: float
    full_sweep_seconds: float
    kept_days: float
    trusted_proxies: int
    #: Files that are larger are told with a link.
    largest_file_bytes: int
    #: Hosts that keep monday.com's files, without their subdomains.
    file_hosts: tuple[str, ...]
    clock_file: Path | None
    #: Where mail is handed over to be sent; None: it waits.
    mail_server: MailServer | None
    #: From whom it comes; its domain and name are those at which answers are taken.
    mail_from: str
    #: Where mail is taken from other servers.
    mail_door: MailDoor
    #: monday.com's own support.
    vendor_support_address: str
    #: Who is called to escalations, in order; none: nobody is, and that is said.
    escalation_levels: tuple[EscalationLevel, ...]
    #: How approved feature requests are filed: ``mail``, ``forum`` or ``hand``.
    feature_request_channel: str
    #: Where those go that are filed by mail; None with the other channels.
    feature_request_address: str | None
    #: None where none is set: what was under way to one then waits for a person.
    forum: ForumAccess | None

    @property
    def production(self) -> bool:
        """Whether development conveniences (the movable clock) must be refused."""
        return self.app_env == "production"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> "Settings":
        """Read and check the environment.

        Raises:
            SettingsError: one or more variables are missing or wrong; the message names each.
        """
        reader = _Reader(os.environ if environ is None else environ)
        settings = reader.read()
        if reader.faults:
            raise SettingsError("The settings are not usable:\n" + "\n".join(f"  {f}" for f in reader.faults))
        return settings


class _Reader:
    """Reads variables and gathers every fault instead of stopping at the first."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.faults: list[str] = []
        self.app_env = self._choice("APP_ENV", "development", ("development", "production"))
        self._channel = self._choice("FEATURE_REQUEST_CHANNEL", "hand", ("mail", "forum", "hand"))

    def read(self) -> Settings:
        var_dir = Path(self._environ.get("VAR_DIR") or "var").absolute()
        settings = Settings(
            app_env=self.app_env,
            base_url=self._url("BASE_URL", "http://127.0.0.1:8000"),
            var_dir=var_dir,
            database_url=self._database_url(var_dir),
            redis_url=self._environ.get("REDIS_URL") or None,
            monday_api_url=self._url("MONDAY_API_URL", "https://api.monday.com/v2"),
            monday_auth_url=self._url("MONDAY_AUTH_URL", "https://auth.monday.com"),
            monday_client_id=self._secret("MONDAY_CLIENT_ID", "sandbox-client-id"),
            monday_client_secret=self._secret(
                "MONDAY_CLIENT_SECRET", "sandbox-client-secret-of-this-machine"
            ),
            monday_signing_secret=self._secret(
                "MONDAY_SIGNING_SECRET", "sandbox-signing-secret-of-this-machine"
            ),
            monday_oauth_flow=self._choice("MONDAY_OAUTH_FLOW", "2.1", ("2.1", "legacy")),
            monday_timeout_seconds=self._number("MONDAY_TIMEOUT_SECONDS", 20, at_least=0.1),
            daily_calls=int(self._number("MONDAY_DAILY_CALLS", 0, at_least=0, unit="calls")) or None,
            partner_slug=self._environ.get("PARTNER_ACCOUNT_SLUG") or "synerity",
            secret_keys=self._secret_keys(),
            lane_lease_seconds=self._number("LANE_LEASE_SECONDS", 60, at_least=0.3),
            sweep_seconds=self._number("SWEEP_SECONDS", 1800, at_least=5),
            full_sweep_seconds=self._number("FULL_SWEEP_SECONDS", 86400, at_least=60),
            kept_days=self._number("KEPT_DAYS", 90, at_least=1),
            trusted_proxies=int(self._number("TRUSTED_PROXIES", 0, at_least=0, unit="proxies")),
            largest_file_bytes=int(
                1_000_000 * self._number("LARGEST_FILE_MB", 25, at_least=0, unit="megabytes")
            ),
            file_hosts=self._file_hosts(),
            clock_file=self._clock_file(var_dir),
            mail_server=self._mail_server(),
            mail_from=self._address("MAIL_FROM", "support@synerity.example"),
            mail_door=self._mail_door(),
            vendor_support_address=self._address("VENDOR_SUPPORT_ADDRESS", "support@monday.com"),
            escalation_levels=self._escalation_levels(),
            feature_request_channel=self._channel,
            feature_request_address=self._feature_request_address(),
            forum=self._forum(),
        )
        if settings.mail_server and self.app_env == "production" and not self._environ.get("MAIL_FROM"):
            self.faults.append(
                "MAIL_FROM is not set; it is the address that mail comes from and is answered to."
            )
        if settings.lane_lease_seconds < 3 * settings.monday_timeout_seconds:
            self.faults.append(
                "LANE_LEASE_SECONDS must be at least three times MONDAY_TIMEOUT_SECONDS, "
                f"{3 * settings.monday_timeout_seconds:g}: a call under way must not lose its lane."
            )
        return settings

    def _choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self._environ.get(name) or default
        if value not in choices:
            self.faults.append(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")
        return value

    def _url(self, name: str, default: str) -> str:
        value = (self._environ.get(name) or default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            self.faults.append(f"{name} is {value!r}; it must be an http or https address.")
        elif self.app_env == "production" and parts.scheme != "https":
            self.faults.append(f"{name} is {value!r}; in production it must be an https address.")
        return value

    def _secret(self, name: str, development: str) -> str:
        value = self._environ.get(name)
        if value:
            return value
        if self.app_env == "production":
            self.faults.append(
                f"{name} is not set; take it from the app's page in monday.com's Developer Center."
            )
        return development

    def _secret_keys(self) -> tuple[str, ...]:
        keys = tuple(key.strip() for key in self._environ.get("SECRET_KEYS", "").split(",") if key.strip())
        if keys:
            return keys
        if self.app_env == "production":
            self.faults.append(
                "SECRET_KEYS is not set; make one with `synerity keys new`, newest first, comma between."
            )
        return (DEVELOPMENT_SECRET_KEY,)

    def _file_hosts(self) -> tuple[str, ...]:
        names = self._environ.get("FILE_HOSTS") or "monday.com,amazonaws.com"
        hosts = tuple(name.strip().lower() for name in names.split(",") if name.strip())
        if wrong := [host for host in hosts if not _HOST.fullmatch(host)]:
            self.faults.append(f"FILE_HOSTS has {wrong[0]!r}; it must be names of hosts, comma between.")
        return hosts

    def _database_url(self, var_dir: Path) -> str:
        value = self._environ.get("DATABASE_URL") or f"sqlite:///{var_dir / 'synerity.db'}"
        scheme, _, rest = value.partition("://")
        if scheme in ("postgres", "postgresql"):
            return f"postgresql+psycopg://{rest}"
        if scheme not in ("sqlite", "postgresql+psycopg"):
            self.faults.append(
                f"DATABASE_URL begins with {scheme!r}; it must be a sqlite or postgresql address."
            )
        return value

    def _number(self, name: str, default: float, *, at_least: float, unit: str = "seconds") -> float:
        text = self._environ.get(name) or str(default)
        try:
            value = float(text)
        except ValueError:
            self.faults.append(f"{name} is {text!r}; it must be a number of {unit}.")
            return default
        if value < at_least:
            self.faults.append(f"{name} is {value:g}; it must be at least {at_least:g}.")
        return value

    def _mail_server(self) -> MailServer | None:
        value = self._environ.get("SMTP_URL")
        if not value:
            return None
        parts = urlsplit(value)
        known = _MAIL_SERVERS.get(parts.scheme)
        port = _port(parts)
        if known is None or not parts.hostname or port is None:
            # Not shown: there may be a password in it.
            self.faults.append(
                "SMTP_URL must be like smtp://host:25, smtp+starttls://user:password@host:587 or "
                "smtps://user:password@host:465; what is special in user or password is percent-encoded."
            )
            return None
        security, usual = known
        if parts.password and security == "none" and parts.hostname not in _LOOPBACK:
            self.faults.append("SMTP_URL sends a password in clear; use smtp+starttls:// or smtps://.")
        user = None if parts.username is None else unquote(parts.username)
        password = None if parts.password is None else unquote(parts.password)
        return MailServer(parts.hostname, port or usual, security, user, password)

    def _mail_door(self) -> MailDoor:
        value = self._environ.get("MAIL_LISTEN") or "smtp://127.0.0.1:8025"
        parts = urlsplit(value)
        port = _port(parts)
        if parts.scheme not in ("smtp", "lmtp") or not parts.hostname or not port:
            self.faults.append(
                f"MAIL_LISTEN is {value!r}; it must be like smtp://0.0.0.0:25 or lmtp://127.0.0.1:24."
            )
        return MailDoor(parts.scheme, parts.hostname or "", port or 0)

    def _escalation_levels(self) -> tuple[EscalationLevel, ...]:
        """``owner@example.com 60, manager@example.com deputy@example.com 120``: levels, comma between."""
        levels = [
            words for part in self._environ.get("ESCALATION_LEVELS", "").split(",") if (words := part.split())
        ]
        found = []
        for *addresses, minutes in levels:
            if not minutes.isdecimal() or not 1 <= int(minutes) <= _LONGEST_LEVEL_MINUTES:
                self.faults.append(
                    f"ESCALATION_LEVELS has {minutes!r}; each level must end with its business minutes, 1 to "
                    f"{_LONGEST_LEVEL_MINUTES}, like `owner@example.com 60`."
                )
                continue
            wrong = [one for one in addresses if not _ADDRESS.fullmatch(one) or len(one) > _LONGEST_ADDRESS]
            if wrong or not addresses:
                self.faults.append(
                    f"ESCALATION_LEVELS has {wrong[0] if wrong else minutes!r}; before its minutes "
                    "each level must have addresses like name@example.com."
                )
                continue
            unique = dict.fromkeys(one.lower() for one in addresses)
            found.append(EscalationLevel(tuple(unique), int(minutes)))
        return tuple(found)

    def _address(self, name: str, default: str) -> str:
        value = self._environ.get(name) or default
        if not _ADDRESS.fullmatch(value):
            self.faults.append(f"{name} is {value!r}; it must be an address like support@example.com.")
        return value

    def _feature_request_address(self) -> str | None:
        value = self._environ.get("FEATURE_REQUEST_ADDRESS")
        if value:
            return self._address("FEATURE_REQUEST_ADDRESS", value)
        if self._channel == "mail":
            self.faults.append(
                "FEATURE_REQUEST_ADDRESS is not set; FEATURE_REQUEST_CHANNEL=mail files requests there."
            )
        return None

    def _forum(self) -> ForumAccess | None:
        names = ("FORUM_URL", "FORUM_API_KEY", "FORUM_API_USER", "FORUM_CATEGORY")
        found = {name: self._environ.get(name) or "" for name in names}
        if self._channel != "forum" and not any(found.values()):
            return None
        for name in (name for name in names if not found[name]):
            self.faults.append(f"{name} is not set; a forum needs {', '.join(names)}, or none of them.")
        key, category = found["FORUM_API_KEY"], found["FORUM_CATEGORY"]
        if not key.isascii() or not key.isprintable() or " " in key:
            # Not shown: it is a secret.
            self.faults.append("FORUM_API_KEY has characters that no key of Discourse has.")
        if category and not (category.isascii() and category.isdecimal()):
            self.faults.append(
                f"FORUM_CATEGORY is {category!r}; it must be the number at the end of the category's address."
            )
            return None
        url = self._url("FORUM_URL", "https://forum.example")
        return ForumAccess(url, found["FORUM_API_USER"], int(category or 0), key)

    def _clock_file(self, var_dir: Path) -> Path | None:
        if self.app_env == "production":
            if self._environ.get("CLOCK_FILE"):
                self.faults.append("CLOCK_FILE is set; the clock can't be moved in production. Unset it.")
            return None
        return Path(self._environ.get("CLOCK_FILE") or var_dir / "clock.json").absolute()


def _port(parts: SplitResult) -> int | None:
    """The port in an address, 0 when there is none; None when it is not one."""
    try:
        return parts.port or 0
    except ValueError:
        return None
