"""A peer of landing: a Faust agent as the manuals show it, one event per record, rows into ClickHouse.

It takes many records at once and hands their bytes to ClickHouse as they are: no such agent can be faster.
It keeps no promise: `take` acknowledges whatever happened, a crash doubles rows, a correction
is one more row, and nothing is counted.
"""

import argparse
import asyncio
import logging
import os

import clickhouse_connect
import faust
from faust.worker import Worker

TOPIC, TABLE = "plain.landing", "plain_landed"
AT_ONCE, SECONDS = 20_000, 0.1


def create(bootstrap: str, port: int, topic_name: str) -> faust.App:
    """Build the application."""
    app = faust.App(
        f"plain-landing-{topic_name}",
        broker=f"kafka://{bootstrap}",
        store="memory://",
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        consumer_auto_offset_reset="earliest",
        value_serializer="raw",
        key_serializer="raw",
        stream_buffer_maxsize=AT_ONCE,
    )
    warehouse = clickhouse_connect.get_client(
        host="127.0.0.1",
        port=port,
        username="writer",
        password=os.environ["PLAIN_PASSWORD"],
        database="iochub",
        autogenerate_session_id=False,
        compress=False,
    )
    topic = app.topic(topic_name, value_serializer="raw", key_serializer="raw")

    def insert(values: list[bytes]) -> None:
        warehouse.raw_insert(
            TABLE,
            insert_block=b"\n".join(values),
            fmt="JSONEachRow",
            settings={"input_format_skip_unknown_fields": "1", "date_time_input_format": "best_effort"},
        )

    @app.agent(topic, concurrency=1)
    async def land(stream: faust.StreamT[bytes]) -> None:
        async for values in stream.take(AT_ONCE, within=SECONDS):
            await asyncio.to_thread(insert, values)

    return app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bootstrap", required=True)
    parser.add_argument("--clickhouse", type=int, required=True)
    parser.add_argument("--topic", default=TOPIC)
    asked = parser.parse_args()
    logging.getLogger("faust").setLevel(logging.WARNING)
    app = create(asked.bootstrap, asked.clickhouse, asked.topic)
    Worker(app, loglevel="WARN", redirect_stdouts=False, quiet=True).execute_from_commandline()


if __name__ == "__main__":
    main()
