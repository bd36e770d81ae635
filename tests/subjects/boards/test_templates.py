"""The board templates are complete, bilingual, and such as monday.com can take."""

import json
from itertools import pairwise
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from app.boards import templates
from app.boards.templates import ColumnTemplate, Template

FOLDER = Path(__file__).resolve().parents[3] / "board_templates"
FILES = sorted(FOLDER.glob("*/*.yaml"))
TEMPLATES = list(templates.load_all().values())
STATUS_COLUMNS = [
    pytest.param(column, id=f"{template.key}.{column.key}")
    for template in TEMPLATES
    for column in template.columns
    if column.type == "status"
]


def schema() -> Draft202012Validator:
    content = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(content)
    return Draft202012Validator(content)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_fits_the_schema(path: Path) -> None:
    assert list(schema().iter_errors(yaml.safe_load(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_template_stands_in_the_file_and_folder_of_its_name(path: Path) -> None:
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert (content["account"], content["key"]) == (path.parent.name, path.stem)


def test_each_account_has_its_boards() -> None:
    assert [t.key for t in templates.for_account("partner")] == [
        "customers",
        "escalations",
        "service_desk",
        "time_entries",
    ]
    assert [t.key for t in templates.for_account("customer")] == ["tickets"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_no_key_is_used_twice_on_a_board(template: Template) -> None:
    keys = [column.key for column in template.columns]
    assert sorted(set(keys)) == sorted(keys)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.key)
def test_every_item_can_be_found_by_a_hidden_sync_id_in_the_last_column(template: Template) -> None:
    assert [column.key for column in template.columns if column.hidden] == ["sync_id"]
    assert (template.columns[-1].key, template.columns[-1].type) == ("sync_id", "text")


@pytest.mark.parametrize("column", STATUS_COLUMNS)
def test_labels_differ_in_key_place_and_colour(column: ColumnTemplate) -> None:
    for values in zip(*((label.key, label.index, label.color) for label in column.labels), strict=True):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize("column", STATUS_COLUMNS)
def test_labels_stand_in_their_order(column: ColumnTemplate) -> None:
    assert all(one.index < next_.index for one, next_ in pairwise(column.labels))


@pytest.mark.parametrize("column", STATUS_COLUMNS)
def test_a_text_means_one_label_in_whichever_language(column: ColumnTemplate) -> None:
    for label in column.labels:
        others = [other for other in column.labels if other is not label]
        for words in (label.texts.sv, label.texts.en):
            assert not any(other.texts.includes(words) for other in others)


@pytest.mark.parametrize(
    ("key", "mirrored"),
    [
        (template.key, (column.key, column.mirrors))
        for template in TEMPLATES
        for column in template.columns
        if column.mirrors
    ],
)
def test_what_is_mirrored_exists_and_has_the_same_labels(key: str, mirrored: tuple[str, str]) -> None:
    column_key, source = mirrored
    board, name = source.split(".")
    column = templates.load_all()[key].column(column_key)
    shown = templates.load_all()[board].column(name)
    assert column is not None
    assert shown is not None
    assert column.type == shown.type
    assert [label.key for label in column.labels] == [label.key for label in shown.labels]
    assert column.owner == shown.owner


def test_counterparts_are_told_from_either_side() -> None:
    assert templates.counterparts("tickets")["priority"] == "priority"
    assert templates.counterparts("service_desk")["priority"] == "priority"
    assert "technician" not in templates.counterparts("service_desk")


def test_the_customer_never_sees_the_technicians_columns() -> None:
    shown = {column.key for template in templates.for_account("customer") for column in template.columns}
    assert not shown & {"tier", "channel", "requester", "customer"}


def test_only_what_is_over_counts_as_done() -> None:
    done = {
        (template.key, column.key, label.key)
        for template in TEMPLATES
        for column in template.columns
        for label in column.labels
        if label.is_done
    }
    assert done == {
        ("escalations", "status", "ended"),
        ("service_desk", "status", "solved"),
        ("tickets", "status", "solved"),
    }
