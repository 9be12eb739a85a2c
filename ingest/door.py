"""What a feed may use at the door besides the delivery's bytes."""

from dataclasses import dataclass
from datetime import datetime

from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.units import Units


@dataclass(frozen=True, slots=True)
class Door:
    """Who sends, when it arrived, how persons are hidden and how units are known."""

    sender: str
    """The agency code of the key that the delivery came with."""
    received_at: datetime
    pseudonyms: Pseudonyms
    units: Units
