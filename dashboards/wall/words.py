"""Every word the wall says, in Vietnamese and in English."""

from typing import Final

from iochub.ingest.unit_map import MapName
from iochub.text import Text

BRAND: Final = Text("Trung tâm Điều hành thông minh", "Intelligent Operations Centre")
SYNTHETIC: Final = Text("Dữ liệu mô phỏng", "Synthetic data")
SYNTHETIC_WHY: Final = Text(
    "Mọi sự kiện trên màn hình này do tỉnh mô phỏng sinh ra, không phải số liệu thật.",
    "Every event on this screen comes from the demo province; none is real.",
)
OVERVIEW: Final = Text("Tổng quan", "Overview")
FEEDS: Final = Text("Nguồn dữ liệu", "Feeds")
SKIP: Final = Text("Đến nội dung chính", "Skip to the figures")
OTHER_LANGUAGE: Final = Text("English", "Tiếng Việt")

STATES: Final[dict[str, Text]] = {
    "ok": Text("Đang hoạt động", "Live"),
    "no_data": Text("Chưa có số liệu", "No data yet"),
    "stale": Text("Số liệu cũ", "Stale"),
    "partial": Text("Đang cập nhật", "Catching up"),
    "suppressed": Text("Ẩn vì số nhỏ", "Hidden: small count"),
    "waiting": Text("Đang tải", "Loading"),
}
STALE_SINCE: Final = Text("Số liệu cũ, từ {}", "Stale since {}")
DATA_UNTIL: Final = Text("số liệu đến {}", "data to {}")
NEVER: Final = Text("chưa nhận lần nào", "never received")
TARGET: Final = Text("Mục tiêu", "Target")
TARGET_BY: Final = Text("Mục tiêu {by}: {value}", "Target {by}: {value}")
MET: Final = Text("Đạt", "Met")
NOT_MET: Final = Text("Chưa đạt", "Not met")

AWAY: Final = Text("Mất kết nối", "Connection lost")
AWAY_SINCE: Final = Text(
    "từ {} – số liệu bên dưới là lần nhận cuối, màn hình đang tự nối lại",
    "since {} – below is the last answer; the screen reconnects by itself",
)
SLOW: Final = Text("Trả lời chậm", "Slow answers")
SLOW_SINCE: Final = Text(
    "từ {} – máy chủ số liệu đang bận, một số số liệu bên dưới là lần nhận trước",
    "since {} – the query API is busy; some figures below are from the last answer",
)
REFUSED: Final = Text(
    "Máy chủ số liệu từ chối mã truy cập của màn hình này.",
    "The query API refuses this screen's token.",
)
FEEDS_OK: Final = Text("{ok}/{all} nguồn đang hoạt động", "{ok}/{all} feeds live")

PERIOD: Final = Text("Kỳ số liệu", "Period")
NOW_BY: Final[dict[str, Text]] = {
    "day": Text("Hôm nay", "Today"),
    "month": Text("Tháng này", "This month"),
    "quarter": Text("Quý này", "This quarter"),
    "year": Text("Năm nay", "This year"),
}
BY_STEP: Final[dict[str, Text]] = {
    "day": Text("Theo ngày", "By day"),
    "week": Text("Theo tuần", "By week"),
    "month": Text("Theo tháng", "By month"),
}
EARLIER: Final = Text("Kỳ trước", "Earlier")
LATER: Final = Text("Kỳ sau", "Later")
WEEKDAYS: Final = (
    Text("Thứ Hai", "Monday"),
    Text("Thứ Ba", "Tuesday"),
    Text("Thứ Tư", "Wednesday"),
    Text("Thứ Năm", "Thursday"),
    Text("Thứ Sáu", "Friday"),
    Text("Thứ Bảy", "Saturday"),
    Text("Chủ Nhật", "Sunday"),
)
MONTHS_EN: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

