from datetime import timedelta

import pytest

from iochub.ingest.topic_list import IDENTITY, followed_topics, gateway_topics, topics, trimmed_topics


def test_every_feed_has_its_topic_and_the_hub_has_its_own() -> None:
    declared = {topic.name: topic for topic in topics(["notes"], 12, 3)}
    assert set(declared) == {
        "events.notes",
        "receipts",
        "dead_letters",
        "dead_letters.replays",
        "windows.touched",
        "figures.changed",
        "declarations",
        "hub.identity",
    }
    assert (declared["events.notes"].partitions, declared["events.notes"].replication) == (12, 3)
    assert declared["hub.identity"].partitions == 1
    assert set(gateway_topics(["notes"])) <= set(declared)


def test_all_that_workers_read_on_may_be_trimmed_and_never_whose_hub_it_is() -> None:
    every = {topic.name for topic in topics(["notes"], 12)}
    assert set(followed_topics(["notes"])) < set(trimmed_topics(["notes"])) == every - {IDENTITY}


@pytest.mark.parametrize(
    ("keep", "hours"),
    [(timedelta(days=30), 168), (timedelta(days=2), 48), (timedelta(1e-6), 1), (timedelta(), 168)],
)
def test_a_segment_lasts_no_longer_than_what_is_landed_is_kept(keep: timedelta, hours: int) -> None:
    assert {topic.settings["segment.ms"] for topic in topics(["notes"], 12, 1, keep)} == {
        str(hours * 3_600_000)
    }
