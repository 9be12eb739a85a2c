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
    """A recorded position of landing and the touches published by then."""

    position: int
    touch_ends: Mapping[int, int]


def stored(parcel: ParcelAt, landed: LandedUpTo | None) -> bool:
    """Landing has recorded a position beyond the parcel."""
    return landed is not None and landed.position > parcel.offset


def counted(parcel: ParcelAt, landed: LandedUpTo | None, rolled: Mapping[int, int]) -> bool:
    """Roll up has consumed every touch that had been published when the parcel was landed.

    `landed` is the earliest recorded position beyond the parcel: later ones only add touches of others.
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
