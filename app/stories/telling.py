"""Telling whoever changed a column that it was set back, or that two changes met and which one stands."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.boards.service import BoardMap
from app.conversation import service as conversation
from app.mirror.service import Outcome
from app.stories.presence import End
from app.texts import text


def tell(session: Session, end: End, outcome: Outcome, language: str, *, now: datetime) -> None:
    """Post one notice for everything that was set back, and one for each conflict, with what lost."""
    side, board = end
    if outcome.set_back:
        columns = ", ".join(board.columns[back.key].title for back in outcome.set_back)
        kind = side.story.partition(":")[0]
        key = "set_back.desk" if side.role == "desk" else f"{kind}.set_back.customer"
        conversation.notify(session, side, text(language, key, columns=columns), now=now)
    for conflict in outcome.conflicts:
        column = board.columns.get(conflict.key)
        sentence = text(
            language,
            "conflict",
            column=column.title if column else text(language, "name_column"),
            won=_shown(board, conflict.key, conflict.won, language),
            lost=_shown(board, conflict.key, conflict.lost, language),
        )
        conversation.notify(session, side, sentence, now=now)


def _shown(board: BoardMap, key: str, value: object, language: str) -> str:
    if value is None:
        return text(language, "empty")
    column = board.columns.get(key)
    return column.label_texts.get(str(value), str(value)) if column else str(value)
