"""The document axis (VXP) as its SDK speaks to it: parameters in headers, signed with a shared secret.

Source: standards §3.3; the headers as the published VXP SDK 2.0.1 for Java writes them: each parameter `x` is
a header `XroadVnpt-x`, three more name the signed ones, repeat them as JSON, and carry the HMAC-SHA256 of
that JSON in hex. We have seen no axis itself: prefix, agent and version are therefore declared, not fixed.
"""

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NamedTuple

import msgspec

from iochub.clock import PROVINCE_ZONE
from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.web import Web

MOST_LIST_BYTES = 64 * 1024 * 1024
DOCUMENT_ID = re.compile(r"[!-~][ -~]{0,199}", re.ASCII)
"""Printable ASCII: it travels in a header. What is none cannot be fetched, and stays listed."""

Messages = Literal["edoc", "status"]
Fate = Literal["processing", "done", "fail"]


@dataclass(frozen=True, slots=True)
class Signing:
    """Who we are for the axis, and how its gateway wants that written."""

    system: str
    secret: str
    prefix: str = "XroadVnpt-"
    agent: str = "JAVASDKAgent/1.0.0 XRoad/VPCP"
    version: str = "3.0.201608"
    in_body: bool = False
    """Whether the parameters are sent as a JSON body too, for an axis behind a gateway that wants one."""

    def headers(self, parameters: Mapping[str, str], at: datetime) -> dict[str, str]:
        """Every header of one call; the signature covers all parameters, the system and the time.

        The secret's own characters are the key; they are not decoded.
        """
        local = at.astimezone(PROVINCE_ZONE)
        signed = {
            "timestamp": f"{local:%d%m%YT%H%M%S}+{local.microsecond // 1000:04d}",
            "systemid": self.system,
            "Content-Type": "application/json",
            **parameters,
        }
        told = {f"{self.prefix}{name}": value for name, value in signed.items()}
        text = msgspec.json.encode(told)
        return {
            "Content-Type": "application/json",
            **told,
            f"{self.prefix}sign-header-key": ";".join(signed),
            f"{self.prefix}sign-header": text.decode(),
            f"{self.prefix}hash-header": hmac.new(self.secret.encode(), text, hashlib.sha256).hexdigest(),
            f"{self.prefix}version": self.version,
            "User-Agent": self.agent,
        }


class Listed(NamedTuple):
    """One message that the axis holds for us."""

    document: str
    messages: Messages


class AxisDoor:
    """The calls of the axis that a receiver needs."""

    def __init__(self, web: Web, signing: Signing, clock: Callable[[], datetime]) -> None:
        self._web = web
        self._signing = signing
        self._clock = clock

    def close(self) -> None:
        """Let go of the connection."""
        self._web.close()

    def received(self, messages: Messages) -> list[Listed]:
        """All messages of one type that were not updated to done or fail.

        Raises: SourceUnavailable.
        """
        rows = self._call(
            "/getReceivedEdocList", MOST_LIST_BYTES, servicetype="eDoc", messagetype=messages
        ).get("data")
        found = [str(row.get("docId") or "") for row in _rows(rows)]
        return [Listed(document, messages) for document in dict.fromkeys(found)]

    def document(self, document: str, most: int) -> bytes:
        """The edXML of one message, of at most so many bytes.

        Raises: SourceUnavailable, also when what came is cut off.
        """
        # Base64 adds a third, its line breaks and the envelope a little more.
        told = self._call("/getEdoc", most // 2 * 3 + 65_536, filePath=".", docId=document).get("data")
        try:
            body = base64.b64decode("".join(told.split()) if isinstance(told, str) else b"", validate=True)
        except (binascii.Error, ValueError) as error:
            raise SourceUnavailable("The axis sent what is no base64.") from error
        if not body:
            raise SourceUnavailable("The axis sent an empty document.")
        if len(body) > most:
            raise SourceUnavailable(f"The axis holds a document of more than {most} bytes.", status="large")
        return body

    def update(self, document: str, fate: Fate) -> None:
        """Tell the axis what became of a message; until then it is listed again.

        Raises: SourceUnavailable.
        """
        self._call("/updateStatus", 65_536, status=fate, docId=document)

    def agencies(self) -> list[dict[str, Any]]:
        """Every agency that the axis knows, with its code by QĐ 20/2020 and by QCVN 102.

        Raises: SourceUnavailable.
        """
        return _rows(self._call("/getAgenciesListQD20", MOST_LIST_BYTES).get("data"))

    def _call(self, path: str, most: int, **parameters: str) -> dict[str, Any]:
        headers = self._signing.headers(parameters, self._clock())
        body = msgspec.json.encode(parameters) if self._signing.in_body else b""
        answer = self._web.ask("POST", path, most, headers=headers, content=body)
        try:
            told = msgspec.json.decode(answer.body)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SourceUnavailable(f"The axis's answer to {path} is no JSON, or cut off.") from error
        if not isinstance(told, dict) or str(told.get("ErrorCode")) != "0":
            code = str(told.get("ErrorCode", "?")) if isinstance(told, dict) else "?"
            shown = code if re.fullmatch(r"[\w.-]{1,20}", code, re.ASCII) else "?"
            raise SourceUnavailable(f"The axis answered {path} with error {shown}.", status="refused")
        return told


def _rows(told: object) -> list[dict[str, Any]]:
    if told is None:
        return []
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise SourceUnavailable("The axis's list is not a list of rows.")
    return told
