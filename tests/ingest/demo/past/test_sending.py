"""The past is sent to its end whatever the line does, can be stopped, and goes on where it stood."""

import random
import threading
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_in_gateway import KEY, StandInGateway
from stand_in_server import Asked, Told

from iochub.ingest.demo.past.facts import YEAR_2021
from iochub.ingest.demo.past.posts import Post, in_json
from iochub.ingest.demo.past.sending import FeedPast, Replay
from iochub.ingest.push import Gateway

LAST = 8
"""Days of the period on which something is sent."""


def body_of(day: date, number: int) -> bytes:
    return in_json("dossiers", {"day": str(day), "number": number}).body


def posts(_: object, day: date) -> list[Post]:
    if day >= YEAR_2021.first + timedelta(days=LAST):
        return []
    return [in_json("dossiers", {"day": str(day), "number": number}) for number in range(3)]


WANTED = [
    body_of(YEAR_2021.first + timedelta(days=day), number) for day in range(LAST) for number in range(3)
]


def replay(gateway: StandInGateway, memory: Path, at_once: int = 1, key: str = KEY) -> Replay:
    past = FeedPast(lambda _: iter(()), lambda period, day: iter(posts(period, day)), 0, at_once)
    return Replay(YEAR_2021, {"dossiers": past}, lambda _: Gateway(gateway.url, key, seconds=20), memory)


def run(sent: Replay) -> None:
    for thread in sent.start():
        thread.join()


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), faults=st.floats(0.0, 0.3), at_once=st.sampled_from([1, 4]))
def test_every_request_arrives_whatever_answers_the_line_loses(
    tmp_path_factory, seed, faults, at_once
) -> None:
    print(f"seed {seed}, faults {faults}, {at_once} at once")
    gateway = StandInGateway(faults=faults, dice=random.Random(seed))
    with gateway.server.running():
        sent = replay(gateway, tmp_path_factory.mktemp("demo"), at_once)
        run(sent)
    found = gateway.bodies("dossiers")
    assert sorted(found) == sorted(WANTED)
    assert at_once > 1 or found == WANTED
    course = sent.courses["dossiers"]
    assert (course.trouble, course.done, course.accepted) == ("", course.days, course.requests)


def test_several_requests_of_a_day_are_under_way_together(tmp_path: Path) -> None:
    gateway = StandInGateway()
    together = threading.Barrier(3)
    answer = gateway._pushed

    def at_the_same_time(asked: Asked) -> Told:
        together.wait(60)
        return answer(asked)

    gateway.server._answer = at_the_same_time  # past the lock by which the stand-in takes one at a time
    day = YEAR_2021.first
    past = FeedPast(lambda _: iter(()), lambda period, at: iter(posts(period, at) if at == day else ()), 0, 3)
    with gateway.server.running():
        run(Replay(YEAR_2021, {"dossiers": past}, lambda _: Gateway(gateway.url, KEY), tmp_path))
    assert sorted(gateway.bodies("dossiers")) == sorted(WANTED[:3])


def test_stopped_it_goes_on_where_it_stood(tmp_path: Path) -> None:
    gateway = StandInGateway()
    answer = gateway._pushed
    sent = replay(gateway, tmp_path)

    def stopping(asked: Asked) -> Told:
        if gateway.pushes == 10:
            sent.stop()
        return answer(asked)

    gateway._pushed = stopping  # type: ignore[method-assign]
    with gateway.server.running():
        run(sent)
        before = gateway.pushes
        assert sent.courses["dossiers"].done < LAST
        gateway._pushed = answer  # type: ignore[method-assign]
        run(replay(gateway, tmp_path))
    assert gateway.bodies("dossiers") == WANTED
    # The day in hand is sent again, and none before it; one request in fifty goes twice.
    assert gateway.pushes - before <= len(WANTED) - before + 3 + 2


@pytest.mark.parametrize(
    ("status", "key", "said"),
    [
        (415, KEY, "answered 415"),
        (422, KEY, "answered 422"),
        (500, KEY, "answered 500"),
        (0, "x", "this key"),
    ],
)
def test_what_waiting_does_not_change_ends_it_with_words(tmp_path, status, key, said) -> None:
    gateway = StandInGateway(status=status)
    with gateway.server.running():
        sent = replay(gateway, tmp_path, key=key)
        run(sent)
    assert said in sent.courses["dossiers"].trouble
    assert gateway.pushes <= len(posts(None, YEAR_2021.first))
