"""What the doctor says of a hub that forgets, or does not."""

from datetime import UTC, datetime, timedelta

import httpx
from clickhouse_engine import free_port

from iochub.cli.doctor import LATEST_TRIM_MINUTES, trimming
from iochub.streams.pulse import Pulse

AT = datetime(2026, 11, 27, 2, tzinfo=UTC)


def test_the_doctor_says_when_kafka_was_last_trimmed_and_when_that_is_too_long_ago() -> None:
    port, pulse = free_port(), Pulse()
    pulse.serve(port)
    (found,) = trimming(f"http://127.0.0.1:{port}", AT)
    assert (found.well, "keeps everything" in found.what) == (True, True)
    pulse.trimmed({"receipts": 4}, AT)
    (found,) = trimming(f"http://127.0.0.1:{port}", AT + timedelta(minutes=7))
    assert (found.well, "7 minutes ago" in found.what) == (True, True)
    told = httpx.get(f"http://127.0.0.1:{port}/metrics", trust_env=False).text
    assert 'iochub_streams_trimmed_records_total{topic="receipts"} 4.0' in told
    (found,) = trimming(f"http://127.0.0.1:{port}", AT + timedelta(minutes=LATEST_TRIM_MINUTES))
    assert not found.well


def test_of_streams_that_do_not_answer_the_doctor_says_it_once() -> None:
    assert list(trimming(f"http://127.0.0.1:{free_port()}", AT)) == []
