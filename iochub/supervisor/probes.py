"""Asks a process over HTTP whether it is well."""

import urllib.error
import urllib.request
from collections.abc import Callable

PROBE_SECONDS = 2.0

_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
# A proxy of the machine's environment must not stand between the hub and itself.


def answers(url: str) -> Callable[[], bool]:
    """A question that holds when the address answers with 200."""

    def ask() -> bool:
        try:
            with _direct.open(url, timeout=PROBE_SECONDS) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError, ValueError):
            return False

    return ask
