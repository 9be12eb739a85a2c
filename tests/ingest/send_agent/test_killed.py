"""The agent dies before or after any call it makes, again and again, and nothing is lost or out of order."""

import threading
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from stand_in_gateway import KEY, StandInGateway

from iochub.clock import now
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Gateway
from iochub.ingest.send_agent.agent import Agent
from iochub.ingest.send_agent.declared import Watch
from iochub.ingest.send_agent.outbox import Outbox
from iochub.ingest.send_agent.taking import Taker

BODIES = [b'{"number": %d}' % number for number in range(6)]


class Killed(BaseException):
    """As SIGKILL: nothing of the program may catch it."""


class Mortal:
    """Stands before an outbox, a gateway or a folder, and dies at one call of all.

    `calls` is how far off that call is, and whether it dies after it.
    """

    def __init__(self, what: Any, calls: list[int]) -> None:
        self._what, self._calls = what, calls

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._what, name)

        def call(*args: Any, **named: Any) -> Any:
            self._calls[0] -= 1
            if self._calls[0] == 0 and not self._calls[1]:
                raise Killed
            done = found(*args, **named)
            if self._calls[0] == 0:
                raise Killed
            return done

        return call if callable(found) else found


def run(folder: Path, gateway: StandInGateway, calls: list[int]) -> bool:
    """One life: take what lies there, send and follow it. Whether it lived to the end."""
    outbox, line = Outbox(folder / "agent.sqlite"), Gateway(gateway.url, KEY, packs=True, seconds=20)
    mortal: Any = Mortal(outbox, calls)
    taker = Taker((Watch("dossiers", "out", settle_seconds=0.05, done_markers=True),), folder, mortal)
    taker._watched = [(watch, Mortal(place, calls)) for watch, place in taker._watched]  # type: ignore[misc]
    agent = Agent(
        mortal,
        Mortal(line, calls),  # type: ignore[arg-type]
        wait=threading.Event().wait,
        follow_seconds=0.0,
        pauses=Pauses(0.001, 0.002),
    )
    try:
        taker.look(lambda _: False)
        while outbox.facts(now())["waiting"] or outbox.facts(now())["sent"]:
            agent.step()
    except Killed:
        return False
    finally:
        outbox.close()
        line.close()
    return True


@settings(max_examples=25, deadline=None)
@given(lives=st.lists(st.tuples(st.integers(1, 40), st.booleans()), max_size=6))
def test_killed_before_or_after_any_call_it_loses_nothing_and_keeps_the_order(
    tmp_path_factory, lives
) -> None:
    folder = tmp_path_factory.mktemp("office")
    (folder / "out").mkdir()
    for number, body in enumerate(BODIES):
        (folder / "out" / f"{number}.json").write_bytes(body)
        (folder / "out" / f"{number}.json.done").write_bytes(b"")
    gateway = StandInGateway()
    with gateway.server.running():
        for at, is_after in lives:
            run(folder, gateway, [at, is_after])
        assert run(folder, gateway, [-1, False])
    assert gateway.bodies("dossiers") == BODIES
    outbox = Outbox(folder / "agent.sqlite")
    assert outbox.facts(now())["counted"] == len(BODIES)
    outbox.close()
    # A kill may leave a file without its marker, never a marker without its file.
    left = {path.name for path in (folder / "out").iterdir() if path.is_file()}
    assert not [name for name in left if name.endswith(".done")]
