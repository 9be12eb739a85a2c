"""Electronic invoices: signed bodies, rows of the tax portal, answers of the tax authority.

Source: QĐ 1450/QĐ-TCT, QĐ 1510/QĐ-TCT, TT 91/2026/TT-BTC; standards §1.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from iochub.exact.version import Current, Implied, Version
from iochub.ingest.door import Door
from iochub.ingest.einvoices.answer import read_answer
from iochub.ingest.einvoices.body import read_invoice
from iochub.ingest.einvoices.envelope import Part, kept, opened_json, opened_xml, reopened
from iochub.ingest.einvoices.identity import named_entity
from iochub.ingest.einvoices.listing import read_listing
from iochub.ingest.einvoices.notice import read_notice
from iochub.ingest.einvoices.standing import current_of
from iochub.ingest.einvoices.table import read_row
from iochub.ingest.feed import Column, DateRole, Feed, Kind, Reading, Record, Refusal, or_refused_whole
from iochub.ingest.json_records import BYTE_ORDER_MARK, Unreadable
from iochub.text import Text

FLAG = "UInt8"
CODE = "LowCardinality(String)"
MONEY = "Decimal(38, 6)"


class EInvoices(Feed):
    """An invoice by its seller, template, series and number; its body gives amounts, the portal its state."""

    name = "einvoices"
    title = Text("Hoá đơn điện tử", "Electronic invoices")
    publisher = Text(
        "Thuế tỉnh Thanh Hoá, tổ chức truyền nhận", "Tax office of the province, T-VAN providers"
    )
    source = "QĐ 1450/QĐ-TCT, QĐ 1510/QĐ-TCT; NĐ 254/2026/NĐ-CP; TT 91/2026/TT-BTC"
    every = timedelta(days=1)
    kinds = (
        Kind("invoice", Text("Hoá đơn", "Invoice")),
        Kind("listing", Text("Dòng tra cứu của cơ quan thuế", "Row of the tax portal")),
        Kind("summary", Text("Dòng bảng tổng hợp (01/TH-HĐĐT)", "Row of a summary table")),
        Kind("notice", Text("Thông báo sai sót, kết quả xử lý (04/SS, 01/TB-SSĐT)", "Notice of an error")),
        Kind("answer", Text("Thông báo của cơ quan thuế", "Answer of the tax authority"), counts=False),
    )
    roles = (DateRole("issued", Text("Ngày lập", "Day of issue")),)
    columns = (
        Column("seller", "String", Text("Người bán", "Seller")),
        Column("household", FLAG, Text("Hộ, cá nhân kinh doanh", "Household business")),
        Column("template", CODE, Text("Ký hiệu mẫu số", "Template")),
        Column("series", CODE, Text("Ký hiệu", "Series")),
        Column("adjustment", FLAG, Text("Hoá đơn điều chỉnh", "Adjusting invoice")),
        Column("net", MONEY, Text("Tiền chưa thuế (đồng)", "Before tax (dong)")),
        Column("vat", MONEY, Text("Tiền thuế (đồng)", "Tax (dong)")),
        Column("total", MONEY, Text("Tiền thanh toán (đồng)", "To pay (dong)")),
        Column("currency", CODE, Text("Đồng tiền ghi trên hoá đơn", "Currency of the invoice")),
        Column("source", CODE, Text("Nguồn số liệu", "Taken from")),
        Column("agency", CODE, Text("Cơ quan gửi", "Sending agency")),
        Column("flagged", FLAG, Text("Cần xem lại", "Needs a look")),
        Column("nameless", FLAG, Text("Tổng hợp, không có số hoá đơn", "Summed up, names no invoice")),
    )
    content_types = ("application/xml", "text/xml", "application/json")
    has_relations = True
    control_total = "total"

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        """One record per invoice, row of a table or of the portal, invoice in a notice, and answer.

        The bytes tell which.
        """
        return or_refused_whole(delivery, _records(delivery))

    def interpret(self, record: Record, door: Door) -> Reading:
        """Read one invoice, one row, one notice or one answer."""
        part = record.content
        if not isinstance(part, Part):  # only XML is opened into parts when it is split; a row is JSON
            return read_listing(record.number, record.raw, door)
        return READERS[part.kind](record.number, part, door)

    def envelope_of(self, record: Record) -> bytes:
        """What the message around it says; a row of the portal and an answer need none."""
        return kept(record.content) if isinstance(record.content, Part) else b""

    def enveloped(self, record: Record, envelope: bytes) -> Record:
        """A record by itself is still one of the message it came in; in a new message it is one of that."""
        if not isinstance(record.content, Part):
            return record
        return msgspec.structs.replace(record, content=reopened(record.content, envelope))

    def implied(self, version: Version) -> Implied:
        """The unit and the day of issue; notices and answers name neither, a seller elsewhere has no unit."""
        row: Any = version.reading
        days = row.get("days", ())
        return Implied(row.get("unit") or None, tuple((role, date.fromisoformat(day)) for role, day in days))

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        """The latest body, else the latest row of the portal, else the rows of summary tables together.

        None when it was replaced, cancelled or never valid, or when its seller is not the province's.
        """
        return current_of(own, related)

    def entity_named(self, words: str, door: Door) -> str:
        """`seller:template:series:number`, with the seller's tax number as it stands on the invoice."""
        return named_entity(words, door.pseudonyms)


READERS: dict[str, Callable[[int, Part, Door], Reading]] = {
    "invoice": read_invoice,
    "summary": read_row,
    "notice": read_notice,
    "answer": read_answer,
}


def _records(delivery: bytes) -> Iterator[Record | Refusal]:
    plain = delivery.removeprefix(BYTE_ORDER_MARK).strip()
    if not plain:
        raise Unreadable("empty")
    if plain[:1] in (b"{", b"["):
        for number, raw in enumerate(opened_json(plain)):
            yield Record(number, raw, None)
    else:
        yield from opened_xml(delivery)  # as it came: what stands before the root may name its encoding
