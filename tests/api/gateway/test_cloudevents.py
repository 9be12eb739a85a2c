import base64
import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.api.gateway.cloudevents import BATCH, STRUCTURED, carried
from iochub.api.problems import Problem
from iochub.ingest.delivery import Part, delivery_id

XML = '<HDon xmlns="http://kekhaithue.gdt.gov.vn/TT78">Cửa hàng &amp; xưởng</HDon>'


def event(**changes: object) -> dict[str, object]:
    told = {
        "specversion": "1.0",
        "id": "1",
        "source": "https://congan.thanhhoa.gov.vn/phan-mem",
        "type": "vn.gov.ioc.notes",
        "data": {"id": "a", "day": "2026-01-01"},
    } | changes
    return {name: value for name, value in told.items() if value is not None}


def structured(**changes: object) -> bytes:
    return json.dumps(event(**changes), ensure_ascii=False).encode()


def faults(body: bytes, kind: str = STRUCTURED, **headers: str) -> tuple[int, list[str]]:
    with pytest.raises(Problem) as refused:
        carried({"content-type": kind, **headers}, body)
    return refused.value.status, [fault.field for fault in refused.value.faults]


def test_the_same_xml_is_the_same_delivery_in_every_mode() -> None:
    binary = carried(
        {
            "content-type": "application/xml",
            "ce-specversion": "1.0",
            "ce-id": "x",
            "ce-source": "/a",
            "ce-type": "vn.gov.ioc.notes",
        },
        XML.encode(),
    )
    as_text = carried(
        {"content-type": STRUCTURED}, structured(data=XML, datacontenttype="application/xml", id="other")
    )
    as_base64 = carried(
        {"content-type": STRUCTURED},
        structured(
            data=None, data_base64=base64.b64encode(XML.encode()).decode(), datacontenttype="application/xml"
        ),
    )
    in_batch = carried(
        {"content-type": BATCH}, json.dumps([event(data=XML, datacontenttype="application/xml")]).encode()
    )
    assert binary == as_text == as_base64 == in_batch
    assert binary.feed == "notes"
    assert binary.parts == (Part("application/xml", XML.encode()),)


def test_json_data_stays_as_its_publisher_wrote_it() -> None:
    body = (
        b'{"specversion":"1.0","id":"1","source":"s","type":"vn.gov.ioc.notes","data":{"n": 1.50 ,"b":[ ]}}'
    )
    assert carried({"content-type": STRUCTURED}, body).parts[0] == Part(
        "application/json", b'{"n": 1.50 ,"b":[ ]}'
    )


def test_a_message_put_into_a_string_is_still_read() -> None:
    assert carried({"content-type": STRUCTURED}, structured(data=XML)).parts[0].content_type == (
        "application/xml"
    )
    (part,) = carried({"content-type": STRUCTURED}, structured(data='{"id":"a"}')).parts
    assert part == Part("application/json", b'{"id":"a"}')


def test_a_batch_keeps_the_order_of_its_events() -> None:
    body = json.dumps([event(id=str(n), data={"id": n}) for n in range(3)]).encode()
    assert [part.data for part in carried({"content-type": BATCH}, body).parts] == [
        b'{"id": 0}',
        b'{"id": 1}',
        b'{"id": 2}',
    ]


def test_parts_cut_elsewhere_are_another_delivery() -> None:
    one, other = (Part("", b"ab"), Part("", b"c")), (Part("", b"a"), Part("", b"bc"))
    assert delivery_id("s", "f", one) != delivery_id("s", "f", other)


def test_a_batch_of_two_feeds_is_refused_for_a_receipt_belongs_to_one() -> None:
    body = json.dumps([event(), event(type="vn.gov.ioc.letters")]).encode()
    assert faults(body, BATCH)[0] == 400


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"id": None}, ["id"]),
        ({"source": "", "type": None}, ["source", "type"]),
        ({"specversion": "0.3"}, ["specversion"]),
        ({"time": "hôm qua"}, ["time"]),
        ({"time": "2026-01-01T00:00:00"}, ["time"]),
        ({"Bad-Name": "x"}, ["Bad-Name"]),
        ({"data": None}, ["data"]),
        ({"data_base64": "QQ=="}, ["data"]),
        ({"data": None, "data_base64": "?"}, ["data"]),
        ({"id": 5.5}, ["id"]),
        ({"subject": {"a": 1}}, ["subject"]),
        ({"datacontenttype": "xml"}, ["datacontenttype"]),
    ],
)
def test_every_broken_attribute_is_named(changes: dict[str, object], wrong: list[str]) -> None:
    assert faults(structured(**changes)) == (400, wrong)
    assert faults(json.dumps([event(), event(**changes)]).encode(), BATCH) == (
        400,
        [f"[1].{name}" for name in wrong],
    )


def test_a_binary_event_without_its_headers_names_them() -> None:
    assert faults(b"{}", "application/json") == (
        400,
        ["ce-specversion", "ce-id", "ce-source", "ce-type"],
    )


@pytest.mark.parametrize("kind", [STRUCTURED, BATCH])
@pytest.mark.parametrize(
    "body", [b"", b"[", b"5", b"\xff\xfe", b'"text"', b"[" * 100_000, b'{"a":' * 100_000]
)
def test_what_is_no_event_is_refused(kind: str, body: bytes) -> None:
    assert faults(body, kind)[0] == 400


@pytest.mark.parametrize("broken", [b'"\xff"', b"1e9999", b"9" * 5_000 + b".0e1", b"[" * 50 + b"]" * 50])
def test_what_is_no_text_inside_an_event_is_named(broken: bytes) -> None:
    """The envelope is read without looking into it, so the outside may be JSON and the inside not."""
    told = b'{"specversion":"1.0","id":"1","source":"/a","type":"vn.gov.ioc.notes","data":%s,"ext":%s}'
    assert faults(told % (b"{}", broken)) == (400, ["ext"])
    assert faults(told % (b'"\xff"', b'"x"')) == (400, ["data"])


def test_an_empty_batch_and_an_unknown_format_are_refused() -> None:
    assert faults(b"[]", BATCH)[0] == 400
    assert faults(b"", "application/cloudevents+avro")[0] == 415


def test_a_type_of_somebody_else_is_no_feed_of_ours() -> None:
    assert faults(structured(type="com.example.thing"))[0] == 404


@given(body=st.binary(max_size=300))
def test_any_bytes_are_carried_or_refused_and_nothing_else(body: bytes) -> None:
    for kind in (STRUCTURED, BATCH):
        with suppress(Problem):
            carried({"content-type": kind}, body)
