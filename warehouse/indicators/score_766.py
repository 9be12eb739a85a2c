"""The score for serving people and enterprises, QĐ 766: as many of its points as the hub's events tell."""

from dataclasses import dataclass

from iochub.ingest.feeds.dossiers import Dossiers
from iochub.text import Text
from iochub.warehouse.aggregates import Points
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators.score_766_parts import DESK, OWNER, PARTS, SOURCE
from iochub.warehouse.kinds import PeriodEnd
from iochub.warehouse.scoring import GROUPS, WITHIN_REACH


@dataclass(frozen=True, slots=True)
class Group:
    """One of the portal's six groups, and what of it the hub counts and does not."""

    code: str
    name: str
    title: Text
    parts: tuple[str, ...]
    counted: Text
    missing: Text


def _group(told: Group) -> Indicator:
    reach, maximum = WITHIN_REACH[told.code], GROUPS[told.code]
    return Indicator(
        name=f"score_766_{told.name}",
        title=Text(
            f"{told.title.vi} (QĐ 766, {reach}/{maximum} điểm xét được)",
            f"{told.title.en} (QĐ 766, {reach} of {maximum} points)",
        ),
        feed=Dossiers,
        desk=DESK,
        kind=PeriodEnd("received"),
        value=Points(f"qd766_{told.name}", told.parts),
        measure="điểm",
        definition=Text(
            f"Tối đa {reach} trong {maximum} điểm của nhóm. Tính được: {told.counted.vi}. {told.missing.vi}.",
            f"At most {reach} of the group's {maximum} points. "
            f"Counted: {told.counted.en}. {told.missing.en}.",
        ),
        formula=f"Σ điểm các chỉ số xét được của nhóm {told.code}",
        owner=OWNER,
        source=SOURCE,
        version=1,
        better="higher",
        is_headline=told.name in HEADLINES,
    )


HEADLINES = frozenset(("progress", "online_payment", "digitisation"))
"""Groups that the hub can tell nearly whole."""

GROUPS_TOLD = (
    Group(
        "CKMB",
        "transparency",
        Text("Công khai, minh bạch", "Transparency"),
        (
            "procedures_decided_in_time",
            "procedures_decided",
            "procedures_made_public_in_time",
            "procedures_to_make_public",
        ),
        Text(
            "công bố đúng hạn (6) và công khai đúng hạn (4), từ danh mục thủ tục",
            "decided on in time (6) and made public in time (4), from the catalogue",
        ),
        Text(
            "Không tính: đầy đủ nội dung (2) và đồng bộ hồ sơ (6), vì mẫu số nằm ở hệ thống báo cáo quốc gia",
            "Not counted: completeness of texts (2), and synchronised dossiers (6), whose denominator lies "
            "in the national reporting system",
        ),
    ),
    Group(
        "TDGQ",
        "progress",
        Text("Tiến độ giải quyết", "Progress"),
        ("dossiers_on_time_share",),
        Text("hồ sơ đúng hạn (20)", "dossiers on time (20)"),
        Text("Đủ cả nhóm", "That is the whole group"),
    ),
    Group(
        "CLGQ",
        "online_services",
        Text("Cung cấp dịch vụ công trực tuyến", "Online services"),
        ("services_online", "procedures_public", "services_used", "dossiers_online_share"),
        Text(
            "thủ tục trực tuyến (2), dịch vụ có hồ sơ (4), hồ sơ trực tuyến (6)",
            "procedures online (2), services used (4), dossiers handed in online (6)",
        ),
        Text(
            "Cách chia 2 và 6 chưa được xác nhận; hồ sơ trực tuyến chưa nhân tỷ lệ đồng bộ và chưa trừ hồ sơ "
            "thiếu kết quả điện tử, nên là mức cao nhất có thể",
            "The split 2 and 6 is not confirmed; dossiers are neither multiplied by the share synchronised "
            "nor lessened by those without an electronic result, so this is the most it can be",
        ),
    ),
    Group(
        "TTTT",
        "online_payment",
        Text("Thanh toán trực tuyến", "Online payment"),
        (
            "dossiers_paid_online_share",
            "dossiers_with_fee_share",
            "procedures_paid_online",
            "procedures_payment_ready_share",
        ),
        Text(
            "hồ sơ thanh toán trực tuyến, thủ tục có thanh toán, thủ tục đã tích hợp "
            "(6A + min(2; 2,5B) + 2,5C)",
            "dossiers paid online, procedures paid so, procedures ready for it (6A + min(2, 2.5B) + 2.5C)",
        ),
        Text("Đủ cả nhóm", "That is the whole group"),
    ),
    Group(
        "MDHL",
        "satisfaction",
        Text("Mức độ hài lòng", "Satisfaction"),
        ("dossiers_on_time_share",),
        Text(
            "hài lòng trong giải quyết hồ sơ (6), chỉ trừ hồ sơ quá hạn nên là mức cao nhất có thể",
            "satisfaction with dossiers (6), lessened by late ones alone, so this is the most it can be",
        ),
        Text(
            "Không tính: phản ánh, kiến nghị (12) và hồ sơ bị đánh giá không hài lòng, vì không gửi đến đây",
            "Not counted: petitions (12) and dossiers that people disliked, which nobody sends here",
        ),
    ),
    Group(
        "MDSH",
        "digitisation",
        Text("Số hoá hồ sơ", "Digitisation"),
        (
            "dossiers_electronic_result_share",
            "dossiers_with_result_share",
            "dossiers_digitised_share",
            "dossiers_reused_share",
            "dossiers_from_store_share",
            "dossiers_citizen_data_share",
            "procedures_with_citizen_data",
            "procedures_of_citizens",
        ),
        Text(
            "kết quả điện tử (6, trên hồ sơ đã có kết quả), số hoá (4), tái sử dụng (2), kho cá nhân (4), "
            "dữ liệu dân cư theo hồ sơ (2) và theo thủ tục (2)",
            "electronic results (6, of dossiers that ended with one), digitised (4), reused (2), personal "
            "store (4), data of citizens by dossier (2) and by procedure (2)",
        ),
        Text(
            "Không tính: chứng thực bản sao điện tử (2), vì không rõ xã nào thực hiện",
            "Not counted: certified electronic copies (2), for it is not known which communes offer them",
        ),
    ),
)

REACH, ALL = sum(WITHIN_REACH.values()), sum(GROUPS.values())

TOTAL = Indicator(
    name="score_766",
    title=Text(
        f"Điểm phục vụ (QĐ 766, {REACH}/{ALL} điểm xét được)",
        f"Service score (QĐ 766, {REACH} of {ALL} points)",
    ),
    feed=Dossiers,
    desk=DESK,
    kind=PeriodEnd("received"),
    value=Points("qd766_total", tuple(f"score_766_{told.name}" for told in GROUPS_TOLD)),
    measure="điểm",
    definition=Text(
        f"Tổng điểm sáu nhóm, chỉ gồm {REACH} trong {ALL} điểm mà dữ liệu gửi đến đây xét được; không so "
        "được với điểm Cổng Dịch vụ công quốc gia công bố. Thiếu điểm một nhóm thì không nêu tổng.",
        f"The sum of the six groups, of which only {REACH} of {ALL} points can be told from what is sent "
        "here; it cannot be compared with the score that the national portal publishes. Where a group is not "
        "known, no sum is told.",
    ),
    formula="Σ điểm xét được của sáu nhóm",
    owner=OWNER,
    source=SOURCE,
    version=1,
    better="higher",
)

INDICATORS = (*PARTS, *map(_group, GROUPS_TOLD), TOTAL)
