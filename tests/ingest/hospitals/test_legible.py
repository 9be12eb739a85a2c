"""A dossier is shown with its tables to be read in it, and what is shown is read as the dossier itself is."""

import base64
import codecs
import json
import re
from dataclasses import replace
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import msgspec
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from published import ours, outcomes

from iochub.ingest.feed import Outcome, Reading
from iochub.ingest.hospitals.legible import LONGEST_OPENED, legible
from iochub.ingest.suggestions.marks import marks_of

INLINE = ours("hospitals", "one_dossier_inline.xml").decode()
TABLE = re.compile(r"(<NOIDUNGFILE>)\s*(<.*?>)\s*(</NOIDUNGFILE>)", re.DOTALL)
LEAF = re.compile(r"<([A-Z_]+)>([^<]+)</\1>")
DECLARED = '<?xml version="1.0" encoding="utf-8"?>\n'


def in_base64(table: str) -> str:
    return base64.encodebytes(table.encode()).decode()


PACKINGS = {
    "elements": lambda table: table,
    "text": escape,
    "marked": lambda table: f"<![CDATA[{table}]]>",
    "marked base64": lambda table: f"<![CDATA[{in_base64(table)}]]>",
    "base64": in_base64,
    "declared": lambda table: in_base64(DECLARED + table),
    "with a mark": lambda table: base64.b64encode(codecs.BOM_UTF8 + table.encode()).decode(),
    "wide": lambda table: base64.b64encode(table.encode("utf-16")).decode(),
    "wide without a mark": lambda table: base64.b64encode(table.encode("utf-16-le")).decode(),
    "broken": lambda table: in_base64(table)[1:],
    "cut": lambda table: in_base64(table[:-3]),
    "nothing": lambda _: "",
    "of another encoding": lambda table: in_base64(DECLARED.replace("utf-8", "windows-1258") + table),
    "with a type": lambda table: in_base64("<!DOCTYPE a>" + table),
}


def packed(dossier: str, packings: list[str]) -> bytes:
    """The dossier with its tables packed one way after the other."""
    ways = iter(packings)
    return TABLE.sub(lambda at: at[1] + PACKINGS[next(ways)](at[2]) + at[3], dossier).encode()


def told(record: bytes) -> list[Outcome]:
    """What the feed says, whatever bytes it had and whatever it calls the version."""
    return [
        msgspec.structs.replace(one, version_id="")
        if isinstance(one, Reading)
        else replace(one, raw=b"", envelope=b"")
        for one in outcomes("hospitals", record)
    ]


TABLES = len(TABLE.findall(INLINE))
LEAVES = [at.span(2) for at in LEAF.finditer(INLINE)]


@settings(deadline=None)  # a busy machine
@given(
    packings=st.lists(st.sampled_from(sorted(PACKINGS)), min_size=TABLES, max_size=TABLES),
    leaf=st.sampled_from(LEAVES),
    value=st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=12),
)
@example(packings=["base64"] * TABLES, leaf=LEAVES[0], value="]]>&<!--")
def test_what_is_shown_of_a_dossier_is_read_as_the_dossier_is(
    packings: list[str], leaf: tuple[int, int], value: str
) -> None:
    record = packed(INLINE[: leaf[0]] + escape(value) + INLINE[leaf[1] :], packings)
    shown = legible(record)
    assert told(shown) == told(record)
    assert legible(shown) == shown


@pytest.mark.parametrize("packing", [name for name in PACKINGS if name not in ("elements", "nothing")])
def test_every_table_that_is_read_is_shown_and_no_other(packing: str) -> None:
    record = packed(INLINE, [packing] * TABLES)
    is_shown = packing not in ("broken", "cut", "of another encoding", "with a type")
    assert (legible(record) != record) == is_shown
    assert (b"<MA_LK>" in legible(record)) == is_shown


def test_a_fault_inside_a_table_in_base64_is_marked_where_it_is_shown() -> None:
    record = packed(re.sub(r"<NGAY_VAO>\d+", "<NGAY_VAO>20260231", INLINE), ["base64"] * TABLES)
    (refused,) = told(record)
    assert not isinstance(refused, Reading)
    shown = legible(record).decode()
    (mark,) = marks_of(shown, refused.reason, refused.field)
    assert shown[mark.start : mark.end] == "20260231"
    assert marks_of(record.decode(), refused.reason, refused.field) == []


def test_a_call_to_the_insurance_is_shown_as_the_file_in_it() -> None:
    file = packed(INLINE, ["base64"] * TABLES)
    call = {"username": "38001", "password": "secret", "fileHSBase64": base64.b64encode(file).decode()}
    for record in (json.dumps(call).encode(), urlencode(call).encode()):
        shown = legible(record)
        assert shown == legible(file) != file
        assert b"secret" not in shown
        assert told(shown) == told(record)


@pytest.mark.parametrize(
    "record",
    [
        b"",
        b"{",
        b'{"kind": "payment"}',
        b'{"fileHSBase64": "!"}',
        b"<a>",
        b"\xff<NOIDUNGFILE>PGE+</NOIDUNGFILE>",
        b"<a><NOIDUNGFILE>",
        b"<a><NOIDUNGFILE><![CDATA[" * 1000,
        INLINE.replace("utf-8", "windows-1258").encode(),
        b"<a>" + b" " * LONGEST_OPENED + b"<NOIDUNGFILE>PGEvPg==</NOIDUNGFILE></a>",
    ],
)
def test_what_is_no_dossier_is_shown_as_it_is(record: bytes) -> None:
    assert legible(record) == record


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_whatever_was_refused_can_be_shown(noise: bytes) -> None:
    record = b"<HOSO><NOIDUNGFILE>" + base64.b64encode(noise) + b"</NOIDUNGFILE></HOSO>"
    assert told(legible(record)) == told(record)
    assert told(legible(noise)) == told(noise)
