"""The documents of the past as the axis carries them, and the registers that know who signed them."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from iochub.ingest.demo.past.agencies import Agency, agencies
from iochub.ingest.demo.past.apportion import is_chosen
from iochub.ingest.demo.past.facts import PastPeriod
from iochub.ingest.demo.past.posts import LATE_DAYS, Post, batches, in_json, places
from iochub.ingest.unit_map import MAPS

LATE_IN = 100
RELAYED_IN, RELAYED_AFTER_DAYS = 50, 2
"""One document in so many comes once more, through a relay that names its first receiver alone."""
REGISTERED_IN = 5
"""One document in so many stands in a register that is pushed too; of the others no one says who signed."""
WATCHED_IN, OVERDUE_IN, DUE_DAYS = 50, 20, 7
"""One document in so many has a deadline and is followed; of these one in so many is finished too late."""
REVOKED_IN = 2_000
BROKEN_IN = 500
LONGEST_DAYS = 15

VARIED = (2, -2, 1, -1, 0)
"""Receivers beside the mean: together they change nothing."""

ENROLLED = {name: first for name, first, _ in MAPS}
"""An agency is on the axis since its map began."""

NAMESPACE = "http://www.mic.gov.vn/TBT/QCVN_102_2016"


@dataclass(frozen=True, slots=True)
class DocumentLife:
    """One document, and who receives it."""

    place: int
    sender: int
    receivers: tuple[int, ...]
    day: date
    signed: bool
    among: tuple[Agency, ...]
    """All agencies there are; sender and receivers are places in it."""

    @property
    def code(self) -> str:
        """As agencies name their documents by convention."""
        return f"{self.among[self.sender].code},{self.day:%Y/%m/%d},{self.place + 1}/CV-MAU"


def posts(period: PastPeriod, day: date) -> Iterator[Post]:
    """Messages, registers, and how far receivers are."""
    fresh = planned(period, day)
    before = planned(period, day - timedelta(days=LATE_DAYS))
    relayed = planned(period, day - timedelta(days=RELAYED_AFTER_DAYS))
    messages = [_edxml(life) for life in fresh if life.place % LATE_IN]
    messages += [_edxml(life) for life in before if life.place % LATE_IN == 0]
    messages += [_edxml(life, relay=True) for life in relayed if life.place % RELAYED_IN == 7]
    messages += [_edxml(life, broken=True) for life in fresh if life.place % BROKEN_IN == 3]
    messages += [_edxml(life, kind="1") for life in relayed if life.place % REVOKED_IN == 9]
    messages += _statuses(period, day)
    for number, batch in enumerate(batches(messages)):
        yield _by_cloudevents(batch, f"{day:%y%m%d}-{number}")
    rows = [_row(period, life) for life in fresh if life.place % REGISTERED_IN == 0]
    for rows_batch in batches(rows):
        yield in_json("documents", list(rows_batch))


@lru_cache(maxsize=DUE_DAYS + 3)
def planned(period: PastPeriod, day: date) -> tuple[DocumentLife, ...]:
    """The documents sent on a day of the period; none on any other day.

    Kept as long as anything is still sent of them: a day is asked for five times, on five days.
    """
    among = agencies(period.map_name)
    many = len(among)
    lives = []
    for place in places(period, period.documents).get(day, range(0)):
        sender = place % many
        wanted = _receivers(period, place)
        step = 1 + place // many % (many - 1)
        # Steps of one to all but one never come back to the sender before each other agency was met.
        receivers = tuple((sender + 1 + (step + number) % (many - 1)) % many for number in range(wanted))
        lives.append(
            DocumentLife(
                place,
                sender,
                receivers,
                day,
                is_chosen(place, period.signed_by_agency, period.documents),
                among,
            )
        )
    return tuple(lives)


def _receivers(period: PastPeriod, place: int) -> int:
    mean = (place + 1) * period.exchanges // period.documents - place * period.exchanges // period.documents
    return mean + VARIED[place % len(VARIED)]


def opening(period: PastPeriod) -> Iterator[Post]:
    """The list of agencies."""
    since = f"{ENROLLED[period.map_name]}"
    rows = [
        {"code": one.code, "name": one.name, "level": one.level, "valid_from": since}
        for one in agencies(period.map_name)
    ]
    for batch in batches(rows):
        yield in_json("documents", {"status": "OK", "ErrorCode": "0", "ErrorDesc": "", "data": list(batch)})


def _by_cloudevents(messages: Sequence[str], name: str) -> Post:
    batch = [
        {
            "specversion": "1.0",
            "type": "vn.gov.ioc.documents",
            "source": "/truc-lien-thong/H56",
            "id": f"{name}-{number}",
            "datacontenttype": "application/xml",
            "data": message,
        }
        for number, message in enumerate(messages)
    ]
    body = json.dumps(batch, ensure_ascii=False, separators=(",", ":")).encode()
    return Post("/v1/events", "application/cloudevents-batch+json", body)


def _row(period: PastPeriod, life: DocumentLife) -> dict[str, object]:
    """The sender's register."""
    known = life.place // REGISTERED_IN
    by_person = is_chosen(known, period.signed_by_person // REGISTERED_IN, period.documents // REGISTERED_IN)
    sender = life.among[life.sender]
    return {
        "Register": "outgoing",
        "OrganId": sender.code,
        "OrganName": sender.name,
        "DocumentId": life.code,
        "To": [life.among[one].code for one in life.receivers],
        "PromulgationDate": f"{life.day}",
        "SignedByPerson": by_person,
        "SignedByAgency": life.signed,
        "TypeName": "Công văn",
    } | ({"DueDate": f"{_due(life)}"} if _is_watched(life) else {})


def _is_watched(life: DocumentLife) -> bool:
    return life.place % WATCHED_IN == 1


def _due(life: DocumentLife) -> date:
    return life.day + timedelta(days=DUE_DAYS)


def _statuses(period: PastPeriod, day: date) -> Iterator[str]:
    """Every receiver of a followed document finishes it after some days, now and then too late."""
    for back in (DUE_DAYS - 3, DUE_DAYS + 2):
        for life in planned(period, day - timedelta(days=back)):
            overdue = life.place // WATCHED_IN % OVERDUE_IN == 0
            if _is_watched(life) and overdue == (back > DUE_DAYS):
                for receiver in life.receivers:
                    yield _status(life, receiver, day)


def _status(life: DocumentLife, receiver: int, day: date) -> str:
    sender = life.among[life.sender]
    return _envelope(
        f"<MessageHeader>{_party('From', life.among[receiver])}"
        f"<ResponseFor><OrganId>{sender.code}</OrganId><Code>{life.place + 1}/CV-MAU</Code>"
        f"<PromulgationDate>{life.day:%Y/%m/%d}</PromulgationDate><DocumentId>{life.code}</DocumentId>"
        "</ResponseFor><StatusCode>06</StatusCode><Description>Hoàn thành</Description>"
        f"<Timestamp>{day:%Y/%m/%d} 15:30:00</Timestamp></MessageHeader>"
    )


def _edxml(life: DocumentLife, *, kind: str = "0", relay: bool = False, broken: bool = False) -> str:
    named = life.receivers[:1] if relay else life.receivers
    receivers = "".join(_party("To", life.among[one]) for one in named)
    due = f"<DueDate>{_due(life):%Y/%m/%d}</DueDate>" if _is_watched(life) else ""
    trace = _trace(life.among[life.sender].code, life) + (_trace("H56", life) if relay else "")
    signature = "<SignedInfo/><SignatureValue>TUFV</SignatureValue>" if life.signed else ""
    return _envelope(
        f"<MessageHeader>{_party('From', life.among[life.sender])}{receivers}"
        f"<DocumentId>{'' if broken else life.code}</DocumentId>"
        f"<Code><CodeNumber>{life.place + 1}</CodeNumber><CodeNotation>CV-MAU</CodeNotation></Code>"
        f"<PromulgationInfo><Place>Thanh Hóa</Place><PromulgationDate>{life.day:%Y/%m/%d}</PromulgationDate>"
        "</PromulgationInfo><DocumentType><Type>1</Type><TypeDetail>0</TypeDetail>"
        "<TypeName>Công văn</TypeName></DocumentType><Subject>V/v văn bản mẫu</Subject>"
        "<SignerInfo><Competence>TM.</Competence><Position>Chủ tịch</Position>"
        f"<FullName>Nguyễn Văn Mẫu</FullName></SignerInfo>{due}"
        "<OtherInfo><Priority>0</Priority><PageAmount>2</PageAmount></OtherInfo></MessageHeader>"
        f"<TraceHeaderList>{trace}<Bussiness><BussinessDocType>{kind}</BussinessDocType>"
        f"<Paper>0</Paper></Bussiness></TraceHeaderList><Signature>{signature}</Signature>"
    )


def _trace(code: str, life: DocumentLife) -> str:
    at = f"{life.day:%Y/%m/%d} {8 + life.place % 9:02}:{life.place % 60:02}:00"
    return f"<TraceHeader><OrganId>{code}</OrganId><Timestamp>{at}</Timestamp></TraceHeader>"


def _party(name: str, one: Agency) -> str:
    return f"<{name}><OrganId>{one.code}</OrganId><OrganName>{one.name}</OrganName></{name}>"


def _envelope(header: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><edXML xmlns="{NAMESPACE}"><edXMLEnvelope><edXMLHeader>'
        f"{header}</edXMLHeader></edXMLEnvelope></edXML>"
    )
