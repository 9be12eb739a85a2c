"""JSON is read exactly, and whatever cannot be read is refused by name."""

import pytest
from published import outcomes

from iochub.errors import RecordRejected
from iochub.ingest.feed import Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.json_records import value_of

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
