"""From a status message of a receiver to a reading: how far it is with a document it was sent.

Source: QCVN 102:2016/BTTTT; standards §3.1, §3.2; `reference/edxml_codes.json`.
"""

from iochub.errors import RecordRejected
from iochub.ingest.documents.dates import instant_of
from iochub.ingest.documents.keys import document_key
from iochub.ingest.documents.message import sender_of
from iochub.ingest.documents.opening import Message, fields_of, text_of, the_one
from iochub.ingest.documents.organs import organ_code
from iochub.ingest.documents.shape import is_as_the_standard_says
from iochub.ingest.door import Door
from iochub.ingest.feed import Reading
from iochub.ingest.reading import local_day

ARRIVED, REFUSED, REGISTERED, ASSIGNED, IN_WORK, FINISHED = "01", "02", "03", "04", "05", "06"
ASKED_BACK, AGREED, DECLINED = "13", "15", "16"

WORK = frozenset((ARRIVED, REFUSED, REGISTERED, ASSIGNED, IN_WORK, FINISHED))
"""How far a receiver is; the last one counts."""
REQUESTS = frozenset((ASKED_BACK, AGREED, DECLINED))
"""What sender and receiver settle about an update or about taking a document back."""
ENDING = frozenset((REFUSED, FINISHED, AGREED))
"""After these a receiver may be done with a document; after `15` only where it was taken back."""


def read_status(number: int, message: Message, door: Door) -> Reading:
    """Read a status message; it says nothing about units, and about days only when the work ended.

    Raises: RecordRejected; the publisher acts.
    """
    is_as_the_standard_says(message.whole)
    about = fields_of(the_one(message.header, "ResponseFor"))
    if not about:
        raise RecordRejected("missing:ResponseFor", "ResponseFor")
    entity = document_key(
        organ_code(text_of(about, "OrganId"), "ResponseFor.OrganId"), text_of(about, "DocumentId")
    )
    code = text_of(message.header, "StatusCode")
    if code not in WORK | REQUESTS:
        raise RecordRejected(f"{'unknown_code' if code else 'missing'}:StatusCode", "StatusCode")
    at = instant_of(text_of(message.header, "Timestamp"), "Timestamp", door.received_at)
    if at is None:
        raise RecordRejected("missing:Timestamp", "Timestamp")
    days = [("finished", local_day(at).isoformat())] if code in ENDING else []
    row: dict[str, object] = {
        "from": sender_of(message.header),
        "status": code,
        "at": at.isoformat(),
        "days": days,
    }
    version = door.pseudonyms.record(message.canonical)
    return Reading(number, "status", entity, version, int(at.timestamp() * 1000), (), row)
