from iochub.ingest.topic_list import gateway_topics, topics


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
