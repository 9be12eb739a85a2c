from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec
import pytest

from iochub.dashboards.wall.answers import Days, Figure, Freshness, Target, Unit

NOW = datetime(2026, 11, 23, 7, 5, 7, tzinfo=UTC)
"""14:05:07 in the province."""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def figure() -> Callable[..., Figure]:
    """A figure that is well, changed where a test says so."""
    usual = Figure(
        indicator="dossiers_on_time_share",
        title="Tỷ lệ giải quyết trước và đúng hạn",
        unit=Unit("38", "Tỉnh Thanh Hóa"),
        period=Days(date(2026, 1, 1), date(2027, 1, 1)),
        measure="%",
        state="ok",
        freshness=Freshness(last_received_at=NOW),
        value=Decimal("98.29"),
        numerator=Decimal(233_824),
        denominator=Decimal(237_892),
        rows=237_892,
        target=Target(Decimal(98), "2025", True),
        computed_at=NOW,
    )
    return lambda **changes: msgspec.structs.replace(usual, **changes)
