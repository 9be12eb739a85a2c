"""How a document is known: by the agency that sent it and the name that agency gave it.

Source: standards §8: From.OrganId + DocumentId.
"""

import unicodedata

from iochub.errors import RecordRejected
from iochub.ingest.documents.organs import organ_code

ID_CHARACTERS = 200
"""Letters; the convention `OrganId,yyyy/MM/dd,Number/Notation` needs sixty."""

AGENCY = "agency:"
"""Before the code of an entry of the list of agencies."""


def document_key(organ: str, document_id: str) -> str:
    """The entity key of a document; `organ` is a code as the hub keeps it.

    The publisher's name is opaque: it holds dates that are none and, since 2025, UUIDs. Only its letters
    are written one way.

    Raises: RecordRejected; the publisher acts.
    """
    name = unicodedata.normalize("NFC", document_id.strip())
    if not name:
        raise RecordRejected("missing:DocumentId", "DocumentId")
    if len(name) > ID_CHARACTERS:
        raise RecordRejected("too_long:DocumentId", "DocumentId")
    if not name.isprintable():
        raise RecordRejected("bad_pattern:DocumentId", "DocumentId")
    return f"{organ}|{name}"


def agency_key(organ: str) -> str:
    """The entity key of an agency in the list."""
    return AGENCY + organ


def key_named(words: str) -> str:
    """The entity key of `OrganId|DocumentId`, in either scheme of codes, or of `agency:OrganId`.

    Raises: RecordRejected; the publisher acts.
    """
    if words.startswith(AGENCY):
        return agency_key(organ_code(words.removeprefix(AGENCY), "OrganId"))
    organ, bar, document_id = words.partition("|")
    if not bar:
        raise RecordRejected("bad_pattern:entity", "entity")
    return document_key(organ_code(organ, "OrganId"), document_id)
