"""What parsing XML from strangers promises."""

import gzip
from pathlib import Path

import pytest

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable
from iochub.ingest.xml_tree import (
    canonical_xml,
    children_of,
    innermost_of,
    parse,
    slices_of,
    text_in,
    tree_of,
)


@pytest.mark.parametrize(
    ("delivery", "why"),
    [
        (b"<!DOCTYPE a><a/>", "dtd"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE a><a/>'.encode("utf-16"), "dtd"),
        (b"<?xml version='1.0' encoding='utf-7'?>+ADw-!DOCTYPE a+AD4-+ADw-a/+AD4-", "dtd"),
        (b"<a>&unknown;</a>", "xml"),
        (b"<a>\xff</a>", "encoding"),
        (b'<?xml version="1.0" encoding="utf-16"?><a>\xff</a>', "encoding"),
        (b'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a><a/>', "dtd"),
        (b'<?xml version="1.0" encoding="none-such"?><a/>', "encoding"),
        (b"<a>" * 65 + b"</a>" * 65, "depth"),
        (b"<a>" * 200_000 + b"</a>" * 200_000, "depth"),
        (b"<a><b></a>", "xml"),
        (b"<a/><b/>", "xml"),
        (b"PK\x03\x04<a/>", "packed"),
        (gzip.compress(b"<a/>", mtime=0), "packed"),
    ],
)
def test_what_cannot_be_trusted_is_not_read(delivery: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=f"^{why}$"):
        parse(delivery)


@pytest.mark.parametrize("declared", ['encoding="utf-16"', "encoding='UTF-16' standalone='yes'"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_utf_16_is_what_is_written_so_whatever_is_declared(declared: str, encoding: str) -> None:
    text = f"<?xml version='1.0' {declared}?><a>Hạc Thành</a>"
    assert parse(text.encode(encoding)).text == "Hạc Thành"


def test_nothing_is_fetched(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    included = f'<a xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include href="{secret}" parse="text"/></a>'
    assert b"secret</" not in canonical_xml(parse(included.encode()))
    external = f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret}">]><a>&x;</a>'
    with pytest.raises(Unreadable):
        parse(external.encode())


def test_sixty_four_levels_are_enough_for_anyone() -> None:
    assert parse(b"<a>" * 64 + b"</a>" * 64) is not None


def test_names_lose_their_prefix_and_text_its_spaces_comments_and_cdata() -> None:
    node = tree_of(parse(b'<x:a xmlns:x="urn:x"> 1<!-- no --><![CDATA[2]]> <x:b>\n3 </x:b>4</x:a>'))
    assert (node.name, node.text) == ("a", "12 4")
    assert [(child.name, child.text) for child in node.children] == [("b", "3")]


def test_an_unread_part_keeps_its_name_only() -> None:
    node = tree_of(parse(b"<a><s><x>1</x></s></a>"), unread=("s",))
    assert [(child.name, child.children) for child in node.children] == [("s", ())]


def test_children_are_known_or_refused() -> None:
    node = tree_of(parse(b"<a><b/><b/><c><d/></c></a>"))
    assert set(children_of(node, {"b": True, "c": False})) == {"b", "c"}
    for known, reason in (({"b": False, "c": False}, "repeated:b"), ({"b": True}, "extra_forbidden")):
        with pytest.raises(RecordRejected) as rejected:
            children_of(node, known)
        assert rejected.value.reason == reason
    with pytest.raises(RecordRejected) as rejected:
        text_in(children_of(node, {"b": True, "c": False}), "c")
    assert rejected.value.reason == "not_text:c"


def test_records_are_cut_out_as_they_were_sent_or_not_at_all() -> None:
    body = b"<A><x:H  a='1'>1</x:H>\n<H>2</H ></A>"
    assert slices_of(body, "H", 2) == [b"<x:H  a='1'>1</x:H>", b"<H>2</H >"]
    assert slices_of(b"<A><H>1</H><!--<H>--></A>", "H", 1) == [b"<A><H>1</H><!--<H>--></A>"]


def test_the_innermost_elements_of_a_name_are_cut_out_as_they_were_written() -> None:
    body = b'<DLieu a="1"><DLieu >1</DLieu>\n<x:DLieu><y/> </x:DLieu ></DLieu><DLieux/>'
    assert innermost_of(body, "DLieu", 2) == [b"<DLieu >1</DLieu>", b"<x:DLieu><y/> </x:DLieu >"]
    assert innermost_of(body, "DLieu", 3) == [body] * 3, "what cannot be told apart is kept whole"
