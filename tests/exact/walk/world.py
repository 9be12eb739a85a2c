"""Publishers, Kafka, workers and warehouse in one small world that can be walked action by action."""

from collections.abc import Callable

from walk.kafka import PARTITIONS, EventsTopic, TouchesTopic
from walk.promises import Said, Wrong, check_quiet, check_receipts, check_said
from walk.publishers import Choices, Publishers
from walk.store import FAULTS, FRAGILE, MemoryStore, Tables
from walk.worker import LandWorker, RollWorker, StartAt, Worker, stored_position

ASKED_AFTER = 10
"""`as_of` is asked for instants at least so old; no statement runs for so long."""


class World(Publishers):
    """All actions are total: one that does not apply does nothing."""

    def __init__(self, entities: int = 4, margins: int = 3, start_at: StartAt = stored_position) -> None:
        self.touches = TouchesTopic(era=1)
        super().__init__(entities, MemoryStore(self.touches))
        self.margins = margins
        self.start_at = start_at
        self.said: list[Said] = []
        self.land_workers: list[Worker] = []
        self.roll_workers: list[Worker] = []
        self.saved: tuple[int, Tables] = (0, Tables())
        self.actions: dict[str, Callable[[Choices], None]] = {
            name.removeprefix("do_"): getattr(self, name) for name in dir(self) if name.startswith("do_")
        }

    def do(self, action: str, data: bytes) -> None:
        """Do one action."""
        self.actions[action](Choices(data))

    # Kafka and clocks

    def do_double_touch(self, choose: Choices) -> None:
        """A touch lies twice in its log; the ticker and the audit do the same."""
        log = self.touches.logs[choose(PARTITIONS)]
        if log:
            log.append(log[choose(len(log))])

    def do_tick(self, choose: Choices) -> None:
        """Time passes."""
        self.store.tick(1 + choose(12))

    def do_step_back(self, choose: Choices) -> None:
        """The warehouse's clock steps back."""
        self.store.clock = max(60, self.store.clock - 1 - choose(60))

    def do_new_topic(self, choose: Choices) -> None:
        """A topic that was consumed to its end is made anew, offsets begin at 0; older backups are void."""
        if choose(2):
            if self._all_read(self.events, self.store.land_position):
                self.events = EventsTopic(self.events.era + 1)
                self.do_backup(choose)
        elif self._all_read(self.touches, self.store.roll_position):
            self.touches = self.store.touches = TouchesTopic(self.touches.era + 1)
            self.do_backup(choose)

    def do_cut_topic(self, choose: Choices) -> None:
        """A topic that was consumed to its end loses its last records; a new era goes on from there."""
        lost = 1 + choose(3)
        if choose(2):
            if self._all_read(self.events, self.store.land_position):
                self.events = self.events.cut(lost)
                for partition, log in enumerate(self.events.logs):
                    self.store.tables.landed.setdefault((self.events.era, partition), {len(log): {}})
                self.do_backup(choose)
        elif self._all_read(self.touches, self.store.roll_position):
            self.touches = self.store.touches = self.touches.cut(lost)
            for partition, log in enumerate(self.touches.logs):
                self.store.tables.rolled.setdefault((self.touches.era, partition), len(log))
            self.do_backup(choose)

    def _all_read(self, topic: EventsTopic | TouchesTopic, position: Callable[[int, int], int]) -> bool:
        return all(position(topic.era, number) == len(log) for number, log in enumerate(topic.logs))

    # workers

    def do_start_land(self, choose: Choices) -> None:
        """A worker takes partitions over; whoever had them goes on as a zombie."""
        partitions = ((0, 1), (0,), (1,))[choose(3)]
        self._start(self.land_workers, LandWorker, self.events, partitions, choose)

    def do_start_roll(self, choose: Choices) -> None:
        """The same for roll up."""
        partitions = ((0, 1), (0,), (1,))[choose(3)]
        self._start(self.roll_workers, RollWorker, self.touches, partitions, choose)

    def do_start_pair(self, choose: Choices) -> None:
        """Two land workers share the partitions."""
        self._start(self.land_workers, LandWorker, self.events, (0,), choose)
        self._start(self.land_workers, LandWorker, self.events, (1,), choose)

    def _start(
        self,
        workers: list[Worker],
        kind: type[Worker],
        topic: EventsTopic | TouchesTopic,
        partitions: tuple[int, ...],
        choose: Choices,
    ) -> None:
        margin = choose(self.margins)
        starts = {p: max(0, self.start_at(self.store, topic, p) - margin) for p in partitions}
        workers[:-2] = []
        workers.append(kind(self.store, topic, starts, 1 + choose(4)))

    def do_land(self, choose: Choices) -> None:
        """A land worker walks some steps."""
        self._walk(self.land_workers, choose)

    def do_roll(self, choose: Choices) -> None:
        """A roll-up worker walks some steps."""
        self._walk(self.roll_workers, choose)

    def _walk(self, workers: list[Worker], choose: Choices) -> None:
        if workers:
            worker = workers[-1 - choose(len(workers))]
            for _ in range((1, 2, 3, 5, 12)[choose(5)]):
                worker.step()

    def do_land_step(self, choose: Choices) -> None:
        """A land worker walks to its next pause."""
        if self.land_workers:
            self.land_workers[-1 - choose(len(self.land_workers))].step()

    def do_roll_step(self, choose: Choices) -> None:
        """A roll-up worker walks to its next pause."""
        if self.roll_workers:
            self.roll_workers[-1 - choose(len(self.roll_workers))].step()

    def do_overtake_land(self, choose: Choices) -> None:
        """A fresh worker lands all there is, while the others stand still."""
        self._start(self.land_workers, LandWorker, self.events, (0, 1), choose)
        self._run(self.land_workers[-1])

    def do_overtake_roll(self, choose: Choices) -> None:
        """A fresh worker rolls up all there is, while the others stand still."""
        self._start(self.roll_workers, RollWorker, self.touches, (0, 1), choose)
        self._run(self.roll_workers[-1])

    def _run(self, worker: Worker) -> None:
        for _ in range(200):
            if not worker.step():
                return

    def do_crash(self, choose: Choices) -> None:
        """A worker is killed between two steps."""
        workers = (self.land_workers, self.roll_workers)[choose(2)]
        if workers:
            workers.pop(choose(len(workers)))

    # the warehouse

    def do_fault(self, choose: Choices) -> None:
        """One of the next calls goes wrong in one of five ways."""
        self.store.fault = FAULTS[choose(len(FAULTS))]
        self.store.fault_in = (*FRAGILE, None, None)[choose(len(FRAGILE) + 2)]
        self.store.fault_after = choose(6) if self.store.fault_in is None else 0

    def do_late_recount(self, choose: Choices) -> None:
        """The next recount ends when nobody waits for it any more."""
        self.store.fault, self.store.fault_in, self.store.fault_after = "late", "recount", 0

    def do_half_versions(self, choose: Choices) -> None:
        """The next versions are stored without all of their relations."""
        self.store.fault, self.store.fault_in, self.store.fault_after = "half", "insert_versions", 0

    def do_outage(self, choose: Choices) -> None:
        """The warehouse goes away, or comes back."""
        self.store.away = not self.store.away

    def do_end_statement(self, choose: Choices) -> None:
        """A statement that nobody waits for ends."""
        if self.store.running:
            self.store.end(choose(len(self.store.running)))

    def do_backup(self, choose: Choices) -> None:
        """Remember the warehouse as it is."""
        self.saved = (self.store.clock, self.store.backup())

    def do_restore(self, choose: Choices) -> None:
        """The warehouse falls back to its backup; Kafka does not. What was said about later is forgotten."""
        instant, self.store.tables = self.saved
        self.saved = (instant, self.store.backup())
        self.store.running = []
        self.store.untold.clear()
        self.land_workers.clear()
        self.roll_workers.clear()
        self.said = [answer for answer in self.said if answer.instant < instant - ASKED_AFTER]
        for held in self.receipts:
            held.state = "accepted"

    # questions

    def do_ask(self, choose: Choices) -> None:
        """Ask how things stood; the answer is a promise."""
        instant = self.store.clock - ASKED_AFTER - choose(4)
        self.said = [*self.said[-7:], Said(instant, self.store.as_of(instant))]
        check_said(self.said, self.store)

    def do_follow(self, choose: Choices) -> None:
        """Ask for the state of all receipts."""
        check_receipts(self.store, self.oracle, self.receipts)

    def do_settle(self, choose: Choices) -> None:
        """All faults end, all is consumed: now the figures must be right."""
        self.store.away, self.store.fault = False, None
        for _ in range(3):
            self._drain(self.land_workers, self.do_start_land, choose)
            self._drain(self.roll_workers, self.do_start_roll, choose)
        self.land_workers.clear()
        self.roll_workers.clear()
        check_quiet(self.store, self.oracle, self.receipts)
        check_said(self.said, self.store)

    def _drain(self, workers: list[Worker], start: Callable[[Choices], None], choose: Choices) -> None:
        """The old workers end, or only end their batch; a fresh one does the rest, sometimes it is first."""
        if choose(2):
            self._end_statements(choose)
        old = workers[::-1] if choose(2) else list(workers)
        if choose(2):
            start(Choices(b""))
            self._exhaust(workers[-1])
        for worker in old:
            self._exhaust(worker, only_batch=choose(2) == 0)
        start(Choices(b""))
        self._exhaust(workers[-1])
        self._end_statements(choose)

    def _end_statements(self, choose: Choices) -> None:
        while self.store.running:
            self.store.end(choose(len(self.store.running)))

    def _exhaust(self, worker: Worker, only_batch: bool = False) -> None:
        for _ in range(10_000):
            if (only_batch and not worker.batch) or not worker.step():
                return
            if self.store.running and worker.steps is None and worker.batch:
                self.store.end(0)  # it waits for a statement
        raise Wrong("a worker does not come to an end")
