"""What agencies send when something is wrong: refused with the reason, and nobody else is harmed."""

import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from callers import command, figure, followed, instant, is_problem, key_of
from messages import Json, advanced, dossier, hdons, step, synchronised
from published import OURS, ours
from running_hub import RunningHub

JSON, XML = "application/json", "application/xml"
STRUCTURED = "application/cloudevents+json"
NHI_SON, CAM_THUY = "14864", "390"
DAY, DELIVERIES = "2026-05-18", "/v1/feeds/dossiers/deliveries"
MIB = 1024 * 1024

BILLION_LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]><TDiep>&j;</TDiep>"
).encode()
DEEP = 200_000


def in_nhi_son(name: str, **changes: object) -> Json:
    """A dossier of a commune that no other test looks at."""
    told = {"DonViXuLy": "UBND Xã Nhi Sơn", "NgayNopHoSo": "20260518080000"}
    told |= {"NgayTiepNhan": "20260518083000", "NgayHenTra": "20260525170000"}
    return dossier(f"E2E-BAD-{name}", **(told | changes))


class Agency:
    """One sender with a key of its own for both feeds."""

    def __init__(self, hub: RunningHub, code: str) -> None:
        self.hub = hub
        self.key = key_of(hub, code, "dossiers", "einvoices")

    def push(self, path: str, body: bytes, kind: str = JSON, **headers: str) -> httpx.Response:
        told = {"Authorization": f"Bearer {self.key}", "Content-Type": kind}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return httpx.post(f"{self.hub.gateway}{path}", content=body, headers=told | named, timeout=60)

    def look(self, path: str) -> httpx.Response:
        return httpx.get(
            f"{self.hub.gateway}{path}", headers={"Authorization": f"Bearer {self.key}"}, timeout=30
        )

    def letters(self, receipt: str) -> list[Json]:
        """The dead letters of one receipt, once they are copied."""
        deadline = time.monotonic() + 30
        while True:
            found = self.look("/v1/dead-letters?feed=dossiers").json()["dead_letters"]
            mine: list[Json] = [letter for letter in found if letter["receipt"] == receipt]
            if mine:
                return mine
            assert time.monotonic() < deadline, "no dead letter came"
            time.sleep(0.1)


@pytest.fixture(scope="module")
def agency(hub: RunningHub) -> Agency:
    return Agency(hub, "E2E.BAD")


@pytest.fixture(scope="module", autouse=True)
def _unharmed(hub: RunningHub, agency: Agency) -> Iterator[None]:
    """Whatever this file sends: the same processes still run after it, and a good delivery is counted."""
    before = hub.pids()
    good = in_nhi_son("GOOD", NgayTiepNhan="20260519083000")
    yield
    answer = agency.push(DELIVERIES, synchronised(good))
    assert answer.status_code == 202, answer.text
    followed(hub, agency.key, [answer.json()["receipt"]])
    assert figure(hub, "dossiers_received", unit=NHI_SON, period="2026-05-19") == 1
    assert hub.pids() == before


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
    assert time.monotonic() - began < 10
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
    assert time.monotonic() - began < 15
    # One delivery may have 64 MiB; whoever sends more costs no more than that.
    assert peak_of(hub.pids()["gateway"]) - before < (16 if announced else 160) * MIB


def peak_of(pid: int) -> int:
    """The most memory that a process has ever held."""
    line = next(line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if "VmHWM" in line)
    return int(line.split()[1]) * 1024


def test_bad_records_are_set_aside_and_can_be_mended_by_their_sender_alone(
    hub: RunningHub, agency: Agency
) -> None:
    """Six dossiers, three of them bad: the good ones count; the mended ones count after their replay."""
    stranger = Agency(hub, "E2E.STRANGER")
    good = [in_nhi_son(f"ARRAY-{number}") for number in (0, 2, 4)]
    bad = [
        in_nhi_son("ARRAY-1", TrangThaiHoSo="77"),
        in_nhi_son("ARRAY-3", NgayTiepNhan="20260231083000"),
        in_nhi_son("ARRAY-5", MaTTHC=""),
    ]
    mixed = [record for pair in zip(good, bad, strict=True) for record in pair]
    answer = agency.push(DELIVERIES, synchronised(*mixed))
    told = answer.json()
    assert (answer.status_code, told["accepted"], told["rejected"]) == (202, 3, 3)
    assert [(reject["index"], reject["reason"], reject["field"]) for reject in told["rejects"]] == [
        (1, "unknown_code:TrangThaiHoSo", "TrangThaiHoSo"),
        (3, "impossible_date:NgayTiepNhan", "NgayTiepNhan"),
        (5, "missing:MaTTHC", "MaTTHC"),
    ]
    (state,) = followed(hub, agency.key, [told["receipt"]])
    assert (state["accepted"], state["stored"], state["set_aside"], state["counted"]) == (3, 3, 0, 3)
    assert figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) == 3

    names = [reject["dead_letter"] for reject in told["rejects"]]
    assert sorted(letter["dead_letter"] for letter in agency.letters(told["receipt"])) == sorted(names)
    assert stranger.look("/v1/dead-letters").json() == {"dead_letters": []}
    assert stranger.look(f"/v1/receipts/{told['receipt']}").status_code == 404
    mended = []
    for name, record in zip(names, bad, strict=True):
        assert stranger.look(f"/v1/dead-letters/{name}").status_code == 404
        assert stranger.push(f"/v1/dead-letters/{name}/replay", b"").status_code == 404
        letter = agency.look(f"/v1/dead-letters/{name}").json()
        assert json.loads(letter["record"]) == record
        again = agency.push(f"/v1/dead-letters/{name}/replay", b"")
        assert (again.status_code, again.json()["rejected"]) == (422, 1), "unmended it is refused as before"
        whole = json.dumps(in_nhi_son(record["MaHoSo"].removeprefix("E2E-BAD-"))).encode()
        replayed = agency.push(f"/v1/dead-letters/{name}/replay", whole)
        assert (replayed.status_code, replayed.json()["accepted"]) == (202, 1)
        mended.append(replayed.json()["receipt"])
    followed(hub, agency.key, mended)
    assert figure(hub, "dossiers_received", unit=NHI_SON, period=DAY) == 6


