"""What a bench reports: a figure beside the figure it is measured against."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Args:
        what: What was measured.
        measured: The figure with its unit.
        against: The peer or the ceiling with its figure, measured in the same run or promised.
        ratio: ``measured`` in terms of ``against``, as a number a reader can compare.
        reach: What the design asks for.
        reached: Whether it was reached; None where the design asks for nothing.
    """

    what: str
    measured: str
    against: str
    ratio: str
    reach: str
    reached: bool | None = None


def table(rows: Sequence[Row]) -> str:
    """The rows as a Markdown table, with columns wide enough to be read in a terminal."""
    heads = ("what", "measured", "against", "ratio", "reach for", "")
    lines = [heads, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    rule = tuple("-" * width for width in widths)
    return "\n".join(
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |"
        for line in (heads, rule, *lines[1:])
    )


def _cells(row: Row) -> tuple[str, ...]:
    verdict = {True: "yes", False: "NO", None: ""}[row.reached]
    return (row.what, row.measured, row.against, row.ratio, row.reach, verdict)
