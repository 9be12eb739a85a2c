"""What the desk for health care watches."""

from iochub.ingest.feeds.hospitals import Hospitals
from iochub.text import Text
from iochub.warehouse.aggregates import Count, Distinct, Is, Ratio, Share, Sum
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.kinds import Balance, Flow

DESK = Desk("hospitals", Text("Y tế", "Health care"))

OWNER = Text("Sở Y tế", "Department of Health")

VISIT_FORMAT = "QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT: bảng 1 (XML1)"
CHECK_IN_FORMAT = "QĐ 4750/QĐ-BYT, QĐ 3176/QĐ-BYT: bảng check-in (XML0)"
PROVINCE_REPORT = "Báo cáo chuyển đổi số 6 tháng đầu năm 2022 của tỉnh"
"""The article that the province's own figures stand in; the plan behind it is not named there."""

VISITS = Indicator(
    name="hospital_visits",
    title=Text("Lượt khám chữa bệnh", "Hospital visits"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("admitted"),
    value=Count(),
    measure="lượt khám",
    definition=Text(
        "Số lượt khám chữa bệnh có ngày vào (NGAY_VAO) trong kỳ; tiếp đón và hồ sơ của một đợt là một lượt.",
        "Visits by the day of coming (NGAY_VAO); the check-in and the dossier of one visit count once.",
    ),
    formula="số đợt khám chữa bệnh (MACSKCB + MA_LK)",
    owner=OWNER,
    source=VISIT_FORMAT,
    version=1,
    better="neither",
    dimensions=("care", "agency"),
    window="month",
)

COST = Indicator(
    name="hospital_cost",
    title=Text("Chi phí khám chữa bệnh", "Cost of hospital visits"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("discharged"),
    value=Sum("cost"),
    measure="đ",
    definition=Text(
        "Tổng chi phí (T_TONGCHI_BV) của các lượt có ngày ra (NGAY_RA) trong kỳ.",
        "Total cost (T_TONGCHI_BV) of the visits whose day of discharge (NGAY_RA) lies in the period.",
    ),
    formula="Σ T_TONGCHI_BV",
    owner=OWNER,
    source=VISIT_FORMAT,
    version=1,
    better="neither",
    dimensions=("care", "insured"),
    window="month",
    is_headline=False,
)

INSURED = Indicator(
    name="hospital_insured_share",
    title=Text("Tỷ lệ lượt khám bảo hiểm y tế", "Visits with health insurance"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("discharged"),
    value=Share(of=(Is("insured", 1),)),
    measure="%",
    definition=Text(
        "Trong số lượt có ngày ra trong kỳ: lượt có mã thẻ bảo hiểm y tế. Lượt mới tiếp đón chưa tính, "
        "vì tiếp đón chỉ được gửi cho người có thẻ.",
        "Of the visits that ended in the period: those with a health insurance card. Visits known by their "
        "check-in alone do not count yet, for only insured patients are checked in.",
    ),
    formula="100 × lượt có thẻ bảo hiểm y tế ÷ lượt có ngày ra trong kỳ",
    owner=OWNER,
    source=VISIT_FORMAT,
    version=1,
    better="higher",
    dimensions=("care",),
    window="month",
)

CITIZEN_CARDS = Indicator(
    name="visits_with_citizen_card",
    title=Text("Lượt khám bằng thẻ căn cước công dân", "Visits with a citizen card"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("checked_in"),
    value=Count(),
    measure="lượt khám",
    definition=Text(
        "Số lượt tiếp đón có số căn cước công dân 12 chữ số (SO_CCCD) trong kỳ.",
        "Check-ins with a citizen card of 12 digits (SO_CCCD) in the period.",
    ),
    formula="số lượt tiếp đón có căn cước công dân",
    owner=OWNER,
    source=CHECK_IN_FORMAT,
    version=1,
    better="higher",
    where=(Is("citizen_card", 1),),
    is_headline=False,
)

BEDS = Indicator(
    name="hospital_beds_in_use",
    title=Text("Giường bệnh đang sử dụng", "Hospital beds in use"),
    feed=Hospitals,
    desk=DESK,
    kind=Balance(enters="bedded", leaves="discharged"),
    value=Count(),
    measure="giường",
    definition=Text(
        "Người bệnh nội trú, nội trú ban ngày hoặc lưu, đã vào mà chưa ra, tính tới cuối kỳ hoặc hiện tại.",
        "Patients who lie in a bed, put there and not yet discharged, at the period's end or now.",
    ),
    formula="vào nội trú luỹ kế − ra viện luỹ kế",
    owner=OWNER,
    source=CHECK_IN_FORMAT,
    version=1,
    better="neither",
    where=(Is("inpatient", 1),),
    dimensions=("agency",),
    window="day",
)

CLAIMS_FLAGGED = Indicator(
    name="hospital_claims_flagged",
    title=Text("Hồ sơ khám chữa bệnh lệch tổng", "Claims that do not add up"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("discharged"),
    value=Count(),
    measure="hồ sơ",
    definition=Text(
        "Hồ sơ có ngày ra trong kỳ mà tổng tiền không khớp chi tiết thuốc, dịch vụ, vật tư "
        "hoặc phần bảo hiểm.",
        "Dossiers of visits that ended in the period whose totals disagree with their lines or shares.",
    ),
    formula="số hồ sơ có tổng lệch quá 1 đồng",
    owner=OWNER,
    source=VISIT_FORMAT,
    version=1,
    better="lower",
    where=(Is("flagged", 1),),
    dimensions=("agency",),
    window="month",
    is_headline=False,
)

WITH_CASHLESS = Indicator(
    name="hospitals_with_cashless",
    title=Text("Bệnh viện công đã thu không tiền mặt", "Public hospitals paid cashless"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("paid"),
    value=Distinct("facility"),
    measure="bệnh viện",
    definition=Text(
        "Bệnh viện công có ít nhất một khoản viện phí thanh toán không dùng tiền mặt trong kỳ.",
        "Public hospitals with at least one cashless payment of a fee in the period.",
    ),
    formula="số bệnh viện công khác nhau có thanh toán không dùng tiền mặt",
    owner=OWNER,
    source=PROVINCE_REPORT,
    version=1,
    better="higher",
    where=(Is("cashless", 1), Is("public", 1), Is("facility_type", "hospital")),
    is_headline=False,
    hides_small=False,
)

PUBLIC = Indicator(
    name="hospitals_public",
    title=Text("Bệnh viện công", "Public hospitals"),
    feed=Hospitals,
    desk=DESK,
    kind=Balance(enters="opened", leaves="closed"),
    value=Count(),
    measure="bệnh viện",
    definition=Text(
        "Bệnh viện công có trong danh mục cơ sở khám chữa bệnh, còn hiệu lực ở cuối kỳ hoặc hiện tại.",
        "Public hospitals in the roster of facilities, in force at the period's end or now.",
    ),
    formula="có hiệu lực luỹ kế − hết hiệu lực luỹ kế",
    owner=OWNER,
    source="Luật Khám bệnh, chữa bệnh 15/2023/QH15",
    version=1,
    better="neither",
    where=(Is("kind", "facility"), Is("public", 1), Is("facility_type", "hospital")),
    is_headline=False,
    hides_small=False,
)

CASHLESS = Indicator(
    name="hospitals_cashless_share",
    title=Text("Bệnh viện công thanh toán không dùng tiền mặt", "Public hospitals with cashless payment"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("paid"),
    value=Ratio(of="hospitals_with_cashless", among="hospitals_public"),
    measure="%",
    definition=Text(
        "Trong số bệnh viện công còn hiệu lực: bệnh viện có thanh toán viện phí không dùng tiền mặt "
        "trong kỳ.",
        "Of the public hospitals in force: those with a cashless payment of a fee in the period.",
    ),
    formula="100 × bệnh viện công có thanh toán không dùng tiền mặt ÷ bệnh viện công",
    owner=OWNER,
    source=PROVINCE_REPORT,
    version=1,
    better="higher",
    hides_small=False,
)

TELEHEALTH = Indicator(
    name="hospitals_telehealth",
    title=Text("Bệnh viện kết nối khám chữa bệnh từ xa", "Hospitals with telehealth"),
    feed=Hospitals,
    desk=DESK,
    kind=Flow("session"),
    value=Distinct("facility"),
    measure="bệnh viện",
    definition=Text(
        "Bệnh viện có ít nhất một phiên khám chữa bệnh từ xa trong kỳ.",
        "Hospitals with at least one telehealth session in the period.",
    ),
    formula="số bệnh viện khác nhau có phiên khám chữa bệnh từ xa",
    owner=OWNER,
    source=PROVINCE_REPORT,
    version=1,
    better="higher",
    where=(Is("kind", "telehealth"), Is("facility_type", "hospital")),
    hides_small=False,
    is_headline=False,
)

INDICATORS = (
    VISITS,
    COST,
    INSURED,
    CITIZEN_CARDS,
    BEDS,
    CLAIMS_FLAGGED,
    WITH_CASHLESS,
    PUBLIC,
    CASHLESS,
    TELEHEALTH,
)
