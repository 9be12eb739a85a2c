"""What the gateway counts about itself, for Prometheus."""

from collections.abc import Iterable, Mapping, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from iochub.ingest.delivery import Rejected


class Measures:
    """Counters of one gateway process, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._deliveries = Counter(
            "iochub_deliveries", "Deliveries answered with a receipt", ["feed"], registry=self.registry
        )
        self._accepted = Counter(
            "iochub_records_accepted", "Records kept as events", ["feed"], registry=self.registry
        )
        self._rejected = Counter(
            "iochub_records_rejected", "Records set aside", ["feed", "reason"], registry=self.registry
        )
        self._refused = Counter(
            "iochub_requests_refused", "Requests answered with a problem", ["status"], registry=self.registry
        )
        self._stopped = Gauge(
            "iochub_feed_stopped_senders",
            "Senders from whom a feed takes nothing, for too many of their records were refused",
            ["feed"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "iochub_acknowledged_seconds",
            "From the whole request to Kafka's acknowledgement of its receipt",
            buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.25, 0.5, 1, 2.5, 5, 10, 20),
            registry=self.registry,
        )
        self.in_flight = Gauge(
            "iochub_deliveries_in_flight",
            "Deliveries being read or waiting for Kafka",
            registry=self.registry,
        )

    def receipt(self, feed: str, accepted: int, rejected: Sequence[Rejected], seconds: float) -> None:
        """Count one delivery that was kept."""
        self._deliveries.labels(feed).inc()
        self._accepted.labels(feed).inc(accepted)
        for verdict in rejected:
            self._rejected.labels(feed, verdict.reject.reason).inc()
        self._seconds.observe(seconds)

    def refused(self, status: int) -> None:
        """Count one request that was answered with a problem."""
        self._refused.labels(str(status)).inc()

    def stopped(self, senders: Mapping[str, int], feeds: Iterable[str]) -> None:
        """Tell from how many senders each feed takes nothing now."""
        for feed in feeds:
            self._stopped.labels(feed).set(senders.get(feed, 0))

    def text(self) -> bytes:
        """All counters in Prometheus' text format."""
        return generate_latest(self.registry)
