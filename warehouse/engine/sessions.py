"""One request, one connection to the engine: opened with its role and limits, closed with its answer.

Bound parameters race on a shared connection, and settings would leak from one request to the next;
opening one costs 0.15 ms.
"""

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from chdb.state.sqlitelike import Connection, connect

from iochub.warehouse.engine.accounts import READER_DATABASES, Account, reader_settings, writer_settings
from iochub.warehouse.engine.failures import (
    ABORTED,
    NOT_ALLOWED,
    SETTING_REFUSED,
    SYNTAX_ERROR,
    Refusal,
    refusal,
)
from iochub.warehouse.engine.police import Police, new_police
from iochub.warehouse.engine.statements import InsertHead, statement, target

ARRIVED = "`rows that have arrived`"
"""A table of one request's own; no other has a name with spaces."""

NAME = re.compile(r"\w+")
# Each block of these is complete in itself, so blocks may leave as they are made.
STREAMED = frozenset({"CSV", "JSONEachRow", "Native", "RowBinary", "TSV", "TabSeparated"})


@dataclass(frozen=True)
class Asked:
    """What one request asks for, read from URL, headers and form."""

    account: Account
    query_id: str
    database: str = "iochub"
    format_name: str = "TabSeparated"
    parameters: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    safe_method: bool = False
    whole: bool = True
    """Whether the result is wanted in one piece, so that an error late in it still has its status."""


@dataclass
class Answer:
    """Rows on their way to the client, and what was counted so far."""

    format_name: str
    chunks: Iterator[bytes]
    summary: dict[str, str]


class Engine:
    """chDB on one folder, for any number of threads."""

    def __init__(self, folder: Path, config: Path) -> None:
        # chDB reads `?`, `&`, `+` and `%` in a path as its own; a person's folder may have any of them.
        os.chdir(folder)
        self._folder = "engine"
        # The first connection starts the engine with its settings and keeps it running.
        self._anchor: Connection = connect(f"{self._folder}?config-file={config.relative_to(folder)}")
        # Fails when the settings were not taken: the reader's role stands in them.
        self._anchor.query("SHOW GRANTS FOR hub_reader")
        self._anchor.query("CREATE DATABASE IF NOT EXISTS iochub ENGINE = Atomic")
        self.version = self.line("SELECT version()")
        self.police: Police = new_police(self._ask_anchor)

    def _ask_anchor(self, text: str, parameters: Mapping[str, str]) -> str:
        return ask(self._anchor, text, parameters)

    def line(self, text: str) -> str:
        """Ask the engine something for ourselves, before anybody else may."""
        return self._ask_anchor(text, {}).strip()

    def close(self) -> None:
        """Let the engine write down what it holds and stop."""
        self._anchor.close()

    def cancel(self, query_id: str) -> None:
        """Stop a query whose client has gone; its connection carries the id as a comment."""
        with self._opened() as connection:
            connection.query(f"KILL QUERY WHERE Settings['log_comment'] = {quoted(query_id)} ASYNC")

    def cancel_all(self) -> None:
        """Stop every query, when the hub is going down."""
        with self._opened() as connection:
            connection.query("KILL QUERY WHERE is_initial_query AND query NOT LIKE 'KILL%' ASYNC")

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        connection = connect(self._folder)
        try:
            yield connection
        finally:
            connection.close()

    @contextmanager
    def _session(self, asked: Asked, text: str | None) -> Iterator[Connection]:
        """Open a connection that can do what the account may do, and no more; `text` is what a reader asks.

        Raises: Refusal for what it may not, and in the engine's words; the caller acts.
        """
        with self._opened() as connection:
            try:
                settings = {"log_comment": asked.query_id, **asked.settings}
                if asked.account.may_write:
                    settings = writer_settings(settings, safe_method=asked.safe_method)
                else:
                    settings = self._restrict(connection, asked, settings, text)
                if asked.database:
                    connection.query(f"USE {identifier(asked.database)}")
                connection.query(
                    "SET " + ", ".join(f"{identifier(k)} = {quoted(v)}" for k, v in settings.items())
                )
                yield connection
            except RuntimeError as error:
                raise refusal(error) from error

    def _restrict(
        self, connection: Connection, asked: Asked, settings: Mapping[str, str], text: str | None
    ) -> dict[str, str]:
        if text is None:
            raise Refusal(NOT_ALLOWED, "The reader may not insert. (ACCESS_DENIED)")
        if asked.database not in READER_DATABASES:
            raise Refusal(NOT_ALLOWED, "The reader may only use the database iochub. (ACCESS_DENIED)")
        allowed = reader_settings(settings)
        connection.query("SET ROLE hub_reader")
        verdict = self.police.judge(text, asked.parameters, lambda line, bound: ask(connection, line, bound))
        if verdict.lists_settings:
            # Clients look there for what they may set; under readonly=1 the answer would be "nothing".
            del allowed["readonly"]
        return allowed

    @contextmanager
    def select(self, asked: Asked, text: bytes) -> Iterator[Answer]:
        """Run one statement that needs no data; the answer lasts as long as the block.

        Raises: Refusal in the engine's words; the caller acts.
        """
        said = statement(text)
        if said.writes_file:
            raise Refusal(NOT_ALLOWED, "INTO OUTFILE is not for clients over HTTP. (ACCESS_DENIED)")
        named = said.format_name or asked.format_name
        readable = decoded(text)
        with self._session(asked, readable) as connection:
            parameters = dict(asked.parameters)
            # A reader's answers are small by its limits, so it gets them whole, with the right status.
            whole = asked.whole or not asked.account.may_write
            if whole or named not in STREAMED or said.kind not in ("SELECT", "WITH"):
                result = connection.query(readable, asked.format_name, params=parameters)
                yield Answer(named, iter((result.bytes(),)), counted(result))
                return
            with connection.send_query(readable, asked.format_name, params=parameters) as stream:
                yield Answer(named, (chunk.bytes() for chunk in stream), {})

    def insert(self, asked: Asked, head: InsertHead, data: Iterator[bytes]) -> dict[str, str]:
        """Run an insert whose data arrive in pieces; gives the summary once the rows are kept.

        The pieces fill a table in memory, and one statement takes all of it over. chDB 4.4 tells of rows
        written by its piecewise insert even when their commit has failed (no room, too many parts, a broken
        constraint): straight into the target they would be lost and nobody would hear of it.

        Raises: Refusal in the engine's words; the caller acts.
        """
        to = target(decoded(head.text).encode())
        columns = f"({to.columns})" if to.columns else ""
        with self._session(asked, None) as connection:
            for name, value in asked.parameters.items():
                connection.query(f"SET {identifier('param_' + name)} = {quoted(value)}")
            connection.query(f"CREATE TEMPORARY TABLE {ARRIVED} ENGINE = Memory AS {to.table}")
            arriving = f"INSERT INTO {ARRIVED} {columns} {to.settings}"
            with connection.send_insert(arriving, head.format_name) as inserter:
                for piece in data:
                    if piece:
                        inserter.append(piece)
                arrived = inserter.finish()
            if ask(connection, f"SELECT count() FROM {ARRIVED}", {}) != f"{arrived.rows_written}\n":
                raise Refusal(ABORTED, "The rows that arrived could not be held in memory. (ABORTED)")
            taken = f"SELECT {to.columns or '*'} FROM {ARRIVED}"
            kept = connection.query(f"INSERT INTO {to.table} {columns} {to.settings} {taken}")
        return {"written_rows": str(kept.rows_written()), "written_bytes": str(kept.bytes_written())}


