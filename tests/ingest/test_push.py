import json
import random

import pytest
from certificates import made
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_in_gateway import KEY, StandInGateway
from stand_in_server import Asked, Server, Told

from iochub.addresses import trust
from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import HEAD_BYTES, Answer, Gateway, retry_after, until_answered


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


def test_a_key_is_asked_for_anew_each_time(gateway: StandInGateway) -> None:
    keys = ["revoked", KEY]
    line = Gateway(gateway.url, lambda: keys.pop(0))
    with pytest.raises(DeclarationError, match="does not know this key"):
        line.push("dossiers", "application/json", b"{}")
    assert line.push("dossiers", "application/json", b"{}").is_kept
    line.close()


def _problem(status: int, kind: str) -> Told:
    told = {"type": f"urn:iochub:problem:{kind}", "title": "không", "detail": "sai", "status": status}
    return Told(status, json.dumps(told).encode())


@pytest.mark.parametrize(
    ("told", "is_final"),
    [
        (_problem(422, "invalid_body"), True),
        (_problem(400, "invalid_attributes"), True),
        (_problem(400, "incomplete"), False),
        (_problem(400, "broken_packing"), False),
        (Told(400, b"<html>a proxy"), False),
        (Told(302, b""), False),
        (Told(202, b'{"receipt": "R1", "accepted": "many", "rejected": 0}'), False),
        (Told(202, b'{"receipt": "R1"}'), False),
    ],
)
def test_only_our_gateway_refuses_for_good_and_only_what_the_line_did_not_hurt(told, is_final) -> None:
    with Server(lambda _: told).running() as server:
        line = Gateway(server.url, KEY)
        if is_final:
            answer = line.post("/v1/feeds/dossiers/withdrawals", "application/json", b"{}")
            assert (answer.status, answer.is_kept, answer.problem) == (told.status, False, "sai")
        else:
            with pytest.raises(StoreUnavailable, match="not confirmed"):
                line.post("/v1/feeds/dossiers/withdrawals", "application/json", b"{}")
        line.close()


@settings(deadline=None, max_examples=10)
@given(size=st.integers(0, 20_000), packs=st.booleans())
def test_all_that_is_sent_is_paced_in_pieces_that_a_thin_line_carries(size: int, packs: bool) -> None:
    paced: list[int] = []
    stand_in = StandInGateway()
    with stand_in.server.running():
        line = Gateway(stand_in.url, KEY, packs=packs, pace=paced.append)
        body = random.Random(size).randbytes(size)
        line.receipt(line.push("dossiers", "application/json", body).receipt)
        line.close()
    assert stand_in.kept == [("dossiers", body)]
    assert sum(paced) == stand_in.bytes_in + 2 * HEAD_BYTES
    assert max(paced) <= 1024


def test_nobody_asks_to_be_left_alone_for_a_day() -> None:
    assert retry_after(StoreUnavailable("x", retry_after="86400")) == 3600.0


def test_a_certificate_that_is_not_trusted_is_said_for_it_does_not_mend_itself(tmp_path) -> None:
    pair = made("127.0.0.1").pair(tmp_path, "server")
    other = made("127.0.0.1").pair(tmp_path, "other")[0]
    with Server(lambda _: Told(), pair).running() as server:
        for trusted in (True, trust(str(other)), trust("", str(other))):
            line = Gateway(server.url, KEY, trusted)
            with pytest.raises(StoreUnavailable, match="certificate that is not trusted"):
                line.push("dossiers", "application/json", b"{}")
            line.close()


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 2**32), faults=st.floats(0.0, 0.7))
def test_what_is_sent_until_it_is_answered_is_kept_and_waits_longer_after_each_failure(seed, faults) -> None:
    print(f"seed {seed}, faults {faults}")
    gateway = StandInGateway(faults=faults, dice=random.Random(seed))
    waited: list[float] = []
    with gateway.server.running():
        line = Gateway(gateway.url, KEY, seconds=5)
        for number in range(5):
            waited.clear()
            answer = until_answered(
                lambda body=b"%d" % number: line.push("dossiers", "application/json", body),
                lambda seconds: waited.append(seconds) or False,
                Pauses(1.0, 64.0, lambda: 1.0),
            )
            assert answer is not None
            assert answer.is_kept
            assert [pause for pause in waited if pause] == [
                min(2.0**failure, 64.0) for failure in range(len(waited) // 2)
            ]
        line.close()
    assert gateway.bodies("dossiers") == [b"%d" % number for number in range(5)]


def test_what_is_asked_for_in_retry_after_is_waited_and_a_stop_ends_it() -> None:
    told = Told(429, b"{}", headers=(("Retry-After", "77"),))
    waited: list[float] = []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        return len(waited) == 5

    with Server(lambda _: told).running() as server:
        line = Gateway(server.url, KEY)
        failures: list[float] = []
        answer = until_answered(
            lambda: line.push("dossiers", "application/json", b"{}"),
            wait,
            Pauses(0.001),
            lambda error, pause: failures.append(pause),
        )
        line.close()
    assert (answer, waited, failures) == (None, [0.0, 77.0, 0.0, 77.0, 0.0], [77.0, 77.0])
