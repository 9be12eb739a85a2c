"""The one-time step before anything is landed: topics, identity, tables, units."""

from iochub.event import events_topic
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.identity import ensure_identity
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.topic_list import topics
from iochub.ingest.topics import ensure_topics, topic_ids
from iochub.ingest.units import Units
from iochub.settings import Settings


def prepare(settings: Settings) -> None:
    """Make what is missing and check what stands; harmless to repeat.

    Raises: StoreUnavailable, the caller tries again; DeclarationError, the operator acts.
    """
    kafka = settings.kafka
    ensure_topics(kafka.bootstrap, topics(FEEDS, kafka.partitions, kafka.replication))
    fingerprint = Pseudonyms(
        settings.identity_key.get_secret_value(), settings.pseudonym_key.get_secret_value()
    ).fingerprint()
    ensure_identity(kafka.bootstrap, fingerprint)
    _ = (events_topic, topic_ids, Units)
