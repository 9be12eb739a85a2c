"""The columns of a document's current row, which an entry of the list of agencies shares."""

from collections.abc import Mapping
from decimal import Decimal

from iochub.ingest.feed import Column
from iochub.text import Text

FLAG = "UInt8"
CODE = "LowCardinality(String)"
NUMBER = "Decimal(38, 6)"
INSTANT_OR_NONE = "Nullable(DateTime64(3, 'UTC'))"

COLUMNS = (
    Column("kind", CODE, Text("Loại đối tượng: văn bản, cơ quan", "Kind of thing: document, agency")),
    Column("organ", "String", Text("Mã cơ quan (QĐ 20)", "Agency code (QĐ 20)")),
    Column("code102", "String", Text("Mã cơ quan (QCVN 102)", "Agency code (QCVN 102)")),
    Column("name", "String", Text("Tên cơ quan trong danh mục", "Name of a listed agency")),
    Column("level", CODE, Text("Cấp cơ quan", "Level of the agency")),
    Column("in_province", FLAG, Text("Có cơ quan của tỉnh", "Of an agency of the province")),
    Column("outgoing", FLAG, Text("Văn bản đi của tỉnh", "Sent by an agency of the province")),
    Column("exchanges", NUMBER, Text("Số nơi nhận", "Receivers")),
    Column("type", CODE, Text("Loại văn bản", "Type of document")),
    Column("priority", CODE, Text("Độ khẩn", "Urgency")),
    Column("steering", CODE, Text("Văn bản chỉ đạo", "Steering document")),
    Column("signed_personal", FLAG, Text("Có chữ ký số cá nhân", "Signed by a person")),
    Column("signed_agency", FLAG, Text("Có chữ ký số cơ quan", "Signed by the agency")),
    Column("registered", FLAG, Text("Có trong sổ văn bản đi", "In its sender's register")),
    Column("has_due", FLAG, Text("Có hạn xử lý", "Has a deadline")),
    Column("tracked", FLAG, Text("Có theo dõi xử lý", "Its work is followed")),
    Column("revoked", FLAG, Text("Bị thu hồi", "Revoked")),
    Column("updated", FLAG, Text("Được cập nhật", "Updated")),
    Column("replaced", FLAG, Text("Bị thay thế", "Replaced")),
    Column("late_at", INSTANT_OR_NONE, Text("Quá hạn từ lúc", "Late from")),
    Column("finished_at", INSTANT_OR_NONE, Text("Hoàn thành lúc", "Finished at")),
    Column("next_change_at", INSTANT_OR_NONE, Text("Thay đổi tiếp theo lúc", "Changes next at")),
    Column("attachments", NUMBER, Text("Số tệp đính kèm", "Attachments")),
    Column("mismatched", FLAG, Text("Tệp không đúng loại đã khai", "Attachment of another type than said")),
    Column("flagged", FLAG, Text("Có điểm sai quy chuẩn", "Strays from the standard")),
    Column("agency", CODE, Text("Cơ quan gửi", "Sending agency")),
)

_EMPTY: Mapping[str, object] = {
    FLAG: 0,
    CODE: "",
    "String": "",
    NUMBER: Decimal(0),
    INSTANT_OR_NONE: None,
}


def values_of(said: Mapping[str, object]) -> tuple[object, ...]:
    """What is said of a thing in the order of the columns; what is not said is empty."""
    return tuple(said.get(column.name, _EMPTY[column.type]) for column in COLUMNS)
