"""Sends what waits in the outbox, in order, and follows each receipt until the hub has counted it."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from iochub.clock import now
from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Gateway, retry_after
from iochub.ingest.send_agent.bandwidth import Budget
from iochub.ingest.send_agent.declared import AgentFile
from iochub.ingest.send_agent.outbox import Outbox
from iochub.ingest.send_agent.taking import Taker

HELD_SECONDS = 15.0
"""A feed that the key may not push is tried again after this; the others go on meanwhile."""
AWAY = ("", "502", "503", "504")
"""Statuses, or none, by which the hub is away for every feed."""
LOST = timedelta(days=1)
"""A receipt that the hub does not know for so long was lost with it: the delivery is sent again."""
SKEW_SECONDS = 5.0
"""More than the whole second of the Date header, and enough to put a record on another day."""
FOLLOWED_AT_ONCE = 50
TRIM_SECONDS = 3600.0

log = logging.getLogger(__name__)


class Agent:
    """One outbox and one gateway. What is not counted yet is never forgotten."""

    def __init__(
        self,
        outbox: Outbox,
        gateway: Gateway,
        *,
        wait: Callable[[float], bool],
        follow_seconds: float = 10.0,
        keep_days: int = 30,
        held_seconds: float = HELD_SECONDS,
        pauses: Pauses | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._outbox = outbox
        self._gateway = gateway
        self._wait = wait
        self._follow = timedelta(seconds=follow_seconds)
        self._keep = timedelta(days=keep_days)
        self._pauses = pauses or Pauses()
        self._clock = clock
        self._hold = held_seconds
        self._held: dict[str, float] = {}
        self._trimmed_at = -TRIM_SECONDS
        self._unasked_until = 0.0

    def forever(self) -> None:
        """Send and follow until told to stop."""
        idle = min(1.0, self._follow.total_seconds())
        while not self._wait(0.0):
            if not self.step():
                self._wait(idle)

    def step(self) -> bool:
        """Send one delivery and ask for some receipts; whether there was anything to do."""
        try:
            did = self._send() | self._ask()
            self._trim()
        except StoreUnavailable as error:
            pause = self._pauses.next(retry_after(error))
            with suppress(StoreUnavailable):  # the disk may be what is full
                self._outbox.keep("line", error.message)
            log.warning("%s Trying again in %.1f s.", error.message, pause)
            self._wait(pause)
            return True
        return did

    def _send(self) -> bool:
        at = time.monotonic()
        self._held = {feed: until for feed, until in self._held.items() if until > at}
        waiting = self._outbox.next(self._held)
        if waiting is None:
            return False
        self._outbox.trying(waiting.number)
        try:
            answer = self._gateway.push(waiting.feed, waiting.content_type, waiting.body)
        except DeclarationError as error:
            self._held[waiting.feed] = at + self._hold
            self._outbox.keep("line", error.message)
            log.critical("%s", error.message)
            return True
        except StoreUnavailable as error:
            status = error.facts.get("status", "")
            if status in AWAY:
                raise
            # The gateway works, but takes nothing of this feed for a while, or stumbles over this delivery:
            # the other feeds need not wait for it.
            self._held[waiting.feed] = at + max(1.0 if status == "429" else self._hold, retry_after(error))
            self._outbox.keep("line", error.message)
            log.warning("%s", error.message)
            return True
        self._outbox.answered(waiting.number, answer, self._clock())
        self._note(answer.skew_seconds)
        if not answer.is_kept:
            log.error("delivery %d was not taken by the gateway (%d)", waiting.number, answer.status)
        return True

    def _ask(self) -> bool:
        if time.monotonic() < self._unasked_until:
            return False
        at = self._clock()
        asked = list(self._outbox.to_follow(at, self._follow, FOLLOWED_AT_ONCE))
        for followed in asked:
            try:
                told = self._gateway.receipt(followed.receipt)
            except DeclarationError as error:
                self._unasked_until = time.monotonic() + self._hold
                self._outbox.keep("line", error.message)
                log.critical("%s", error.message)
                return False
            self._outbox.followed(followed.number, told, self._clock())
            if told is None and abs(at - followed.sent_at) > LOST:
                log.error("the hub knows nothing of delivery %d: it is sent again", followed.number)
                self._outbox.again(followed.number)
            self._well()
        return bool(asked)

    def _note(self, skew: float | None) -> None:
        """The line works; how far its clock is from ours is told to whoever looks."""
        self._well()
        if skew is None:
            return
        self._outbox.keep("clock_skew_seconds", f"{skew:.1f}")
        if abs(skew) > SKEW_SECONDS:
            log.warning("our clock is %.0f s %s the hub's", abs(skew), "behind" if skew > 0 else "ahead of")

    def _well(self) -> None:
        self._pauses.reset()
        self._outbox.keep("line", "ok")

    def _trim(self) -> None:
        if time.monotonic() - self._trimmed_at > TRIM_SECONDS:
            self._outbox.trim(self._clock() - self._keep)
            self._trimmed_at = time.monotonic()


def run_agent(declared: AgentFile, beside: Path, stop: threading.Event) -> None:
    """Watch, send and follow until told to stop. A bug in the watching ends it all.

    Raises: DeclarationError when its key cannot be read.
    """
    store = beside / declared.store
    outbox = Outbox(store)
    declared.key.read(beside)  # said at the start; asked anew each time, for it may be replaced meanwhile
    gateway = Gateway(
        declared.gateway,
        lambda: declared.key.read(beside),
        declared.trusts(beside),
        packs=True,
        pace=Budget(declared.bytes_per_second, stop.wait).take if declared.bytes_per_second else None,
    )
    failed: list[BaseException] = []
    watching = threading.Thread(target=_watch, args=(declared, beside, stop, failed), name="watching")
    watching.start()
    try:
        Agent(
            outbox,
            gateway,
            wait=stop.wait,
            follow_seconds=declared.follow_seconds,
            keep_days=declared.keep_days,
        ).forever()
    finally:
        stop.set()
        watching.join()
        gateway.close()
        outbox.close()
    if failed:
        raise failed[0]


def _watch(declared: AgentFile, beside: Path, stop: threading.Event, failed: list[BaseException]) -> None:
    try:
        outbox = Outbox(beside / declared.store)
        try:
            taker = Taker(declared.watch, beside, outbox)
            while declared.watch and not stop.is_set():
                try:
                    taker.look(stop.wait)
                except StoreUnavailable as error:
                    log.error("%s What is not taken stays in its folder.", error.message)
                stop.wait(declared.look_seconds)
        finally:
            outbox.close()
    except BaseException as error:  # noqa: BLE001 -- raised again by run_agent
        failed.append(error)
        stop.set()
