import json

import pytest
from stand_in_gateway import KEY, StandInGateway
from stand_in_server import Asked, Server, Told

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.push import Answer, Gateway, retry_after


@pytest.fixture
def gateway():
    made = StandInGateway()
    with made.server.running():
        yield made


@pytest.mark.parametrize("packs", [False, True])
def test_what_arrives_is_what_was_given(gateway: StandInGateway, packs: bool) -> None:
    body = b'{"data": "%b"}' % (b"m" * 50_000)
    line = Gateway(gateway.url, KEY, packs=packs)
    answer = line.push("dossiers", "application/json", body)
    assert gateway.kept == [("dossiers", body)]
    assert (answer.is_kept, answer.accepted, answer.is_rejected_whole) == (True, 1, False)
    assert (gateway.bytes_in < 1000) == packs
    line.close()


@pytest.mark.parametrize("status", [400, 408, 425, 429, 500, 502, 503, 504])
def test_what_is_not_confirmed_is_to_be_sent_again(gateway: StandInGateway, status: int) -> None:
    gateway.status = status
    line = Gateway(gateway.url, KEY)
    with pytest.raises(StoreUnavailable, match=str(status)):
        line.push("dossiers", "application/json", b"{}")
    line.close()


@pytest.mark.parametrize(("status", "kept"), [(413, False), (415, False)])
def test_a_delivery_that_is_refused_as_such_is_never_called_kept(gateway, status: int, kept: bool) -> None:
    gateway.status = status
    line = Gateway(gateway.url, KEY)
    answer = line.push("dossiers", "application/json", b"{}")
    assert (answer.status, answer.is_kept, answer.is_rejected_whole) == (status, kept, False)
    line.close()


def test_a_key_or_a_feed_that_is_not_known_is_for_whoever_configured_it(gateway: StandInGateway) -> None:
    for key, feed, said in (
        (KEY, "nonsense", "no feed nonsense"),
        ("other", "dossiers", "does not know this key"),
    ):
        line = Gateway(gateway.url, key)
        with pytest.raises(DeclarationError, match=said) as refused:
            line.push(feed, "application/json", b"{}")
        assert key not in refused.value.message
        line.close()


def test_a_feed_that_is_stopped_is_said_in_words_and_its_pause_is_kept() -> None:
    problem = {"type": "urn:iochub:problem:too_many_rejects", "title": "Tạm dừng", "status": 429}

    def answer(_: Asked) -> Told:
        return Told(429, json.dumps(problem).encode(), headers=(("Retry-After", "540"),))

    with Server(answer).running() as server:
        line = Gateway(server.url, KEY)
        with pytest.raises(StoreUnavailable, match="too many records were refused") as refused:
            line.push("dossiers", "application/json", b"{}")
        assert retry_after(refused.value) == 540.0
        line.close()


@pytest.mark.parametrize(
    "told", [Told(silent=True), Told(202, b'{"receipt": "R1", "acc', cut=True), Told(202, b"<html>")]
)
def test_an_answer_that_is_none_is_no_receipt(told: Told) -> None:
    with Server(lambda _: told).running() as server:
        line = Gateway(server.url, KEY, seconds=5)
        with pytest.raises(StoreUnavailable):
            line.push("dossiers", "application/json", b"{}")
        line.close()


@pytest.mark.parametrize("told", ["", "x", "-1", "1e9", "99999999", "2.5"])
def test_a_pause_that_is_no_number_of_seconds_is_none(told: str) -> None:
    assert retry_after(StoreUnavailable("x", retry_after=told)) == 0.0


def test_only_a_receipt_says_that_something_is_kept() -> None:
    assert not Answer(202, accepted=3).is_kept
    assert Answer(422, "R1", 0, 2).is_rejected_whole
    assert not Answer(202, "R1", 1, 2).is_rejected_whole
