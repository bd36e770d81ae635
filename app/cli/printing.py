"""Rows for people and, with ``--json``, for other programs."""

import getpass
import json
from collections.abc import Sequence
from dataclasses import asdict, is_dataclass
from typing import Any

import click

AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for other programs.")


def print_json(things: Sequence[Any]) -> None:
    """One JSON array; moments as ISO 8601 in UTC, lengths of time in seconds."""
    rows = [asdict(one) if is_dataclass(one) and not isinstance(one, type) else one for one in things]
    click.echo(json.dumps(rows, default=lambda value: value.isoformat(), indent=2, ensure_ascii=False))


def print_table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Columns as wide as their widest cell, but the last, which is as long as it is."""
    headings = [heading.upper() for heading in headings]
    widths = [max(len(row[place]) for row in (headings, *rows)) for place in range(len(headings) - 1)]
    for row in (headings, *rows):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=False)]
        click.echo("  ".join([*cells, row[-1]]).rstrip())


def terminal_user() -> str:
    """Who is written down as the one who did it."""
    try:
        return f"terminal:{getpass.getuser()}"
    except OSError:
        return "terminal"
