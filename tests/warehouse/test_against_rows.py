"""Random papers, steps and withdrawals: an answer is what the rows add up to, and stays as it was said."""

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hub_in_process import FEED, OTHER, WARD, HubInProcess, ended, paper
from permit_figures import STORED

from iochub.clock import day_start, local_day
from iochub.ingest.units import UNKNOWN, Units
from iochub.warehouse.aggregates import Distinct, InTime, Late, Share, Sum, Worth
from iochub.warehouse.answers import Answers
from iochub.warehouse.hidden import counts_of, hidden, is_small
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.kinds import Ahead, Balance, Latest, Listed, SoFar
from iochub.warehouse.period import Period
from iochub.warehouse.question import Answer, Question

Rows = Sequence[dict[str, Any]]

ROUNDS = 8
FIRST = date(2021, 6, 20)
COLUMNS = ("role", "day", "unit", "entity", *(column.name for column in FEED.columns))
ENDED_COMMUNES = [
    unit.key for unit in Units.load().all() if (unit.map_name, unit.level) == ("2020", "commune")
]


@pytest.fixture
def dice(record_property) -> random.Random:
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    record_property("seed", seed)
    return random.Random(seed)


def some(dice: random.Random) -> list[dict[str, object]]:
    """What two senders say about a dozen papers, in one delivery."""
    return [_one(dice) | {"sender": dice.choice(("H56", "H57"))} for _ in range(dice.randint(1, 6))]


def _one(dice: random.Random) -> dict[str, object]:
    entity, chance = f"e{dice.randrange(12)}", dice.random()
    if chance < 0.1:
        return {"entity": entity, "kind": "withdrawal"}
    if chance < 0.4:
        at = datetime(2021, 6, 25, tzinfo=UTC) + timedelta(
            hours=dice.randrange(960), seconds=dice.randrange(2)
        )
        return ended(entity, at.isoformat())
    more = {"replaces": f"e{dice.randrange(12)}"} if chance > 0.9 else {}
    return paper(
        entity,
        str(FIRST + timedelta(days=dice.randrange(40))),
        dice.choice((WARD, OTHER, UNKNOWN, "38", *ENDED_COMMUNES[:3])),
        channel=dice.choice(("online", "direct")),
        seller=dice.choice("abc"),
        household=dice.randrange(2),
        amount=str(dice.randrange(-300, 900) / 100),
        **more,
    )


def question(dice: random.Random) -> tuple[Indicator, Question, Any, str | None]:
    one = dice.choice(STORED)
    start = FIRST + timedelta(days=dice.randrange(-5, 35))
    period = Period(start, start + timedelta(days=dice.randint(1, 30)))
    unit = dice.choice(("38", WARD, UNKNOWN))
    map_name = dice.choice(("current", "2020")) if unit == "38" else "current"
    asked = Question(one.name, unit, period, map_name=map_name, sees_small=True)
    return (
        one,
        asked,
        dice.choice((None, "day", "week", "month")),
        dice.choice((None, "unit", *one.dimensions)),
    )


def counting(one: Indicator, rows: Rows) -> Rows:
    """The rows that matter to an indicator."""
    return [
        row
        for row in rows
        if row["role"] in one.roles and all(row[is_.column] == is_.value for is_ in one.where)
    ]


def added_up(one: Indicator, rows: Rows, answer: Answer, at: datetime, everything: Rows) -> Decimal | None:
    """The value by the rows themselves; nothing for a share of nothing.

    `everything` are the rows of all members: what a unit said last it said for all of them.
    """
    start, end = answer.period.start, answer.period.end
    today, judged = local_day(at), min(day_start(end), at)
    rows, everything = counting(one, rows), counting(one, everything)
    if isinstance(one.kind, Ahead):
        last = min(end - timedelta(days=1), today)
        due = [row for row in rows if last <= row["day"] < last + timedelta(days=one.kind.days)]
        return Decimal(sum(not row["ended_at"] or row["ended_at"] > judged for row in due))
    if isinstance(one.kind, Listed):
        return Decimal(len(listed(one.kind, rows, start, min(end, today + timedelta(days=1)))))
    if isinstance(one.kind, SoFar | Balance | Latest):
        start, end = date.min, min(end, today + timedelta(days=1))
    rows = [row for row in rows if start <= row["day"] < end]
    if isinstance(one.kind, Balance):
        return Decimal(sum(1 if row["role"] == one.kind.enters else -1 for row in rows))
    if isinstance(one.kind, Latest):
        last: dict[str, date] = {}
        for row in everything:
            if row["day"] < end:
                last[row["unit"]] = max(row["day"], last.get(row["unit"], date.min))
        rows = [row for row in rows if row["day"] == last[row["unit"]]]
    if isinstance(one.value, Share):
        part = sum(all(row[is_.column] == is_.value for is_ in one.value.of) for row in rows)
        return _percent(part, len(rows))
    if isinstance(one.value, Late):
        return _percent(sum(bool(row["late_at"]) and row["late_at"] < judged for row in rows), len(rows))
    if isinstance(one.value, InTime):
        late = sum(bool(row["late_at"]) and row["late_at"] < judged for row in rows)
        return _percent(len(rows) - late, len(rows))
    if isinstance(one.value, Sum | Worth):
        each = one.value.each if isinstance(one.value, Worth) else 1
        return sum((row["amount"] * each for row in rows), Decimal(0))
    return Decimal(len({row["seller"] for row in rows} if isinstance(one.value, Distinct) else rows))