def test_a_unit_that_nobody_knows_counts_for_the_province_as_unknown(hub: RunningHub, agency: Agency) -> None:
    day = "2026-05-20"
    nowhere = in_nhi_son("NOWHERE", DonViXuLy="UBND Xã Không Có Thật", NgayTiepNhan="20260520083000")
    answer = agency.push(DELIVERIES, synchronised(nowhere))
    assert (answer.status_code, answer.json()["rejected"]) == (202, 0)
    followed(hub, agency.key, [answer.json()["receipt"]])
    assert figure(hub, "dossiers_received", unit="unknown", period=day) == 1
    assert figure(hub, "dossiers_received", unit="38", period=day) == 1
    page = hub.ask("/v1/indicators/dossiers_received/series", unit="38", period=day, by="unit")
    rows = page["rows"]
    assert isinstance(rows, list)
    assert [(row["unit"]["code"], row["value"]) for row in rows if row["value"]] == [("unknown", 1)]


def row(number: int, updated: str, net: int) -> bytes:
    """One row of the portal for a seller in Cẩm Thủy."""
    first: Json = json.loads(ours("einvoices", "portal_rows.json"))["datas"][0]
    money = {"tgtcthue": net, "tgtthue": 0, "tgtttbso": net}
    return json.dumps(first | {"shdon": number, "cqt": "2608", "ncnhat": updated} | money).encode()


def test_a_time_of_2099_does_not_win_for_ever(hub: RunningHub, agency: Agency) -> None:
    """The portal's time of update orders its rows, but no later than when Kafka took them."""
    asked = {"unit": CAM_THUY, "map": "2020", "period": "2024-05-06"}

    def turnover_after(updated: str, net: int) -> object:
        answer = agency.push("/v1/feeds/einvoices/deliveries", row(7001, updated, net))
        assert (answer.status_code, answer.json()["accepted"]) == (202, 1), answer.text
        followed(hub, agency.key, [answer.json()["receipt"]])
        return figure(hub, "einvoice_turnover", **asked)

    assert turnover_after("2099-01-01T00:00:00.000Z", 111) == 111
    assert turnover_after(instant(), 222) == 222
    assert turnover_after("2024-05-07T00:00:00.000Z", 333) == 222

    early = agency.push(DELIVERIES, advanced(step("E2E-BAD-GOOD", "20990101080000", "9")))
    assert early.status_code == 422
    assert [reject["reason"] for reject in early.json()["rejects"]] == ["impossible_date:ThoiDiemXuLy"]


def test_one_bad_invoice_among_five_is_kept_as_its_signer_wrote_it(hub: RunningHub, agency: Agency) -> None:
    def changed(invoices: bytes) -> bytes:
        moved = invoices.replace(b"2024-05-06", b"2024-05-07").replace(b"K24TSA", b"K24TSX")
        return moved.replace(b"<SHDon>3</SHDon>", b"<SHDon/>")

    whole = changed(ours("einvoices", "five_invoices.xml"))
    answer = agency.push("/v1/feeds/einvoices/deliveries", whole, XML)
    told = answer.json()
    (reject,) = told["rejects"]
    assert (answer.status_code, told["accepted"], told["rejected"]) == (202, 4, 1)
    assert (reject["index"], reject["reason"], reject["field"]) == (2, "missing:SHDon", "SHDon")
    followed(hub, agency.key, [told["receipt"]])
    deadline = time.monotonic() + 30
    while (letter := agency.look(f"/v1/dead-letters/{reject['dead_letter']}")).status_code != 200:
        assert time.monotonic() < deadline, letter.text
        time.sleep(0.1)
    signed = changed(hdons(OURS / "einvoices" / "five_invoices.xml")[2])
    assert letter.json()["record"].encode() == signed
