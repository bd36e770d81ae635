"""The benches run, each once and tiny, so that they can't rot; their figures mean nothing here."""

from importlib import import_module

import pytest

from bench.__main__ import BENCHES
from bench.rows import Row, table

pytestmark = pytest.mark.processes


@pytest.mark.parametrize("name", BENCHES)
def test_a_bench_runs(name: str) -> None:
    rows = import_module(f"bench.{name}").run(tiny=True)
    assert table(rows).count("\n") == len(rows) + 1


def test_a_table_lines_its_columns_up() -> None:
    rows = [
        Row("short", "1", "2", "0.5", "1", reached=False),
        Row("rather longer", "10", "2", "5", "1", reached=True),
    ]
    assert {len(line) for line in table(rows).splitlines()} == {len(table(rows).splitlines()[0])}
