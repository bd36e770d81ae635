"""A value of each kind of column that every client can write as it stands, and its text when read."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Column:
    """A column of the board that clients work on; its id is its type."""

    type: str
    written: Any
    text: str
    #: What the column is made with.
    defaults: dict[str, Any] = field(default_factory=dict)


COLUMNS = (
    Column("text", 'Räksmörgås & "citat" \\ {}', 'Räksmörgås & "citat" \\ {}'),
    Column("long_text", {"text": "two\nlines"}, "two\nlines"),
    Column("numbers", "42.5", "42.5"),
    Column("status", {"label": "Solved"}, "Solved", {"labels": {"1": "Solved", "2": "Stuck"}}),
    Column("dropdown", {"labels": ["Mail", "Phone"]}, "Mail, Phone", {"labels": ["Mail", "Phone"]}),
    Column("date", {"date": "2026-11-02"}, "2026-11-02"),
    Column("timeline", {"from": "2026-05-01", "to": "2026-05-15"}, "2026-05-01 - 2026-05-15"),
    Column("checkbox", {"checked": "true"}, "v"),
    Column("link", {"url": "https://example.org", "text": "Here"}, "Here - https://example.org"),
    Column("email", {"email": "a@example.org", "text": "Anna"}, "Anna"),
    Column("phone", {"phone": "+46701234567", "countryShortName": "SE"}, "+46701234567"),
    Column("rating", {"rating": 4}, "4"),
    Column("hour", {"hour": 16, "minute": 5}, "04:05 PM"),
    Column("week", {"startDate": "2026-11-02", "endDate": "2026-11-08"}, "2026-11-02 - 2026-11-08"),
    Column("world_clock", {"timezone": "Europe/Stockholm"}, "Europe/Stockholm"),
    Column("country", {"countryCode": "SE", "countryName": "Sweden"}, "Sweden"),
    Column("location", {"lat": 59.33, "lng": 18.07, "address": "Stockholm"}, "Stockholm"),
)
