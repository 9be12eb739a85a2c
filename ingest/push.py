"""How the hub's own programs push: one delivery through the gateway, and what it answered."""

import gzip
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx

from iochub.addresses import trust
from iochub.errors import DeclarationError, StoreUnavailable

PUSH_SECONDS = 120.0
PIECE_BYTES = 16 * 1024
WORTH_PACKING = 1024
"""Bytes; a shorter body hardly shrinks."""
REJECTS_TOLD = 1_000
"""So many verdicts are written beside a file; every reject is a dead letter that can be listed in pages."""

UNTAKEN = frozenset((413, 415))
"""The delivery itself is refused: too large, or of a type the feed does not read. Nothing was kept of it."""
UNKNOWN_HERE = {
    401: "The gateway does not know this key: make one with `iochub keys create`.",
    403: "This key may not push {feed}: make one that may with `iochub keys create`.",
    404: "The gateway has no feed {feed}.",
}
STOPPED = (
    "it takes nothing of {feed} from this key for now, because too many records were refused. "
    "See `iochub dead-letters list` or the agency's page, and mend the sending system."
)


class Answer(NamedTuple):
    """What became of one delivery: kept with a receipt, or not taken at all.

    `skew_seconds` is how far the gateway's clock is ahead of ours, where it told its own.
    """

    status: int
    receipt: str = ""
    accepted: int = 0
    rejected: int = 0
    rejects: tuple[dict[str, Any], ...] = ()
    problem: str = ""
    skew_seconds: float | None = None

    @property
    def is_kept(self) -> bool:
        """Whether Kafka acknowledged it: what could be read, and a dead letter for each other record."""
        return bool(self.receipt)

    @property
    def is_rejected_whole(self) -> bool:
        """Whether it was kept, but every record of it was set aside."""
        return self.is_kept and self.rejected > 0 and self.accepted == 0

    def facts(self) -> dict[str, Any]:
        """As it is written beside a file, for whoever must mend it."""
        return {
            "status": self.status,
            "receipt": self.receipt,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "rejects": list(self.rejects),
            "problem": self.problem,
        }


class Gateway:
    """A hub's gateway as one agency reaches it.

    `pace` is called with the size of each piece before it is sent, and may wait.
    """

    def __init__(
        self,
        url: str,
        key: str,
        certificate: str = "",
        *,
        packs: bool = False,
        pace: Callable[[int], None] | None = None,
        seconds: float = PUSH_SECONDS,
    ) -> None:
        self.url = url
        self._packs = packs
        self._pace = pace
        self._client = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}", "Accept-Language": "vi"},
            timeout=seconds,
            verify=trust(certificate),
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def push(self, feed: str, content_type: str, body: bytes, *, dry_run: bool = False) -> Answer:
        """Send one delivery once.

        Raises: StoreUnavailable when nothing is confirmed, send it again, what was kept counts once;
        DeclarationError for a key or a feed that the gateway does not know, whoever configured it acts.
        """
        headers = {"Content-Type": content_type}
        if self._packs and len(body) > WORTH_PACKING:
            body = gzip.compress(body, 6, mtime=0)
            headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        answer, skew = self._asked(
            "POST",
            f"/v1/feeds/{feed}/deliveries",
            content=self._pieces(body),
            headers=headers,
            params={"dry_run": "1"} if dry_run else {},
        )
        if answer.status_code in UNKNOWN_HERE:
            raise DeclarationError(UNKNOWN_HERE[answer.status_code].format(feed=feed), feed=feed)
        found = _json(answer)
        if answer.status_code in (200, 202, 422) and "receipt" in found:
            rejects = tuple(found.get("rejects", ()))[:REJECTS_TOLD]
            return Answer(
                answer.status_code,
                found["receipt"] or "",
                found["accepted"],
                found["rejected"],
                rejects,
                "",
                skew,
            )
        if answer.status_code in UNTAKEN:
            return Answer(answer.status_code, problem=str(found.get("title", "")), skew_seconds=skew)
        kind = str(found.get("type", "")).rpartition(":")[2]
        why = STOPPED.format(feed=feed) if kind == "too_many_rejects" else "not confirmed."
        raise StoreUnavailable(
            f"The gateway answered {answer.status_code}: {why}",
            store="gateway",
            status=str(answer.status_code),
            retry_after=answer.headers.get("Retry-After", ""),
        )

    def receipt(self, name: str) -> dict[str, Any] | None:
        """How far a delivery has come, or nothing where the gateway knows no such receipt of ours.

        Raises: StoreUnavailable when it cannot be asked now; DeclarationError for a key it does not know.
        """
        answer, _ = self._asked("GET", f"/v1/receipts/{name}")
        if answer.status_code == 404:
            return None
        if answer.status_code in (401, 403):
            raise DeclarationError(UNKNOWN_HERE[401], feed="")
        found = _json(answer)
        if answer.status_code != 200 or "state" not in found:
            raise StoreUnavailable(
                f"The gateway answered {answer.status_code}.",
                store="gateway",
                retry_after=answer.headers.get("Retry-After", ""),
            )
        return found

    def _asked(self, method: str, path: str, **asked: Any) -> tuple[httpx.Response, float | None]:
        before = time.time()
        try:
            answer = self._client.request(method, path, **asked)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise StoreUnavailable(
                f"The gateway at {self.url} does not answer ({type(error).__name__}).", store="gateway"
            ) from error
        return answer, _skew(answer.headers.get("Date", ""), before, time.time())

    def _pieces(self, body: bytes) -> Iterator[bytes]:
        for start in range(0, len(body), PIECE_BYTES):
            piece = body[start : start + PIECE_BYTES]
            if self._pace is not None:
                self._pace(len(piece))
            yield piece


def _skew(told: str, before: float, after: float) -> float | None:
    """How far the gateway's clock is ahead of ours, halfway between asking and hearing."""
    try:
        return parsedate_to_datetime(told).timestamp() - (before + after) / 2
    except (TypeError, ValueError, OverflowError):
        return None


def _json(answer: httpx.Response) -> dict[str, Any]:
    try:
        found = answer.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def retry_after(error: StoreUnavailable) -> float:
    """How long the gateway asks to be left alone; 0 where it does not say."""
    told = error.facts.get("retry_after", "")
    return float(told) if told.isdecimal() and len(told) < 6 else 0.0
