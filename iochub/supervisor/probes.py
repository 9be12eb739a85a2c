"""Asks a process whether it is well, without waiting long."""

import urllib.error
import urllib.request
from collections.abc import Callable

PROBE_SECONDS = 2.0


def answers(url: str) -> Callable[[], bool]:
    """A check that the address answers with a success."""

    def check() -> bool:
        try:
            with urllib.request.urlopen(url, timeout=PROBE_SECONDS) as answer:  # noqa: S310 -- our own address
                return 200 <= int(answer.status) < 300
        except (urllib.error.URLError, OSError, ValueError):
            return False

    return check


def always() -> bool:
    """A check for what is well as long as it runs."""
    return True
