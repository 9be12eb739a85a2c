"""Every protection of the protocol, one by one switched off, and where to look for what then breaks."""

import random
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from walk import instead
from walk.kafka import EventsTopic
from walk.schedule import EVEN, Schedule, breaks, random_schedule
from walk.store import MemoryStore
from walk.worker import StartAt, committed_position, stored_position
from walk.world import World

from iochub.exact import cells, land, receipt, rollup, version

Patch = tuple[object, str, object]


def only(**weights: int) -> Mapping[str, int]:
    """These actions and no others."""
    return weights


def biased(**weights: int) -> Mapping[str, int]:
    """All actions, these more or less often than else."""
    return {**EVEN, **weights}


PAIRS = only(send_one=5, start_pair=3, land_step=30, settle=3)
OVERTAKEN = only(send_one=5, flip=2, start_land=5, land_step=14, overtake_land=5, crash=1, settle=5)
AHEAD = only(send_one=6, flip=2, start_land=6, land_step=20, overtake_roll=10, settle=3)
RECOUNTS = only(
    flip=12,
    overtake_land=12,
    start_roll=6,
    roll_step=20,
    late_recount=5,
    overtake_roll=8,
    end_statement=5,
    settle=3,
)
CRASHES = only(send_one=10, overtake_land=5, start_roll=10, roll_step=30, crash=10, follow=5, settle=5)
CRASHED_LANDINGS = only(send_one=10, start_land=10, land_step=30, crash=10, overtake_land=3, settle=5)
SETTLED = only(send=8, send_one=8, overtake_land=4, land=4, settle=6)
WITHDRAWALS = only(send=4, send_one=8, withdraw=10, resend=2, settle=6)
RESENDS = only(send=2, send_one=6, resend=8, double_event=4, clock_back=2, tick=4, overtake_land=4, settle=6)
NEW_TOPICS = only(send_one=8, settle=8, new_topic=6)
CUT_TOPICS = only(send_one=8, settle=8, cut_topic=6)
HALF_STORED = only(send=12, half_versions=8, overtake_land=10, settle=3)
FOLLOWED = biased(follow=20, fault=2, restore=0)


@dataclass(frozen=True)
class Off:
    """One protection: its rule in the protocol, what must break without it, and where that is likely.

    `breaks` is a word of the promise that must break; `patches` say what takes its place; `given` is what
    must be off as well for this one to matter. With `margins` of 1 nobody repairs by landing again.
    """

    name: str
    rule: str
    breaks: str
    patches: tuple[Patch, ...] = ()
    weights: Mapping[str, int] = field(default_factory=lambda: EVEN)
    entities: int = 4
    margins: int = 3
    start_at: StartAt = stored_position
    given: tuple[Patch, ...] = ()
    seed: int = 5

    def breaks_off(self, schedule: Schedule) -> bool:
        """Without the protection the promise breaks."""
        with replaced(self.given + self.patches):
            wrong = breaks(schedule, lambda: World(self.entities, self.margins, self.start_at))
        return wrong is not None and self.breaks in wrong

    def breaks_on(self, schedule: Schedule) -> bool:
        """With the protection any promise breaks."""
        with replaced(self.given):
            return breaks(schedule, lambda: World(self.entities, self.margins)) is not None

    def schedule(self, seed: int, number: int) -> Schedule:
        """One of the schedules that are tried."""
        return random_schedule(random.Random(f"{seed}:{number}"), self.weights, 50)

    def search(self, seed: int, most: int) -> tuple[int, Schedule] | None:
        """Walk schedules until one needs the protection; answers how many it took, and that one."""
        for number in range(1, most + 1):
            schedule = self.schedule(seed, number)
            if self.breaks_off(schedule) and not self.breaks_on(schedule):
                return number, schedule
        return None


@contextmanager
def replaced(patches: tuple[Patch, ...]) -> Iterator[None]:
    """Other code takes the place of some inside, and gives it back after."""
    before = [(owner, name, getattr(owner, name)) for owner, name, _ in patches]
    for owner, name, code in patches:
        setattr(owner, name, code)
    try:
        yield
    finally:
        for owner, name, was in before:
            setattr(owner, name, was)


NO_WAIT = ((MemoryStore, "wait_for_recounts", instead.wait_for_nothing),)

