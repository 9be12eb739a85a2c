"""The hub's errors: each class says who must act."""

from typing import ClassVar, Literal

Remedy = Literal["retry", "set_aside", "stop", "tell_caller"]

NEXT_STEP: dict[Remedy, str] = {
    "retry": "wait, then offer the same batch again",
    "set_aside": "write a dead letter and go on",
    "tell_caller": "answer with the reason",
    "stop": "stop and wake someone",
}
"""The pipeline's whole policy on failure, in one place."""


class HubError(Exception):
    """Something the hub foresaw; `facts` are short strings from bounded sets, never people's data."""

    remedy: ClassVar[Remedy] = "stop"

    def __init__(self, message: str, **facts: str) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class SourceUnavailable(HubError):
    """The publisher did not answer."""

    remedy = "retry"


class RecordRejected(HubError):
    """One record breaks its feed's promise; `reason` is a bounded code such as `missing:SHDon`."""

    remedy = "set_aside"

    def __init__(self, reason: str, field: str = "", **facts: str) -> None:
        super().__init__(reason, **facts)
        self.reason = reason
        self.field = field


class StoreUnavailable(HubError):
    """ClickHouse or Kafka refused for now; offer the same batch again."""

    remedy = "retry"


class RowsRefused(HubError):
    """A value in these rows is none that its column can hold, and never will be."""

    remedy = "set_aside"


class DeclarationError(HubError):
    """A feed, an indicator or a setting contradicts itself; refuse to start."""

    remedy = "stop"


class UnknownIndicator(HubError):
    """The caller named a figure that the hub does not watch."""

    remedy = "tell_caller"


class InvalidPeriod(HubError):
    """The caller asked for a time the hub cannot answer for."""

    remedy = "tell_caller"
