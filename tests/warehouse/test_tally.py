"""The four scores, from counts."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.silence import Silence
from iochub.warehouse.tally import Tally, alive, together

counts = st.integers(0, 10**6)
tallies = st.builds(Tally, *[counts] * 7)


def test_what_is_not_known_has_no_score() -> None:
    nothing = Tally()
    assert (nothing.valid, nothing.complete, nothing.clean, alive(None)) == (None, None, None, None)


def test_scores_are_shares_of_what_came_was_declared_and_is_held() -> None:
    one = Tally(accepted=90, rejected=10, repeated=9, held=200, flagged=3, declared=300, found=100)
    assert (one.valid, one.complete, one.clean) == (90, Decimal("33.33"), Decimal("88.5"))


@given(st.lists(tallies, max_size=6))
def test_a_feed_s_tally_is_the_sum_of_its_senders_in_any_order(listed: list[Tally]) -> None:
    assert together(listed) == together(reversed(listed))
    assert together(listed).accepted == sum(one.accepted for one in listed)


@given(tallies)
def test_no_score_leaves_0_to_100_as_long_as_parts_are_parts(one: Tally) -> None:
    for score in (one.valid, one.clean):
        assert score is None or 0 <= score <= 100


@pytest.mark.parametrize(("beats", "score"), [(0, 100), (1, 100), (2, 50), (3, 0), (30, 0)])
def test_a_feed_lives_fully_for_one_beat_and_no_more_after_three(beats: int, score: int) -> None:
    beat = timedelta(hours=8)
    assert alive(Silence(datetime(2026, 1, 1, tzinfo=UTC), beats * beat, beat)) == score
