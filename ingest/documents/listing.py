"""From JSON to rows of a register or of the list of agencies, before any of them is looked into."""

from iochub.errors import RecordRejected
from iochub.ingest.json_records import Unreadable, items_of, members_of

OF_A_REGISTER = frozenset(("Register", "DocumentId", "OrganId", "From", "To"))
OF_AN_AGENCY = frozenset(("code", "code102", "level", "name"))
OF_AN_ANSWER = frozenset(("status", "ErrorCode", "ErrorDesc", "data"))
"""Every answer of the axis has these around its rows. Source: standards §3.3."""


def opened_json(delivery: bytes) -> list[bytes]:
    """The rows of a list, of an answer of the axis, or the one row.

    Raises: Unreadable for bytes that are no JSON; RecordRejected for JSON that is something else.
    """
    if delivery.startswith(b"["):
        return items_of(delivery)
    members = members_of(delivery)
    if "data" in members and members.keys() <= OF_AN_ANSWER:
        data = members["data"]
        if data.startswith(b"["):
            return items_of(data)
        if data == b"null" or data.startswith(b"{"):
            return [data] if data != b"null" else []
    if (OF_A_REGISTER | OF_AN_AGENCY) & members.keys():
        return [delivery]
    raise RecordRejected("not_a_delivery:shape", "shape")


def is_agency(row: bytes) -> bool:
    """Whether a row is one of the list of agencies; a register's row never has a `code` of its own.

    Raises: RecordRejected for a row that is no object; the publisher acts.
    """
    try:
        members = members_of(row)
    except Unreadable as unreadable:
        raise RecordRejected(f"not_a_record:{unreadable}", str(unreadable)) from None
    return "code" in members or ("code102" in members and "Register" not in members)
