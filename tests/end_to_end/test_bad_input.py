"""What agencies send when something is wrong: refused with the reason, and nobody else is harmed."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from callers import Agency, command, is_problem, key_of
from messages import in_nhi_son, synchronised
from published import ours
from running_hub import RunningHub

pytestmark = pytest.mark.usefixtures("unharmed")

JSON, XML = "application/json", "application/xml"
STRUCTURED = "application/cloudevents+json"
DELIVERIES = "/v1/feeds/dossiers/deliveries"
MIB = 1024 * 1024

BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><TDiep>&j;</TDiep>"
).encode()
DEEP = 200_000


def in_both_languages(agency: Agency, path: str, body: bytes, kind: str, status: int, problem: str) -> None:
    """Refused with one problem, worded in Vietnamese unless English is asked for."""
    vietnamese = agency.push(path, body, kind)
    english = agency.push(path, body, kind, Accept_Language="en")
    assert (vietnamese.status_code, english.status_code) == (status, status)
    first, second = is_problem(vietnamese, problem), is_problem(english, problem)
    for name in ("title", "detail"):
        assert not first[name].isascii(), first
        assert second[name].isascii(), second
    assert (vietnamese.headers["content-language"], english.headers["content-language"]) == ("vi", "en")


@pytest.mark.parametrize("path", [DELIVERIES, "/v1/feeds/dossiers/withdrawals", "/v1/events"])
def test_a_key_that_is_none_opens_no_door(hub: RunningHub, agency: Agency, path: str) -> None:
    stranger = Agency(hub, "E2E.STRANGER")
    stranger.key = agency.key[:-1] + ("A" if agency.key[-1] != "A" else "B")
    in_both_languages(stranger, path, synchronised(), JSON, 401, "unknown_key")


def test_a_revoked_key_stops_opening_within_seconds(hub: RunningHub) -> None:
    left = Agency(hub, "E2E.LEFT")
    assert left.push(DELIVERIES, synchronised()).status_code == 202
    done = command("keys", "revoke", left.key.split("_")[1], "--data", str(hub.data))
    assert "is revoked" in done.stdout
    deadline = time.monotonic() + 6
    while left.push(DELIVERIES, synchronised()).status_code != 401:
        assert time.monotonic() < deadline, "a revoked key still opens"
        time.sleep(0.2)
    in_both_languages(left, DELIVERIES, synchronised(), JSON, 401, "unknown_key")


def test_a_key_opens_its_own_feeds_and_no_other(hub: RunningHub) -> None:
    limited = Agency(hub, "E2E.LIMITED")
    limited.key = key_of(hub, "E2E.LIMITED", "einvoices")
    in_both_languages(limited, DELIVERIES, synchronised(), JSON, 403, "feed_not_allowed")
    in_both_languages(limited, "/v1/feeds/nothing/deliveries", b"{}", JSON, 404, "unknown_feed")


def test_a_type_that_the_feed_does_not_read_is_refused(agency: Agency) -> None:
    in_both_languages(agency, DELIVERIES, b"a;b", "text/csv", 415, "unknown_type")
    in_both_languages(agency, "/v1/events", b"", "application/cloudevents+avro", 415, "unknown_event_format")


@pytest.mark.parametrize(
    ("kind", "path", "body", "field"),
    [
        (JSON, "dossiers", synchronised(in_nhi_son("CUT"))[:-40], "json"),
        (XML, "einvoices", ours("einvoices", "five_invoices.xml")[:-40], "xml"),
        (XML, "einvoices", BILLION_LAUGHS, "dtd"),
        (XML, "einvoices", b"<a>" * DEEP + b"</a>" * DEEP, "depth"),
        (JSON, "dossiers", b"[" * DEEP + b"]" * DEEP, "depth"),
        (JSON, "dossiers", b'[{"GhiChu":' * DEEP, "depth"),
        (JSON, "dossiers", b"", "empty"),
    ],
    ids=["cut JSON", "cut XML", "billion laughs", "deep XML", "deep JSON", "deep objects", "nothing"],
)
def test_bytes_that_cannot_be_read_are_one_dead_letter(
    agency: Agency, kind: str, path: str, body: bytes, field: str
) -> None:
    began = time.monotonic()
    vietnamese = agency.push(f"/v1/feeds/{path}/deliveries", body, kind)
    english = agency.push(f"/v1/feeds/{path}/deliveries", body, kind, Accept_Language="en")
    assert time.monotonic() - began < 30
    assert (vietnamese.status_code, english.status_code) == (422, 422)
    (reject,), (same,) = vietnamese.json()["rejects"], english.json()["rejects"]
    assert (reject["index"], reject["reason"], reject["field"]) == (0, "unreadable_delivery", field)
    assert reject["message"].startswith("Không đọc được gói tin")
    assert same["message"].startswith("The delivery cannot be read")
    assert reject["dead_letter"]


def test_an_entity_from_elsewhere_is_not_fetched(agency: Agency, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("038000000001")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        listening.settimeout(1)
        for address in (secret.as_uri(), f"http://127.0.0.1:{listening.getsockname()[1]}/"):
            body = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{address}">]><HDon>&x;</HDon>'.encode()
            answer = agency.push("/v1/feeds/einvoices/deliveries", body, XML)
            assert (answer.status_code, answer.json()["rejects"][0]["field"]) == (422, "dtd")
            assert b"038000000001" not in answer.content
        with pytest.raises(TimeoutError):
            listening.accept()


@pytest.mark.parametrize(
    "body",
    [b'{"data":' * DEEP, b"[" * DEEP, b'{"id":"\xff"}', b"no JSON"],
    ids=["deep", "list", "no text", "no"],
)
def test_what_is_no_event_is_the_senders_to_mend(agency: Agency, body: bytes) -> None:
    answer = agency.push("/v1/events", body, STRUCTURED)
    assert answer.status_code == 400
    assert json.loads(answer.content)["type"] in (
        "urn:iochub:problem:unreadable_event",
        "urn:iochub:problem:invalid_event",
    )
    nested = agency.push("/v1/feeds/dossiers/withdrawals", b'{"entities":' * DEEP, JSON)
    assert nested.status_code == 422
    is_problem(nested, "invalid_body")


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in pieces"])
def test_two_hundred_megabytes_are_refused_early_and_not_kept_in_memory(
    hub: RunningHub, agency: Agency, announced: bool
) -> None:
    sent = 0

    def pieces() -> Iterator[bytes]:
        nonlocal sent
        piece = b" " * MIB
        for _ in range(200):
            sent += len(piece)
            yield piece

    before = peak_of(hub.pids()["gateway"])
    length = {"Content-Length": str(200 * MIB)} if announced else {}
    began = time.monotonic()
    with httpx.Client(timeout=30) as client:
        answer = client.post(
            f"{hub.gateway}{DELIVERIES}",
            content=pieces(),
            headers={"Authorization": f"Bearer {agency.key}", "Content-Type": JSON, **length},
        )
    assert answer.status_code == 413
    is_problem(answer, "too_large")
    assert time.monotonic() - began < 60
    # One delivery may have 64 MiB; whoever sends more costs no more than that.
    assert peak_of(hub.pids()["gateway"]) - before < (16 if announced else 160) * MIB


def peak_of(pid: int) -> int:
    """The most memory that a process has ever held."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) * 1024
