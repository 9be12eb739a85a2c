"""Where the hub's doors are, and whom its own programs trust there."""

import ssl
from ipaddress import ip_address

from iochub.errors import DeclarationError

EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- recognised here, not bound
"""Addresses that a door listens on but nobody can call."""


def check_pair(certificate: str, key: str) -> None:
    """Refuse files that no server could start with, before anything starts.

    Raises: DeclarationError; the operator acts.
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise DeclarationError(
            f"{certificate} and {key} are no certificate and its key "
            f"({getattr(error, 'strerror', None) or type(error).__name__}). "
            "Give the PEM files of the web doors with --tls-cert and --tls-key.",
            setting="tls_cert",
        ) from error


def trust(certificate: str) -> ssl.SSLContext | bool:
    """Whom a client of our own doors trusts: with a certificate of our own that one alone, whatever its name.

    The doors are reached by address from the same machine, so the name on the certificate says nothing.

    Raises: DeclarationError when the file cannot be read; the operator acts.
    """
    if not certificate:
        return True
    try:
        context = ssl.create_default_context(cafile=certificate)
    except (OSError, ssl.SSLError) as error:
        raise DeclarationError(f"{certificate} is no certificate.", setting="tls_cert") from error
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.check_hostname = False
    return context


def door(host: str, port: int, certificate: str) -> str:
    """The address by which this machine reaches one of its own doors."""
    called = EVERYWHERE.get(host, host)
    return f"{'https' if certificate else 'http'}://{f'[{called}]' if ':' in called else called}:{port}"


def is_loopback(host: str) -> bool:
    """Whether an address reaches no further than this machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
