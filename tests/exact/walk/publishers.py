"""Publishers and their clocks: what they may send, in any order, twice, or only half."""

from dataclasses import dataclass

from walk.feed import DAYS, PAPER, REPLACES, STATES, STEP, UNITS
from walk.kafka import PARTITIONS, Delivery, Draft, EventsTopic, Parcelled, withdrawal
from walk.oracle import Oracle
from walk.store import MemoryStore

from iochub.exact.receipt import ParcelAt

FAR = 4_070_908_800_000
"""2099."""


class Choices:
    """Turns bytes into choices; without bytes left it takes the first."""

    def __init__(self, data: bytes) -> None:
        self._data = iter(data)

    def __call__(self, options: int) -> int:
        return next(self._data, 0) % options


@dataclass
class Receipt:
    """What an agency holds: where its parcels lie, and the best state it was ever told."""

    era: int
    parcels: tuple[ParcelAt, ...]
    entities: frozenset[str]
    state: str = "accepted"


class Publishers:
    """Everything that happens before Kafka has acknowledged; each action is total."""

    def __init__(self, entities: int, store: MemoryStore) -> None:
        self.entities = entities
        self.store = store
        self.events = EventsTopic(era=1)
        self.oracle = Oracle()
        self.deliveries: list[Delivery] = []
        self.receipts: list[Receipt] = []
        self.skew = 0

    def do_send(self, choose: Choices) -> None:
        """A delivery of new records: corrections, returns, relations, any order of revisions."""
        sender = f"s{choose(2)}"
        self._send(sender, tuple(self._draft(choose) for _ in range(1 + choose(3))), choose)

    def do_send_one(self, choose: Choices) -> None:
        """A delivery of one record."""
        self._send("s0", (self._draft(choose),), choose)

    def do_flip(self, choose: Choices) -> None:
        """One thing moves to and fro, and each time returns to an earlier content."""
        paper: dict[str, object] = {"unit": UNITS[choose(4) // 3], "opened": 0, "amount": choose(3)}
        self._send("s0", (Draft("e0", PAPER, FAR, (), paper),), Choices(b""))

    def do_withdraw(self, choose: Choices) -> None:
        """Take an entity back; whether the withdrawing sender ever sent it or not."""
        self._send(f"s{choose(2)}", (withdrawal(f"e{choose(self.entities)}"),), choose)

    def do_resend(self, choose: Choices) -> None:
        """The same delivery again."""
        if self.deliveries:
            self._append(self.deliveries[choose(len(self.deliveries))], choose)

    def do_rebatch(self, choose: Choices) -> None:
        """The same records in another delivery."""
        if self.deliveries:
            chosen = [self.deliveries[choose(len(self.deliveries))] for _ in range(1 + choose(2))]
            drafts = tuple(one.drafts[choose(len(one.drafts))] for one in chosen)
            self._send(chosen[0].sender, drafts, choose)

    def do_double_event(self, choose: Choices) -> None:
        """A record of events lies twice in its log."""
        partition = choose(PARTITIONS)
        log = self.events.logs[partition]
        if log:
            self._log(partition, log[choose(len(log))]._replace(appended_ms=self._now_ms()))

    def do_clock_back(self, choose: Choices) -> None:
        """The broker's clock steps back."""
        self.skew = choose(40)

    def _send(self, sender: str, drafts: tuple[Draft, ...], choose: Choices) -> None:
        delivery = Delivery(f"d{len(self.deliveries)}", sender, drafts)
        self.deliveries.append(delivery)
        self._append(delivery, choose)

    def _append(self, delivery: Delivery, choose: Choices) -> None:
        """Kafka acknowledges the parcels; rarely not all of them, and then there is no receipt."""
        confirmed = choose(8) != 7
        readable = choose(16) != 15
        edition = choose(6) // 5
        refused = {0} if choose(8) == 7 else set()
        most = 1 + choose(3)
        kept = []
        for partition, numbers in delivery.parcels(most)[: None if confirmed else 1]:
            taken = tuple(number for number in numbers if number not in refused)
            if taken:
                record = Parcelled(delivery, taken, self._now_ms(), readable, edition)
                kept.append(ParcelAt(partition, self._log(partition, record), len(taken)))
        if confirmed:
            drafts = enumerate(delivery.drafts) if readable else ()
            entities = frozenset(draft.entity for number, draft in drafts if number not in refused)
            self.receipts.append(Receipt(self.events.era, tuple(kept), entities))

    def _log(self, partition: int, record: Parcelled) -> int:
        log = self.events.logs[partition]
        log.append(record)
        self.oracle.appended(self.events.era, partition, len(log) - 1, record)
        return len(log) - 1

    def _now_ms(self) -> int:
        return max(1, self.store.clock - self.skew)

    def _draft(self, choose: Choices) -> Draft:
        entity = f"e{choose(self.entities)}"
        if choose(3) == 2:
            step: dict[str, object] = {"state": STATES[choose(2)]}
            if choose(2):
                step["closed"] = choose(len(DAYS))
            return Draft(entity, STEP, 0, (), step)
        revision = (self._now_ms(), max(0, self._now_ms() - 5), self._now_ms() + 3, FAR, -7)[choose(5)]
        paper: dict[str, object] = {
            "unit": UNITS[choose(2)],
            "opened": choose(len(DAYS)),
            "amount": choose(3),
        }
        relation = (None, REPLACES, "corrects")[choose(3)]
        relations = ((relation, f"e{choose(self.entities)}"),) if relation is not None else ()
        return Draft(entity, PAPER, revision, relations, paper)
