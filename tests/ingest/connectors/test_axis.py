import random
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import door
from stand_in_axis import SECRET, SYSTEM, StandInAxis
from stand_in_gateway import KEY, StandInGateway

from iochub.clock import now
from iochub.errors import DeclarationError, SourceUnavailable
from iochub.ingest.connectors.axis import Axis, agency_record
from iochub.ingest.connectors.axis_door import AxisDoor, Signing
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.running import Running
from iochub.ingest.connectors.web import Web
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Gateway

MOST = 1024 * 1024


class Line:
    """An axis, a gateway, and the connector between them, which may be made anew at any moment."""

    def __init__(self, memory: Path, axis: StandInAxis, gateway: StandInGateway) -> None:
        self.axis, self.gateway = axis, gateway
        self.checkpoint = Checkpoint(memory / "axis.checkpoint")
        self.stop = threading.Event()
        door = AxisDoor(Web(axis.url, seconds=5.0), Signing(SYSTEM, SECRET), now)
        self.connector = Axis("axis", "documents", door, max_bytes=MOST)
        self.door = Gateway(gateway.url, KEY)
        pauses = Pauses(0.001, 0.005)
        self.running = Running(self.connector, self.door, self.checkpoint, self.stop, pauses=pauses)

    def until_empty(self, rounds: int = 300) -> None:
        for _ in range(rounds):
            self.running.round()
            if not self.axis.left():
                return
        raise AssertionError(f"{len(self.axis.left())} messages are still on the axis")

    def close(self) -> None:
        self.checkpoint.close()
        self.connector.close()
        self.door.close()


@pytest.fixture
def line(tmp_path: Path):
    axis, gateway = StandInAxis(), StandInGateway()
    with axis.server.running(), gateway.server.running():
        made = Line(tmp_path, axis, gateway)
        yield made
        made.close()


def test_a_message_is_updated_only_after_the_gateway_has_kept_it(line: Line) -> None:
    line.axis.put("D1", b"<edXML/>")
    at_update: list[int] = []
    line.axis.moment = lambda step, _: (
        at_update.append(len(line.gateway.kept)) if step == "updateStatus asked" else None
    )
    line.running.round()
    assert at_update == [1]
    assert line.gateway.kept == [("documents", b"<edXML/>")]
    assert line.axis.messages["D1"].fate == "done"


def test_while_the_gateway_is_away_nothing_is_updated_and_nothing_more_is_fetched(line: Line) -> None:
    for number in range(5):
        line.axis.put(f"D{number}", b"<edXML/>%d" % number)
    line.gateway.status = 503
    seen: list[tuple[int, int]] = []

    def come_back() -> None:
        while line.gateway.pushes < 5:
            time.sleep(0.002)
        fetched = sum(each.fetched for each in line.axis.messages.values())
        seen.append((len(line.axis.left()), fetched))
        line.gateway.status = 0

    coming = threading.Thread(target=come_back)
    coming.start()
    line.running.round()
    coming.join(30)
    assert seen == [(5, 1)]
    assert not line.axis.left()
    assert len(line.gateway.kept) == 5


def test_what_is_rejected_whole_or_not_taken_fails_on_the_axis_and_is_asked_for_once(line: Line) -> None:
    line.axis.put("BAD", b"<bad/>")
    line.axis.put("HALF", b"<half/>")
    line.running.round()
    assert {name: each.fate for name, each in line.axis.messages.items()} == {"BAD": "fail", "HALF": "done"}
    line.gateway.status = 413
    line.axis.put("LARGE", b"<large/>")
    line.running.round()
    assert line.axis.messages["LARGE"].fate == "fail"
    assert line.checkpoint.counts()["untaken"] == 1
    line.axis.messages["BAD"].fate = "initial"  # the axis forgot, or lists failures again
    line.running.round()
    assert line.axis.messages["BAD"].fate == "fail"
    assert line.axis.messages["BAD"].fetched == 1


def test_messages_whose_status_the_axis_does_not_take_keep_no_other_from_being_fetched(line: Line) -> None:
    names = [f"D{number}" for number in range(12)]
    for name in names:
        line.axis.put(name, name.encode())
    line.axis.deaf_to = ("D0", "D1", "D2", "D3", "D7")
    for _ in range(3):
        assert not line.running.round() or not line.axis.left()
    assert sorted(line.gateway.bodies("documents")) == sorted(name.encode() for name in names)
    assert sorted(line.axis.left()) == sorted(line.axis.deaf_to)
    line.axis.deaf_to = ()
    assert line.running.round()
    assert line.axis.left() == []
    assert line.gateway.pushes == len(names)
    assert all(each.fetched == 1 for each in line.axis.messages.values())


def test_a_feed_that_reads_no_such_messages_fails_none_of_them(line: Line) -> None:
    line.gateway.status = 415
    line.axis.put("D1", b"<edXML/>")
    with pytest.raises(DeclarationError, match="another feed"):
        line.running.round()
    assert line.axis.left() == ["D1"]
    line.gateway.status = 0
    line.running.round()
    assert line.axis.messages["D1"].fate == "done"


