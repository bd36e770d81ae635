"""Taking over a board that people made takes nothing from them that they keep for something else."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.boards import templates
from app.boards.rules import BoardSeen, ColumnSeen, LabelSeen
from app.links.rules import NEW, MappingError, choose_columns, propose_columns

TICKETS = templates.load_all()["tickets"]
KEYS = [column.key for column in TICKETS.columns]
WORDS = st.sampled_from(
    ["Status", "Description", "Beskrivning", "Priority", "Notes", "Ticket number", "Technician", "Owner"]
)
LABELS = st.lists(
    st.sampled_from(["Solved", "Löst", "High", "Baking", "Done", "Received"]), max_size=3, unique=True
)


@st.composite
def boards(draw: st.DrawFn) -> BoardSeen:
    """Boards with columns of any kind, some with ids that are our keys."""
    ids = draw(st.lists(st.sampled_from([*KEYS, *(f"own_{n}" for n in range(6))]), max_size=8, unique=True))
    columns = []
    for column_id in ids:
        kind = draw(st.sampled_from(["status", "text", "long_text", "date", "people"]))
        texts = draw(LABELS) if kind == "status" else []
        labels = tuple(LabelSeen(n, text, n, None) for n, text in enumerate(texts))
        columns.append(ColumnSeen(column_id, draw(WORDS), kind, "1", labels))
    return BoardSeen("1", "Theirs", "active", tuple(columns), {"topics": "Group"})


def all_answers(board: BoardSeen) -> Mapping[str, str]:
    """Whatever is asked, a column of our own."""
    return {p.column.key: NEW for p in propose_columns(TICKETS, board) if p.is_open}


@given(boards())
def test_no_column_serves_as_two(board: BoardSeen) -> None:
    places = choose_columns(TICKETS, board, propose_columns(TICKETS, board), all_answers(board)).columns
    ids = [place.id for place in places.values()]
    assert len(ids) == len(set(ids))


@given(boards())
def test_a_column_serves_only_as_one_of_its_own_type(board: BoardSeen) -> None:
    types = {column.id: column.type for column in board.columns}
    for proposal in propose_columns(TICKETS, board):
        assert proposal.found is None or types[proposal.found.id] == proposal.column.type


@given(boards())
def test_a_status_column_that_knows_none_of_our_labels_is_never_taken_unasked(board: BoardSeen) -> None:
    for proposal in propose_columns(TICKETS, board):
        if proposal.found is not None and proposal.column.labels:
            texts = [label.text for label in proposal.found.labels]
            assert any(label.texts.includes(text) for label in proposal.column.labels for text in texts)


@given(boards())
def test_a_column_of_our_own_never_gets_the_id_of_somebody_elses(board: BoardSeen) -> None:
    theirs = {column.id for column in board.columns}
    answers = dict.fromkeys(KEYS, NEW)
    places = choose_columns(TICKETS, board, propose_columns(TICKETS, board), answers).columns
    made = {key: places[key].id if key in places else key for key in KEYS}
    assert theirs.isdisjoint(made.values())


@given(boards())
def test_nothing_is_asked_where_nothing_could_serve(board: BoardSeen) -> None:
    for proposal in propose_columns(TICKETS, board):
        assert not (proposal.found and proposal.is_open)
        assert all(candidate.type == proposal.column.type for candidate in proposal.candidates)


def test_an_open_question_stops_it_and_names_the_choices() -> None:
    board = BoardSeen("1", "Theirs", "active", (ColumnSeen("long7", "Notes", "long_text", "1"),), {})
    with pytest.raises(MappingError, match=r"Description.*description=new.*long7"):
        choose_columns(TICKETS, board, propose_columns(TICKETS, board), {})


@pytest.mark.parametrize(
    ("answers", "says"),
    [({"description": "nowhere"}, "no column 'nowhere'"), ({"colour": NEW}, "no column colour")],
)
def test_an_answer_that_can_not_be_is_refused(answers: Mapping[str, str], says: str) -> None:
    board = BoardSeen("1", "Theirs", "active", (), {})
    with pytest.raises(MappingError, match=says):
        choose_columns(TICKETS, board, propose_columns(TICKETS, board), answers)