class Counts(Protocol):
    """What chDB counted while it answered."""

    def storage_rows_read(self) -> int:
        """Rows read from tables."""
        ...

    def storage_bytes_read(self) -> int:
        """Bytes read from tables."""
        ...

    def rows_read(self) -> int:
        """Rows of the result."""
        ...

    def rows_written(self) -> int:
        """Rows written into tables."""
        ...

    def elapsed(self) -> float:
        """Seconds."""
        ...


def counted(result: Counts) -> dict[str, str]:
    """Write the counts as the header X-ClickHouse-Summary has them."""
    return {
        "read_rows": str(result.storage_rows_read()),
        "read_bytes": str(result.storage_bytes_read()),
        "written_rows": str(result.rows_written()),
        "result_rows": str(result.rows_read()),
        "elapsed_ns": str(int(result.elapsed() * 1e9)),
    }


def ask(connection: Connection, text: str, parameters: Mapping[str, str]) -> str:
    """Run a statement of our own and give its lines as text."""
    raw: bytes = connection.query(text, "TSVRaw", params=dict(parameters)).bytes()
    return raw.decode()


def decoded(text: bytes) -> str:
    """Read a statement as UTF-8.

    Raises: Refusal for other bytes; the caller acts.
    """
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise Refusal(SYNTAX_ERROR, "The statement is not UTF-8. (SYNTAX_ERROR)") from error


def identifier(name: str) -> str:
    """Quote the name of a setting, a parameter or a database.

    Raises: Refusal for what cannot be a name; the caller acts.
    """
    if not NAME.fullmatch(name):
        raise Refusal(SETTING_REFUSED, "A name may only have letters, digits and underscores.")
    return f"`{name}`"


def quoted(value: str) -> str:
    """Quote a value; the engine turns it into the type it needs."""
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