def test_a_document_that_is_too_large_stays_on_the_axis_and_holds_up_no_other(line: Line) -> None:
    line.axis.put("HUGE", b"<x>" + b"a" * (2 * MOST))
    line.axis.put("D1", b"<edXML/>")
    line.running.round()
    assert line.axis.left() == ["HUGE"]
    assert line.gateway.kept == [("documents", b"<edXML/>")]


def test_messages_that_cannot_be_fetched_hold_up_no_other_and_no_other_list(line: Line) -> None:
    for number in range(4):
        line.axis.put(f"HUGE{number}", b"<x>" + b"a" * (2 * MOST))
    line.axis.put("D1", b"<edXML/>")
    line.axis.put("S1", b"<status/>", "status")
    for _ in range(3):
        line.running.round()
    assert line.axis.left() == [f"HUGE{number}" for number in range(4)]


def test_an_axis_that_tells_no_agencies_gives_its_messages_all_the_same(line: Line) -> None:
    def none() -> list[dict[str, object]]:
        raise SourceUnavailable("The axis answered /getAgenciesListQD20 with error 404.")

    line.connector._door.agencies = none  # type: ignore[method-assign]
    line.axis.put("D1", b"<edXML/>")
    assert not line.running.round()
    assert line.axis.left() == []


@pytest.mark.parametrize("document", ["Đ1", "a\nb", "x" * 300, " "])
def test_a_docid_that_cannot_travel_in_a_header_stays_on_the_axis(line: Line, document: str) -> None:
    line.axis.put(document, b"<edXML/>")
    line.axis.put("D1", b"<edXML/>1")
    line.running.round()
    assert line.axis.left() == [document]


def test_statuses_are_fetched_after_documents_and_an_axis_that_lists_few_is_asked_again(line: Line) -> None:
    line.axis.most_listed = 2
    for number in range(5):
        line.axis.put(f"S{number}", b"<status/>%d" % number, "status")
        line.axis.put(f"D{number}", b"<edXML/>%d" % number)
    line.running.round()
    assert not line.axis.left()
    assert [body[:3] for _, body in line.gateway.kept] == [b"<ed"] * 5 + [b"<st"] * 5


def test_agencies_are_pushed_when_they_change_and_without_their_mail(line: Line) -> None:
    line.axis.agencies = [
        {
            "id": "1",
            "code": "H56.05",
            "name": "Sở Mẫu",
            "mail": "x@y.vn",
            "code102": "000.05.00.H56",
            "level": 2,
        },
        {"id": "2", "code": "H56.05.01", "name": "Xã Mẫu"},
    ]
    line.running.round()
    line.running.round()
    ((feed, body),) = line.gateway.kept
    assert feed == "documents"
    assert b"x@y.vn" not in body
    readings = list(FEEDS["documents"].read(body, "application/json", door("vxp.ioc.38")))
    assert [(each.kind, each.row["name"], each.row["level"]) for each in readings] == [
        ("agency", "Sở Mẫu", "2"), ("agency", "Xã Mẫu", "3")
    ]  # fmt: skip
    assert line.axis.calls.count("getAgenciesListQD20") == 1
    assert agency_record({"name": "không mã"}) is None


def test_another_secret_is_refused_by_the_axis_and_the_answer_is_waited_out(line: Line) -> None:
    door = AxisDoor(Web(line.axis.url), Signing(SYSTEM, "another"), now)
    with pytest.raises(SourceUnavailable, match="error 401"):
        door.received("edoc")
    door.close()


def test_the_signature_is_the_one_of_the_published_sdk() -> None:
    """Worked out once by hand with `openssl dgst -sha256 -hmac`, from the SDK's own order of headers."""
    at = datetime(2026, 11, 26, 1, 2, 3, 45_000, tzinfo=UTC)
    headers = Signing("H56", "k").headers({"docId": "7"}, at)
    assert headers["XroadVnpt-timestamp"] == "26112026T080203+0045"
    assert headers["XroadVnpt-sign-header-key"] == "timestamp;systemid;Content-Type;docId"
    assert headers["XroadVnpt-sign-header"] == (
        '{"XroadVnpt-timestamp":"26112026T080203+0045","XroadVnpt-systemid":"H56",'
        '"XroadVnpt-Content-Type":"application/json","XroadVnpt-docId":"7"}'
    )
    assert headers["XroadVnpt-hash-header"] == (
        "7fd90aaef0385253dc9820b5e966e634ffc28bb86bf2c0653e913541df9110b0"
    )


@settings(max_examples=8, deadline=None)
@given(seed=st.integers(0, 2**32), faults=st.floats(0.0, 0.4))
def test_whatever_the_line_loses_each_message_is_kept_and_updated(tmp_path_factory, seed, faults) -> None:
    print(f"seed {seed}, faults {faults}")
    axis = StandInAxis(faults=faults, repeats=True, most_listed=7, dice=random.Random(seed))
    gateway = StandInGateway(faults=faults, dice=random.Random(seed + 1))
    wanted = {b"<edXML/>%d" % number for number in range(20)}
    for number in range(20):
        axis.put(f"D{number}", b"<edXML/>%d" % number, "status" if number % 3 == 0 else "edoc")
    with axis.server.running(), gateway.server.running():
        line = Line(tmp_path_factory.mktemp("axis"), axis, gateway)
        line.until_empty()
        line.close()
    assert set(gateway.bodies("documents")) == wanted
    assert {each.fate for each in axis.messages.values()} == {"done"}
