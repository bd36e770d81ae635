"""Which columns of a board that people made can serve as the template's. Pure.

By key first, then by title and type. What is left is asked: taking a column that somebody
keeps for something else would overwrite what stands in it, so in doubt nothing is taken.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.boards.rules import BoardSeen, ColumnPlace, ColumnSeen, Structure
from app.boards.templates import ColumnTemplate, Template
from app.errors import SupportError

#: An operator's answer: none of the board's columns; a new one is made.
NEW = "new"
#: A new column's id where its key is the id of somebody's own column.
_PREFIX = "synerity_"


class MappingError(SupportError):
    """A board can't be taken over with these columns."""

    code = "mapping"
    permanent = True


@dataclass(frozen=True)
class ColumnProposal:
    """What could serve as one column of the template."""

    column: ColumnTemplate
    #: The board's column that serves; None when a new one is to be made, or it has to be asked.
    found: ColumnSeen | None
    #: What to choose among; empty when there is nothing to ask.
    candidates: tuple[ColumnSeen, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether an operator has to say."""
        return bool(self.candidates)


def propose_columns(template: Template, seen: BoardSeen) -> tuple[ColumnProposal, ...]:
    """For each column of a template what could serve as it on a board, in the template's order."""
    found: dict[str, ColumnSeen] = {}
    for match in (_has_key, _has_title):
        for column in template.columns:
            taken = {other.id for other in found.values()}
            fitting = [c for c in seen.columns if c.id not in taken and match(column, c) and _fits(column, c)]
            if column.key not in found and len(fitting) == 1:
                found[column.key] = fitting[0]
    taken = {column.id for column in found.values()}
    return tuple(
        ColumnProposal(
            column,
            found.get(column.key),
            () if column.key in found else _candidates(column, seen.columns, taken),
        )
        for column in template.columns
    )


def choose_columns(
    template: Template, seen: BoardSeen, proposals: Sequence[ColumnProposal], answers: Mapping[str, str]
) -> Structure:
    """What stands where on a board that is taken over.

    Args:
        template: What the board should have.
        seen: The board as it is.
        proposals: As ``propose_columns`` gave them.
        answers: Column key → a column's id, or ``NEW``; these win over the proposals.

    Raises:
        MappingError: a question is left open, or an answer can't be.
    """
    by_id = {column.id: column for column in seen.columns}
    unknown = answers.keys() - {proposal.column.key for proposal in proposals}
    if unknown:
        raise MappingError(f"The template has no column {', '.join(sorted(unknown))}.")
    places: dict[str, ColumnPlace] = {}
    for proposal in proposals:
        key = proposal.column.key
        chosen = _chosen(proposal, answers.get(key), by_id)
        if chosen is not None:
            places[key] = ColumnPlace(chosen.id, chosen.type, chosen.title)
        elif key in by_id:
            places[key] = ColumnPlace(_PREFIX + key, proposal.column.type, "")
    ids = [place.id for place in places.values()]
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    if twice:
        raise MappingError(f"The column {', '.join(twice)} can't serve as two.")
    # People's own groups stay as they are; the first takes what has no place of its own.
    first_group = next(iter(seen.groups), None)
    groups = {} if first_group is None else {group.key: first_group for group in template.groups}
    return Structure(places, groups)


def _chosen(
    proposal: ColumnProposal, answer: str | None, by_id: Mapping[str, ColumnSeen]
) -> ColumnSeen | None:
    key = proposal.column.key
    if answer is None:
        if proposal.is_open:
            choices = ", ".join(f"{c.id} (“{c.title}”)" for c in proposal.candidates)
            raise MappingError(
                f"Which column serves as “{proposal.column.title.en}” ({key})? Say {key}={NEW} for a column "
                f"of our own, or one of {choices}."
            )
        return proposal.found
    if answer == NEW:
        return None
    column = by_id.get(answer)
    if column is None or column.type != proposal.column.type:
        raise MappingError(
            f"The board has no column {answer!r} of the type {proposal.column.type} for {key}."
        )
    return column


def _has_key(column: ColumnTemplate, seen: ColumnSeen) -> bool:
    return seen.id == column.key


def _has_title(column: ColumnTemplate, seen: ColumnSeen) -> bool:
    return column.title.includes(seen.title)


def _fits(column: ColumnTemplate, seen: ColumnSeen) -> bool:
    """Of the same type; a status column must know one of our labels, else it is kept for something else."""
    if seen.type != column.type:
        return False
    return not column.labels or any(
        template.texts.includes(label.text) for template in column.labels for label in seen.labels
    )


def _candidates(
    column: ColumnTemplate, columns: Sequence[ColumnSeen], taken: set[str]
) -> tuple[ColumnSeen, ...]:
    """What the app fills by itself gets a column of its own unless a title speaks for another."""
    free = [c for c in columns if c.id not in taken and c.type == column.type]
    if column.owner == "app":
        free = [c for c in free if _has_title(column, c) or _has_key(column, c)]
    return tuple(free)
