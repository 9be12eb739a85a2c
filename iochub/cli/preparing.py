"""The one-time step before anything is landed: topics, identity, tables, units."""

import logging
from functools import partial

from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.identity import ensure_identity
from iochub.ingest.pseudonyms import Pseudonyms
from iochub.ingest.topic_list import followed_topics, topics
from iochub.ingest.topics import begins_of, ends_of, ensure_topics, topic_ids
from iochub.ingest.units import Units
from iochub.settings import Settings
from iochub.warehouse.eras import allocate
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.positions import begin_where_cut, begin_where_trimmed
from iochub.warehouse.prepare import check_identity, load_units
from iochub.warehouse.store import Store

log = logging.getLogger(__name__)


def prepare(settings: Settings) -> None:
    """Make what is missing and check what stands; harmless to repeat.

    Raises: StoreUnavailable, the caller tries again; DeclarationError, the operator acts.
    """
    kafka = settings.kafka
    fingerprint = Pseudonyms(
        settings.identity_key.get_secret_value(), settings.pseudonym_key.get_secret_value()
    ).fingerprint()
    ensure_topics(kafka.bootstrap, topics(FEEDS, kafka.partitions, kafka.replication, kafka.keep))
    ensure_identity(kafka.bootstrap, fingerprint)
    store = Store(settings.clickhouse, may_write=True)
    migrate(store, [type(feed) for feed in FEEDS.values()])
    check_identity(store, fingerprint)
    told = topic_ids(kafka.bootstrap, followed_topics(FEEDS))
    allocate(store, told)
    for topic in begin_where_cut(store, told, partial(ends_of, kafka.bootstrap, tuple(told))):
        log.warning("Kafka lost the last records of %s: a new era begins where it ends", topic)
    begins = begins_of(kafka.bootstrap, tuple(told))
    for topic, number in begin_where_trimmed(store, told, begins).items():
        log.error(
            "Kafka was trimmed of %d records of %s that this warehouse never read: it is an older one. They "
            "are set aside; restore a younger backup, or let agencies send those days again",
            number, topic,
        )  # fmt: skip
    load_units(store, Units.load())
