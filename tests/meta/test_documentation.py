"""What people meet on their boards is written down."""

from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DOCS = sorted((ROOT / "docs").rglob("*.md"))
TEMPLATES = sorted((ROOT / "board_templates").glob("*/*.yaml"))


@pytest.mark.skipif(not DOCS, reason="there is no docs folder")
@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_every_board_and_column_is_documented(path: Path) -> None:
    words = "\n".join(doc.read_text() for doc in DOCS)
    template = yaml.safe_load(path.read_text())
    keys = [template["key"], *(column["key"] for column in template["columns"])]
    assert [key for key in keys if f"`{key}`" not in words] == []
