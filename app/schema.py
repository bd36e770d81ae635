"""The whole schema: every subject's tables together, and the migrations that make them."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from app.access_grants import models as access_grants
from app.accounts import models as accounts
from app.agreements import models as agreements
from app.boards import models as boards
from app.conversation import models as conversation
from app.db import Base, Database
from app.feature_requests import models as feature_requests
from app.feature_requests.filing import models as filings
from app.files import models as files
from app.fixes import models as fixes
from app.inbox import models as inbox
from app.lanes import models as lanes
from app.links import models as links
from app.mail import models as mail
from app.mirror import models as mirror
from app.operators import models as operators
from app.outbox import models as outbox
from app.refusals import models as refusals
from app.sla import models as sla
from app.sweeps import models as sweeps
from app.tickets import models as tickets
from app.time_entries import models as time_entries
from app.timers import models as timers

#: Importing a subject's models is what registers its tables.
SUBJECTS = (
    access_grants,
    accounts,
    agreements,
    boards,
    conversation,
    feature_requests,
    files,
    filings,
    fixes,
    inbox,
    lanes,
    links,
    mail,
    mirror,
    operators,
    outbox,
    refusals,
    sla,
    sweeps,
    tickets,
    time_entries,
    timers,
)


def metadata() -> MetaData:
    """Every table of the product."""
    return Base.metadata


def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database to the newest schema, or to an older one, in one transaction."""
    with database.transaction() as session:
        command.upgrade(_config(session.connection()), revision)


def is_current(database: Database) -> bool:
    """Whether the database has the newest schema."""
    head = ScriptDirectory.from_config(_config(None)).get_current_head()
    with database.reading() as session:
        return MigrationContext.configure(session.connection()).get_current_revision() == head


def differences(database: Database) -> list[object]:
    """What the migrations make otherwise than the models say; empty when they agree."""
    with database.reading() as session:
        return list(compare_metadata(MigrationContext.configure(session.connection()), metadata()))


def _config(connection: object) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    return config
