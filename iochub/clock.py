"""What time it is, and which day that is in the province."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

PROVINCE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""Local days of every figure. Vietnam has kept UTC+7 without summer time since 1975."""


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def local_day(instant: datetime) -> date:
    """The province's calendar day at an instant: 17:00 UTC is already tomorrow."""
    return instant.astimezone(PROVINCE_ZONE).date()


def day_start(day: date) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=PROVINCE_ZONE).astimezone(UTC)


def next_day(day: date) -> date:
    """The calendar day after."""
    return day + timedelta(days=1)


def milliseconds(instant: datetime) -> int:
    """Whole milliseconds since 1970, rounded down."""
    return int(instant.timestamp() * 1000)
