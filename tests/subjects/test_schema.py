"""The migrations make what the models say, on both engines, however often they are run."""

from app import schema
from app.db import Database


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    database = Database(database_url)
    assert not schema.is_current(database)
    schema.upgrade(database)
    assert schema.is_current(database)
    assert schema.differences(database) == []
    database.dispose()


def test_upgrading_again_changes_nothing(database: Database) -> None:
    schema.upgrade(database)
    assert schema.is_current(database)
