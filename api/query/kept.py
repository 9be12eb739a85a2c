"""One answer for all who ask within a while."""

import threading
import time
from collections.abc import Callable
from typing import Generic, TypeVar

from iochub.errors import StoreUnavailable

Answer = TypeVar("Answer")


class Kept(Generic[Answer]):
    """An answer that nobody gets when it is older than `seconds`, and hardly anybody waits for.

    Who asks in the second half of that time lets it be renewed in the background: where many ask, the next
    one is there before the old one is too old.
    """

    def __init__(self, ask: Callable[[], Answer], seconds: float) -> None:
        self._ask = ask
        self._seconds = seconds
        self._asking = threading.Lock()
        self._renewing = threading.Lock()
        self._kept: tuple[float, Answer] | None = None

    def read(self) -> Answer:
        """The answer.

        Raises: what asking raises, when there is none that is young enough.
        """
        kept = self._kept
        if kept is None or self._age(kept) > self._seconds:
            with self._asking:
                kept = self._kept
                if kept is None or self._age(kept) > self._seconds:
                    kept = self._renewed()
        elif self._age(kept) > self._seconds / 2 and self._renewing.acquire(blocking=False):
            threading.Thread(target=self._renew, name="renewing", daemon=True).start()
        return kept[1]

    def _age(self, kept: tuple[float, Answer]) -> float:
        return time.monotonic() - kept[0]

    def _renewed(self) -> tuple[float, Answer]:
        at = time.monotonic()  # before it is asked for: what comes meanwhile may be missing
        self._kept = (at, self._ask())
        return self._kept

    def _renew(self) -> None:
        try:
            self._renewed()
        except StoreUnavailable:
            pass  # told to the first who comes when the kept one is too old
        finally:
            self._renewing.release()
