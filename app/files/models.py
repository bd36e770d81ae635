"""Files of people, where their copies are, and what is kept of them on the way."""

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, RowId


class File(Base):
    """One file at one place of one side: on an update, or in a column.

    What people do is told by the place; how far its copy is, by ``state`` (``app.files.rules.State``).
    """

    __tablename__ = "files"
    __table_args__ = (
        UniqueConstraint("story", "role", "place", "asset_id", name="files_place"),
        Index("files_bearer", "bearer_change_id"),
        Index("files_copy", "copy_change_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    story: Mapped[str] = mapped_column(String(40))
    #: Which side people put it on: ``desk`` or ``customer``.
    role: Mapped[str] = mapped_column(String(16))
    #: ``update:<id>``, ``column:<key>``, or ``elsewhere``, where nothing follows it.
    place: Mapped[str] = mapped_column(String(80))
    account_id: Mapped[str] = mapped_column(String(32))
    asset_id: Mapped[str] = mapped_column(String(32))
    #: The side that shows it: one in whose place another stands leaves its files behind.
    side_id: Mapped[int] = mapped_column(ForeignKey("sides.id"))
    name: Mapped[str] = mapped_column(Text)
    #: In bytes.
    size: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(String(16))
    #: People have taken it away where they had put it.
    is_gone: Mapped[bool] = mapped_column(default=False)
    #: The side that its copy is on, or on its way to.
    copy_side_id: Mapped[int | None] = mapped_column(ForeignKey("sides.id"), default=None)
    #: Our own update that bears the copy, or a link in its place: the change that posts it, its id, and the
    #: update it answers. A copy in a column needs none.
    bearer_change_id: Mapped[int | None] = mapped_column(Integer, default=None)
    bearer_id: Mapped[str | None] = mapped_column(String(32), default=None)
    bearer_parent_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: The change that adds the copy, and the copy's id.
    copy_change_id: Mapped[int | None] = mapped_column(Integer, default=None)
    copy_account_id: Mapped[str | None] = mapped_column(String(32), default=None)
    copy_asset_id: Mapped[str | None] = mapped_column(String(32), default=None)
    #: Stands in the address at which it can be read where no copy is made of it; nobody can guess it.
    link_key: Mapped[str | None] = mapped_column(String(64), unique=True, default=None)


class FilePiece(Base):
    """A piece of a file's content, kept from when it was fetched until its copy is made."""

    __tablename__ = "file_pieces"

    file_id: Mapped[int] = mapped_column(ForeignKey("files.id"), primary_key=True)
    place: Mapped[int] = mapped_column(Integer, primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)
