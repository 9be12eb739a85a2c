"""An edXML message is the same delivery and the same record whichever way it travels to the door."""

import base64
import json

from letters import letter, status
from published import door, ours

from iochub.api.gateway.cloudevents import carried
from iochub.ingest.delivery import Part, Verdicts, read_delivery
from iochub.ingest.feeds.registry import FEEDS

FEED = FEEDS["documents"]
PARTITIONS = 12


def verdicts(parts: tuple[Part, ...]) -> Verdicts:
    return read_delivery(FEED, parts, door(), PARTITIONS)


def batch(*data: dict[str, str]) -> tuple[Part, ...]:
    told = {
        "specversion": "1.0",
        "type": "vn.gov.ioc.documents",
        "source": "/truc",
        "datacontenttype": "application/xml",
    }
    events = [told | {"id": f"{number}"} | given for number, given in enumerate(data)]
    found = carried({"content-type": "application/cloudevents-batch+json"}, json.dumps(events).encode())
    assert found.feed == "documents"
    return found.parts


def test_a_file_an_event_and_an_event_in_base64_are_one_delivery() -> None:
    body = ours("documents", "new_document.edxml")
    file = verdicts((Part("application/xml", body),))
    text = verdicts(batch({"data": body.decode()}))
    coded = verdicts(batch({"data_base64": base64.b64encode(body).decode()}))
    assert file.accepted == 1
    assert file.delivery == text.delivery == coded.delivery
    assert file.events == text.events == coded.events
    assert "application/xml" in FEED.content_types


def test_many_messages_travel_in_one_batch_and_a_bad_one_is_set_aside_alone() -> None:
    messages = [letter(), letter(name=""), status("06"), b"<edXML", letter(name="A2")]
    found = verdicts(batch(*({"data": message.decode()} for message in messages)))
    assert (found.accepted, [number for number, _, _ in found.refused]) == (3, [1, 3])
    reasons = [refused.reason for _, _, refused in found.refused]
    assert reasons == ["missing:DocumentId", "unreadable_delivery"]


def test_all_that_is_said_of_a_document_shares_its_partition() -> None:
    found = verdicts(batch(*({"data": one.decode()} for one in (letter(), status("05"), status("06")))))
    assert len(found.events) == 1, "one document, one order"
