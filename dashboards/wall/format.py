"""From numbers and instants to what a person in the province reads."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext

from iochub.clock import PROVINCE_ZONE
from iochub.dashboards.wall import words
from iochub.text import Language, Text

UNKNOWN = "—"
"""What stands where a number is not known. Never 0."""

_SCALED: tuple[tuple[Decimal, Text], ...] = (
    (Decimal(10) ** 9, Text("tỷ đồng", "billion VND")),
    (Decimal(10) ** 6, Text("triệu đồng", "million VND")),
    (Decimal(1), Text("đồng", "VND")),
)
_MEASURES: dict[str, Text] = {
    "lượt văn bản": Text("lượt văn bản", "exchanges"),
    "văn bản": Text("văn bản", "documents"),
    "cơ quan": Text("cơ quan", "agencies"),
    "hồ sơ": Text("hồ sơ", "dossiers"),
    "phản ánh": Text("phản ánh", "petitions"),
    "hoá đơn": Text("hoá đơn", "invoices"),
    "doanh nghiệp": Text("doanh nghiệp", "enterprises"),
    "hộ, cá nhân": Text("hộ, cá nhân", "households"),
    "thủ tục": Text("thủ tục", "procedures"),
    "dịch vụ": Text("dịch vụ", "services"),
    "điểm": Text("điểm", "points"),
    "lượt khám": Text("lượt khám", "visits"),
    "giường": Text("giường", "beds"),
    "bệnh viện": Text("bệnh viện", "hospitals"),
    "phòng": Text("phòng", "rooms"),
    "điểm cầu": Text("điểm cầu", "points"),
    "huyện": Text("huyện", "districts"),
    "xã": Text("xã", "communes"),
    "bộ hồ sơ": Text("bộ hồ sơ", "files"),
    "hiện vật": Text("hiện vật", "objects"),
    "sản phẩm": Text("sản phẩm", "products"),
    "lượt": Text("lượt", "times"),
    "mũi": Text("mũi", "doses"),
    "xét nghiệm": Text("xét nghiệm", "tests"),
    "tài khoản": Text("tài khoản", "accounts"),
    "hạng": Text("hạng", "in rank"),
    "%/năm": Text("%/năm", "% a year"),
}
MONEY = "đ"


def number(value: Decimal, language: Language, places: int | None = None) -> str:
    """Write a number with the language's marks: 1.234.567,89 in Vietnamese, 1,234,567.89 in English.

    `places` fixes the decimals; without it at most two are shown, and none for a whole number.
    """
    with localcontext() as context:
        context.prec = 80
        rounded = value.quantize(Decimal(1).scaleb(-(2 if places is None else places)), ROUND_HALF_UP)
    if rounded == 0:
        rounded = abs(rounded)
    text = f"{rounded:,f}"
    if places is None and "." in text:
        text = text.rstrip("0").rstrip(".")
    return text if language == "en" else text.translate(_TO_VIETNAMESE)


_TO_VIETNAMESE = str.maketrans({",": ".", ".": ","})


def figure(value: Decimal | None, measure: str, language: Language) -> tuple[str, str]:
    """The big number of a tile and its unit of measure; large sums of money are said in billions."""
    if value is None:
        return UNKNOWN, ""
    if measure == "%":
        return number(value, language, 2), "%"
    if measure == MONEY:
        size, name = next((scale for scale in _SCALED if abs(value) >= scale[0]), _SCALED[-1])
        return number(value / size, language, None if size == 1 else 2), name.to(language)
    return number(value, language), measure_name(measure, language)


def short(value: Decimal, measure: str, language: Language) -> str:
    """A number with its unit of measure and no decimals it does not need: 98 %, 1,5 tỷ đồng."""
    if measure == "%":
        return f"{number(value, language)} %"
    return " ".join(figure(value, measure, language))


def exact(value: Decimal | None, measure: str, language: Language) -> str:
    """The whole number with its unit of measure, nothing rounded into billions."""
    if value is None:
        return UNKNOWN
    places = 2 if measure == "%" else None
    return f"{number(value, language, places)} {measure_name(measure, language)}".strip()


def measure_name(measure: str, language: Language) -> str:
    """A unit of measure as it is read aloud; one the wall does not know stays as declared."""
    if measure == MONEY:
        return _SCALED[-1][1].to(language)
    return _MEASURES[measure].to(language) if measure in _MEASURES else measure


def clock(instant: datetime) -> str:
    """The province's time of day, to the second."""
    return f"{instant.astimezone(PROVINCE_ZONE):%H:%M:%S}"


def day(on: date, language: Language, *, year: bool = True) -> str:
    """A calendar day: 23/11/2026 in Vietnamese, 23 Nov 2026 in English; shorter without its year."""
    if language == "vi":
        return f"{on:%d/%m/%Y}" if year else f"{on:%d/%m}"
    short = f"{on.day} {words.MONTHS_EN[on.month - 1][:3]}"
    return f"{short} {on.year}" if year else short


def long_day(on: date, language: Language) -> str:
    """A calendar day with its weekday, for the head of a screen."""
    weekday = words.WEEKDAYS[on.weekday()].to(language)
    return f"{weekday}, {day(on, language)}"


def moment(instant: datetime, at: datetime, language: Language) -> str:
    """When something happened: the time alone for today, else with its day, and its year if past."""
    local = instant.astimezone(PROVINCE_ZONE)
    today = at.astimezone(PROVINCE_ZONE).date()
    if local.date() == today:
        return f"{local:%H:%M:%S}"
    return f"{local:%H:%M} {day(local.date(), language, year=local.year != today.year)}"


def duration(seconds: float, language: Language) -> str:
    """A length of time in its largest sensible unit: 45 giây, 12 phút, 3 giờ, 5 ngày."""
    whole = max(int(seconds), 0)
    for size, name in _LENGTHS:
        if whole >= size:
            count = whole // size
            plural = "" if count == 1 or language == "vi" else "s"
            return f"{count} {name.to(language)}{plural}"
    return f"0 {_LENGTHS[-1][1].to(language)}{'' if language == 'vi' else 's'}"


_LENGTHS: tuple[tuple[int, Text], ...] = (
    (86_400, Text("ngày", "day")),
    (3_600, Text("giờ", "hour")),
    (60, Text("phút", "minute")),
    (1, Text("giây", "second")),
)
