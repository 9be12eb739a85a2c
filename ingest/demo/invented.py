"""Names, numbers and procedures that the demo province is made of; all invented or public."""

from random import Random

PROCEDURES: tuple[tuple[str, str, str, str, int], ...] = (
    ("1.001193", "Thủ tục đăng ký khai sinh", "G15-HT02", "Hộ tịch", 1),
    ("1.000894", "Thủ tục đăng ký kết hôn", "G15-HT02", "Hộ tịch", 1),
    ("1.000656", "Thủ tục đăng ký khai tử", "G15-HT02", "Hộ tịch", 1),
    ("2.000815", "Chứng thực bản sao từ bản chính", "G15-CT01", "Chứng thực", 1),
    ("2.000884", "Chứng thực chữ ký", "G15-CT01", "Chứng thực", 1),
    ("1.004873", "Cấp giấy xác nhận tình trạng hôn nhân", "G15-HT02", "Hộ tịch", 3),
    ("1.001612", "Đăng ký thành lập hộ kinh doanh", "G05-HKD", "Thành lập và hoạt động của hộ kinh doanh", 3),
    ("2.002096", "Công nhận hộ nghèo, hộ cận nghèo", "G09-BT01", "Bảo trợ xã hội", 10),
    ("1.011441", "Đăng ký biện pháp bảo đảm bằng quyền sử dụng đất", "G13-DD", "Đất đai", 3),
    ("1.012783", "Cấp đổi giấy chứng nhận quyền sử dụng đất", "G13-DD", "Đất đai", 10),
    ("2.001610", "Đăng ký thành lập doanh nghiệp tư nhân", "G05-KH01", "Thành lập doanh nghiệp", 3),
)
"""Code, title, field code, field title, days allowed. Codes as on the public procedure catalogue; the days
allowed are the demo's own."""

BUSINESS_REGISTRATION = len(PROCEDURES) - 1
"""The place of the one that registers an enterprise: those come online alone."""

GOODS: tuple[tuple[str, str, int], ...] = (
    ("Gạo tẻ", "kg", 18_000),
    ("Xi măng PCB40", "bao", 82_000),
    ("Nước mắm", "lít", 55_000),
    ("Dịch vụ ăn uống", "suất", 65_000),
    ("Vận chuyển hàng hoá", "chuyến", 1_450_000),
    ("Văn phòng phẩm", "bộ", 240_000),
    ("Sửa chữa máy tính", "lần", 350_000),
    ("Thép xây dựng", "kg", 16_500),
)
"""Title, unit of sale, price in đồng."""

TAX_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
"""Source: the check digit rule of Vietnamese tax numbers, standards §1.2."""


def tax_number(serial: int) -> str | None:
    """An invented ten-digit number with a right check digit, or nothing where the rule gives no digit.

    The prefix 99 belongs to no province, so that no real taxpayer is named.
    """
    body = f"99{serial:07d}"
    check = 10 - sum(weight * int(digit) for weight, digit in zip(TAX_WEIGHTS, body, strict=True)) % 11
    return f"{body}{check}" if check < 10 else None


def citizen_number(serial: int) -> str:
    """An invented twelve-digit number; serials of the year 00 are given to nobody."""
    return f"038000{serial:06d}"


def seller(serial: int) -> tuple[str, str]:
    """The name and tax number of the nth seller: every twelfth is a household."""
    if serial % 12 == 0:
        return f"HỘ KINH DOANH MẪU {serial:04d}", citizen_number(serial)
    number = tax_number(serial * 7 + 1) or tax_number(serial * 7 + 2) or tax_number(serial * 7 + 3)
    return f"CÔNG TY MẪU SỐ {serial:04d}", number or citizen_number(serial)


def pick_weighted(random: Random, items: tuple[str, ...], weights: tuple[int, ...]) -> str:
    """One of the items, in proportion to the weights."""
    return random.choices(items, weights)[0]
