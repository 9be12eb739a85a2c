"""How far a delivery has come: accepted, stored, counted; by positions, never by counting rows."""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

State = Literal["accepted", "stored", "counted"]


class ParcelAt(NamedTuple):
    """Where one acknowledged parcel lies in its feed's topic, and how many events it holds."""

    partition: int
    offset: int
    events: int


class LandedUpTo(NamedTuple):
    """A recorded position of landing and the end marks of the touches published by then."""

    position: int
    touch_ends: Mapping[int, int]


class Tally(NamedTuple):
    """A receipt in numbers of events: once all is stored, accepted = stored + set_aside."""

    accepted: int
    stored: int
    set_aside: int
    counted: int


def stored(parcel: ParcelAt, landed: LandedUpTo | None) -> bool:
    """Landing has recorded a position beyond the parcel."""
    return landed is not None and landed.position > parcel.offset


def counted(parcel: ParcelAt, landed: LandedUpTo | None, rolled: Mapping[int, int]) -> bool:
    """Roll up has consumed every touch that had been published when the parcel was landed.

    `landed` is the *smallest* recorded position beyond the parcel, and no clock's earliest: its batch held
    the parcel, while a later batch's touches say nothing about it. `rolled` are marks, like the ends.
    """
    if landed is None or not stored(parcel, landed):
        return False
    return all(rolled.get(partition, 0) >= end for partition, end in landed.touch_ends.items())


def state_of(
    parcels: Sequence[ParcelAt],
    landed: Mapping[ParcelAt, LandedUpTo | None],
    rolled: Mapping[int, int],
) -> State:
    """The state of a whole receipt is that of its slowest parcel; without parcels it is counted."""
    if not all(stored(parcel, landed.get(parcel)) for parcel in parcels):
        return "accepted"
    if not all(counted(parcel, landed.get(parcel), rolled) for parcel in parcels):
        return "stored"
    return "counted"


def tally(
    parcels: Sequence[ParcelAt],
    landed: Mapping[ParcelAt, LandedUpTo | None],
    rolled: Mapping[int, int],
    set_aside: Mapping[ParcelAt, int],
) -> Tally:
    """The numbers of a receipt; an event that landing set aside is neither stored nor counted."""
    accepted = aside = kept = in_figures = 0
    for parcel in parcels:
        accepted += parcel.events
        if not stored(parcel, landed.get(parcel)):
            continue
        refused = min(set_aside.get(parcel, 0), parcel.events)
        aside += refused
        kept += parcel.events - refused
        if counted(parcel, landed.get(parcel), rolled):
            in_figures += parcel.events - refused
    return Tally(accepted, kept, aside, in_figures)
