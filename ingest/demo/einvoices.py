"""Invented invoices, as the XML that a transmission service hands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from random import Random
from xml.sax.saxutils import escape

from iochub.clock import PROVINCE_ZONE
from iochub.ingest.demo.invented import GOODS, pick_weighted, seller

SELLERS = 2_400
RATES = {"0%": 0, "5%": 5, "8%": 8, "10%": 10}
PROVIDER = "V0100109106"
"""The transmission provider's code in message ids, as in the published samples."""


@dataclass(frozen=True, slots=True)
class InvoiceLife:
    """One invoice and, where an error was found later, what mends it."""

    seller: int
    number: int
    issued_at: datetime
    unit_name: str
    sent_at: datetime
    mended_at: datetime | None
    mended_by: str
    """`1` replaced, `2` adjusted; meaningless without `mended_at`."""
    broken: bool


def invoice_life(day: date, number: int, issued_at: datetime, units: Sequence[str]) -> InvoiceLife:
    """Decide a life from its day and number alone, so that every run tells the same one."""
    random = Random(f"invoice:{day}:{number}")
    who = (
        min(int(random.paretovariate(0.7)), SELLERS) if random.random() < 0.5 else random.randint(1, SELLERS)
    )
    hours_late = random.randint(24, 72) if random.random() < 0.01 else 0
    mended = random.random() < 0.012
    return InvoiceLife(
        seller=who,
        number=day.toordinal() % 1000 * 10_000 + number,
        issued_at=issued_at,
        unit_name=units[who % len(units)],
        sent_at=issued_at.fromtimestamp(issued_at.timestamp() + hours_late * 3600, issued_at.tzinfo),
        mended_at=issued_at.fromtimestamp(
            issued_at.timestamp() + random.randint(900, 90_000), issued_at.tzinfo
        )
        if mended
        else None,
        mended_by=pick_weighted(random, ("1", "2"), (2, 1)),
        broken=random.random() < 0.003,
    )


def invoice(life: InvoiceLife) -> str:
    """The signed body; a broken one has lost its number."""
    return _invoice(life, _lines(life, 1), number="" if life.broken else str(life.number), mends=None)


def mending(life: InvoiceLife) -> str:
    """A replacement with a tenth more, or an adjustment by a tenth less."""
    lines = _lines(life, 1)
    if life.mended_by == "1":
        lines = [(title, unit, price, quantity + 1, rate) for title, unit, price, quantity, rate in lines]
    else:
        lines = [
            (title, unit, -(price // 10), quantity, rate) for title, unit, price, quantity, rate in lines
        ]
    return _invoice(life, lines, number=str(life.number + 5_000_000), mends=life)


def invoices_message(invoices: Sequence[str], *, salt: str) -> str:
    """A `TDiep` 203: data of uncoded invoices, one or many."""
    message_id = sha256(f"{salt}{''.join(invoices)}".encode()).hexdigest()[:32].upper()
    return (
        '<?xml version="1.0" encoding="UTF-8"?><TDiep><TTChung><PBan>2.0.0</PBan>'
        f"<MNGui>{PROVIDER}</MNGui><MNNhan>TCT</MNNhan><MLTDiep>203</MLTDiep>"
        f"<MTDiep>{PROVIDER}{message_id}</MTDiep><MST>0100109106</MST><SLuong>{len(invoices)}</SLuong></TTChung>"
        f"<DLieu>{''.join(invoices)}</DLieu></TDiep>"
    )


def _lines(life: InvoiceLife, seed: int) -> list[tuple[str, str, int, int, str]]:
    random = Random(f"lines:{life.seller}:{life.number}:{seed}")
    rate = pick_weighted(random, tuple(RATES), (1, 2, 14, 8))
    return [(*random.choice(GOODS), random.randint(1, 40), rate) for _ in range(random.randint(1, 4))]


def _invoice(
    life: InvoiceLife,
    lines: Sequence[tuple[str, str, int, int, str]],
    *,
    number: str,
    mends: InvoiceLife | None,
) -> str:
    name, tax = seller(life.seller)
    day = (life.mended_at if mends and life.mended_at else life.issued_at).astimezone(PROVINCE_ZONE).date()
    series = f"K{life.issued_at.astimezone(PROVINCE_ZONE):%y}TDM"
    net = sum(price * quantity for _, _, price, quantity, _ in lines)
    rate = lines[0][4]
    vat = round(net * RATES[rate] / 100)
    return (
        f'<HDon><DLHDon Id="DM{life.seller}-{number or "0"}"><TTChung><PBan>2.1.0</PBan>'
        "<THDon>Hóa đơn giá trị gia tăng</THDon>"
        f"<KHMSHDon>1</KHMSHDon><KHHDon>{series}</KHHDon><SHDon>{number}</SHDon><NLap>{day}</NLap>"
        f"<DVTTe>VND</DVTTe><TGia>1</TGia><HTTToan>TM/CK</HTTToan><MSTTCGP>0100109106</MSTTCGP>"
        f"{_related(mends, series)}</TTChung><NDHDon>"
        f"<NBan><Ten>{escape(name)}</Ten><MST>{tax}</MST>"
        f"<DChi>Số 1 đường Mẫu, {escape(life.unit_name)}, Tỉnh Thanh Hóa</DChi></NBan>"
        "<NMua><Ten>Bán cho người tiêu dùng</Ten><DChi/></NMua>"
        f"<DSHHDVu>{''.join(_line(place, line) for place, line in enumerate(lines, 1))}</DSHHDVu>"
        f"<TToan><THTTLTSuat><LTSuat><TSuat>{rate}</TSuat><ThTien>{net}</ThTien><TThue>{vat}</TThue></LTSuat>"
        f"</THTTLTSuat><TgTCThue>{net}</TgTCThue><TgTThue>{vat}</TgTThue><TgTTTBSo>{net + vat}</TgTTTBSo>"
        "<TgTTTBChu>Số tiền mẫu</TgTTTBChu></TToan></NDHDon></DLHDon><DSCKS><NBan/></DSCKS></HDon>"
    )


def _related(mends: InvoiceLife | None, series: str) -> str:
    if mends is None:
        return ""
    day = mends.issued_at.astimezone(PROVINCE_ZONE).date()
    return (
        f"<TTHDLQuan><TCHDon>{mends.mended_by}</TCHDon><LHDCLQuan>1</LHDCLQuan><KHMSHDCLQuan>1</KHMSHDCLQuan>"
        f"<KHHDCLQuan>{series}</KHHDCLQuan><SHDCLQuan>{mends.number}</SHDCLQuan><NLHDCLQuan>{day}</NLHDCLQuan>"
        "<GChu>Sai sót số lượng</GChu></TTHDLQuan>"
    )


def _line(place: int, line: tuple[str, str, int, int, str]) -> str:
    title, unit, price, quantity, rate = line
    return (
        f"<HHDVu><TChat>1</TChat><STT>{place}</STT><THHDVu>{escape(title)}</THHDVu><DVTinh>{unit}</DVTinh>"
        f"<SLuong>{quantity}</SLuong><DGia>{price}</DGia><ThTien>{price * quantity}</ThTien>"
        f"<TSuat>{rate}</TSuat></HHDVu>"
    )
