"""A client of Kafka stands, or it is said whether waiting helps; most of it with the real client."""

import subprocess
import sys
from collections.abc import Callable

import pytest
from kafka import KafkaProducer
from kafka.errors import KafkaConfigurationError, KafkaConnectionError, KafkaTimeoutError

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.producer import Producer, open_producer

FEW_DESCRIPTORS = """
import gc, os, resource, sys
from iochub.errors import StoreUnavailable
from iochub.ingest.producer import open_producer
from iochub.ingest.topics import broker_is_ready

resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
for spare in range(4):
    held = []
    try:
        while True:
            held.append(os.open("/dev/null", os.O_RDONLY))
    except OSError:
        pass
    for _ in range(spare):
        os.close(held.pop())
    broker_is_ready(sys.argv[1])
    try:
        open_producer(sys.argv[1], [], 20.0)
    except StoreUnavailable:
        print("later")
    for one in held:
        os.close(one)
    gc.collect()
open_producer(sys.argv[1], [], 20.0).close(timeout=0)
print("stands")
"""


def failing(error: Exception) -> Callable[..., KafkaProducer]:
    """A client that cannot be built."""

    def build(**settings: object) -> KafkaProducer:
        raise error

    return build


@pytest.mark.parametrize(
    "error", [KafkaTimeoutError("slow"), KafkaConnectionError("cut"), OSError(24, "Too many open files")]
)
def test_what_may_pass_is_told_as_a_wait(kafka: str, error: Exception) -> None:
    with pytest.raises(StoreUnavailable, match=str(error.args[-1])):
        open_producer(kafka, [], 20.0, failing(error))


@pytest.mark.parametrize("error", [KafkaConfigurationError("odd"), ValueError("odd"), OverflowError("odd")])
def test_what_no_waiting_mends_is_told_to_the_operator(kafka: str, error: Exception) -> None:
    with pytest.raises(DeclarationError, match=r"odd.*IOCHUB_KAFKA__BOOTSTRAP"):
        open_producer(kafka, [], 20.0, failing(error))


def test_what_is_neither_is_not_dressed_up(kafka: str) -> None:
    with pytest.raises(AssertionError):
        open_producer(kafka, [], 20.0, failing(AssertionError()))


@pytest.mark.parametrize("seconds", [0.005, float("nan"), float("inf")])
def test_the_real_client_refuses_an_acknowledgement_in_no_time(kafka: str, seconds: float) -> None:
    with pytest.raises(DeclarationError, match="IOCHUB_GATEWAY__ACKNOWLEDGE_SECONDS"):
        open_producer(kafka, [], seconds)


def test_an_address_that_is_none_is_refused_and_not_waited_for() -> None:
    with pytest.raises(DeclarationError, match="IOCHUB_KAFKA__BOOTSTRAP"):
        open_producer("127.0.0.1:kafka", [], 20.0)


def test_a_client_that_learns_of_no_topic_is_closed(kafka: str) -> None:
    built: list[KafkaProducer] = []

    def build(**settings: object) -> KafkaProducer:
        built.append(Producer(**{**settings, "max_block_ms": 300}))
        return built[-1]

    with pytest.raises(StoreUnavailable, match="topics"):
        open_producer(kafka, ["test.never-made"], 20.0, build)
    assert built[0]._closed


def test_too_many_open_files_are_a_wait_and_not_the_end(kafka: str) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FEW_DESCRIPTORS, kafka], capture_output=True, text=True, timeout=60
    )
    assert ran.stdout.split() == ["later"] * 4 + ["stands"], ran.stderr