BACK: Final = Text("Về tổng quan", "Back to overview")
TREND: Final = Text("Diễn biến", "Trend")
BY_UNIT: Final = Text("Theo đơn vị", "By unit")
HIGHEST: Final = Text("Cao nhất trước", "Highest first")
LOWEST: Final = Text("Thấp nhất trước", "Lowest first")
DEFINITION: Final = Text("Định nghĩa", "Definition")
FORMULA: Final = Text("Công thức", "Formula")
SOURCE: Final = Text("Căn cứ", "Source")
OWNER: Final = Text("Chủ trì", "Owner")
VERSION: Final = Text("Phiên bản định nghĩa", "Definition version")
NUMERATOR: Final = Text("Tử số", "Numerator")
DENOMINATOR: Final = Text("Mẫu số", "Denominator")
ROWS: Final = Text("Số bản ghi", "Rows behind it")
COMPUTED: Final = Text("Tính lúc", "Computed at")
RECEIVED: Final = Text("Nhận lần cuối", "Last received")
EXACT: Final = Text("Giá trị đầy đủ", "Full value")
BY_MAP: Final[dict[MapName, Text]] = {
    "current": Text("Hiện nay", "Today"),
    "2025-01": Text("Đầu 2025", "Early 2025"),
    "2020": Text("Trước 2025", "Before 2025"),
}
NOT_WITHIN: Final = Text("Chưa gồm phần của đơn vị đã chia", "Without its part of divided units")
DIVIDED_AMONG: Final = Text("nay thuộc: {}", "lies in: {}")
UNKNOWN_INDICATOR: Final = Text("Không có chỉ tiêu này.", "There is no such indicator.")
OUT_OF: Final = Text("trên {} điểm", "of {} points")
OUT_OF_FEWER: Final = Text("xét được {known}/{all} điểm", "{known} of {all} points known")
REPORTED_PART: Final = Text("{}, cơ quan báo cáo", "{}, reported")
NOT_REPORTED: Final = Text("chưa đủ báo cáo", "not reported in full")
NO_ROWS: Final = Text("Chưa có số liệu trong kỳ này", "No data in this period")

PUBLISHER: Final = Text("Cơ quan gửi", "Publisher")
LAG: Final = Text("Đang chờ xử lý", "Waiting")
WAITING_LONGEST: Final = Text("Chờ lâu nhất", "Waiting longest")
SINCE_ACCEPTED: Final = Text("từ lúc tiếp nhận", "since it was accepted")
LATEST_EVENT: Final = Text("Sự kiện mới nhất", "Latest event")
BY_PUBLISHER: Final = Text("theo giờ nơi gửi ghi", "by its publisher's clock")
NOT_TOLD: Final = Text("nơi gửi không ghi giờ", "its publisher tells no time")
RECORDS: Final = Text("bản ghi", "records")
ACCEPTED_TODAY: Final = Text("Tiếp nhận hôm nay", "Accepted today")
REJECTED_TODAY: Final = Text("Từ chối hôm nay", "Rejected today")
REJECT_REASONS: Final = Text("Lý do từ chối hôm nay", "Why records were rejected today")
OTHER_REASONS: Final = Text("Lý do khác: {}", "Other reasons: {}")
NO_REJECTS: Final = Text("Không có bản ghi nào bị từ chối hôm nay", "Nothing rejected today")
CADENCE: Final = Text("Nhịp gửi: mỗi {}, coi là cũ sau {}", "Sends every {}, stale after {}")
SILENT_FOR: Final = Text("im lặng {}", "silent for {}")
SILENT_SINCE: Final = Text("im lặng từ {}; nhịp {}", "silent since {}; beat {}")
BY_OFFICE_HOURS: Final = Text("; tính giờ hành chính", "; in office hours")
WORKING_DAY: Final = Text("ngày làm việc", "working day")
WORKING_DAYS: Final = Text("ngày làm việc", "working days")
SENDERS: Final = Text(
    "Cơ quan gửi, 30 ngày qua: kém nhất trước", "Senders over the last 30 days: worst first"
)
AGENCY: Final = Text("Cơ quan", "Agency")
FEED: Final = Text("Nguồn", "Feed")
FIGURES_OF_FEED: Final = Text("Chỉ tiêu lấy từ nguồn này", "Figures from this feed")
ADVICE: Final[dict[str, Text]] = {
    "no_data": Text(
        "Chưa nhận lần nào: kiểm tra khoá và địa chỉ gửi cùng cơ quan gửi.",
        "Nothing has ever come: check key and address with the publisher.",
    ),
    "stale": Text(
        "Quá ba nhịp không nhận được gì: gọi cơ quan gửi.",
        "Nothing came for three beats: call the publisher.",
    ),
    "partial": Text(
        "Đã nhận nhưng chưa tính xong: chỉ tiêu bên dưới còn thiếu phần đang chờ.",
        "Accepted but not counted yet: the figures below lack what waits.",
    ),
}
"""What a feed that is not well means, and who is to act."""
SCORES: Final[dict[str, Text]] = {
    "valid": Text("Đúng", "Valid"),
    "complete": Text("Đủ", "Complete"),
    "clean": Text("Sạch", "Clean"),
    "alive": Text("Sống", "Alive"),
}

SIGN_IN: Final = Text("Nhập mã truy cập để xem", "Enter your access token")
TOKEN: Final = Text("Mã truy cập", "Access token")
ENTER: Final = Text("Vào xem", "Enter")
WRONG_TOKEN: Final = Text("Mã truy cập không đúng hoặc đã bị thu hồi.", "This token is unknown or revoked.")
API_AWAY: Final = Text(
    "Máy chủ số liệu chưa trả lời, thử lại sau ít phút.", "The query API does not answer; try again shortly."
)
