"""Every word of the page where an agency mends its rejects, in Vietnamese and in English."""

from typing import Final

from iochub.text import Text

TITLE: Final = Text("Bản ghi bị từ chối", "Rejected records")
NAV: Final = Text("Bản ghi lỗi", "Rejects")
ENTER_KEY: Final = Text("Khoá cơ quan (dùng để gửi dữ liệu)", "Agency key (the one that data is sent with)")
ENTER: Final = Text("Đăng nhập", "Sign in")
LEAVE: Final = Text("Đăng xuất", "Sign out")
WRONG_KEY: Final = Text("Khoá không đúng hoặc đã bị thu hồi.", "This key is unknown or revoked.")
SIGNED_OUT: Final = Text(
    "Đã đăng xuất hoặc quá lâu không thao tác: tải lại trang và nhập lại khoá.",
    "Signed out, or idle for too long: reload the page and enter the key again.",
)
GATEWAY_AWAY: Final = Text(
    "Cổng tiếp nhận chưa trả lời, thử lại sau ít phút.", "The gateway does not answer; try again shortly."
)
AGENCY: Final = Text("Cơ quan", "Agency")

STATES: Final[dict[str, Text]] = {
    "open": Text("Chờ sửa", "Open"),
    "refused_again": Text("Gửi lại vẫn bị từ chối", "Refused again"),
    "corrected": Text("Đã sửa, đã nhận", "Corrected"),
    "replayed": Text("Gửi lại, đã nhận", "Replayed as it was"),
}
ANY_STATE: Final = Text("Mọi trạng thái", "Any state")
ANY_FEED: Final = Text("Mọi nguồn", "Any feed")
ANY_REASON: Final = Text("Mọi lý do", "Any reason")
FEED: Final = Text("Nguồn", "Feed")
REASON: Final = Text("Lý do", "Reason")
STATE: Final = Text("Trạng thái", "State")
SINCE: Final = Text("Từ ngày", "Since")
MORE: Final = Text("Xem thêm", "More")
RENEW: Final = Text("Tải lại", "Reload")
NONE_OPEN: Final = Text("Không có bản ghi nào như vậy.", "There are none of these.")
CHOOSE: Final = Text("Chọn một bản ghi để xem chỗ sai và sửa.", "Choose a record to see what is wrong.")
MANY: Final = Text("Gửi lại mọi bản ghi sửa được chắc chắn", "Send all that have a certain correction")
MANY_DONE: Final = Text(
    "{sent} bản ghi đã sửa và nhận; {left} bản ghi phải tự sửa.", "{sent} corrected and taken; {left} left."
)
MANY_MORE: Final = Text("Còn nữa: bấm lần nữa.", "There are more: press again.")

RECORD_NUMBER: Final = Text("Bản ghi thứ {} của lần gửi", "Record no. {} of its delivery")
"""People count from one; `index` in the API counts from nought."""
SET_ASIDE_AT: Final = Text("Bị từ chối lúc", "Refused at")
RECORD: Final = Text("Bản ghi như đã gửi", "The record as it was sent")
DECODED: Final = Text(
    "Bản ghi đã gửi, phần mã hoá base64 được mở ra để đọc và sửa",
    "The record as it was sent, what was in base64 opened to be read and corrected",
)
CELL: Final = Text("Trang tính “{}”, ô {}", "Sheet “{}”, cell {}")
ROW: Final = Text("Trang tính “{}”, hàng {}", "Sheet “{}”, row {}")
LINE: Final = Text("dòng {}, cột {}", "line {}, column {}")
MARKED: Final[dict[str, Text]] = {
    "value": Text("Giá trị sai", "Wrong value"),
    "extra": Text("Trường thừa", "A field too many"),
    "around": Text("Thiếu trường ở đây", "A field is missing here"),
    "syntax": Text("Không đọc được từ đây", "Not readable from here"),
}
SHORTENED: Final = Text("Chỉ hiện phần quanh chỗ sai.", "Only the part around the fault is shown.")
SUGGESTION: Final = Text("Đề xuất sửa", "Suggested correction")
USE: Final = Text("Dùng bản sửa này", "Use this correction")
NO_SUGGESTION: Final = Text(
    "Không có cách sửa nào chắc chắn; hãy sửa theo hồ sơ gốc.",
    "No correction is certain; correct it by your own books.",
)
EDIT: Final = Text("Bản ghi sau khi sửa", "The corrected record")
CHECK: Final = Text("Kiểm tra", "Check")
SEND: Final = Text("Gửi lại", "Send")
RESTORE: Final = Text("Về như đã gửi", "Undo")
NOT_HERE: Final = Text(
    "Bản ghi này quá dài hoặc ở bảng mã khác, không sửa tại đây được: hãy sửa trong hệ thống gửi.",
    "This record is too long or in another encoding: correct it in your own system and send it anew.",
)
CHECKED_FINE: Final = Text("Hợp lệ: có thể gửi.", "Valid: it can be sent.")
EMPTY: Final = Text("ô sửa đang trống.", "the editor is empty.")
STILL_WRONG: Final = Text("Vẫn sai: {}", "Still wrong: {}")
PROBLEM: Final = Text("Chưa gửi được: {}", "Not sent: {}")
RECEIPT: Final = Text("Biên nhận", "Receipt")
STEPS: Final[dict[str, Text]] = {
    "accepted": Text("Đã nhận", "Accepted"),
    "stored": Text("Đã lưu", "Stored"),
    "counted": Text("Đã tính vào chỉ tiêu", "Counted"),
}
HISTORY: Final = Text("Đã gửi lại", "Replays")
KEY: Final = Text("khoá", "key")
CHANGED: Final = Text("sửa", "changed")
UNCHANGED: Final = Text("không đổi gì", "nothing changed")
SUGGESTED: Final = Text("theo đề xuất", "as suggested")
TAKEN: Final = Text("đã nhận", "taken")
REFUSED: Final = Text("bị từ chối", "refused")
