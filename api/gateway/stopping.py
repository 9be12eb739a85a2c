"""Whether a feed still takes from a sender: of a run of bad records somebody must be told, now."""

import time
from collections import Counter, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

from iochub.api.problems import Problem
from iochub.ingest.reasons import message_for
from iochub.text import Text

WINDOW_SECONDS = 15 * 60
SLOT_SECONDS = 60
"""The window moves by so much at a time."""
LEAST_RECORDS = 100
"""Fewer say nothing: an agency that tries its first ten records may get nine of them wrong."""
ONE_IN = 5
"""More than one record in five refused: the sender's system is wrong, not its records."""


class Stop(NamedTuple):
    """Why a feed takes nothing from a sender, and for how many seconds more at most."""

    seconds: int
    records: int
    rejected: int
    reason: str
    """The one that leads."""


@dataclass(slots=True)
class _Slot:
    began: int
    accepted: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def rejected(self) -> int:
        return self.reasons.total()


class Stops:
    """What was taken and refused lately, by sender and feed.

    Each gateway process keeps its own, in memory. What it forgets when it ends costs nothing: every record
    was kept or set aside all the same, and the next process stops after as many bad ones again.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows: dict[tuple[str, str], deque[_Slot]] = {}

    def told(self, sender: str, feed: str, accepted: int, reasons: Iterable[str]) -> None:
        """Remember what became of the records of one delivery."""
        at = int(self._clock())
        slots = self._windows.setdefault((sender, feed), deque())
        if not slots or at - slots[-1].began >= SLOT_SECONDS:
            _forget(slots, at)
            slots.append(_Slot(at))
        slots[-1].accepted += accepted
        slots[-1].reasons.update(reasons)

    def stop(self, sender: str, feed: str) -> Stop | None:
        """Why nothing is taken from this sender now, if so."""
        slots = self._windows.get((sender, feed))
        if not slots:
            return None
        at = int(self._clock())
        _forget(slots, at)
        if not _is_too_bad(slots):
            return None
        reasons = sum((slot.reasons for slot in slots), Counter[str]())
        leading = min(reasons, key=lambda reason: (-reasons[reason], reason))
        records = sum(slot.accepted for slot in slots) + reasons.total()
        return Stop(_seconds_left(slots, at), records, reasons.total(), leading)

    def open(self, sender: str, feed: str) -> None:
        """Take from this sender again: it has shown good records."""
        self._windows.pop((sender, feed), None)

    def standing(self) -> Counter[str]:
        """From how many senders each feed takes nothing now."""
        return Counter(feed for sender, feed in tuple(self._windows) if self.stop(sender, feed))


def _forget(slots: deque[_Slot], at: int) -> None:
    while slots and at - slots[0].began >= WINDOW_SECONDS:
        slots.popleft()


def _is_too_bad(slots: Iterable[_Slot]) -> bool:
    accepted = rejected = 0
    for slot in slots:
        accepted += slot.accepted
        rejected += slot.rejected
    return accepted + rejected >= LEAST_RECORDS and rejected * ONE_IN > accepted + rejected


def _seconds_left(slots: deque[_Slot], at: int) -> int:
    """Until enough of the window has passed, if nothing more comes."""
    left = deque(slots)
    while True:
        gone = left.popleft()
        if not left or not _is_too_bad(left):
            return gone.began + WINDOW_SECONDS - at


def too_many_rejects(feed: str, stop: Stop) -> Problem:
    """Tell a sender that its feed is stopped, why, and how it goes on; the same may be sent again later."""
    minutes, reason = WINDOW_SECONDS // 60, message_for(stop.reason)
    return Problem(
        429,
        "too_many_rejects",
        Text(
            f"Nguồn {feed} tạm dừng: {stop.rejected} trên {stop.records} bản ghi trong {minutes} phút qua bị "
            f"từ chối, nhiều nhất vì: {reason.vi} ({stop.reason}). Chưa giữ gì của lần gửi này. Hãy sửa hệ "
            "thống gửi rồi gửi thử với ?dry_run=1: lần thử không lỗi mở lại ngay; nếu không, gửi lại sau "
            f"{stop.seconds} giây. Vẫn sửa và gửi lại được các bản ghi lỗi.",
            f"Feed {feed} is stopped: {stop.rejected} of {stop.records} records of the last {minutes} "
            f"minutes were refused, most of them because: {reason.en} ({stop.reason}). Nothing of this "
            "delivery was kept. Mend the sending system and try with ?dry_run=1: a trial without rejects "
            f"opens at once; otherwise send again after {stop.seconds} seconds. Dead letters can still be "
            "replayed.",
        ),
        headers={"Retry-After": str(stop.seconds)},
    )
