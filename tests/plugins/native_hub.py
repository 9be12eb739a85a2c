"""A hub in one process, without Kafka: reads a feed's own deliveries, lands them, counts its figures."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from published import RECEIVED_AT, door, versions

from iochub.exact.land import Incoming, land
from iochub.exact.rollup import Touch, roll_up
from iochub.exact.version import WITHDRAWAL, Cell, Version
from iochub.ingest.feed import Feed
from iochub.ingest.unit_map import MapName
from iochub.ingest.units import Units
from iochub.warehouse.answers import Answers
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators.registry import named
from iochub.warehouse.land_store import ClickHouseLandStore
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Answer, Question, Standing
from iochub.warehouse.rollup_store import ClickHouseRollupStore
from iochub.warehouse.store import Store


class NativeHub:
    """Deliveries in, figures out, on a warehouse with the tables of the feed."""

    def __init__(self, store: Store, feed: Feed, indicators: Sequence[Indicator]) -> None:
        self.store, self.feed = store, feed
        self.at: datetime = RECEIVED_AT
        self.offset = 0
        self.rollup = ClickHouseRollupStore(store, indicators, lambda cell: 0, lambda cells: None)
        self.answers = Answers(
            store,
            named(indicators),
            Units.load(),
            lambda feed: Standing("ok"),
            lambda: self.at,
            lambda: self.at,
        )

    def send(self, *deliveries: bytes, sender: str = "H56") -> None:
        """Land and count each delivery, as if it had come by itself."""
        for delivery in deliveries:
            self._land(versions(self.feed.name, delivery, sender=sender))

    def withdraw(self, *things: str, sender: str = "H56") -> None:
        """Take back what this sender said of things, named as it names them."""
        entities = [self.feed.entity_named(named_so, door(sender)) for named_so in things]
        self._land([Version(one, WITHDRAWAL, 0, f"w{self.offset}", sender, (), {}) for one in entities])

    def _land(self, placed: Sequence[Version]) -> None:
        touched: list[Cell] = []

        def publish(cells: set[Cell]) -> dict[int, int]:
            touched.extend(cells)
            return {0: self.offset + 1}

        events = [
            Incoming(
                f"d{self.offset}", 0, self.offset, self.offset, number, one.entity, one.kind,
                one.version_id, one.sender, 0, one.relations, one.reading,
            )
            for number, one in enumerate(placed)
        ]  # fmt: skip
        list(land(self.feed, 0, events, ClickHouseLandStore(self.store, self.feed, publish)))
        list(roll_up(0, [Touch(0, self.offset, cell) for cell in touched], self.rollup))
        self.offset += 1

    def ask(self, name: str, period: str, unit: str = "38", map_name: MapName = "current") -> Answer:
        """The figure, as one who sees small numbers is answered."""
        return self.answers.figure(
            Question(name, unit, read_period(period), map_name=map_name, sees_small=True)
        )

    def value(
        self, name: str, period: str, unit: str = "38", map_name: MapName = "current"
    ) -> Decimal | None:
        """Its value alone."""
        return self.ask(name, period, unit, map_name).value
