"""edXML messages and register rows as small as the standard allows, to vary one thing at a time."""

import json
from collections.abc import Sequence
from xml.sax.saxutils import escape

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


def edxml(header: str, traces: str = "", attached: str = "") -> bytes:
    """A message around a header."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><edXML xmlns="{NAMESPACE}"><edXMLEnvelope><edXMLHeader>'
        f"<MessageHeader>{header}</MessageHeader>{traces}</edXMLHeader></edXMLEnvelope>{attached}</edXML>"
    ).encode()


def organ(tag: str, code: str, name: str = "") -> str:
    """A party of a message."""
    return f"<{tag}><OrganId>{code}</OrganId><OrganName>{escape(name)}</OrganName></{tag}>"


def letter(
    to: Sequence[str] = ("H56.30",),
    sender: str = "H56.05",
    name: str = "A1",
    sent: str = "2021/03/04 08:15:00",
    due: str = "",
    business: str = "",
    signed: bool = False,
    extra: str = "",
    attached: str = "",
    sender_name: str = "",
    to_name: str = "",
) -> bytes:
    """A document to some receivers; `business` is what stands in `Bussiness`, `extra` in the header."""
    header = (
        organ("From", sender, sender_name)
        + "".join(organ("To", code, to_name) for code in to)
        + f"<DocumentId>{escape(name)}</DocumentId><DueDate>{due}</DueDate>{extra}"
    )
    trace = f"<OrganId>{sender}</OrganId><Timestamp>{sent}</Timestamp>"
    traces = f"<TraceHeaderList><TraceHeader>{trace}</TraceHeader>"
    traces += f"<Bussiness>{business}</Bussiness>" if business else ""
    traces += "</TraceHeaderList>"
    traces += "<Signature><SignatureValue>VEhV</SignatureValue></Signature>" if signed else ""
    return edxml(header, traces, attached)


def revocation(name: str = "A1", sender: str = "H56.05", sent: str = "2021/03/06 08:00:00") -> bytes:
    """Its sender takes a document back."""
    return letter((), sender, name, sent, business="<BussinessDocType>1</BussinessDocType>")


def replacement(name: str, replaced: Sequence[str], sender: str = "H56.05") -> bytes:
    """A new document in place of others."""
    listed = "".join(f"<ReplacementInfo><DocumentId>{old}</DocumentId></ReplacementInfo>" for old in replaced)
    return letter(
        sender=sender,
        name=name,
        business=f"<BussinessDocType>3</BussinessDocType><ReplacementInfoList>{listed}</ReplacementInfoList>",
    )


def status(
    code: str,
    at: str = "2021/03/09 16:00:00",
    receiver: str = "H56.30",
    name: str = "A1",
    sender: str = "H56.05",
) -> bytes:
    """How far a receiver is."""
    about = f"<ResponseFor><OrganId>{sender}</OrganId><DocumentId>{name}</DocumentId></ResponseFor>"
    return edxml(
        f"{organ('From', receiver)}{about}<StatusCode>{code}</StatusCode><Timestamp>{at}</Timestamp>"
    )


def outgoing(
    to: Sequence[str] = ("H56.30",), name: str = "A1", organ: str = "H56.05", **given: object
) -> bytes:
    """A row of its sender's register."""
    row = {
        "Register": "outgoing",
        "OrganId": organ,
        "DocumentId": name,
        "To": list(to),
        "ExchangedAt": "2021/03/04 08:15:00",
        "SignedByPerson": True,
        "SignedByAgency": True,
    }
    return json.dumps(row | given).encode()


def incoming(receiver: str = "H56.30", name: str = "A1", sender: str = "H56.05", **given: object) -> bytes:
    """A row of a receiver's register."""
    row = {
        "Register": "incoming",
        "OrganId": receiver,
        "From": sender,
        "DocumentId": name,
        "ExchangedAt": "2021/03/04 08:20:00",
    }
    return json.dumps(row | given).encode()
