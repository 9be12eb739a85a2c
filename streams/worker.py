"""One streams worker: landing, rolling up, copying and the ticker, in one process that may die any time."""

import asyncio
import gc
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import faust
from faust.exceptions import ConsumerNotStarted
from faust.worker import Worker

from iochub.clock import now
from iochub.errors import DeclarationError
from iochub.event import events_topic
from iochub.exact.place import mark_of
from iochub.ingest.feed import Feed
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.publish import Publisher
from iochub.ingest.topic_list import FIGURES_CHANGED, WINDOWS_TOUCHED, followed_topics
from iochub.ingest.topics import begins_of, ends_of, topic_ids
from iochub.settings import Settings
from iochub.streams.app import create_app
from iochub.streams.copying import add_copying
from iochub.streams.landing import add_landing
from iochub.streams.patience import until_done
from iochub.streams.pulse import Pulse
from iochub.streams.rolling import add_rolling
from iochub.streams.ticker import tick
from iochub.streams.touches import CellPublisher, cell_partition
from iochub.streams.trimming import trim_on
from iochub.streams.watch import Lookout, beat, watch
from iochub.warehouse.definitions import touch_for_changes
from iochub.warehouse.eras import eras_of
from iochub.warehouse.indicators.registry import INDICATORS
from iochub.warehouse.land_store import ClickHouseLandStore
from iochub.warehouse.positions import Places, start_positions, topics_behind, topics_cut
from iochub.warehouse.rollup_store import ClickHouseRollupStore
from iochub.warehouse.store import Store

YOUNG_OBJECTS = 200_000

THREADS = 16
"""More than agents, lanes and watchers together, so that none waits for another's thread."""


def run_worker(settings: Settings, slot: int) -> None:
    """Work until told to stop; exits with Faust's code.

    Raises: StoreUnavailable or DeclarationError before it begins; the supervisor starts it again.
    """
    spare_the_collector()
    store = Store(settings.clickhouse, may_write=True)
    pulse = Pulse()
    pulse.serve(settings.streams.port + slot)
    app = build_app(settings, slot, store, eras_now(settings, store), pulse)
    for name in ("faust", "aiokafka", "mode", "kafka"):
        logging.getLogger(name).setLevel(logging.WARNING)
    Worker(app, loglevel=settings.log_level, redirect_stdouts=False, quiet=True).execute_from_commandline()


def spare_the_collector() -> None:
    """Look for garbage in cycles seldom: a batch makes a hundred thousand tuples and no cycle.

    Measured: landing costs the worker half as much.
    """
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 50, 100)


def eras_now(settings: Settings, store: Store) -> Mapping[str, int]:
    """Ask Kafka and the warehouse for the eras of the topics."""
    return eras_of(store, topic_ids(settings.kafka.bootstrap, followed_topics(FEEDS)))


def refuse_other_topics(settings: Settings, store: Store, eras: Mapping[str, int]) -> None:
    """Go on only with the topics that this worker began with: a lost broker comes back with others.

    Raises: DeclarationError, which ends the worker; started again, it knows the new eras.
    StoreUnavailable; the caller tries again.
    """
    for topic, era in eras_now(settings, store).items():
        if eras[topic] != era:
            raise DeclarationError(f"The topic {topic} was made anew while this worker ran.", topic=topic)


def refuse_gaps(settings: Settings, store: Store, eras: Mapping[str, int]) -> tuple[Places, Places]:
    """Go on only where Kafka still has what was read of it and what comes next; tells its begins and ends.

    Otherwise Faust would pass over all that comes until a cut topic has as many records again, and over what
    was trimmed by the word of another warehouse, as if it had read it.

    Raises: DeclarationError, which ends the worker; the operator acts.
    StoreUnavailable; the caller tries again.
    """
    begins = begins_of(settings.kafka.bootstrap, tuple(eras))
    positions = start_positions(store, eras, 0)
    ends = ends_of(settings.kafka.bootstrap, tuple(eras))
    for topic in topics_cut(positions, ends):
        raise DeclarationError(
            f"Kafka lost records of {topic} that were read before. Run `iochub run prepare`: it begins a new "
            "era where the topic ends now.",
            topic=topic,
        )
    for topic in topics_behind(positions, begins):
        raise DeclarationError(
            f"Kafka was trimmed of records of {topic} that this warehouse never read: it is an older one. "
            "Restore a younger backup of it, or run `iochub run prepare`: it says how many they are, sets "
            "them aside and goes on after them.",
            topic=topic,
        )
    return begins, ends


def build_app(
    settings: Settings, slot: int, store: Store, eras: Mapping[str, int], pulse: Pulse
) -> faust.App:
    """Put one worker's agents together; nothing connects before the application starts."""
    publisher = Publisher(settings.kafka.bootstrap, (WINDOWS_TOUCHED, FIGURES_CHANGED))
    cells = CellPublisher(publisher, settings.kafka.partitions)
    touches = cells.touches(eras[WINDOWS_TOUCHED])

    def land_store(feed: Feed) -> ClickHouseLandStore:
        return ClickHouseLandStore(store, feed, touches)

    roll_store = ClickHouseRollupStore(
        store,
        INDICATORS.values(),
        lambda cell: cell_partition(cell, settings.kafka.partitions),
        cells.changed,
        partial(pulse.stepped, WINDOWS_TOUCHED),
    )

    def positions() -> Mapping[tuple[str, int], int]:
        """Asked at each assignment: what was touched before may have been recounted by half by who died."""
        refuse_other_topics(settings, store, eras)
        begins, ends = refuse_gaps(settings, store, eras)
        for (topic, partition), end in ends.items():
            if topic == WINDOWS_TOUCHED:
                roll_store.unsettled[partition] = mark_of(eras[topic], end)
        rewound = start_positions(store, eras, settings.streams.rewind_offsets)
        return {place: max(position, begins.get(place, 0)) for place, position in rewound.items()}

    app = create_app(settings, slot, positions)
    for feed in FEEDS.values():
        add_landing(
            app,
            feed,
            eras[events_topic(feed.name)],
            land_store,
            pulse,
            (settings.streams.batch_events, settings.streams.batch_seconds),
        )
    add_rolling(app, eras[WINDOWS_TOUCHED], roll_store, pulse, settings.streams.recount_seconds)
    add_copying(app, store, eras, pulse)

    async def begin() -> None:
        cells.loop = asyncio.get_running_loop()
        cells.loop.set_default_executor(ThreadPoolExecutor(THREADS, thread_name_prefix="work"))
        await publisher.start()
        app.add_future(beat(pulse))
        app.add_future(_watching(settings, app, store, eras, pulse))
        if slot == 0:
            app.add_future(tick(store, FEEDS.values(), touches, now))
            app.add_future(trim_on(settings, store, partial(eras_now, settings, store), pulse, now))
            era = eras[WINDOWS_TOUCHED]
            recounting = partial(touch_for_changes, store, INDICATORS.values(), touches, era)
            app.add_future(until_done("touching for new definitions", recounting))

    app.task(begin)

    return app


async def _watching(
    settings: Settings, app: faust.App, store: Store, eras: Mapping[str, int], pulse: Pulse
) -> None:
    def assigned() -> set[tuple[str, int]]:
        with suppress(ConsumerNotStarted):
            return {(tp.topic, tp.partition) for tp in app.consumer.assignment()}
        return set()

    def ends() -> Places:
        return ends_of(settings.kafka.bootstrap, tuple(eras))

    def stored() -> Places:
        return start_positions(store, eras, 0)

    await watch(Lookout(pulse, ends, stored, assigned))
