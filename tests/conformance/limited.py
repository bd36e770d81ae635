"""What tests of limits do: ask, and read from an answer what was refused and what is left."""

import requests

from monday_sandbox.testing import RunningSandbox

ME = "{ me { name } }"
COST = "{ complexity { before after query reset_in_x_seconds } }"
#: More than ever pass between two calls of a test.
PASSED_SECONDS = 15
CREATE_BOARD = 'mutation { create_board(board_name: "B", board_kind: public) { id } }'


def take_back(sandbox: RunningSandbox) -> None:
    requests.delete(f"{sandbox.url}/sandbox/limits", timeout=10).raise_for_status()


def code(answer: requests.Response) -> str | None:
    errors = answer.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else None


def ask(sandbox: RunningSandbox, query: str = ME, slug: str = "customer-gold") -> requests.Response:
    return sandbox.graphql(sandbox.token(slug), query)


def left(answer: requests.Response, name: str) -> int:
    """What the header says is left of a limit."""
    parts = (part.strip().split(";") for part in answer.headers["RateLimit"].split(","))
    return next(int(part[1].removeprefix("r=")) for part in parts if part[0].strip('"') == name)


def told(answer: requests.Response, longest: int) -> None:
    """That the wait is told in the body and in the header: so many seconds, less those that passed since."""
    assert answer.status_code == 429
    wait = answer.json()["errors"][0]["extensions"]["retry_in_seconds"]
    assert max(0, longest - PASSED_SECONDS) < wait <= longest
    assert answer.headers["Retry-After"] == str(wait)
    assert "data" not in answer.json()
