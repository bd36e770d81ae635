"""Business time: how much of it passes between two moments, and when so much has passed.

A calendar is a set of weekly opening hours on the wall clock of one time zone, less its
holidays. Pure: moments and lengths in, moments and lengths out.
"""

from app.business_time.calendar import BusinessCalendar, CalendarRangeError
from app.business_time.named import CalendarError, calendar, read_calendars
from app.business_time.stretches import Reason, Stretch, stretches

__all__ = [
    "BusinessCalendar",
    "CalendarError",
    "CalendarRangeError",
    "Reason",
    "Stretch",
    "calendar",
    "read_calendars",
    "stretches",
]
