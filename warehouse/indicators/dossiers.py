"""What the desk for public-service dossiers watches."""

from decimal import Decimal

from iochub.ingest.dossiers.course import BUSINESS_REGISTRATION
from iochub.ingest.feeds.dossiers import Dossiers
from iochub.text import Text
from iochub.warehouse.aggregates import Count, InTime, Is, Share
from iochub.warehouse.indicator import Desk, Indicator, Target
from iochub.warehouse.kinds import Ahead, Balance, Flow, PeriodEnd

DESK = Desk("dossiers", Text("Hồ sơ thủ tục hành chính", "Public-service dossiers"))

OWNER = Text("Văn phòng Uỷ ban nhân dân tỉnh", "Office of the provincial People's Committee")

ON_TIME_RULE = "QĐ 766/QĐ-TTg (2022), tiến độ giải quyết: quy tắc 2.1"
SYNCHRONISED = "QĐ 766/QĐ-TTg (2022), đồng bộ hồ sơ: NgayTiepNhan"

ON_TIME_TARGET = "Yêu cầu của tỉnh đối với trung tâm dữ liệu; văn bản giao chỉ tiêu chưa được dẫn"
"""The province asks for 98 % by 2025 in what it laid down for this hub; it named no document for it."""

PUBLIC_PROCEDURES = "NĐ 63/2010/NĐ-CP, Đ13 đến Đ15 (công bố, công khai thủ tục hành chính)"
ONLINE_SERVICES = "NĐ 43/2011/NĐ-CP, Đ3.4; NĐ 42/2022/NĐ-CP, Đ11; hồ sơ theo KenhThucHien"
PORTAL = "NĐ 61/2018/NĐ-CP; QĐ 411/QĐ-TTg (tích hợp Cổng Dịch vụ công quốc gia)"
REGISTRATION = "NĐ 01/2021/NĐ-CP, Đ42 (đăng ký doanh nghiệp qua mạng thông tin điện tử)"

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
        "chưa đến hạn tính tới cuối kỳ (hoặc hiện tại nếu kỳ chưa hết). Hồ sơ không có ngày hẹn trả và "
        "không rõ thời hạn giải quyết thì không xét.",
        "Of the dossiers received in the period: those finished by their due time, and those open and "
        "not yet due at the period's end (or now, while the period lasts). Dossiers with neither a due "
        "day nor a known longest time are not judged.",
    ),
    formula="100 × (tiếp nhận − quá hạn tính tới cuối kỳ) ÷ tiếp nhận",
    owner=OWNER,
    source=ON_TIME_RULE,
    version=2,
    better="higher",
    where=(Is("unjudged", 0),),
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
    is_headline=False,
)

UNJUDGED = Indicator(
    name="dossiers_unjudged_share",
    title=Text("Tỷ lệ hồ sơ không có hạn để xét", "Dossiers without a time to be judged by"),
    feed=Dossiers,
    desk=DESK,
    kind=Flow("received"),
    value=Share(of=(Is("unjudged", 1),)),
    measure="%",
    definition=Text(
        "Hồ sơ tiếp nhận trong kỳ không có ngày hẹn trả (NgayHenTra) và không rõ thời hạn giải quyết, nên "
        "không biết đúng hạn hay quá hạn.",
        "Dossiers received in the period with neither a due day (NgayHenTra) nor a known longest time: "
        "nobody can say whether they are on time.",
    ),
    formula="100 × hồ sơ không có hạn ÷ hồ sơ tiếp nhận",
    owner=OWNER,
    source=ON_TIME_RULE,
    version=1,
    better="lower",
    dimensions=("agency",),
    is_headline=False,
)


def _online_share(name: str, title: Text, level: str, words: Text) -> Indicator:
    """Of the dossiers of services of one level, those that were handed in online."""
    return Indicator(
        name=name,
        title=title,
        feed=Dossiers,
        desk=DESK,
        kind=Flow("received"),
        value=Share(of=(Is("channel", "online"),)),
        measure="%",
        definition=Text(
            f"Trong số hồ sơ tiếp nhận trong kỳ của dịch vụ công {words.vi}: hồ sơ nộp trực tuyến "
            "(KenhThucHien = 2). Hồ sơ không ghi mức độ (MucDo) thì không xét.",
            f"Of the dossiers received in the period for {words.en}: those handed in online "
            "(KenhThucHien = 2). Dossiers that name no level (MucDo) are not considered.",
        ),
        formula="100 × hồ sơ nộp trực tuyến ÷ hồ sơ tiếp nhận của dịch vụ cùng mức độ",
        owner=OWNER,
        source=ONLINE_SERVICES,
        version=1,
        better="higher",
        where=(Is("level", level),),
        dimensions=("agency",),
        is_headline=level == "4",
    )


