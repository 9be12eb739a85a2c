"""One answer serves all who ask within a while, and is never older than that."""

import threading
import time

import pytest

from iochub.api.query.kept import Kept
from iochub.errors import StoreUnavailable

SECONDS = 1.0


def until(holds, seconds: float = 5.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_all_who_ask_soon_get_the_same_answer() -> None:
    asked: list[int] = []
    kept = Kept(lambda: asked.append(1) or len(asked), 60.0)
    assert {kept.read() for _ in range(100)} == {1}


def test_nobody_gets_an_answer_that_is_too_old() -> None:
    kept = Kept(time.monotonic, SECONDS)
    kept.read()
    for pause in (1.5, 0.7, 0.7):
        time.sleep(pause * SECONDS)
        now = time.monotonic()
        assert kept.read() >= now - SECONDS


def test_where_many_ask_nobody_waits_for_a_new_answer() -> None:
    askers: list[str] = []
    kept = Kept(lambda: askers.append(threading.current_thread().name), SECONDS)
    deadline = time.monotonic() + 2 * SECONDS
    while time.monotonic() < deadline:
        kept.read()
        time.sleep(0.01)
    assert len(askers) > 2
    assert set(askers[1:]) == {"renewing"}


def test_an_answer_is_renewed_by_one_alone() -> None:
    gate, asked = threading.Event(), []

    def held() -> int:
        asked.append(1)
        if len(asked) == 2:
            gate.wait(5)
        return len(asked)

    kept = Kept(held, SECONDS)
    kept.read()
    time.sleep(0.6 * SECONDS)
    assert [kept.read() for _ in range(20)] == [1] * 20
    until(lambda: len(asked) == 2)
    gate.set()
    until(lambda: kept.read() >= 2)


def test_a_failure_is_told_once_the_kept_answer_is_too_old() -> None:
    answers = iter([1])

    def failing() -> int:
        for answer in answers:
            return answer
        raise StoreUnavailable("away")

    kept = Kept(failing, SECONDS)
    assert kept.read() == 1
    time.sleep(0.6 * SECONDS)
    assert kept.read() == 1
    time.sleep(0.6 * SECONDS)
    with pytest.raises(StoreUnavailable):
        kept.read()
