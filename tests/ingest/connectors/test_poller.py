import gzip
import json
import threading
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from stand_in_gateway import KEY, StandInGateway
from stand_in_pages import TOKEN, StandInPages
from stand_in_server import Server, Told

from iochub.clock import local_day, now
from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.paging import Paging, member
from iochub.ingest.connectors.poller import Asked, Dates, Poller
from iochub.ingest.connectors.running import Running
from iochub.ingest.connectors.web import Web
from iochub.ingest.push import Gateway

BEARER = {"Authorization": f"Bearer {TOKEN}"}
NUMBERED = Paging("page", items="result.items")
LINKED = Paging("next_link", at="links.next", items="data")


@pytest.fixture
def source():
    made = StandInPages()
    with made.server.running():
        yield made


def asked(source: StandInPages, path: str, paging: Paging, dates: Dates | None = None) -> Poller:
    return Poller(
        "any", "dossiers", Web(""), Asked(f"{source.url}{path}", {}, paging, dates=dates), lambda: BEARER
    )


def test_numbered_pages_are_asked_for_until_one_is_empty(source: StandInPages, tmp_path: Path) -> None:
    day = local_day(now())
    source.put("numbered", f"{day:%d-%m-%Y}", *({"n": number} for number in range(5)))
    poller = asked(source, "/numbered?fixed=1", NUMBERED, Dates("from", "to", "%d-%m-%Y"))
    gateway = StandInGateway()
    with gateway.server.running():
        checkpoint, line = Checkpoint(tmp_path / "any.checkpoint"), Gateway(gateway.url, KEY)
        running = Running(poller, line, checkpoint, threading.Event())
        assert running.round()
        assert running.round()
        checkpoint.close()
        line.close()
    poller.close()
    bodies = gateway.bodies("dossiers")
    assert [json.loads(body)["result"]["items"] for body in bodies] == [
        [{"n": 0}, {"n": 1}], [{"n": 2}, {"n": 3}], [{"n": 4}]
    ]  # fmt: skip
    assert gateway.pushes == 3
    assert all("fixed=1" in question for question in source.questions)


@pytest.mark.parametrize("rows", [1, 2, 5])
def test_a_source_that_says_its_last_page_again_is_not_asked_for_ever(
    source: StandInPages, rows: int
) -> None:
    source.repeats_last = True
    source.put("numbered", "", *({"n": number} for number in range(rows)))
    poller = asked(source, "/numbered", NUMBERED)
    found = [json.loads(body)["result"]["items"] for _, _, body in poller.fetched(None)]
    assert [row["n"] for page in found for row in page] == list(range(rows))
    assert len(source.questions) == len(found) + 1
    poller.close()


def test_a_source_that_asks_to_be_left_alone_is(source: StandInPages, tmp_path: Path) -> None:
    source.busy = "77"
    waited: list[float] = []

    class Stop(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0.0)
            return False

    poller = asked(source, "/linked", LINKED)
    checkpoint, line = Checkpoint(tmp_path / "any.checkpoint"), Gateway("http://127.0.0.1:1", KEY)
    assert not Running(poller, line, checkpoint, Stop()).round()
    assert max(waited) == 77.0
    for each in (poller, checkpoint, line):
        each.close()


def test_links_are_followed_on_the_same_server_only(source: StandInPages) -> None:
    source.put("linked", "", *({"n": number} for number in range(5)))
    poller = asked(source, "/linked", LINKED)
    found = [json.loads(body)["data"] for _, _, body in poller.fetched(None)]
    assert found == [[{"n": 0}, {"n": 1}], [{"n": 2}, {"n": 3}], [{"n": 4}]]
    source.elsewhere = "http://elsewhere.example"
    with pytest.raises(SourceUnavailable, match="another server"):
        list(poller.fetched(None))
    poller.close()


@pytest.mark.parametrize(
    "elsewhere", ["/\x01", "http://[", "//\udcff", "/" + "a" * 7_000, "/" + "a" * 70_000]
)
def test_a_link_that_is_no_address_is_waited_out_like_any_fault(source: StandInPages, elsewhere: str) -> None:
    source.put("linked", "", *({"n": number} for number in range(5)))
    source.elsewhere = elsewhere
    poller = asked(source, "/linked", LINKED)
    with pytest.raises(SourceUnavailable):
        list(poller.fetched(None))
    poller.close()


@pytest.mark.parametrize("packing", ["zstd", "gzip, gzip", "br"])
def test_what_is_packed_in_a_way_nobody_asked_for_is_not_unpacked(packing: str) -> None:
    plain = b"\0" * (1 << 20)
    packed = zstandard.compress(plain) if packing == "zstd" else gzip.compress(gzip.compress(plain))
    server = Server(lambda _: Told(200, packed, headers=(("Content-Encoding", packing),)))
    with server.running():
        web = Web(server.url)
        with pytest.raises(SourceUnavailable, match="packed"):
            web.ask("GET", "/", 1 << 30)
        web.close()


def test_a_header_that_cannot_be_sent_is_said_and_ends_no_other_connector() -> None:
    web = Web("http://127.0.0.1:1")
    with pytest.raises(SourceUnavailable, match="header"):
        web.ask("GET", "/", 1000, headers={"X-Unit": "Thanh Hoá"})
    web.close()


def test_an_answer_without_pages_is_one_delivery_as_it_came(source: StandInPages) -> None:
    source.put("linked", "", {"n": 1})
    poller = asked(source, "/linked", Paging())
    ((_, content_type, body),) = list(poller.fetched(None))
    assert content_type == "application/json"
    assert body == b'{"data": [{"n": 1}], "links": {"next": null}}'
    poller.close()


def test_more_than_is_allowed_is_not_read(source: StandInPages) -> None:
    source.put("linked", "", {"n": "x" * 10_000})
    web = Web(source.url, headers=BEARER)
    with pytest.raises(SourceUnavailable, match="larger than 1000 bytes"):
        web.ask("GET", "/linked", 1000)
    web.close()


@given(body=st.binary(max_size=200), path=st.sampled_from(["", "a", "a.b", "a.b.c"]))
def test_any_bytes_hold_a_member_or_are_refused_by_name(body: bytes, path: str) -> None:
    try:
        found = member(body, path)
    except SourceUnavailable:
        return
    assert found == b"" or found in body
