from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from iochub.clock import now
from iochub.ingest.push import Answer
from iochub.ingest.send_agent.outbox import Outbox


@settings(max_examples=8, deadline=None)
@given(every=st.integers(5, 60), hours=st.integers(1, 30))
def test_the_older_a_receipt_the_more_seldom_it_is_asked_for(
    tmp_path_factory, every: int, hours: int
) -> None:
    outbox = Outbox(tmp_path_factory.mktemp("office") / "agent.sqlite")
    sent = now()
    outbox.put("dossiers", "application/json", "a.json", b"{}", sent)
    outbox.answered(1, Answer(202, "R1", 1), sent)
    asked = [sent]
    at = sent
    while at < sent + timedelta(hours=hours):
        for followed in outbox.to_follow(at, timedelta(seconds=every), 50):
            outbox.followed(followed.number, None, at)
            asked.append(at)
        at += max(timedelta(seconds=every), (at - sent) / 40)
    pauses = [(later - earlier).total_seconds() for earlier, later in pairwise(asked[1:])]
    assert pauses[0] <= 2 * every
    for pause, later in zip(pauses, asked[2:], strict=True):
        assert pause <= max(3 * every, (later - sent).total_seconds() / 4)
    assert len(asked) < 100
    outbox.close()