PROTECTIONS = (
    Off("read_after_insert", "2.3", "figure", ((land, "land", instead.land_reading_first),), PAIRS, 2),
    Off(
        "superseded_relations",
        "2.3",
        "figure",
        ((land, "_targets", instead.targets_of_latest),),
        SETTLED,
        2,
        margins=1,
    ),
    Off(
        "neighbours_of_neighbours",
        "2.3",
        "figure",
        ((land, "_rows", instead.rows_without_far_neighbours),),
        SETTLED,
        3,
    ),
    Off("tombstones", "2.4", "figure", ((land, "rows_of", instead.rows_without_tombstones),)),
    Off(
        "tombstones_of_mixtures",
        "2.4",
        "figure",
        ((land, "rows_of", instead.rows_without_mixtures),),
        SETTLED,
        1,
    ),
    Off("versions_counted", "2.4", "figure", ((land, "rows_of", instead.rows_unversioned),), OVERTAKEN, 2, 1),
    Off(
        "related_versions_counted",
        "2.4",
        "figure",
        ((land, "rows_of", instead.rows_versioned_by_own),),
        PAIRS,
        2,
        margins=1,
    ),
    Off(
        "count_not_newest",
        "2.4",
        "figure",
        ((land, "rows_of", instead.rows_versioned_by_place),),
        PAIRS,
        2,
        margins=1,
    ),
    Off(
        "cells_before_touches",
        "2.5",
        "figure",
        ((land, "land", instead.land_in_order("touches", "cells", "progress")),),
        AHEAD,
        margins=1,
    ),
    Off(
        "cells_before_progress",
        "2.6",
        "figure",
        ((land, "land", instead.land_in_order("progress", "cells", "touches")),),
        CRASHED_LANDINGS,
        margins=1,
    ),
    Off("first_arrival", "1", "figure", ((land, "_placed", instead.placed_by_this_arrival),), RESENDS),
    Off("first_reading", "1", "figure", ((land, "_fresh", instead.fresh_or_not),), RESENDS),
    Off(
        "relations_of_repeats",
        "2.2",
        "figure",
        ((land, "_fresh", instead.fresh_without_known_relations),),
        HALF_STORED,
    ),
    Off(
        "cap_of_first_arrival", "1", "figure", ((land, "_placed", instead.placed_with_this_cap),), RESENDS, 2
    ),
    Off("cap_of_revision", "1", "figure", ((land, "_placed", instead.placed_without_cap),)),
    Off("era_of_places", "1", "figure", ((land, "place_of", instead.place_without_era),), NEW_TOPICS, 2),
    Off(
        "own_withdrawals_only", "1", "figure", ((cells, "live", instead.live_whoever_withdraws),), WITHDRAWALS
    ),
    Off(
        "withdrawal_of_one_entity",
        "1",
        "figure",
        ((cells, "live", instead.live_across_entities),),
        WITHDRAWALS,
    ),
    Off(
        "withdrawal_until_sent_again",
        "1",
        "figure",
        ((version, "_masked", instead.masked_for_ever),),
        WITHDRAWALS,
    ),
    Off("withdrawal_masks", "1", "figure", ((version, "_masked", instead.masked_never),), WITHDRAWALS),
    Off(
        "recounts_one_after_another",
        "3.2",
        "figure",
        NO_WAIT,
        RECOUNTS,
        1,
    ),
    Off(
        "version_of_last_touch",
        "3.3",
        "figure",
        ((rollup, "newest_touches", instead.newest_without_offsets),),
        RECOUNTS,
        1,
        given=NO_WAIT,
    ),
    Off("era_of_marks", "3.3", "figure", ((rollup, "mark_of", instead.mark_without_era),), NEW_TOPICS, 2),
    Off(
        "recount_before_progress",
        "3.4",
        "receipt",
        ((rollup, "roll_up", instead.roll_up_recording_first),),
        CRASHES,
    ),
    Off(
        "listeners_told_again",
        "3.4",
        "listeners",
        ((rollup, "roll_up", instead.roll_up_telling_changes),),
        CRASHES,
    ),
    Off(
        "touches_before_progress",
        "5",
        "receipt",
        ((land, "land", instead.land_in_order("cells", "progress", "touches")),),
        FOLLOWED,
    ),
    Off(
        "smallest_position",
        "5",
        "receipt",
        ((MemoryStore, "landed_beyond", instead.landed_beyond_by_latest),),
        FOLLOWED,
    ),
    Off(
        "progress_only_forward",
        "5",
        "receipt",
        ((MemoryStore, "_keep_progress", instead.keep_any_progress),),
        FOLLOWED,
    ),
    Off(
        "counted_after_roll_up",
        "5",
        "receipt",
        ((receipt, "counted", instead.counted_when_stored),),
        FOLLOWED,
    ),
    Off("unreadable_counted", "5", "receipt", ((land, "land", instead.land_forgetting_unreadable),)),
    Off(
        "recorded_at_never_back",
        "6",
        "as of",
        ((MemoryStore, "record_time", instead.record_time_of_the_clock),),
        biased(ask=20),
    ),
    Off(
        "recorded_at_after_all_shown",
        "6",
        "as of",
        ((MemoryStore, "record_time", instead.record_time_after_the_recorded),),
        biased(ask=20, step_back=6),
    ),
    Off(
        "era_of_cut_topics",
        "7",
        "receipt",
        ((EventsTopic, "cut", instead.cut_in_the_same_era),),
        CUT_TOPICS,
    ),
    Off(
        "start_from_the_warehouse",
        "7",
        "figure",
        weights=biased(restore=3, backup=3),
        start_at=committed_position,
    ),
)
