"""What a connector is: a way to fetch deliveries, and to tell their source what became of them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from iochub.errors import DeclarationError
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.push import Answer

SETTLED = "settled"
FAILURES_IN_A_ROW = 3
"""So many, and it is the source that fails, not one thing in it: the rest is left until the next round."""

Wait = Callable[[float], bool]
"""Wait so many seconds, or less when told to stop; true when told to stop."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One delivery as its source gave it. `name` is how the source calls it; it is not logged."""

    name: str
    content_type: str
    body: bytes
    key: str = ""
    """What the connector remembers it by."""
    feed: str = ""
    """Another feed than the connector's own, if any."""


class Connector(ABC):
    """One source of deliveries. It knows how to fetch and parses nothing of what it fetches.

    The order of steps is what makes it survive a kill at any moment: fetched, pushed, acknowledged by Kafka,
    written into the checkpoint, told to the source. What is repeated after a kill is the same delivery.
    """

    kind: ClassVar[str]

    def __init__(self, name: str, feed: str) -> None:
        self.name = name
        self.feed = feed

    @abstractmethod
    def arrivals(self, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        """Fetch what has not been settled yet, one delivery at a time, and end when there is no more.

        Raises: SourceUnavailable; the next round tries again. DeclarationError when trying cannot help.
        """

    def remember(self, arrived: Arrived, answer: Answer, checkpoint: Checkpoint) -> None:
        """The gateway has answered for good: write down what must be known after a kill, and do no more.

        Called inside one step of the checkpoint, together with its counters.
        """
        checkpoint.settle(arrived.key, SETTLED)

    def tell(self, arrived: Arrived, answer: Answer, checkpoint: Checkpoint) -> None:
        """It is written down: tell the source, or do nothing where the source does not want to know.

        Raises: SourceUnavailable when the source could not be told; the next round tells it again.
        """
        return

    def check(self) -> str:
        """Look at the source without fetching, and say in words what is there.

        Raises: SourceUnavailable, DeclarationError.
        """
        return "nothing to check"

    def day(self, day: date, checkpoint: Checkpoint, wait: Wait) -> Iterator[Arrived]:
        """Fetch everything that the source holds of one day, again.

        Raises: DeclarationError where the source cannot be asked for the past.
        """
        raise DeclarationError(
            f"A connector of kind {self.kind} cannot ask for the past: its source only lists what is new.",
            connector=self.kind,
        )

    def close(self) -> None:
        """Let go of connections."""
        return
