"""What the product consists of when it runs on one machine: its programs and their environment."""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import requests
from cryptography.fernet import Fernet

from app.clock import SystemClock
from app.db import Database
from app.operators import service as operators
from app.settings import Settings
from local.processes import Program, Supervisor
from local.waits import LocalError, NotInTimeError, wait_for

REPOSITORY = Path(__file__).resolve().parent.parent
ACCOUNTS = ("synerity", "customer-free", "customer-silver", "customer-gold")
READY_SECONDS = 60.0
LOG_LINES_SHOWN = 12
#: Who may sign in to the operator's page of a product that `make run` started.
OPERATOR = "operator"

SANDBOX_WAVE, PRODUCT_WAVE = 0, 1


@dataclass(frozen=True)
class Place:
    """Where one running product lives: its folder and its ports on 127.0.0.1."""

    var: Path
    sandbox_port: int
    port: int
    #: Where the product takes mail, and where the local mailbox takes what it sends.
    mail_port: int
    mailbox_port: int

    @property
    def sandbox_url(self) -> str:
        """The local monday.com."""
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def app_url(self) -> str:
        """The product's web process."""
        return f"http://127.0.0.1:{self.port}"


def environment(place: Place, redis_url: str, environ: Mapping[str, str]) -> dict[str, str]:
    """The variables of every program; what ``environ`` already says wins."""
    defaults = {
        "APP_ENV": "development",
        "BASE_URL": place.app_url,
        "CLOCK_FILE": str(place.var / "clock.json"),
        "DATABASE_URL": f"sqlite:///{place.var / 'synerity.db'}",
        "ESCALATION_LEVELS": "petra.sund@synerity.example 60, maria.ek@synerity.example 60",
        "FEATURE_REQUEST_ADDRESS": "ideas@monday.example",
        "FEATURE_REQUEST_CHANNEL": "mail",
        "MAIL_FROM": "support@synerity.example",
        "MAIL_LISTEN": f"smtp://127.0.0.1:{place.mail_port}",
        "MONDAY_API_URL": f"{place.sandbox_url}/v2",
        "MONDAY_AUTH_URL": place.sandbox_url,
        "PORT": str(place.port),
        "REDIS_URL": redis_url,
        "SECRET_KEYS": _secret_key(place.var),
        "SMTP_URL": f"smtp://127.0.0.1:{place.mailbox_port}",
        "VAR_DIR": str(place.var),
        "VENDOR_SUPPORT_ADDRESS": "support@monday.example",
        "WEB_CONCURRENCY": "2",
        "PYTHONUNBUFFERED": "1",
    }
    return {**defaults, **{name: value for name, value in environ.items() if value or name not in defaults}}


def write_environment(place: Place, variables: Mapping[str, str]) -> None:
    """Leave a file that gives another terminal the same settings: ``. var/environment``.

    Without the address of Redis: a later `make run` in that terminal must start its own.
    """
    path = place.var / "environment"
    path.touch(mode=0o600)
    names = sorted(set(environment(place, "", {})) - {"PYTHONUNBUFFERED", "REDIS_URL", "WEB_CONCURRENCY"})
    path.write_text("".join(f"export {name}={shlex.quote(variables[name])}\n" for name in names))


def sandbox(place: Place, variables: Mapping[str, str]) -> Program:
    """The local monday.com."""
    command = (
        *_python("monday_sandbox"),
        *("--port", str(place.sandbox_port)),
        *("--data", str(place.var / "sandbox")),
        *("--clock-file", variables["CLOCK_FILE"]),
        # The product is a marketplace app: its calls are none of an account's day.
        "--marketplace",
    )
    told = {"MONDAY_LIFECYCLE_URL": f"{place.app_url}/monday/lifecycle", **variables}
    return Program("sandbox", command, told, REPOSITORY, SANDBOX_WAVE)


def upgrade_database(variables: Mapping[str, str]) -> None:
    """Bring the database to the newest schema.

    Raises:
        LocalError: it could not be done; the sentence ends with what Alembic said.
    """
    command = (*_python("app.cli"), "db", "upgrade")
    done = subprocess.run(command, env=variables, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LocalError(f"The database could not be brought up to date.\n{done.stderr[-2000:]}")


def admit_operator(variables: Mapping[str, str]) -> tuple[str, str]:
    """Let the local operator in with a new password; give name and password, good until the next run."""
    settings = Settings.from_env(variables)
    database, now = Database(settings.database_url), SystemClock().now()
    with database.transaction() as session:
        if OPERATOR not in {one.name for one in operators.list_operators(session)}:
            operators.add(session, OPERATOR, f"{OPERATOR}@localhost", by="make run", now=now)
        password = operators.give_password(session, OPERATOR, by="make run", now=now, must_choose=False)
    database.dispose()
    return OPERATOR, password


def web(variables: Mapping[str, str]) -> Program:
    """The web process."""
    command = (*_python("gunicorn"), "--config", "app/gunicorn_conf.py", "app.factory:create_app()")
    return Program("web", command, variables, REPOSITORY, PRODUCT_WAVE)


def worker(name: str, variables: Mapping[str, str]) -> Program:
    """One worker process."""
    return Program(name, _python("workers"), variables, REPOSITORY, PRODUCT_WAVE)


def timers(variables: Mapping[str, str]) -> Program:
    """The timer process."""
    return Program("timers", _python("workers.timers"), variables, REPOSITORY, PRODUCT_WAVE)


def mail_door(variables: Mapping[str, str]) -> Program:
    """The process that takes mail."""
    return Program("mail-door", _python("workers.mail_door"), variables, REPOSITORY, PRODUCT_WAVE)


def mailbox(place: Place, variables: Mapping[str, str]) -> Program:
    """The mailbox of all whom the product writes to."""
    folder = str(mailbox_folder(place))
    command = (
        *_python("local.mailbox"),
        "serve",
        "--port",
        str(place.mailbox_port),
        "--folder",
        folder,
    )
    return Program("mailbox", command, variables, REPOSITORY, SANDBOX_WAVE)


def mailbox_folder(place: Place) -> Path:
    """Where the letters are that the product has sent."""
    return place.var / "mailbox"


def wait_until_ready(supervisor: Supervisor, name: str, url: str) -> None:
    """Wait until the program answers at ``url``.

    Raises:
        LocalError: it did not, or it keeps dying; with the end of its log.
    """

    def answers() -> bool:
        if supervisor.is_hopeless(name):
            raise LocalError(f"{name} does not come up.\n{last_words(supervisor.log(name))}")
        return is_answering(url)

    try:
        wait_for(answers, f"{name} to answer at {url}", seconds=READY_SECONDS)
    except NotInTimeError as error:
        raise LocalError(f"{error}\n{last_words(supervisor.log(name))}") from error


def is_answering(url: str) -> bool:
    """Whether a GET of ``url`` is answered well."""
    try:
        return bool(requests.get(url, timeout=2).ok)
    except requests.RequestException:
        return False


def last_words(log: Path, lines: int = LOG_LINES_SHOWN) -> str:
    """The end of a log, indented, under its name."""
    text = log.read_text(errors="replace").splitlines() if log.exists() else []
    return "\n".join([f"The end of {log}:", *(f"  {line[:400]}" for line in text[-lines:])])


def _python(module: str) -> tuple[str, ...]:
    return (sys.executable, "-m", module)


def _secret_key(var: Path) -> str:
    """The key for tokens at rest: made once, then kept beside the database it opens."""
    path = var / "secret_keys"
    if not path.exists():
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(Fernet.generate_key().decode())
    return path.read_text().strip()
