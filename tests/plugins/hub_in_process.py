"""A hub in one process, without Kafka: lands, rolls up, and answers at an instant that the test sets."""

from datetime import UTC, datetime

from permit_figures import ALL
from permits import Permits

from iochub.exact.land import Incoming, land
from iochub.exact.rollup import Touch, roll_up
from iochub.exact.version import Cell
from iochub.ingest.units import Units
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicators.registry import named
from iochub.warehouse.land_store import ClickHouseLandStore
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question, Standing
from iochub.warehouse.rollup_store import ClickHouseRollupStore
from iochub.warehouse.store import Store

FEED = Permits()
NOW = datetime(2021, 7, 20, 3, tzinfo=UTC)
WARD, OTHER = "14797", "14758"


class HubInProcess:
    """Lands and rolls up in this process, and answers at an instant that the test sets."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.offset = 0
        self.touches = 0
        self.at = NOW
        self.standing = Standing("ok")
        self.rollup = ClickHouseRollupStore(store, ALL, lambda cell: 0, lambda cells: None)
        self.answers = Answers(
            store, named(ALL), Units.load(), lambda feed: self.standing, lambda: self.at, lambda: self.at
        )

    def send(self, *papers: dict[str, object]) -> None:
        events = []
        for number, told in enumerate(papers):
            reading = dict(told)
            entity, kind = str(reading.pop("entity")), str(reading.pop("kind", "paper"))
            relations = (("replaces", str(reading.pop("replaces"))),) if "replaces" in reading else ()
            events.append(
                Incoming(
                    f"d{self.offset}", 0, self.offset, self.offset, number, entity, kind,
                    f"{self.offset}-{number}", str(reading.pop("sender", "H56")), 0, relations, reading,
                )
            )  # fmt: skip
        touched: list[Cell] = []

        def publish(cells: set[Cell]) -> dict[int, int]:
            touched.extend(cells)
            return {0: self.touches + 1}

        list(land(FEED, 0, events, ClickHouseLandStore(self.store, FEED, publish)))
        self.offset += 1
        list(roll_up(0, [Touch(0, self.touches, cell) for cell in touched], self.rollup))
        self.touches += 1

    def ask(self, name: str, period: str = "2021-07", unit: str = "38", **how: object):
        question = Question(f"permits_{name}", unit, read_period(period), sees_small=True)
        for field, value in how.items():
            object.__setattr__(question, field, value)
        return self.answers.figure(question)

    def value(self, name: str, period: str = "2021-07", unit: str = "38", **how: object):
        return self.ask(name, period, unit, **how).value


def paper(entity: str, day: str = "2021-07-01", unit: str = WARD, **more: object) -> dict[str, object]:
    return {"entity": entity, "day": day, "unit": unit, **more}


def ended(entity: str, at: str) -> dict[str, object]:
    return {"entity": entity, "kind": "step", "ended_at": at}