ONLINE_LEVEL_3 = _online_share(
    "dossiers_online_share_level3",
    Text("Tỷ lệ hồ sơ trực tuyến mức độ 3", "Dossiers handed in online, level 3"),
    "3",
    Text("trực tuyến mức độ 3 (một phần)", "services of level 3 (partly online)"),
)

ONLINE_LEVEL_4 = _online_share(
    "dossiers_online_share_level4",
    Text("Tỷ lệ hồ sơ trực tuyến mức độ 4", "Dossiers handed in online, level 4"),
    "4",
    Text("trực tuyến mức độ 4 (toàn trình)", "services of level 4 (wholly online)"),
)

BUSINESSES_ONLINE = Indicator(
    name="businesses_registered_online_share",
    title=Text("Tỷ lệ đăng ký doanh nghiệp trực tuyến", "Enterprises registered online"),
    feed=Dossiers,
    desk=DESK,
    kind=Flow("received"),
    value=Share(of=(Is("channel", "online"),)),
    measure="%",
    definition=Text(
        "Trong số hồ sơ đăng ký thành lập doanh nghiệp tiếp nhận trong kỳ (doanh nghiệp tư nhân, công ty "
        "TNHH, hợp danh, cổ phần: " + ", ".join(sorted(BUSINESS_REGISTRATION)) + "): hồ sơ nộp trực tuyến.",
        "Of the dossiers received in the period that found an enterprise (private, limited, partnership, "
        "stock: " + ", ".join(sorted(BUSINESS_REGISTRATION)) + "): those handed in online.",
    ),
    formula="100 × hồ sơ đăng ký thành lập nộp trực tuyến ÷ hồ sơ đăng ký thành lập",
    owner=Text("Sở Tài chính", "Department of Finance"),
    source=REGISTRATION,
    version=1,
    better="higher",
    where=(Is("business_registration", 1),),
    is_headline=False,
)

PROCEDURES_PUBLIC = Indicator(
    name="procedures_public",
    title=Text("Thủ tục hành chính công khai", "Procedures made public"),
    feed=Dossiers,
    desk=DESK,
    kind=Balance(enters="published", leaves="abolished"),
    value=Count(),
    measure="thủ tục",
    definition=Text(
        "Thủ tục hành chính trong danh mục đã công khai và chưa bị bãi bỏ, tính tới cuối kỳ hoặc hiện tại.",
        "Procedures of the catalogue made public and not abolished, at the period's end or now.",
    ),
    formula="công khai luỹ kế − bãi bỏ luỹ kế",
    owner=OWNER,
    source=PUBLIC_PROCEDURES,
    version=1,
    better="neither",
    dimensions=("level",),
    hides_small=False,
    is_headline=False,
)

SERVICES_ONLINE = Indicator(
    name="services_online",
    title=Text("Dịch vụ công trực tuyến mức độ 3, 4", "Services online at levels 3 and 4"),
    feed=Dossiers,
    desk=DESK,
    kind=Balance(enters="online_since", leaves="online_until"),
    value=Count(),
    measure="dịch vụ",
    definition=Text(
        "Thủ tục hành chính được cung cấp trực tuyến mức độ 3 (một phần) hoặc 4 (toàn trình), tính tới "
        "cuối kỳ hoặc hiện tại; thủ tục bị bãi bỏ không tính.",
        "Procedures offered online at level 3 (partly) or 4 (wholly), at the period's end or now; abolished "
        "ones do not count.",
    ),
    formula="bắt đầu trực tuyến luỹ kế − ngừng trực tuyến luỹ kế",
    owner=OWNER,
    source=ONLINE_SERVICES,
    version=1,
    better="higher",
    dimensions=("level",),
    hides_small=False,
    is_headline=False,
)

ON_PORTAL = Indicator(
    name="services_on_national_portal",
    title=Text("Dịch vụ tích hợp Cổng Dịch vụ công quốc gia", "Services on the national portal"),
    feed=Dossiers,
    desk=DESK,
    kind=Balance(enters="on_portal_since", leaves="on_portal_until"),
    value=Count(),
    measure="dịch vụ",
    definition=Text(
        "Thủ tục hành chính đã tích hợp lên Cổng Dịch vụ công quốc gia, tính tới cuối kỳ hoặc hiện tại; "
        "thủ tục bị bãi bỏ không tính.",
        "Procedures that joined the national public service portal, at the period's end or now; abolished "
        "ones do not count.",
    ),
    formula="tích hợp luỹ kế − ngừng tích hợp luỹ kế",
    owner=OWNER,
    source=PORTAL,
    version=1,
    better="higher",
    dimensions=("level",),
    hides_small=False,
    is_headline=False,
)

INDICATORS = (
    RECEIVED,
    ON_TIME,
    OPEN,
    DUE_SOON,
    UNJUDGED,
    ONLINE_LEVEL_3,
    ONLINE_LEVEL_4,
    BUSINESSES_ONLINE,
    PROCEDURES_PUBLIC,
    SERVICES_ONLINE,
    ON_PORTAL,
)
