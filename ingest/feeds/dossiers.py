"""Public-service dossiers, as the one-stop systems of offices synchronise them.

Source: DongBoHoSoMC, CapNhatTienDoHoSoMC and LayDanhSachTTHC of the national portal, standards §4.1;
NĐ 118/2025/NĐ-CP.
"""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from iochub.exact.version import Current, Implied, Version
from iochub.ingest.door import Door
from iochub.ingest.dossiers.catalogue import procedure_key, procedure_of, read_procedure
from iochub.ingest.dossiers.course import current_of
from iochub.ingest.dossiers.envelope import BARE, Wrapped, emptied, opened
from iochub.ingest.dossiers.fields import PROCEDURE_KEY, procedure_code
from iochub.ingest.dossiers.row import dossier_number, read_dossier, read_step
from iochub.ingest.feed import Column, DateRole, Feed, Kind, Reading, Record, Refusal, or_refused_whole
from iochub.ingest.json_records import BYTE_ORDER_MARK
from iochub.text import Text

FLAG = "UInt8"
CODE = "LowCardinality(String)"
INSTANT = "DateTime64(3, 'UTC')"
INSTANT_OR_NONE = "Nullable(DateTime64(3, 'UTC'))"


class Dossiers(Feed):
    """A dossier by its number: full records replace each other, steps advance its state.

    Beside them the catalogue, a procedure by its code: what the offices offer, and since when.
    """

    name = "dossiers"
    title = Text("Hồ sơ thủ tục hành chính", "Public-service dossiers")
    publisher = Text("Bộ phận Một cửa các cấp", "One-stop offices of all levels")
    source = (
        "DongBoHoSoMC, CapNhatTienDoHoSoMC, LayDanhSachTTHC (Cổng Dịch vụ công quốc gia); "
        "NĐ 118/2025/NĐ-CP; QĐ 766/QĐ-TTg"
    )
    every = timedelta(hours=8)
    calendar = "office"
    kinds = (
        Kind("dossier", Text("Hồ sơ", "Full dossier")),
        Kind("progress", Text("Tiến độ xử lý", "Step of work")),
        Kind("procedure", Text("Thủ tục hành chính", "Procedure of the catalogue")),
    )
    roles = (
        DateRole("received", Text("Ngày tiếp nhận", "Day of receipt")),
        DateRole("finished", Text("Ngày kết thúc xử lý", "Day processing ended")),
        DateRole("due", Text("Ngày hẹn trả", "Day due")),
        DateRole("decided", Text("Ngày quyết định công bố", "Day a procedure was decided on")),
        DateRole("published", Text("Ngày công khai", "Day a procedure was made public")),
        DateRole("abolished", Text("Ngày bãi bỏ", "Day a procedure was abolished")),
        DateRole("to_publish", Text("Ngày công khai hoặc phải công khai", "Day made public, or due to be")),
        DateRole("online_since", Text("Trực tuyến từ ngày", "Online since")),
        DateRole("online_until", Text("Ngừng trực tuyến từ ngày", "Online until")),
        DateRole("on_portal_since", Text("Tích hợp Cổng quốc gia từ ngày", "On the national portal since")),
        DateRole("on_portal_until", Text("Ngừng tích hợp từ ngày", "On the national portal until")),
    )
    columns = (
        Column("procedure", CODE, Text("Thủ tục", "Procedure")),
        Column("field", CODE, Text("Lĩnh vực", "Field")),
        Column("channel", CODE, Text("Kênh tiếp nhận", "Channel")),
        Column("status", CODE, Text("Trạng thái", "State")),
        Column("applicant", CODE, Text("Loại đối tượng", "Kind of applicant")),
        Column("received_at", INSTANT, Text("Tiếp nhận lúc", "Received at")),
        Column("due_at", INSTANT_OR_NONE, Text("Hẹn trả lúc", "Due at")),
        Column("ended_at", INSTANT_OR_NONE, Text("Kết thúc xử lý lúc", "Ended at")),
        Column("late_at", INSTANT_OR_NONE, Text("Quá hạn từ lúc", "Late from")),
        Column("next_change_at", INSTANT_OR_NONE, Text("Thay đổi tiếp theo lúc", "Changes next at")),
        Column("agency", CODE, Text("Cơ quan gửi", "Sending agency")),
        Column("paid_online", FLAG, Text("Thanh toán trực tuyến", "Paid online")),
        Column("has_fee", FLAG, Text("Có phí, lệ phí", "Has a fee")),
        Column("digitised", FLAG, Text("Có thành phần số hoá", "Has digitised components")),
        Column("reused", FLAG, Text("Có tái sử dụng dữ liệu số hoá", "Reuses digitised data")),
        Column("from_store", FLAG, Text("Lấy từ kho dữ liệu điện tử", "Taken from the personal store")),
        Column("verified", FLAG, Text("Tài khoản xác thực VNeID", "Account verified by VNeID")),
        Column("electronic_result", FLAG, Text("Có kết quả điện tử", "Has an electronic result")),
        Column("by_post", FLAG, Text("Trả kết quả qua bưu chính", "Result returned by post")),
        Column("level", CODE, Text("Mức độ dịch vụ trực tuyến", "Level of the online service")),
        Column("with_result", FLAG, Text("Đã xong, có kết quả", "Ended with a result")),
        Column("citizen_data", FLAG, Text("Khai thác dữ liệu dân cư", "Used data of citizens")),
        Column("unjudged", FLAG, Text("Không có hạn để xét", "Has no time to be judged by")),
        Column("business_registration", FLAG, Text("Đăng ký thành lập doanh nghiệp", "Founds an enterprise")),
        Column("payment_ready", FLAG, Text("Đã tích hợp thanh toán", "Ready for online payment")),
        Column("decided_in_time", FLAG, Text("Công bố đúng hạn", "Decided on in time")),
        Column("public_in_time", FLAG, Text("Công khai đúng hạn", "Made public in time")),
        Column("is_abolished", FLAG, Text("Thủ tục đã bãi bỏ", "Procedure abolished")),
    )
    content_types = ("application/json",)

    def split(self, delivery: bytes, content_type: str) -> Iterator[Record | Refusal]:
        """One record per element of `data`; a bare dossier or step, or a list of them, is taken too."""
        return or_refused_whole(delivery, _records(delivery))

    def interpret(self, record: Record, door: Door) -> Reading:
        """Read a dossier, a step or a procedure: its service says which or, without one, its fields."""
        wrapped = record.content if isinstance(record.content, Wrapped) else BARE
        if wrapped.kind == "procedure" or (not wrapped.kind and b'"MATTHC"' in record.raw):
            return read_procedure(record, door)
        if wrapped.kind == "progress" or (not wrapped.kind and b'"ThoiDiemXuLy"' in record.raw):
            return read_step(record, door)
        return read_dossier(record, door, wrapped.sender_unit)

    def envelope_of(self, record: Record) -> bytes:
        """The service and the unit that sent it, without the session."""
        wrapped = record.content
        return emptied(wrapped) if isinstance(wrapped, Wrapped) and wrapped.kind else b""

    def enveloped(self, record: Record, envelope: bytes) -> Record:
        """A dossier or step is replayed as it is, or in an envelope of its own, which then says more."""
        if record.content != BARE:
            return record
        return msgspec.structs.replace(record, content=opened(envelope)[1])

    def implied(self, version: Version) -> Implied:
        """The unit, which only a full record names, and the days that a record or a step names."""
        row: Any = version.reading
        return Implied(row.get("unit"), tuple((role, date.fromisoformat(day)) for role, day in row["days"]))

    def fold(self, own: Sequence[Version], related: Sequence[Version]) -> Current | None:
        """The latest full record, advanced by steps that happened after it; steps alone are no row."""
        if own and own[0].entity.startswith(PROCEDURE_KEY):
            return procedure_of(own)
        return current_of(own)

    def entity_named(self, words: str, door: Door) -> str:
        """The number of a dossier, or `procedure:` and the code of a procedure."""
        if words.startswith(PROCEDURE_KEY):
            return procedure_key(procedure_code(words.removeprefix(PROCEDURE_KEY), "entity"))
        return dossier_number(words)


def _records(delivery: bytes) -> Iterator[Record]:
    records, wrapped = opened(delivery.removeprefix(BYTE_ORDER_MARK).strip())
    for number, raw in enumerate(records):
        yield Record(number, raw, wrapped)