def listed(kind: Listed, rows: Rows, start: date, end: date) -> set[str]:
    """The sellers met in the step that had entered by its end and not left."""
    met, entered, left = (
        {row["seller"] for row in rows if row["role"] == role and since <= row["day"] < end}
        for role, since in ((kind.role, start), (kind.enters, date.min), (kind.leaves, date.min))
    )
    return (met & entered) - left


def _percent(part: int, whole: int) -> Decimal | None:
    return (100 * Decimal(part) / whole).quantize(Decimal("0.000001")) if whole else None


def of(one: Indicator, answers: Answers, asked: Question, by: str | None, row: Answer, rows: Rows) -> Rows:
    """The rows that an answer is about; what each unit said of itself stands under that unit."""
    groups = answers._groups(asked) if by == "unit" else {}
    if by == "unit" and one.is_own:
        return [each for each in rows if groups.get(each["unit"], each["unit"]) == row.unit]
    keys = answers._keys(asked)
    found = [each for each in rows if keys is None or each["unit"] in keys]
    if by == "unit":
        return [each for each in found if groups.get(each["unit"], UNKNOWN) == row.unit]
    return [each for each in found if each[by] == row.member] if by else found


def test_every_answer_is_what_the_rows_add_up_to(hub: HubInProcess, dice: random.Random) -> None:
    known = 0
    for _ in range(ROUNDS):
        hub.send(*some(dice))
        hub.at = datetime(2021, 6, 22, tzinfo=UTC) + timedelta(minutes=dice.randrange(45 * 1_440))
        rows = [
            dict(zip(COLUMNS, row, strict=True))
            for row in hub.store.rows(f"SELECT {', '.join(COLUMNS)} FROM permits_cells FINAL")
        ]
        for _ in range(10):
            one, asked, every, by = question(dice)
            for row in hub.answers.series(asked, every, by):
                own, undivided = (of(one, hub.answers, asked, split, row, rows) for split in (by, None))
                value = added_up(one, own, row, hub.at, own if by == "unit" else undivided)
                if row.state == "no_data":
                    assert not value or row.period.start > local_day(hub.at), (asked, every, by, row)
                else:
                    known += 1
                    assert row.value == value, (asked, every, by, row)
    assert known > ROUNDS


def test_what_units_said_last_adds_up_over_members_to_the_undivided(
    hub: HubInProcess, dice: random.Random
) -> None:
    """A member that a unit named before, and names no more, counts no more."""
    hub.at = datetime(2021, 8, 20, tzinfo=UTC)
    several = 0
    for _ in range(ROUNDS):
        hub.send(*some(dice))
        asked = Question("permits_last_said", "38", Period(FIRST, date(2021, 8, 20)), sees_small=True)
        for every in (None, "week"):
            whole = {row.period: row for row in hub.answers.series(asked, every, None)}
            for by in ("channel", "agency", "unit"):
                members = defaultdict(list)
                for row in hub.answers.series(asked, every, by):
                    members[row.period].append(row)
                for period, row in whole.items():
                    shown = [each for each in members[period] if each.state != "no_data"]
                    several += len(shown) > 1
                    assert sum(each.value for each in shown) == (row.value or 0), (every, by, period)
                    assert sum(each.rows for each in shown) == row.rows, (every, by, period)
    assert several


def test_who_may_not_see_small_counts_sees_what_others_see_or_that_it_is_hidden(
    hub: HubInProcess, dice: random.Random
) -> None:
    hub.send(*(one for _ in range(12) for one in some(dice)))
    hub.at = datetime(2021, 8, 20, tzinfo=UTC)
    states = Counter[str]()
    for _ in range(20):
        one, asked, every, by = question(dice)
        shown = hub.answers.series(asked, every, by)
        for row, seen in zip(
            shown, hub.answers.series(replace(asked, sees_small=False), every, by), strict=True
        ):
            states[seen.state] += 1
            assert seen == row or (seen.state, seen.value, seen.rows) == ("suppressed", None, 0), (asked, by)
            assert seen.state == "no_data" or not is_small(counts_of(seen)), (one.name, asked, every, by)
    print(states)


def test_who_may_not_see_small_counts_is_told_all_but_what_is_hidden(
    hub: HubInProcess, dice: random.Random
) -> None:
    unseen = 0
    for _ in range(ROUNDS):
        hub.send(*some(dice), *some(dice))
        hub.at = datetime(2021, 8, 20, tzinfo=UTC)
        for _ in range(3):
            one, asked, every, by = question(dice)
            alone = replace(asked, sees_small=False, sees_from=asked.unit)
            wanted = hidden(one, hub.answers.series(asked, every, by))
            assert hub.answers.series(alone, every, by) == wanted, (asked, every, by)
            unseen += sum(row.state == "suppressed" for row in wanted)
    assert unseen > ROUNDS


def test_what_was_said_as_of_an_instant_is_said_again(hub: HubInProcess, dice: random.Random) -> None:
    said = []
    for number in range(ROUNDS):
        hub.send(*some(dice))
        hub.rollup.unsettled = {0: hub.touches + dice.randrange(3)}
        as_of: datetime = hub.store.rows("SELECT now64(6)")[0][0]
        hub.at = as_of + timedelta(seconds=30)
        for _ in range(4):
            _, asked, every, by = question(dice)
            object.__setattr__(asked, "as_of", as_of)
            said.append((asked, every, by, hub.answers.series(asked, every, by)))
        if number % 5 == 4:
            for table in ("figures", "figures_current", "permits_cells"):
                hub.store.run(f"OPTIMIZE TABLE {table} FINAL")
    for asked, every, by, before in said:
        assert hub.answers.series(asked, every, by) == before, (asked, every, by)
