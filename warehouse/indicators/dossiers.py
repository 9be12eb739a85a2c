"""What the desk for public-service dossiers watches."""

from decimal import Decimal

from iochub.ingest.feeds.dossiers import Dossiers
from iochub.text import Text
from iochub.warehouse.aggregates import Count, InTime
from iochub.warehouse.indicator import Desk, Indicator, Target
from iochub.warehouse.kinds import Ahead, Balance, Flow, PeriodEnd

DESK = Desk("dossiers", Text("Hồ sơ thủ tục hành chính", "Public-service dossiers"))

OWNER = Text("Văn phòng Uỷ ban nhân dân tỉnh", "Office of the provincial People's Committee")

ON_TIME_RULE = "QĐ 766/QĐ-TTg (2022), tiến độ giải quyết: quy tắc 2.1"
SYNCHRONISED = "QĐ 766/QĐ-TTg (2022), đồng bộ hồ sơ: NgayTiepNhan"

ON_TIME_TARGET = "Yêu cầu của tỉnh đối với trung tâm dữ liệu; văn bản giao chỉ tiêu chưa được dẫn"
"""The province asks for 98 % by 2025 in what it laid down for this hub; it named no document for it."""

DUE_SOON_DAYS = 3
"""Today and the two days after it: long enough to act, short enough to be read name by name."""

RECEIVED = Indicator(
    name="dossiers_received",
    title=Text("Hồ sơ tiếp nhận", "Dossiers received"),
    feed=Dossiers,
    desk=DESK,
    kind=Flow("received"),
    value=Count(),
    measure="hồ sơ",
    definition=Text(
        "Số hồ sơ có ngày tiếp nhận (NgayTiepNhan, nếu trống thì NgayNopHoSo) trong kỳ.",
        "Dossiers whose day of receipt (NgayTiepNhan, else NgayNopHoSo) lies in the period.",
    ),
    formula="số hồ sơ tiếp nhận",
    owner=OWNER,
    source=SYNCHRONISED,
    version=1,
    better="neither",
    dimensions=("channel", "status", "agency"),
)

ON_TIME = Indicator(
    name="dossiers_on_time_share",
    title=Text("Tỷ lệ giải quyết trước và đúng hạn", "Dossiers settled on time"),
    feed=Dossiers,
    desk=DESK,
    kind=PeriodEnd("received"),
    value=InTime("late_at"),
    measure="%",
    definition=Text(
        "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ xong trước hoặc đúng hạn, và hồ sơ đang xử lý "
        "chưa đến hạn tính tới cuối kỳ (hoặc hiện tại nếu kỳ chưa hết).",
        "Of the dossiers received in the period: those finished by their due time, and those open and "
        "not yet due at the period's end (or now, while the period lasts).",
    ),
    formula="100 × (tiếp nhận − quá hạn tính tới cuối kỳ) ÷ tiếp nhận",
    owner=OWNER,
    source=ON_TIME_RULE,
    version=1,
    better="higher",
    dimensions=("channel", "agency"),
    targets=(Target(Decimal(98), "2025", ON_TIME_TARGET),),
)

OPEN = Indicator(
    name="dossiers_open",
    title=Text("Hồ sơ đang giải quyết", "Open dossiers"),
    feed=Dossiers,
    desk=DESK,
    kind=Balance(enters="received", leaves="finished"),
    value=Count(),
    measure="hồ sơ",
    definition=Text(
        "Hồ sơ đã tiếp nhận mà chưa kết thúc xử lý, tính tới cuối kỳ hoặc hiện tại.",
        "Dossiers received and not yet finished, at the period's end or now.",
    ),
    formula="tiếp nhận luỹ kế − kết thúc luỹ kế",
    owner=OWNER,
    source=ON_TIME_RULE,
    version=1,
    better="lower",
    dimensions=("channel", "agency"),
    window="day",
)

DUE_SOON = Indicator(
    name="dossiers_due_soon",
    title=Text("Hồ sơ sắp đến hạn", "Dossiers due soon"),
    feed=Dossiers,
    desk=DESK,
    kind=Ahead("due", over="ended_at", days=DUE_SOON_DAYS),
    value=Count(),
    measure="hồ sơ",
    definition=Text(
        f"Hồ sơ chưa kết thúc xử lý, có ngày hẹn trả trong {DUE_SOON_DAYS} ngày kể từ cuối kỳ hoặc hôm nay.",
        f"Unfinished dossiers due within {DUE_SOON_DAYS} days, counting the period's last day or today.",
    ),
    formula="sắp đến hạn trả − đã kết thúc trong số đó",
    owner=OWNER,
    source=ON_TIME_RULE,
    version=1,
    better="lower",
    dimensions=("agency",),
    window="day",
)

INDICATORS = (RECEIVED, ON_TIME, OPEN, DUE_SOON)
