"""Whatever bytes arrive leave as readings and refusals, each counted once, and never as an exception."""

import json
import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from published import OURS, all_published, outcomes

from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

every_feed = pytest.mark.parametrize("feed", list(FEEDS))
some = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["9", "20240101000000", "2025-09-20T17:00:00Z", "1e30", "9900010007", "C24TSB"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


def samples(feed: str) -> list[bytes]:
    ours = [path for path in sorted((OURS / feed).iterdir()) if path.suffix != ".md"]
    return [path.read_bytes() for path in [*ours, *all_published(feed)]]


def check(feed: str, delivery: bytes) -> None:
    found = outcomes(feed, delivery)
    assert [outcome.number for outcome in found] == list(range(len(found)))
    accepted = sum(isinstance(outcome, Reading) for outcome in found)
    rejected = sum(isinstance(outcome, Refusal) for outcome in found)
    assert accepted + rejected == len(found)


@every_feed
@some
@given(delivery=st.binary(max_size=200))
def test_any_bytes(feed: str, delivery: bytes) -> None:
    check(feed, delivery)


@every_feed
@some
@given(value=JSON)
def test_any_json(feed: str, value: object) -> None:
    check(feed, json.dumps(value).encode())


@every_feed
@some
@given(data=st.data())
def test_a_sample_cut_anywhere(feed: str, data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(samples(feed)))
    check(feed, body[: data.draw(st.integers(0, len(body)))])
    check(feed, body[data.draw(st.integers(0, len(body))) :])


@every_feed
@some
@given(data=st.data())
def test_a_sample_with_bytes_changed(feed: str, data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(samples(feed))))
    for place in data.draw(st.lists(st.integers(0, len(body) - 1), max_size=5)):
        body[place] = data.draw(st.integers(0, 255))
    check(feed, bytes(body))


@every_feed
@some
@given(data=st.data())
def test_a_json_sample_with_any_field_changed_or_gone(feed: str, data: st.DataObject) -> None:
    bodies = [body for body in samples(feed) if body.lstrip()[:1] in (b"{", b"[")]
    content = json.loads(data.draw(st.sampled_from(bodies)))
    at = content
    while isinstance(at, (dict, list)) and at:
        places = list(at) if isinstance(at, dict) else list(range(len(at)))
        place = data.draw(st.sampled_from(places))
        if data.draw(st.booleans()) or not isinstance(at[place], (dict, list)):
            if data.draw(st.booleans()):
                at[place] = data.draw(JSON)
            else:
                del at[place]
            break
        at = at[place]
    check(feed, json.dumps(content).encode())


@some
@given(seed=st.integers(0, 10**6))
def test_an_xml_sample_with_elements_swapped(seed: int) -> None:
    chance = random.Random(seed)
    bodies = [body for body in samples("einvoices") if body.lstrip()[:1] == b"<"]
    parts = chance.choice(bodies).split(b">")
    for _ in range(chance.randint(1, 4)):
        one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
        parts[one], parts[other] = parts[other], parts[one]
    check("einvoices", b">".join(parts))


@every_feed
def test_a_bomb_is_refused_at_once(feed: str) -> None:
    lol = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE HDon [<!ENTITY l0 "lol">{lol}]><HDon>&l11;</HDon>'.encode()
    deep = [b"[" * 100_000, b"<a>" * 100_000, b'{"a":' * 100_000, b"[" * 9000 + b"]" * 9000]
    for delivery in [bomb, bomb.decode().encode("utf-16"), b"<a>" * 70 + b"</a>" * 70, *deep]:
        (refused,) = outcomes(feed, delivery)
        assert isinstance(refused, Refusal)
        assert refused.reason in ("unreadable_delivery", "not_a_record:shape", "not_a_record:depth")


@every_feed
@pytest.mark.parametrize("delivery", [b"", b"  \n", b"\xef\xbb\xbf", b"hello", b"\x00\x01", b"\xff\xfe<"])
def test_bytes_that_are_no_records_are_one_unreadable_delivery(feed: str, delivery: bytes) -> None:
    (refused,) = outcomes(feed, delivery)
    assert isinstance(refused, Refusal)
    assert refused.reason == "unreadable_delivery"
