"""How many native messages one core reads and validates, beside a plain parse of the same bytes."""

import base64
import json
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from functools import partial

from bench import Bench
from lxml import etree
from published import SAMPLES, door
from results import Found, Row, spread

from iochub.ingest.demo.einvoices import invoice, invoices_message
from iochub.ingest.demo.past import documents, einvoices
from iochub.ingest.demo.past.facts import HALF_2022
from iochub.ingest.feed import Reading
from iochub.ingest.feeds.registry import FEEDS

DAY = date(2022, 3, 9)

Plain = Callable[[bytes], object]


def measure(bench: Bench) -> Found:
    """Each kind of message by turns: the hub's feed, then the plain parse."""
    runs, seconds = (2, 0.5) if bench.quick else (7, 3.0)
    hospital = (SAMPLES / "hospital" / "giamdinhhs_qd4750_noitru_base64.xml").read_bytes()
    kinds: tuple[tuple[str, str, Sequence[bytes], int, Plain, float], ...] = (
        ("edXML messages read", "documents", list(_edxml()), 1, _as_tree, 3_000.0),
        ("E-invoices read, 100 a message", "einvoices", list(_invoices()), 100, _as_tree, 2_000.0),
        ("GIAMDINHHS dossiers read (100 KB, base64)", "hospitals", [hospital], 1, _as_trees, 300.0),
    )
    rows = []
    for what, feed, bodies, each, plain, target in kinds:
        own, peer = [], []
        for _ in range(runs):
            own.append(_rate(partial(_read, feed), bodies, seconds) * each)
            peer.append(_rate(plain, bodies, seconds) * each)
        bench.say(f"{what}: {max(own):,.0f}/s, plain parse {max(peer):,.0f}/s")
        rows.append(Row(what, "records/s", spread(own), spread(peer), target))
    sizes = (
        f"{runs} runs of {seconds:.0f} s of processor time each, hub and peer by turns",
        "messages of the demo province, and the published hospital dossier with its 42 priced lines",
    )
    return Found(sizes, tuple(rows))


def _rate(read: Plain, bodies: Sequence[bytes], seconds: float) -> float:
    """Bodies a second of this process's own processor time, so that others' load counts little."""
    done, began = 0, time.process_time()
    while (took := time.process_time() - began) < seconds:
        for body in bodies[:50]:
            read(body)
        done += len(bodies[:50])
    return done / took


def _read(feed: str, body: bytes) -> None:
    at = door("H56")
    if not all(isinstance(outcome, Reading) for outcome in FEEDS[feed].read(body, "", at)):
        raise RuntimeError(f"a message of {feed} was refused")


def _edxml() -> Iterator[bytes]:
    for post in documents.posts(HALF_2022, DAY):
        if post.path == "/v1/events":
            for event in json.loads(post.body):
                if "<DocumentId></DocumentId>" not in event["data"] and "StatusCode" not in event["data"]:
                    yield event["data"].encode()


def _invoices() -> Iterator[bytes]:
    bodies = []
    for more in range(10):
        lives = einvoices.planned(HALF_2022, DAY + timedelta(days=more))
        bodies += [invoice(life) for life in lives]
    for place in range(0, len(bodies) - 100, 100):
        yield invoices_message(bodies[place : place + 100], salt=f"bench-{place}").encode()


def _as_tree(body: bytes) -> object:
    return _dictionary(etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True)))


def _as_trees(body: bytes) -> object:
    """The envelope, and each file in it decoded and parsed as well."""
    root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    inner = [base64.b64decode(file.text or "") for file in root.iter("NOIDUNGFILE")]
    return _dictionary(root), [_as_tree(file) for file in inner if file]


def _dictionary(element: "etree._Element") -> object:
    children = list(element)
    if not children:
        return element.text
    found: dict[str, list[object]] = {}
    for child in children:
        if isinstance(child.tag, str):
            found.setdefault(child.tag, []).append(_dictionary(child))
    return found
