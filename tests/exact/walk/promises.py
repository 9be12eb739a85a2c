"""What must always hold, and what must hold when all is quiet."""

from collections.abc import Sequence
from typing import NamedTuple

from walk.feed import DAYS, ROLES, UNITS
from walk.oracle import Oracle
from walk.publishers import Receipt
from walk.store import MemoryStore

from iochub.exact import receipt as receipts
from iochub.exact.receipt import LandedUpTo, ParcelAt
from iochub.exact.version import Cell

ORDER = ("accepted", "stored", "counted")


class Wrong(AssertionError):
    """A promise was broken."""


class Said(NamedTuple):
    """An answer for an instant, once given."""

    instant: int
    figures: dict[tuple[Cell, str], object]


def check_said(said: Sequence[Said], store: MemoryStore) -> None:
    """The same question has the same answer for ever."""
    for answer in said:
        if store.as_of(answer.instant) != answer.figures:
            raise Wrong(f"as of {answer.instant} was said otherwise before")


def check_quiet(store: MemoryStore, oracle: Oracle, held: Sequence[Receipt]) -> None:
    """Once all is consumed, figures equal the oracle, listeners know, every receipt is counted."""
    expected = oracle.figures()
    for key in expected.keys() | store.tables.figures.keys():
        if store.current(key) != expected.get(key, 0):
            raise Wrong(f"the figure {key} is {store.current(key)}, not {expected.get(key, 0)}")
    if store.untold:
        raise Wrong("listeners were never told of a new figure")
    check_receipts(store, oracle, held)
    if any(receipt.state != "counted" for receipt in held):
        raise Wrong("a receipt never reached counted")


def check_receipts(store: MemoryStore, oracle: Oracle, held: Sequence[Receipt]) -> None:
    """A receipt never goes back, and what it calls counted is in the figures."""
    rolled = store.rolled_marks()
    fresh: set[str] = set()
    for receipt in held:
        state = _state(store, receipt, rolled)
        if ORDER.index(state) < ORDER.index(receipt.state):
            raise Wrong(f"a receipt went back from {receipt.state} to {state}")
        if state == "counted" and receipt.state != state:
            fresh |= receipt.entities
        receipt.state = state
    if fresh:
        _check_counted(store, oracle, fresh, rolled)


def _state(store: MemoryStore, held: Receipt, rolled: dict[int, int]) -> str:
    landed = {parcel: _landed_beyond(store, held.era, parcel) for parcel in held.parcels}
    state = receipts.state_of(held.parcels, landed, rolled)
    aside = {
        parcel: parcel.events
        for parcel in held.parcels
        for era, one in store.tables.unreadable
        if (era, one.partition, one.offset) == (held.era, parcel.partition, parcel.offset)
    }
    tally = receipts.tally(held.parcels, landed, rolled, aside)
    if state != "accepted" and tally.accepted != tally.stored + tally.set_aside:
        raise Wrong(f"the receipt with {tally} does not add up")
    if state == "counted" and tally.counted != tally.stored:
        raise Wrong(f"the receipt with {tally} is not counted whole")
    if state == "counted" and not held.entities and tally.set_aside != tally.accepted:
        raise Wrong(f"the receipt with {tally} hides what was set aside")
    return state


def _landed_beyond(store: MemoryStore, era: int, parcel: ParcelAt) -> LandedUpTo | None:
    return store.landed_beyond(era, parcel.partition, parcel.offset)


def _check_counted(store: MemoryStore, oracle: Oracle, entities: set[str], rolled: dict[int, int]) -> None:
    """Where all that could matter for an entity is counted, its own figures are right already."""
    expected = oracle.figures()
    for entity in entities:
        if not all(_fact_counted(store, fact.arrived, rolled) for fact in oracle.around(entity)):
            continue
        for cell in all_cells():
            if store.current((cell, entity)) != expected.get((cell, entity), 0):
                raise Wrong(f"a receipt says counted, but {entity} is not right in {cell}")


def _fact_counted(store: MemoryStore, arrived: tuple[int, int, int, int], rolled: dict[int, int]) -> bool:
    era, offset, partition, _ = arrived
    parcel = ParcelAt(partition, offset, 1)
    return receipts.counted(parcel, _landed_beyond(store, era, parcel), rolled)


def all_cells() -> list[Cell]:
    """Every cell that the toy feed has."""
    return [Cell("toy", role, day, unit) for role in ROLES for day in DAYS for unit in UNITS]
