"""What is stored under an id, as a mapping that is always of the present."""

from collections.abc import Iterator, Mapping

from monday_sandbox.state import Store


class Stored(Mapping[int, str]):
    """One column of a table by the row's id: accounts and users that come later are in it too."""

    def __init__(self, store: Store, table: str, column: str) -> None:
        """Look things up in one of the sandbox's own tables."""
        self._store = store
        self._table = table
        self._read = f"SELECT {column} FROM {table} WHERE id = ?"  # noqa: S608 - our own names

    def __getitem__(self, row_id: int) -> str:
        with self._store.reading() as connection:
            row = connection.execute(self._read, (row_id,)).fetchone()
        if row is None:
            raise KeyError(row_id)
        return str(row[0])

    def __iter__(self) -> Iterator[int]:
        with self._store.reading() as connection:
            rows = connection.execute(f"SELECT id FROM {self._table} ORDER BY id").fetchall()  # noqa: S608
        return iter([int(row[0]) for row in rows])

    def __len__(self) -> int:
        return sum(1 for _ in self)
