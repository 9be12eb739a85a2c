"""Finds out whether a port is free before a process is started on it."""

import errno
import socket
from contextlib import ExitStack

from iochub.errors import DeclarationError


def free_ports(count: int, host: str = "127.0.0.1") -> list[int]:
    """Name ports that nobody listens on at this moment, all different."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind((host, 0))
        return [one.getsockname()[1] for one in sockets]


def require_free(host: str, port: int, purpose: str) -> None:
    """Refuse a port that another program holds.

    Raises: DeclarationError naming the port; whoever starts the hub stops that program or takes another port.
    """
    with socket.socket() as probe:
        # As Java does: connections of a broker that has just ended do not hold the port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                message = (
                    f"Port {port} on {host} ({purpose}) is held by another program. "
                    "Stop it or choose another port."
                )
            else:
                message = (
                    f"Cannot listen on {host}:{port} ({purpose}): {error.strerror}. Choose another address."
                )
            raise DeclarationError(message, problem="port", port=str(port)) from error
