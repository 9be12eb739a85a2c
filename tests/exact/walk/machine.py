"""The same world as a state machine, so that hypothesis may search and shrink."""

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule
from walk.world import World

BYTES = st.binary(max_size=24)


class Walk(RuleBasedStateMachine):
    """One rule per kind of action; bytes choose the details, none of them the simplest."""

    actions = 0

    @initialize(entities=st.integers(1, 4), margins=st.integers(1, 3))
    def begin(self, entities: int, margins: int) -> None:
        self.world = World(entities, margins)

    @rule(data=BYTES, action=st.sampled_from(("send", "send_one", "flip", "withdraw")))
    def publish(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @rule(data=BYTES, action=st.sampled_from(("resend", "rebatch", "double_event", "double_touch")))
    def repeat(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @rule(data=BYTES, action=st.sampled_from(("clock_back", "step_back", "tick")))
    def time(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @rule(data=BYTES, action=st.sampled_from(("start_land", "start_pair", "start_roll")))
    def start(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @precondition(lambda self: self.world.land_workers)
    @rule(data=BYTES, action=st.sampled_from(("land", "land_step", "overtake_land")))
    def land(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @precondition(lambda self: self.world.roll_workers)
    @rule(data=BYTES, action=st.sampled_from(("roll", "roll_step", "overtake_roll")))
    def roll_up(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @rule(data=BYTES, action=st.sampled_from(("crash", "fault", "half_versions", "late_recount", "outage")))
    def fail(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @precondition(lambda self: self.world.store.running)
    @rule(data=BYTES)
    def end_statement(self, data: bytes) -> None:
        self.walk("end_statement", data)

    @rule(data=BYTES, action=st.sampled_from(("backup", "restore", "new_topic", "cut_topic")))
    def renew(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @rule(data=BYTES, action=st.sampled_from(("ask", "follow")))
    def question(self, data: bytes, action: str) -> None:
        self.walk(action, data)

    @rule(data=BYTES)
    def settle(self, data: bytes) -> None:
        self.walk("settle", data)

    def walk(self, action: str, data: bytes) -> None:
        """Do an action, and count it."""
        Walk.actions += 1
        self.world.do(action, data)

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.walk("settle", b"")
