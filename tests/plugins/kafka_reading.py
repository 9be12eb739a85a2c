"""Reads all that a topic holds, for tests that compare it with what was promised."""

from kafka import KafkaConsumer, TopicPartition

from iochub.ingest.publish import Position


def read_topic(bootstrap: str, topic: str) -> dict[Position, bytes]:
    """Every record by its position. Call it in a thread, not inside an event loop."""
    consumer = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        places = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
        consumer.assign(places)
        consumer.seek_to_beginning(*places)
        ends = consumer.end_offsets(places)
        kept: dict[Position, bytes] = {}
        while any(consumer.position(place) < ends[place] for place in places):
            for records in consumer.poll(timeout_ms=500).values():
                kept |= {Position(record.partition, record.offset): record.value for record in records}
        return kept
    finally:
        consumer.close()
