"""The Kafka client that records are sent with: built whole, or a word on why not."""

from collections.abc import Callable, Sequence
from contextlib import suppress

from kafka import KafkaProducer
from kafka.errors import KafkaConfigurationError, KafkaError, KafkaTimeoutError

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.topic_list import LARGEST_RECORD_BYTES
from iochub.ingest.topics import broker_is_ready

REFUSALS = (KafkaConfigurationError, ValueError, OverflowError)
"""What the client raises for settings that no waiting mends. Any other `KafkaError` tells of Kafka, an
`OSError` of this machine (too many open files); both may pass.

Source: kafka-python 3.0.12, `KafkaProducer` and what it builds.
"""


class Producer(KafkaProducer):  # type: ignore[misc] # the library is not typed
    """A producer that lets go of its sockets: when it cannot be built, and when it is closed without Kafka.

    The original keeps them in both cases.
    """

    def __init__(self, **settings: object) -> None:
        opened = []

        def open_client(**more: object) -> object:
            opened.append(self.DEFAULT_CONFIG["kafka_client"](**more))
            return opened[-1]

        try:
            super().__init__(kafka_client=open_client, **settings)
        except BaseException:
            for client in opened:
                client.close()
            raise

    def flush(self, timeout: float | None = None) -> None:
        """Wait for what is under way; what is not acknowledged by then fails when the client is closed."""
        with suppress(KafkaTimeoutError):
            super().flush(timeout)


def open_producer(
    bootstrap: str,
    topics: Sequence[str],
    acknowledge_seconds: float,
    build: Callable[..., KafkaProducer] = Producer,
) -> KafkaProducer:
    """Build a client with acks=all and idempotence that knows every topic; not inside an event loop.

    Raises: StoreUnavailable when it cannot be for now, the caller tries again; DeclarationError when the
    client refuses its settings, the operator acts. What else it may raise is a bug.
    """
    try:
        # Asked first, because a client that cannot be built leaves its sockets open.
        if not broker_is_ready(bootstrap):
            raise StoreUnavailable("No broker of Kafka answers.", store="kafka")
        producer = build(
            bootstrap_servers=bootstrap.split(","),
            client_id="iochub-publisher",
            acks="all",
            enable_idempotence=True,
            compression_type="lz4",
            batch_size=256 * 1024,
            # A small delivery is two records; together with others' they cost the broker a third less.
            linger_ms=2,
            max_request_size=LARGEST_RECORD_BYTES,
            delivery_timeout_ms=int(acknowledge_seconds * 1000),
            # Shorter: the client refuses a delivery that cannot outlast one request and its linger.
            request_timeout_ms=int(min(0.9 * acknowledge_seconds, 10.0) * 1000),
            max_block_ms=5_000,
            bootstrap_timeout_ms=5_000,
            reconnect_backoff_max_ms=1_000,
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
    except REFUSALS as error:
        raise DeclarationError(
            f"The Kafka client refuses its settings ({error}). Correct IOCHUB_KAFKA__BOOTSTRAP or "
            "IOCHUB_GATEWAY__ACKNOWLEDGE_SECONDS.",
            store="kafka",
        ) from error
    except (KafkaError, OSError) as error:
        raise StoreUnavailable(f"No client of Kafka can be built: {error}.", store="kafka") from error
    try:
        for topic in topics:
            producer.partitions_for(topic)
    except (KafkaError, OSError) as error:
        producer.close(timeout=0)
        raise StoreUnavailable(f"Kafka does not tell of its topics: {error}.", store="kafka") from error
    return producer
