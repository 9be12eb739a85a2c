"""JSON is read exactly, and whatever cannot be read is refused by name."""

import pytest
from published import outcomes

from iochub.errors import RecordRejected
from iochub.ingest.feed import Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.json_records import items_of, value_of

beyond = pytest.mark.parametrize("number", ["1e99999999999999999999", "-1.5E-99999999999999999999"])
"""Good JSON, but no decimal has such an exponent."""

RECORDS = {
    "documents": '{"Register":"incoming","OrganId":"H56","From":"G22","DocumentId":"A1",'
    '"ExchangedAt":"2021-03-01","Content":%s}',
    "dossiers": '{"service":%s,"data":[]}',
    "einvoices": '{"nbmst":"0100109106","tgtcthue":%s}',
    "hospitals": '{"kind":"facility","facility":"38001","ownership":"public","type":"hospital",'
    '"level":"basic","beds":1,"valid_from":"2020-01-01","name":%s}',
    "reports": '{"indicator":"paperless_rooms","unit":"38","period":"2021","value":%s}',
}


@beyond
def test_a_number_that_no_decimal_can_hold_is_no_record(number: str) -> None:
    for raw in (number, f"[{number}]", f'{{"GhiChu":{number}}}'):
        with pytest.raises(RecordRejected) as refused:
            value_of(raw.encode())
        assert refused.value.reason == "not_a_record:number"


@beyond
@pytest.mark.parametrize("feed", list(FEEDS))
def test_such_a_number_leaves_every_feed_as_a_refusal(feed: str, number: str) -> None:
    (refused,) = outcomes(feed, (RECORDS[feed] % number).encode())
    assert isinstance(refused, Refusal)
    assert refused.reason == "not_a_record:number"


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (rb'"a \ud83d"', "a �"),
        (rb'"\uDE00 a"', "� a"),
        (rb'"\ud83d\u0041"', "�A"),
        (rb'"\ud83d\ud83d\ude00"', "�😀"),
        (rb'"\\ud83d \ud83d\n"', "\\ud83d �\n"),
        (rb'"\ud83d\ude00"', "😀"),
    ],
)
def test_half_a_character_spoils_neither_its_record_nor_the_delivery(told: bytes, read: str) -> None:
    assert value_of(told) == read
    first, second = items_of(b"[1, {%s: %s}]" % (told, told))
    assert first == b"1"
    assert value_of(second) == {read: read}


@pytest.mark.parametrize("told", [rb'"\ud83d', rb'"\ud83', rb'["\ud83d" 1]', rb"\ud83d"])
def test_what_is_no_json_besides_stays_so(told: bytes) -> None:
    with pytest.raises(RecordRejected, match=r"^not_a_record:json$"):
        value_of(told)
