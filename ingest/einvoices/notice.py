"""From a notice of errors in invoices, or the authority's answer to it, to what it means for each invoice.

Source: 04/SS-HĐĐT (message 300), the notice for cash registers (303), 01/TB-SSĐT (301), QĐ 1510/QĐ-TCT;
QĐ 1233/QĐ-CT of 2026; NĐ 123/2020/NĐ-CP, Đ19; standards §1.3, §1.5.
"""

from collections.abc import Mapping

from iochub.errors import RecordRejected
from iochub.ingest.door import Door
from iochub.ingest.einvoices import fields
from iochub.ingest.einvoices.envelope import Part
from iochub.ingest.einvoices.identity import entity_key, seller_of
from iochub.ingest.feed import Reading
from iochub.ingest.xml_tree import Node, children_of, text_in

ANSWER = "301"

NO_NEW_INVOICE = ""
PURPOSES = frozenset((NO_NEW_INVOICE, *"12345"))
"""`TCTBao`: cancel, adjust, replace, explain, an error of the summary table; 0 is a new invoice, no error.

The notice of 2026 has none: it tells of errors that need no new invoice, and cancels nothing.
"""

OUTCOMES = {"1": "accepted", "2": "refused"}
"""`TTTNCCQT`: what the authority said to one invoice of a notice."""


def read_notice(number: int, part: Part, door: Door) -> Reading:
    """Read one invoice of a notice or of its answer: what its seller wants done, what the authority said.

    Raises: RecordRejected; the publisher acts.
    """
    told = children_of(part.node, fields.NOTICED)
    seller, _ = seller_of(part.header.get("MST", ""), "MST", door.pseudonyms)
    entity = entity_key(
        seller, _needed(told, "KHMSHDon", 11), _needed(told, "KHHDon", 8), _needed(told, "SHDon", 8)
    )
    purpose = text_in(told, "TCTBao")
    if purpose not in PURPOSES:
        raise RecordRejected("unknown_code:TCTBao", "TCTBao")
    row: dict[str, object] = {"message": part.message, "purpose": purpose, "outcome": _outcome(told, part)}
    version = door.pseudonyms.record(part.canonical + part.message.encode())
    return Reading(number, "notice", entity, version, 0, (), row)


def _outcome(told: Mapping[str, Node], part: Part) -> str:
    """Nothing yet in the seller's own notice."""
    if part.message != ANSWER:
        return ""
    code = _needed(told, "TTTNCCQT", 1)
    if code not in OUTCOMES:
        raise RecordRejected("unknown_code:TTTNCCQT", "TTTNCCQT")
    return OUTCOMES[code]


def _needed(told: Mapping[str, Node], name: str, longest: int) -> str:
    text = text_in(told, name)
    if not text:
        raise RecordRejected(f"missing:{name}", name)
    if len(text) > longest:
        raise RecordRejected(f"too_long:{name}", name)
    return text
