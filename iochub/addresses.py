"""Where the hub's doors are, and whom its own programs trust there."""

import ssl
from collections.abc import Collection
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

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


class _Pinning(ssl.SSLContext):
    """Takes one certificate and no other."""

    pinned: bytes


class _PinnedSocket(ssl.SSLSocket):
    def do_handshake(self, block: bool = False) -> None:
        super().do_handshake(block)
        _refuse_others(self.context, self.getpeercert(binary_form=True))


class _PinnedObject(ssl.SSLObject):
    """The same for clients that do their own reading and writing, as asyncio's do."""

    def do_handshake(self) -> None:
        super().do_handshake()
        _refuse_others(self.context, self.getpeercert(binary_form=True))


def _refuse_others(context: ssl.SSLContext, shown: bytes | None) -> None:
    """Refuse another certificate than the pinned one, also one that it signed, before anything is sent."""
    if not isinstance(context, _Pinning) or shown != context.pinned:
        refused = ssl.SSLCertVerificationError(1, "another certificate than the pinned one")
        refused.verify_message = "it is another than the one that is pinned"
        raise refused


def trust(certificate: str, authority: str = "") -> ssl.SSLContext | bool:
    """Whom a client trusts: one certificate, those that an authority signs, or whom this machine trusts.

    A certificate is pinned: the server must show exactly the first of the file, which of a chain is its own,
    and have its key. Names are not compared, for nobody else has that key, and the hub's own programs reach
    its doors at 127.0.0.1, which stands on no certificate. What the pinned one has signed is not trusted: an
    authority's certificate given here by mistake lets nobody in, rather than everybody whom it ever signed.
    With an authority the name in the address must stand on the certificate, for it signs others' too.

    Raises: DeclarationError when a file cannot be read, or for both at once; the operator acts.
    """
    if certificate and authority:
        raise DeclarationError(
            "Give either the server's own certificate, or its authority's.", setting="certificate"
        )
    if authority:
        try:
            return ssl.create_default_context(cafile=authority)
        except (OSError, ssl.SSLError) as error:
            raise DeclarationError(f"{authority} holds no certificates.", setting="authority") from error
    if not certificate:
        return True
    context = _Pinning(ssl.PROTOCOL_TLS_CLIENT)
    context.sslsocket_class, context.sslobject_class = _PinnedSocket, _PinnedObject
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    try:
        context.pinned = _first(Path(certificate).read_text(encoding="ascii"))
        context.load_verify_locations(cadata=context.pinned)
    except (OSError, ValueError, ssl.SSLError) as error:
        raise DeclarationError(f"{certificate} is no certificate.", setting="tls_cert") from error
    return context


def _first(text: str) -> bytes:
    """The first certificate of a PEM file. Raises: ValueError where there is none."""
    begin, end = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
    return ssl.PEM_cert_to_DER_cert(text[text.index(begin) : text.index(end) + len(end)])


def check_plain_http(address: str, allowed: Collection[str], field: str) -> None:
    """Refuse an address over which keys, and records of people, would travel open to everybody on the way.

    Within this machine nobody is on the way; to `allowed` hosts somebody has declared that the line itself is
    safe. What else cannot be an address is refused too.

    Raises: DeclarationError; whoever declared it acts.
    """
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host:
        raise DeclarationError(f"{field} is no address.", setting=field)
    if parts.scheme == "https" or is_loopback(host) or host in allowed:
        return
    raise DeclarationError(
        f"{field} is http://{host}: keys and personal data would travel unencrypted. Use https://, or, where "
        f'the line itself is safe, declare allow_plain_http = ["{host}"]. '
        f"(Khoá và dữ liệu cá nhân sẽ đi không mã hoá: hãy dùng https://, hoặc khai báo như trên nếu đường "
        "truyền đã được bảo vệ.)",
        setting=field,
    )


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
