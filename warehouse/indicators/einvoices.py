"""What the desk for e-invoices watches."""

from iochub.ingest.feeds.einvoices import EInvoices
from iochub.text import Text
from iochub.warehouse.aggregates import Count, Distinct, Is, Sum
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.kinds import Flow, SoFar

DESK = Desk("einvoices", Text("Hoá đơn điện tử", "E-invoices"))

OWNER = Text("Thuế tỉnh Thanh Hoá", "Thanh Hoa provincial tax office")

INVOICE_RULES = "NĐ 123/2020/NĐ-CP, NĐ 254/2026/NĐ-CP; TT 91/2026/TT-BTC"
INVOICE_FORMAT = "QĐ 1450/QĐ-TCT, QĐ 1510/QĐ-TCT: TToan"

ISSUED = Indicator(
    name="einvoices_issued",
    title=Text("Hoá đơn điện tử đã lập", "E-invoices issued"),
    feed=EInvoices,
    desk=DESK,
    kind=Flow("issued"),
    value=Count(),
    measure="hoá đơn",
    definition=Text(
        "Số hoá đơn còn hiệu lực của người bán trong tỉnh, theo ngày lập; hoá đơn bị thay thế không tính, "
        "xăng dầu báo cáo tổng hợp theo mặt hàng không có số hoá đơn cũng không.",
        "Valid invoices of the province's sellers by day of issue; replaced ones do not count, nor does "
        "petrol that is reported by goods, without numbers of invoices.",
    ),
    formula="số hoá đơn còn hiệu lực",
    owner=OWNER,
    source=INVOICE_RULES,
    version=2,
    better="neither",
    where=(Is("nameless", 0),),
    dimensions=("template",),
    window="month",
)

TURNOVER = Indicator(
    name="einvoice_turnover",
    title=Text("Doanh thu trên hoá đơn điện tử", "Turnover on e-invoices"),
    feed=EInvoices,
    desk=DESK,
    kind=Flow("issued"),
    value=Sum("net"),
    measure="đ",
    definition=Text(
        "Tổng tiền chưa thuế (TgTCThue) của hoá đơn còn hiệu lực; hoá đơn điều chỉnh cộng theo dấu.",
        "Net amounts (TgTCThue) of valid invoices; adjusting invoices add with their sign.",
    ),
    formula="Σ tiền chưa thuế (TgTCThue)",
    owner=OWNER,
    source=INVOICE_FORMAT,
    version=1,
    better="higher",
    dimensions=("template",),
    window="month",
)

VAT = Indicator(
    name="einvoice_vat",
    title=Text("Thuế giá trị gia tăng trên hoá đơn điện tử", "VAT on e-invoices"),
    feed=EInvoices,
    desk=DESK,
    kind=Flow("issued"),
    value=Sum("vat"),
    measure="đ",
    definition=Text(
        "Tổng tiền thuế (TgTThue) của hoá đơn còn hiệu lực; hoá đơn điều chỉnh cộng theo dấu.",
        "VAT amounts (TgTThue) of valid invoices; adjusting invoices add with their sign.",
    ),
    formula="Σ tiền thuế (TgTThue)",
    owner=OWNER,
    source=INVOICE_FORMAT,
    version=1,
    better="higher",
    dimensions=("template",),
    window="month",
    is_headline=False,
)

ENTERPRISES = Indicator(
    name="einvoice_enterprises",
    title=Text("Doanh nghiệp, tổ chức dùng hoá đơn điện tử", "Enterprises using e-invoices"),
    feed=EInvoices,
    desk=DESK,
    kind=SoFar("issued"),
    value=Distinct("seller"),
    measure="doanh nghiệp",
    definition=Text(
        "Số người bán khác nhau (mã số thuế doanh nghiệp, tổ chức) đã có hoá đơn còn hiệu lực, "
        "tính tới cuối kỳ.",
        "Different sellers with an enterprise's tax number that have issued a valid invoice so far.",
    ),
    formula="số mã số thuế người bán khác nhau luỹ kế, không gồm hộ kinh doanh",
    owner=OWNER,
    source=INVOICE_RULES,
    version=1,
    better="higher",
    where=(Is("household", 0),),
)

HOUSEHOLDS = Indicator(
    name="einvoice_households",
    title=Text("Hộ, cá nhân nộp thuế bằng hoá đơn điện tử", "Households using e-invoices"),
    feed=EInvoices,
    desk=DESK,
    kind=SoFar("issued"),
    value=Distinct("seller"),
    measure="hộ, cá nhân",
    definition=Text(
        "Số hộ, cá nhân kinh doanh khác nhau đã có hoá đơn còn hiệu lực, tính tới cuối kỳ.",
        "Different household and personal sellers that have issued a valid invoice so far.",
    ),
    formula="số hộ, cá nhân kinh doanh khác nhau luỹ kế",
    owner=OWNER,
    source=INVOICE_RULES,
    version=1,
    better="higher",
    where=(Is("household", 1),),
)

INDICATORS = (ISSUED, TURNOVER, VAT, ENTERPRISES, HOUSEHOLDS)
