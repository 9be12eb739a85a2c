"""Which elements an edXML message may hold, and where: what is not named here is passed over and flagged.

The standard lets relays add to a message, and old systems write elements of older editions: a document is
not refused for them, for nothing of theirs is read. A secrecy mark is looked for in them all the same.

Source: QCVN 102:2016/BTTTT; standards §3.1.
"""

from collections.abc import Iterator, Mapping

from iochub.ingest.documents.secrecy import refuse_mark, refuse_marked_text
from iochub.ingest.xml_tree import Node

PASSED_OVER = (
    "OrganAdd", "Email", "Telephone", "Fax", "Website", "OrganizationInCharge", "OrganInCharge",
    "SignerInfo", "StaffInfo", "ToPlaces", "Place", "PageAmount", "PromulgationAmount", "ContentId",
    "edXMLBody", "SignedInfo", "KeyInfo", "Object",
)  # fmt: skip
"""Parts that nothing is read from: addresses, signers, clerks, places in words, what a signature covers, and
the list of attachments, which the attachments repeat."""

_PARTY = frozenset(
    ("OrganId", "OrganizationInCharge", "OrganName", "OrganAdd", "Email", "Telephone", "Fax", "Website")
)
_ABOUT = frozenset(
    (
        "DocumentId",
        "BussinessDocType",
        "BussinessDocReason",
        "Paper",
        "BussinessDocumentInfo",
        "ReplacementInfoList",
        "StaffInfo",
    )
)  # fmt: skip
_ATTACHED = ("ContentId", "ContentType", "Description", "AttachmentName")

KNOWN: Mapping[str, frozenset[str]] = {
    "edXML": frozenset(("edXMLEnvelope", "AttachmentEncoded")),
    "edXMLEnvelope": frozenset(("edXMLHeader", "edXMLBody")),
    "edXMLHeader": frozenset(("MessageHeader", "Status", "TraceHeaderList", "Signature", "DigitalSignature")),
    "edXMLBody": frozenset(("edXMLManifest",)),
    "edXMLManifest": frozenset(("Reference",)),
    "Reference": frozenset(_ATTACHED),
    "MessageHeader": frozenset(
        (
            "From",
            "To",
            "DocumentId",
            "Code",
            "PromulgationInfo",
            "DocumentType",
            "Subject",
            "Content",
            "SignerInfo",
            "DueDate",
            "OtherInfo",
            "ResponseFor",
            "SteeringType",
            "ToPlaces",
            "StaffInfo",
            "StatusCode",
            "Description",
            "Timestamp",
        )
    ),
    "Status": frozenset(("From", "ResponseFor", "StaffInfo", "StatusCode", "Description", "Timestamp")),
    "From": _PARTY,
    "To": _PARTY,
    "Code": frozenset(("CodeNumber", "CodeNotation")),
    "PromulgationInfo": frozenset(("Place", "PromulgationDate")),
    "DocumentType": frozenset(("Type", "TypeDetail", "TypeName")),
    "SignerInfo": frozenset(("Competence", "Position", "FullName")),
    "OtherInfo": frozenset(
        (
            "Priority",
            "SphereOfPromulgation",
            "TyperNotation",
            "PromulgationAmount",
            "PageAmount",
            "Direction",
            "Appendixes",
        )
    ),
    "Appendixes": frozenset(("Appendix",)),
    "ResponseFor": frozenset(("OrganId", "Code", "DocumentId", "PromulgationDate")),
    "TraceHeaderList": frozenset(("TraceHeader", "Bussiness")),
    "TraceHeader": frozenset(("OrganId", "Timestamp")),
    "Bussiness": _ABOUT,
    "BussinessDocumentInfo": frozenset(("DocumentInfo", "DocumentReceiver", "ReceiverList")),
    "ReceiverList": frozenset(("Receiver",)),
    "Receiver": frozenset(("OrganId", "ReceiverType")),
    "ReplacementInfoList": frozenset(("ReplacementInfo",)),
    "ReplacementInfo": frozenset(("DocumentId", "OrganIdList")),
    "OrganIdList": frozenset(("OrganId",)),
    "Signature": frozenset(("SignedInfo", "SignatureValue", "KeyInfo", "Object")),
    "AttachmentEncoded": frozenset(("Attachment",)),
    "Attachment": frozenset((*_ATTACHED, "ContentTransferEncoded")),
}
"""The children of each element, by name; an element without children of its own is not listed."""

CLASSIFYING = frozenset(
    (
        "Priority",
        "SphereOfPromulgation",
        "TyperNotation",
        "Type",
        "TypeDetail",
        "TypeName",
        "SteeringType",
        "Direction",
        "ReceiverType",
        "Paper",
    )
)
"""Fields that say what sort of document it is; none is meant for secrecy, and all were seen used for it."""

TEXTS = frozenset(("Subject", "Content", "Description", "Appendix", "BussinessDocReason", "AttachmentName"))
"""Free texts, which do not pass the door; offices write marks into them."""


def is_as_the_standard_says(node: Node) -> bool:
    """Whether every element below stands where the standard has it; a secrecy mark anywhere is refused.

    Raises: RecordRejected; the publisher acts.
    """
    known = KNOWN.get(node.name)  # none of a SOAP envelope, nor of a text that holds elements
    fits = True
    for child in node.children:
        if known is not None and child.name not in known:
            for leaf in _leaves(child):
                refuse_mark(leaf.name, leaf.text)
            fits = False
            continue
        if child.children:
            fits = is_as_the_standard_says(child) and fits
        if known is None or child.name in CLASSIFYING:
            refuse_mark(child.name, child.text)
        if child.name in TEXTS:
            refuse_marked_text(child.name, child.text)
    return fits


def _leaves(node: Node) -> Iterator[Node]:
    if not node.children:
        yield node
    for child in node.children:
        yield from _leaves(child)
