"""The one door to ClickHouse: statements go in, rows or a bounded error come out."""

import logging
import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import clickhouse_connect
import msgspec
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError
from clickhouse_connect.driver.exceptions import Error as CodedError

from iochub.errors import HubError, RowsRefused, StoreUnavailable
from iochub.settings import ClickHouseSettings

log = logging.getLogger(__name__)

RETRYABLE = frozenset(
    {
        3, 159, 198, 201, 202, 203, 209, 210, 236, 241, 242, 243, 244, 252, 254, 265, 279, 285, 286, 289,
        290, 297, 319, 364, 384, 394, 425, 999, 1000,
    }
)  # fmt: skip
"""Codes of failures that pass by themselves: timeouts, memory, too many parts, connections, Keeper."""

BAD_VALUES = frozenset({6, 26, 27, 38, 41, 53, 69, 72, 117, 190, 321, 349, 407})
"""Codes that accuse a value: it cannot be parsed, is out of range, or is none where one must be."""

CONNECT_SECONDS = 5
ANSWER_SECONDS = 60
"""No statement of the hub runs longer; a front that is silent for so long is away."""

INSERT_SETTINGS = {
    "date_time_input_format": "best_effort",
    # A publisher's backlog may reach over more years than the default allows in one insert.
    "max_partitions_per_insert_block": "0",
}

Parameters = Mapping[str, object]
Rows = list[tuple[Any, ...]]

_lines = msgspec.json.Encoder().encode_lines


class Store:
    """Statements as one account; threads may share it, each statement has a connection of its own."""

    def __init__(self, settings: ClickHouseSettings, *, may_write: bool) -> None:
        self._settings = settings
        self._may_write = may_write
        self._client: Client | None = None
        self._lock = threading.Lock()

    def rows(self, text: str, parameters: Parameters | None = None) -> Rows:
        """Run one statement and give its rows; instants come aware, in UTC.

        Raises: StoreUnavailable when it is worth asking again; HubError with the code when it is not.
        """
        try:
            answer = self._connected().query(text, parameters=dict(parameters or {}), tz_mode="aware")
            return [tuple(row) for row in answer.result_rows]
        except ClickHouseError as error:
            raise _told(error) from None

    def run(
        self, text: str, parameters: Parameters | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        """Run one statement that answers nothing; parameters may be as long as a batch.

        Raises: StoreUnavailable, HubError, as `rows`.
        """
        try:
            self._connected().raw_query(
                text, parameters=dict(parameters or {}), settings=dict(settings or {})
            )
        except ClickHouseError as error:
            raise _told(error) from None

    def insert(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Insert rows; what is JSON inside a row lands as text, None as the column's default.

        One JSON array a line: encoding it costs the worker a third of what columns would, and parsing
        it happens on the warehouse's core.

        Raises: as `rows`; RowsRefused when a column cannot hold a value, and then no row is kept.
        """
        body = _lines(rows if isinstance(rows, list) else list(rows))
        if not body:
            return
        try:
            self._connected().raw_insert(
                table,
                column_names=columns,
                insert_block=body,
                fmt="JSONCompactEachRow",
                settings=INSERT_SETTINGS,
            )
        except ClickHouseError as error:
            told = _told(error)
            if int(told.facts["code"]) in BAD_VALUES:
                told = RowsRefused(told.message, **told.facts)
            raise told from None

    def close(self) -> None:
        """Let go of all connections."""
        with self._lock:
            if self._client is not None:
                self._client.close()
                self._client = None

    def _connected(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = self._connect()
            return self._client

    def _connect(self) -> Client:
        told = self._settings
        user, password = (
            (told.writer_user, told.writer_password)
            if self._may_write
            else (told.reader_user, told.reader_password)
        )
        return clickhouse_connect.get_client(
            host=told.host,
            port=told.port,
            interface="https" if told.secure else "http",
            username=user,
            password=password.get_secret_value(),
            database=told.database,
            autogenerate_session_id=False,
            form_encode_query_params=True,
            connect_timeout=CONNECT_SECONDS,
            send_receive_timeout=ANSWER_SECONDS,
            query_retries=0,
            compress=False,
        )


def _told(error: ClickHouseError) -> HubError:
    """The engine's text can carry row values, so only its code goes on."""
    code = error.code if isinstance(error, CodedError) else None
    if code is None or code in RETRYABLE:
        return StoreUnavailable("ClickHouse did not do it for now.", store="clickhouse", code=str(code or 0))
    log.error("ClickHouse refused a statement for good, code=%d", code)
    return HubError("ClickHouse refuses a statement for good.", store="clickhouse", code=str(code))
