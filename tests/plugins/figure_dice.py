"""Figures as roll up would store them, thrown at random: any indicator, any role, days around today."""

import random
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from iochub.clock import day_start, milliseconds
from iochub.warehouse.aggregates import Distinct, Share, Sum, Worth
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.store import Store

COLUMNS = (
    "indicator", "definition_version", "dimension", "role", "day", "unit", "member", "version",
    "recorded_at", "rows", "amount", "elements", "instants",
)  # fmt: skip
DAY_MS = 86_400_000


def throw(
    dice: random.Random, indicator: Indicator, days: Iterable[date], at: datetime, units: Sequence[str]
) -> list[tuple[object, ...]]:
    """Some cells, one of them counted twice: of one key the higher version must win."""
    rows: list[tuple[object, ...]] = []
    for day in days:
        for role in indicator.roles:
            for unit in dice.sample(units, dice.randint(0, 3)):
                for version in range(1, dice.choice((2, 2, 3))):
                    rows.append(_cell(dice, indicator, role, day, unit, version, at))
    return rows


def store(store: Store, rows: list[tuple[object, ...]]) -> None:
    """Insert them where roll up does."""
    store.insert("figures_counted", COLUMNS, rows)


def _cell(
    dice: random.Random, indicator: Indicator, role: str, day: date, unit: str, version: int, at: datetime
) -> tuple[object, ...]:
    count = dice.choice((0, 1, 2, 4, 7, 30))
    elements = (
        sorted(dice.sample(range(1, 60), min(count, 12))) if isinstance(indicator.value, Distinct) else []
    )
    amount = Decimal(0)
    if isinstance(indicator.value, Sum | Worth):
        amount = Decimal(dice.randint(-(10**9), 10**12)) / 1000
    elif isinstance(indicator.value, Share):
        amount = Decimal(dice.randint(0, count))
    instants = sorted(
        dice.choice(
            (
                milliseconds(day_start(day)) + dice.randint(0, 20 * DAY_MS),
                milliseconds(at) - dice.randint(1, 10 * DAY_MS),
                milliseconds(at) + dice.randint(DAY_MS, 10 * DAY_MS),
            )
        )
        for _ in range(dice.randint(0, count) if indicator.instants else 0)
    )
    recorded = (at - timedelta(hours=1)).strftime("%Y-%m-%d %H:%M:%S")
    return (
        indicator.name, indicator.definition_version, "", role, day.isoformat(), unit, "", version, recorded,
        len(elements) or count, str(amount if count else Decimal(0)), elements, instants,
    )  # fmt: skip
