"""`make run`: start everything, install the app, play the opening scene, say what to open.

One Ctrl-C stops everything; a second run goes on with the same state.
"""

import argparse
import fcntl
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.errors import SupportError
from local import product, scene
from local.install import install
from local.people import Person, people_of
from local.ports import require_free
from local.processes import Supervisor
from local.product import ACCOUNTS, Place
from local.waits import LocalError, NotInTimeError, wait_for
from workers import embedded_redis

PARTNER = ACCOUNTS[0]
#: Whose board is shown beside the service desk: the one in whose ticket most happens.
SHOWN_CUSTOMER = ACCOUNTS[-1]
STOP_SECONDS = 30.0
LOOK_AFTER_REDIS_EVERY_SECONDS = 1.0

PANEL = """
  ┌─ What to open ────────────────────────────────────────────────────────────────
  │ {sandbox}/side-by-side?{pair}
  │                                      both boards live, as any user of either account
  │ {sandbox}/               the local monday.com: every account and board
  │ {app}/ops/           the operator's page: name {operator}, password {password}
  │ {app}/readyz         is the product well? (figures: /metrics)
  ├─ Who is there ────────────────────────────────────────────────────────────────
{people}
  ├─ What to try ─────────────────────────────────────────────────────────────────
  │ Make an item on a customer's board: it is a ticket on the service desk at once.
  │ Answer it there with an update that begins with @kund: the customer sees it.
  │ Post an update without @kund: it never leaves the service desk.
  │ Give it the cause "Bug in monday.com": a case begins on Vendor cases, to be sent there.
  │ Check Escalate on the customer's ticket and say why: Petra Sund has an hour to answer.
  │ Make an item on the customer's Feature requests: it grows into a use case to approve.
  │ In another terminal:
  │ .venv/bin/synerity clock advance 3h     time passes: watch a response fall due
  │ .venv/bin/synerity status               what the product knows of itself
  │ .venv/bin/python -m local.mailbox reply FILE "text"     answer a letter, as who got it
  ├─ Where things are ────────────────────────────────────────────────────────────
  │ State: {var}   Logs: {var}/log/   Letters that were sent: {var}/mailbox/
  └─ Ctrl-C stops everything; `make run` goes on; `make clean` forgets.
"""


class Progress:
    """Sentences for the person at the terminal, each with the seconds since the start."""

    def __init__(self) -> None:
        self._started_at = time.monotonic()

    def say(self, sentence: str) -> None:
        """Print one sentence."""
        print(f"  {time.monotonic() - self._started_at:5.1f} s  {sentence}", flush=True)


