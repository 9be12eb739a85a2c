"""Documents that agencies exchange on the document axis, in edXML or as rows of their registers.

Source: QCVN 102:2016/BTTTT (edXML); QĐ 28/2018/QĐ-TTg; QĐ 20/2020/QĐ-TTg; standards §3.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from iochub.exact.version import Current, Implied, Version
from iochub.ingest.documents.columns import COLUMNS
from iochub.ingest.documents.keys import key_named
from iochub.ingest.documents.listing import is_agency, opened_json
from iochub.ingest.documents.message import read_document
from iochub.ingest.documents.opening import Message, opened
from iochub.ingest.documents.register import read_register
from iochub.ingest.documents.roster import read_agency
from iochub.ingest.documents.standing import current_of
from iochub.ingest.documents.status import read_status
from iochub.ingest.door import Door
from iochub.ingest.feed import DateRole, Feed, Kind, Reading, Record, Refusal, or_refused_whole
from iochub.ingest.json_records import BYTE_ORDER_MARK, Unreadable
from iochub.text import Text


class Documents(Feed):
    """A document by its sender and the name that gave it; its receivers are counted, never its content."""

    name = "documents"
    title = Text("Văn bản điện tử trao đổi", "Documents exchanged")
    publisher = Text(
        "Trục liên thông văn bản, phần mềm quản lý văn bản của các cơ quan",
        "The document axis, document systems of agencies",
    )
    source = "QCVN 102:2016/BTTTT (edXML); QĐ 28/2018/QĐ-TTg; QĐ 20/2020/QĐ-TTg"
    every = timedelta(hours=8)
    calendar = "office"
    kinds = (
        Kind("document", Text("Văn bản mới", "New document")),
        Kind("revocation", Text("Thu hồi văn bản", "Revocation")),
        Kind("update", Text("Cập nhật văn bản", "Update")),
        Kind("replacement", Text("Văn bản thay thế", "Replacement")),
        Kind("status", Text("Trạng thái xử lý", "Status of a receiver")),
        Kind("register", Text("Dòng sổ văn bản", "Row of a register")),
        Kind("agency", Text("Cơ quan trong danh mục", "Listed agency")),
    )
    roles = (
        DateRole("exchanged", Text("Ngày gửi", "Day of exchange")),
        DateRole("finished", Text("Ngày hoàn thành", "Day of completion")),
        DateRole("enrolled", Text("Ngày cơ quan có hiệu lực", "First day of an agency")),
        DateRole("left", Text("Ngày cơ quan hết hiệu lực", "Day after the last of an agency")),
    )
    columns = COLUMNS
    content_types = ("application/xml", "text/xml", "application/json")
    has_relations = True
    control_total = "exchanges"

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        """One edXML message is one record; of JSON, each row of a register or of the list of agencies."""
        return or_refused_whole(delivery, _records(delivery))

    def interpret(self, record: Record, door: Door) -> Reading:
        """Read one message or one row, whichever its elements or fields say it is."""
        message = record.content
        if isinstance(message, Message):
            read = read_status if "StatusCode" in message.header else read_document
            return read(record.number, message, door)
        if is_agency(record.raw):
            return read_agency(record.number, record.raw, door)
        return read_register(record.number, record.raw, door)

    def implied(self, version: Version) -> Implied:
        """The unit and days of a document or an agency; a status knows only when its receiver was done."""
        row: Any = version.reading
        days = tuple((role, date.fromisoformat(day)) for role, day in row["days"])
        return Implied(row.get("unit") or None, days)

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        """The document with all its receivers and what became of it, or the agency as last listed."""
        return current_of(own, related)

    def entity_named(self, words: str, door: Door) -> str:
        """`OrganId|DocumentId`, the code in either scheme; `agency:OrganId` for an entry of the list."""
        return key_named(words)


def _records(delivery: bytes) -> Iterator[Record]:
    plain = delivery.removeprefix(BYTE_ORDER_MARK).strip()
    if not plain:
        raise Unreadable("empty")
    if plain[:1] in (b"{", b"["):
        for number, raw in enumerate(opened_json(plain)):
            yield Record(number, raw, None)
    else:
        raw, message = opened(delivery)
        yield Record(0, raw, message)
