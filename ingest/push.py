"""How the hub's own programs push: a delivery through the gateway, what it answered, and how to try again."""

import gzip
import ssl
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

import httpx
import msgspec

from iochub.errors import DeclarationError, HubError, StoreUnavailable
from iochub.ingest.pauses import Pauses

PUSH_SECONDS = 120.0
LONGEST_ASKED_SECONDS = 3600.0
"""Nobody is left alone for longer, whatever stands in `Retry-After`: our own gateway never asks for more."""
PIECE_BYTES = 1024
"""Of a delivery that is paced: small enough to keep within a second what a thin line may carry in it."""
HEAD_BYTES = 512
"""About what a request takes beside its body: many small ones fill a thin line too."""
WORTH_PACKING = 1024
"""Bytes; a shorter body hardly shrinks."""
REJECTS_TOLD = 1_000
"""So many verdicts are written beside a file; every reject is a dead letter that can be listed in pages."""

UNTAKEN = frozenset((413, 415, 422))
"""The delivery itself is refused: too large, of a type the feed does not read, or not as its address asks.
Nothing was kept of it, and sending it again changes nothing."""
PROBLEM = "urn:iochub:problem:"
HURT_ON_ITS_WAY = frozenset(("incomplete", "broken_packing"))
"""Kinds of a 400 by which our gateway says that the line, and not the sender, is to blame."""
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


class _Verdict(msgspec.Struct):
    """What the gateway says of what was sent; `receipt` is null where nothing was to be kept."""

    receipt: str | None
    accepted: int
    rejected: int
    rejects: list[dict[str, Any]] = []


class Gateway:
    """A hub's gateway as one agency reaches it; any number of threads may share it.

    `key` may be asked for anew each time: somebody may put another one into its file meanwhile. `pace` is
    called with the size of all that is sent, piece by piece before it is, and may wait.
    """

    def __init__(
        self,
        url: str,
        key: str | Callable[[], str],
        trusted: ssl.SSLContext | bool = True,
        *,
        packs: bool = False,
        pace: Callable[[int], None] | None = None,
        seconds: float = PUSH_SECONDS,
    ) -> None:
        self.url = url
        self._key = key
        self._packs = packs
        self._pace = pace
        self._client = httpx.Client(
            base_url=url,
            headers={"Accept-Language": "vi"},
            timeout=seconds,
            verify=trusted,
            trust_env=False,
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def push(self, feed: str, content_type: str, body: bytes, *, dry_run: bool = False) -> Answer:
        """Send one delivery of a feed once. Raises: as `post`."""
        return self.post(f"/v1/feeds/{feed}/deliveries", content_type, body, dry_run=dry_run)

    def post(self, path: str, content_type: str, body: bytes, *, dry_run: bool = False) -> Answer:
        """Send something once to an address that answers a receipt: deliveries, events, withdrawals.

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
            path,
            content=body if self._pace is None else _pieces(body, self._pace),
            headers=headers,
            params={"dry_run": "1"} if dry_run else {},
        )
        status, found = answer.status_code, _json(answer)
        if status in UNKNOWN_HERE:
            feed = _feed_of(path)
            raise DeclarationError(UNKNOWN_HERE[status].format(feed=feed), feed=feed)
        verdict = _verdict(found) if status in (200, 202, 422) else None
        if verdict is not None:
            told = tuple(verdict.rejects[:REJECTS_TOLD])
            kept = verdict.receipt or ""
            return Answer(status, kept, verdict.accepted, verdict.rejected, told, "", skew)
        kind = str(found.get("type", ""))
        if _is_final(status, kind):
            problem = str(found.get("detail") or found.get("title") or "")
            return Answer(status, problem=problem, skew_seconds=skew)
        is_stopped = kind == f"{PROBLEM}too_many_rejects"
        why = STOPPED.format(feed=_feed_of(path)) if is_stopped else "not confirmed."
        raise StoreUnavailable(
            f"The gateway answered {status}: {why}",
            store="gateway",
            status=str(status),
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
        key = self._key if isinstance(self._key, str) else self._key()
        headers = {"Authorization": f"Bearer {key}", **asked.pop("headers", {})}
        if self._pace is not None:
            self._pace(HEAD_BYTES)
        before = time.time()
        try:
            answer = self._client.request(method, path, headers=headers, **asked)
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise StoreUnavailable(f"The gateway at {self.url} {silence(error)}.", store="gateway") from error
        return answer, _skew(answer.headers.get("Date", ""), before, time.time())


def until_answered(
    ask: Callable[[], Answer],
    wait: Callable[[float], bool],
    pauses: Pauses,
    told: Callable[[StoreUnavailable, float], None] = lambda error, pause: None,
) -> Answer | None:
    """Send the same again and again until the gateway answers for good; nothing when told to stop.

    `wait` waits so many seconds and answers whether to stop. `told` hears of each failure and of the pause
    after it, and may raise what ends the trying.
    """
    while not wait(0.0):
        try:
            answer = ask()
        except StoreUnavailable as error:
            pause = pauses.next(retry_after(error))
            told(error, pause)
            wait(pause)
            continue
        pauses.reset()
        return answer
    return None


def silence(error: Exception) -> str:
    """Say why nobody answered: a certificate that is not trusted is mended by a person, a line by itself."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    if cause is None:
        return f"does not answer ({type(error).__name__})"
    return f"shows a certificate that is not trusted ({cause.verify_message or cause.reason})"


def _pieces(body: bytes, pace: Callable[[int], None]) -> Iterator[bytes]:
    for start in range(0, len(body), PIECE_BYTES):
        piece = body[start : start + PIECE_BYTES]
        pace(len(piece))
        yield piece


def _feed_of(path: str) -> str:
    """The feed in an address; events name theirs inside."""
    return path.split("/")[3] if path.startswith("/v1/feeds/") else path


def _verdict(found: dict[str, Any]) -> _Verdict | None:
    try:
        return msgspec.convert(found, _Verdict)
    except msgspec.ValidationError:
        return None


def _is_final(status: int, kind: str) -> bool:
    """Whether the same bytes would be refused again. A 400 of somebody on the way says nothing about them."""
    if status != httpx.codes.BAD_REQUEST:
        return status in UNTAKEN
    return kind.startswith(PROBLEM) and kind.removeprefix(PROBLEM) not in HURT_ON_ITS_WAY


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


def retry_after(error: HubError) -> float:
    """How long who refused us asks to be left alone; 0 where it does not say so in seconds."""
    told = error.facts.get("retry_after", "")
    is_number = told.isascii() and told.isdecimal() and len(told) < 6
    return min(float(told), LONGEST_ASKED_SECONDS) if is_number else 0.0