def main() -> int:
    """Run, or stop what runs; give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--no-scene", action="store_true", help="play no opening scene")
    parser.add_argument(
        "--once", action="store_true", help="stop when the scene is played; fail if it is not"
    )
    parser.add_argument("--stop", action="store_true", help="stop what runs from this folder, and end")
    arguments = parser.parse_args()
    place = _place()
    _keep_proxies_out()
    try:
        if arguments.stop:
            _stop_what_runs(place.var)
        else:
            _run(place, with_scene=not arguments.no_scene, once=arguments.once)
    except (LocalError, SupportError) as error:
        print(f"\n{error}", file=sys.stderr, flush=True)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _place() -> Place:
    return Place(
        var=Path(os.environ.get("VAR_DIR") or product.REPOSITORY / "var").absolute(),
        sandbox_port=_port("SANDBOX_PORT", 8090),
        port=_port("PORT", 8000),
        mail_port=_port("MAIL_PORT", 8025),
        mailbox_port=_port("MAILBOX_PORT", 8026),
    )


def _port(variable: str, default: int) -> int:
    text = os.environ.get(variable) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        print(f"{variable} is {text!r}; it must be a port, a number from 1 to 65535.", file=sys.stderr)
        sys.exit(1)
    return int(text)


def _keep_proxies_out() -> None:
    """A proxy for the world must not stand between programs of this machine, here and in all we start."""
    for name in ("no_proxy", "NO_PROXY"):
        os.environ[name] = ",".join(filter(None, (os.environ.get(name), "127.0.0.1,localhost")))


def _run(place: Place, *, with_scene: bool, once: bool) -> None:
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.default_int_handler)
    progress = Progress()
    with _only_one(place):
        require_free(place.sandbox_port, variable="SANDBOX_PORT")
        require_free(place.port, variable="PORT")
        require_free(place.mail_port, variable="MAIL_PORT")
        require_free(place.mailbox_port, variable="MAILBOX_PORT")
        print("Synerity Support for monday.com is starting. Ctrl-C stops everything.", flush=True)
        supervisor = Supervisor(place.var / "log", progress.say)
        try:
            redis_url = _start(place, supervisor, progress)
            people = _install(place, progress)
            if with_scene:
                _play_once(place, people, progress)
            variables = product.environment(place, redis_url, os.environ)
            _show_panel(place, people, product.admit_operator(variables))
            if once:
                _require_played(place)
            else:
                _stay(place, redis_url)
        except KeyboardInterrupt:
            print("\nStopping …", flush=True)
        finally:
            with suppress(KeyboardInterrupt):
                supervisor.stop()
            embedded_redis.stop(_redis_directory(place))
    print("Everything is stopped. `make run` goes on where this ended; `make clean` forgets it.", flush=True)


def _start(place: Place, supervisor: Supervisor, progress: Progress) -> str:
    """Start every program and wait until they answer; give the address of Redis."""
    redis_url = os.environ.get("REDIS_URL") or embedded_redis.ensure_running(_redis_directory(place))
    progress.say("Redis answers" if "REDIS_URL" in os.environ else "The embedded Valkey answers")
    variables = product.environment(place, redis_url, os.environ)
    product.write_environment(place, variables)
    supervisor.start(product.sandbox(place, variables))
    product.upgrade_database(variables)
    progress.say("The database has the newest schema")
    supervisor.start(product.web(variables))
    for name in ("worker-1", "worker-2"):
        supervisor.start(product.worker(name, variables))
    supervisor.start(product.timers(variables))
    supervisor.start(product.mailbox(place, variables))
    supervisor.start(product.mail_door(variables))
    product.wait_until_ready(supervisor, "sandbox", f"{place.sandbox_url}/sandbox/accounts")
    progress.say(f"The local monday.com is on {place.sandbox_url}")
    product.wait_until_ready(supervisor, "web", f"{place.app_url}/readyz")
    progress.say(f"The app is on {place.app_url}, with two workers and the timers")
    return redis_url


def _install(place: Place, progress: Progress) -> dict[str, list[Person]]:
    """Install the app wherever it is not yet, and wait for its boards; give the people by account."""
    people = {account: people_of(place.sandbox_url, account) for account in ACCOUNTS}
    for account in ACCOUNTS:
        admin = people[account][0]
        if admin.board(_first_board(account)) is None:
            install(place.app_url, admin)
            progress.say(f"{admin.name} has installed the app in {account}")
        if account == PARTNER:
            scene.note_agreements(people[account], progress.say)
    for account in ACCOUNTS:
        scene.board_of(people[account][0], _first_board(account))
    progress.say("Every account has its boards")
    return people


def _first_board(account: str) -> str:
    return "service_desk" if account == PARTNER else "tickets"


def _play_once(place: Place, people: dict[str, list[Person]], progress: Progress) -> None:
    """Play the opening scene unless it was played to its end before."""
    played = _played(place)
    if played.exists():
        progress.say("The opening scene was played in an earlier run")
        return
    try:
        scene.play(people, PARTNER, progress.say)
    except NotInTimeError as error:
        # The product is there to be looked at all the same; the logs tell why it was slow.
        progress.say(f"The opening scene did not come to its end: {error} The next run goes on with it.")
    else:
        played.touch()


def _require_played(place: Place) -> None:
    if not _played(place).exists():
        raise LocalError(f"The opening scene did not come to its end. The logs are in {place.var / 'log'}.")


def _played(place: Place) -> Path:
    """The mark that the scene was played to its end."""
    return place.var / "scene-played"


def _show_panel(place: Place, people: dict[str, list[Person]], operator: tuple[str, str]) -> None:
    lines = [
        f"  │ {account:<16} {', '.join(person.name for person in people[account])}" for account in ACCOUNTS
    ]
    desk = scene.board_of(people[PARTNER][0], "service_desk")
    theirs = scene.board_of(people[SHOWN_CUSTOMER][0], "tickets")
    print(
        PANEL.format(
            sandbox=place.sandbox_url,
            pair=f"left={SHOWN_CUSTOMER}/{theirs.id}&right={PARTNER}/{desk.id}",
            app=place.app_url,
            operator=operator[0],
            password=operator[1],
            people="\n".join(lines),
            var=_short(place.var),
        ),
        flush=True,
    )


def _short(path: Path) -> str:
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _stay(place: Place, redis_url: str) -> None:
    """Stay until interrupted; the supervisor looks after the programs, this after the embedded server."""
    forever = threading.Event()
    while not forever.wait(LOOK_AFTER_REDIS_EVERY_SECONDS):
        if redis_url != os.environ.get("REDIS_URL"):
            embedded_redis.ensure_running(_redis_directory(place))


def _redis_directory(place: Place) -> Path:
    return place.var / "valkey"


@contextmanager
def _only_one(place: Place) -> Iterator[None]:
    """Hold the folder's state for this run alone; the lock falls with its holder, however it ends."""
    place.var.mkdir(parents=True, exist_ok=True)
    with (place.var / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.read().strip()
            raise LocalError(
                f"The product already runs from this folder (process {holder}): open {place.app_url}. "
                f"To stop it, press Ctrl-C where it was started, or: kill {holder}"
            ) from error
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _stop_what_runs(var: Path) -> None:
    """Stop the run that holds the folder, if there is one, and the embedded server it may have left."""
    lock = var / "run.lock"
    if not lock.exists():
        return
    with lock.open("a+") as file:
        if not _is_free(lock):
            file.seek(0)
            holder = int(file.read())
            print(f"Stopping process {holder} and all it runs …", flush=True)
            with suppress(ProcessLookupError):
                os.kill(holder, signal.SIGTERM)
            wait_for(lambda: _is_free(lock), f"process {holder} to end", seconds=STOP_SECONDS)
    embedded_redis.stop(var / "valkey")


def _is_free(lock: Path) -> bool:
    with lock.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


if __name__ == "__main__":
    sys.exit(main())
