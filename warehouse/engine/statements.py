"""From the text of a request to what it is: its kind, its format, and where an insert's data begin."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from iochub.warehouse.engine.failures import SYNTAX_ERROR, Refusal

TOKEN = re.compile(
    rb"""
    (?P<space>\s+|--[^\n]*|\#[\s!][^\n]*)
  | (?P<comment>/\*)
  | (?P<text>'(?:[^'\\]|\\.|'')*')
  | (?P<quoted>`(?:[^`\\]|\\.|``)*`|"(?:[^"\\]|\\.|"")*")
  | (?P<heredoc>\$(?P<tag>\w*)\$.*?\$(?P=tag)\$)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<other>[0-9][\w.]*|.)
    """,
    re.VERBOSE | re.DOTALL,
)
COMMENT_MARK = re.compile(rb"/\*|\*/")
OPENING, CLOSING = (b"(", b"[", b"{"), (b")", b"]", b"}")
BEFORE_A_TABLE = (b"INSERT", b"INTO", b"TABLE")
DATA_FOLLOWS = re.compile(rb"[ \t\f]*\r?\n?")


@dataclass(frozen=True)
class Token:
    """One word or mark of a statement; `depth` counts the brackets around it."""

    text: bytes
    start: int
    end: int
    depth: int
    is_word: bool


@dataclass(frozen=True)
class Statement:
    """What a request asks: `kind` is its first word, `format_name` what it asks for by FORMAT."""

    kind: str
    format_name: str | None
    writes_file: bool


@dataclass(frozen=True)
class InsertHead:
    """The part of an insert before its data, without the FORMAT clause."""

    text: bytes
    format_name: str
    data_at: int


@dataclass(frozen=True)
class Target:
    """Where an insert's rows go, in its own words: the table, its columns if it names them, and settings."""

    table: str
    columns: str
    settings: str


def tokens(text: bytes) -> Iterator[Token]:
    """Split as ClickHouse's lexer does, without comments, so that nothing hides in a string."""
    at, depth = 0, 0
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            return
        if found.lastgroup == "comment":
            at = end_of_comment(text, found.end())
            continue
        word = found.group()
        if word in CLOSING:
            depth -= 1
        if found.lastgroup != "space":
            yield Token(word, at, found.end(), depth, found.group("word") is not None)
        if word in OPENING:
            depth += 1
        at = found.end()


def end_of_comment(text: bytes, at: int) -> int:
    """Comments nest in ClickHouse."""
    level = 1
    while level:
        mark = COMMENT_MARK.search(text, at)
        if mark is None:
            return len(text)
        level += 1 if mark.group() == b"/*" else -1
        at = mark.end()
    return at


def statement(text: bytes) -> Statement:
    """Read the kind and the format of one statement that carries no data.

    Raises: Refusal for an empty text and for several statements; the caller acts.
    """
    words: list[Token] = []
    closed = False
    for token in tokens(text):
        if closed and token.text != b";":
            raise Refusal(SYNTAX_ERROR, "Multi-statements are not allowed. (SYNTAX_ERROR)")
        closed = closed or (token.text == b";" and token.depth <= 0)
        if token.is_word:
            words.append(token)
    if not words:
        raise Refusal(SYNTAX_ERROR, "Empty query. (SYNTAX_ERROR)")
    pairs = [(one.text.upper(), two) for one, two in itertools.pairwise(words)]
    formats = [two.text.decode() for one, two in pairs if one == b"FORMAT" and two.depth == 0]
    return Statement(
        kind=words[0].text.decode().upper(),
        format_name=formats[-1] if formats else None,
        writes_file=any(one == b"INTO" and two.text.upper() == b"OUTFILE" for one, two in pairs),
    )


def insert_head(text: bytes) -> InsertHead | None:
    """Find where an insert's data begin; nothing for other statements and for INSERT … SELECT."""
    words = (token for token in tokens(text) if token.is_word and token.depth == 0)
    first = next(words, None)
    if first is None or first.text.upper() != b"INSERT":
        return None
    for token in words:
        word = token.text.upper()
        if word in (b"SELECT", b"WITH", b"INFILE"):
            return None
        if word == b"VALUES":
            return InsertHead(text[: token.start], "Values", token.end)
        if word == b"FORMAT" and (name := next(words, None)) is not None:
            skipped = DATA_FOLLOWS.match(text, name.end)
            data_at = skipped.end() if skipped else name.end
            return InsertHead(text[: token.start], name.text.decode(), data_at)
    if b"(SELECT" in re.sub(rb"\s", b"", text[:65536]).upper():
        return None
    return InsertHead(text, "Values", len(text))


def target(head: bytes) -> Target:
    """Read where an insert's rows go.

    Raises: Refusal for what is no table; the caller acts.
    """
    words = [token for token in tokens(head) if not (token.is_word and token.text.upper() in BEFORE_A_TABLE)]
    opens = [number for number, token in enumerate(words) if token.text == b"(" and token.depth == 0]
    sets = [number for number, token in enumerate(words) if token.text.upper() == b"SETTINGS"]
    ends = (*opens[:1], *sets[:1], len(words))
    name = words[: min(ends)]
    if not name or name[0].text.upper() == b"FUNCTION":
        raise Refusal(SYNTAX_ERROR, "An insert over HTTP needs a table. (SYNTAX_ERROR)")
    columns = b""
    if opens and opens[0] == min(ends):
        closing = next(
            (token for token in words[opens[0] :] if token.text == b")" and token.depth == 0), None
        )
        if closing is None:
            raise Refusal(SYNTAX_ERROR, "The list of columns does not end. (SYNTAX_ERROR)")
        columns = head[words[opens[0]].end : closing.start]
    settings = head[words[sets[0]].start :] if sets else b""
    table = head[name[0].start : name[-1].end]
    return Target(*(part.decode().strip() for part in (table, columns, settings)))
