"""The score for serving people and enterprises, QĐ 766: out of as many of its 100 points as are known."""

from dataclasses import dataclass

from iochub.ingest.feeds.dossiers import Dossiers
from iochub.ingest.feeds.reports import Reports
from iochub.ingest.reports.row import ROLE
from iochub.text import Text
from iochub.warehouse.aggregates import Points
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators import dossiers
from iochub.warehouse.indicators.score_766_parts import DESK, OWNER, PARTS, SOURCE
from iochub.warehouse.indicators.score_766_reported import REPORTED
from iochub.warehouse.kinds import PeriodEnd
from iochub.warehouse.score_lines import Line
from iochub.warehouse.scoring import GROUPS, RULES, TITLES

UNKNOWN = Text(
    "Phần chưa có số liệu hoặc chưa ai báo cáo không tính là 0 cũng không tính là đủ: điểm được nêu trên số "
    "điểm đã biết.",
    "What is not known, or what nobody reported, counts neither as nothing nor as all: the score says out of "
    "how many points it is.",
)


@dataclass(frozen=True, slots=True)
class Group:
    """One of the portal's six groups, and what is to be known of its formula."""

    code: str
    name: str
    title: Text
    note: Text | None = None
    is_headline: bool = False


GROUPS_TOLD = (
    Group("CKMB", "transparency", Text("Công khai, minh bạch", "Transparency")),
    Group("TDGQ", "progress", Text("Tiến độ giải quyết", "Progress"), is_headline=True),
    Group(
        "CLGQ",
        "online_services",
        Text("Cung cấp dịch vụ công trực tuyến", "Online services"),
        Text(
            "Cách chia 2 và 6 chưa được xác nhận; hồ sơ nộp trực tuyến nhân tỷ lệ đồng bộ được báo cáo, "
            "chưa trừ hồ sơ thiếu kết quả điện tử nên là mức cao nhất có thể.",
            "The split 2 and 6 is not confirmed; dossiers handed in online are multiplied by the share "
            "reported as synchronised, and not lessened by those without an electronic result: the most it "
            "can be.",
        ),
    ),
    Group(
        "TTTT",
        "online_payment",
        Text("Thanh toán trực tuyến", "Online payment"),
        Text(
            "6A + min(2; 2,5B) + 2,5C: hồ sơ thanh toán trực tuyến, thủ tục có thanh toán, thủ tục đã tích "
            "hợp.",
            "6A + min(2, 2.5B) + 2.5C: dossiers paid online, procedures paid so, procedures ready for it.",
        ),
        is_headline=True,
    ),
    Group("MDHL", "satisfaction", Text("Mức độ hài lòng", "Satisfaction")),
    Group(
        "MDSH",
        "digitisation",
        Text("Số hoá hồ sơ", "Digitisation"),
        Text(
            "Kết quả điện tử xét trên hồ sơ đã có kết quả.",
            "Electronic results are asked of the dossiers that ended with one.",
        ),
        is_headline=True,
    ),
)


KNOWN = {one.name: one for one in (*dossiers.INDICATORS, *PARTS, *REPORTED)}
"""All that the groups are made of."""


def _group(told: Group) -> Indicator:
    rule, maximum = RULES[f"qd766_{told.name}"], GROUPS[told.code]
    lines = rule.lines({})
    is_all_reported = {one.name for one in REPORTED} >= set(rule.figures)
    notes = [told.note, UNKNOWN] if told.note else [UNKNOWN]
    return Indicator(
        name=f"score_766_{told.name}",
        title=Text(f"{told.title.vi} (QĐ 766)", f"{told.title.en} (QĐ 766)"),
        feed=Reports if is_all_reported else Dossiers,
        desk=DESK,
        kind=PeriodEnd(ROLE if is_all_reported else "received"),
        value=Points(f"qd766_{told.name}", rule.figures),
        measure="điểm",
        definition=Text(
            " ".join([f"Tối đa {maximum} điểm: {_listed(lines).vi}.", *(note.vi for note in notes)]),
            " ".join([f"At most {maximum} points: {_listed(lines).en}.", *(note.en for note in notes)]),
        ),
        formula=f"Σ điểm các chỉ số đã biết của nhóm {told.code}",
        owner=OWNER,
        source=SOURCE,
        version=2,
        better="higher",
        is_headline=told.is_headline,
        hides_small=any(KNOWN[name].hides_small for name in rule.figures),
    )


def _listed(lines: tuple[Line, ...]) -> Text:
    """Each line with what it is worth, and whether it is known from reports alone."""
    vi, en = [], []
    for line in lines:
        title, worth = TITLES[line.code], f"{line.maximum.normalize():f}"
        vi.append(f"{title.vi} ({worth}{'; cơ quan báo cáo' if line.is_reported else ''})")
        en.append(f"{title.en} ({worth}{'; reported' if line.is_reported else ''})")
    return Text(", ".join(vi), ", ".join(en))


ALL = sum(GROUPS.values())

TOTAL = Indicator(
    name="score_766",
    title=Text("Điểm phục vụ (QĐ 766)", "Service score (QĐ 766)"),
    feed=Dossiers,
    desk=DESK,
    kind=PeriodEnd("received"),
    value=Points("qd766_total", RULES["qd766_total"].figures),
    measure="điểm",
    definition=Text(
        f"Tổng điểm sáu nhóm, tối đa {ALL} điểm. {UNKNOWN.vi} Chỉ khi đủ {ALL} điểm mới so được với điểm mà "
        "Cổng Dịch vụ công quốc gia công bố.",
        f"The sum of the six groups, at most {ALL} points. {UNKNOWN.en} Only out of all {ALL} can it be "
        "compared with the score that the national portal publishes.",
    ),
    formula="Σ điểm đã biết của sáu nhóm",
    owner=OWNER,
    source=SOURCE,
    version=2,
    better="higher",
)

INDICATORS = (*PARTS, *REPORTED, *map(_group, GROUPS_TOLD), TOTAL)
