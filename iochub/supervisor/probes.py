"""Asks a process over HTTP whether it is well."""

import ssl
import urllib.error
import urllib.request
from collections.abc import Callable

from iochub.addresses import trust

PROBE_SECONDS = 2.0


def answers(url: str, certificate: str = "") -> Callable[[], bool]:
    """A question that holds when the address answers with 200; over TLS with this certificate alone."""
    trusted = trust(certificate)
    direct = urllib.request.build_opener(
        # A proxy of the machine's environment must not stand between the hub and itself.
        urllib.request.ProxyHandler({}),
        urllib.request.HTTPSHandler(context=trusted if isinstance(trusted, ssl.SSLContext) else None),
    )

    def ask() -> bool:
        try:
            with direct.open(url, timeout=PROBE_SECONDS) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError, ValueError):
            return False

    return ask
