"""What the desk for documents watches."""

from decimal import Decimal

from iochub.ingest.feeds.documents import Documents
from iochub.text import Text
from iochub.warehouse.aggregates import Count, Distinct, Is, Late, Ratio, Share, Sum, Worth
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.kinds import Balance, Flow, Listed, PeriodEnd

DESK = Desk("documents", Text("Văn bản điện tử", "Electronic documents"))

OWNER = Text("Văn phòng Uỷ ban nhân dân tỉnh", "Office of the provincial People's Committee")

EXCHANGE_RULES = "QĐ 28/2018/QĐ-TTg; QCVN 102:2016/BTTTT (edXML): MessageHeader/To, TraceHeader"
SIGNATURE_RULES = "QĐ 28/2018/QĐ-TTg; NĐ 30/2020/NĐ-CP: chữ ký số của người có thẩm quyền, của cơ quan"
STATUS_RULES = "QCVN 102:2016/BTTTT (edXML): StatusCode, DueDate; sổ văn bản đến (QLVB)"
ROSTER_RULES = "QĐ 20/2020/QĐ-TTg: danh sách mã định danh cơ quan trên trục liên thông văn bản"

SAVED_EACH = Decimal(35_616)
"""Đồng per exchange: paper, print, post and time.

Source: the province's report on 2021: about 85 billion đồng saved by 2 386 600 exchanges; no rule sets the
price, so it is a parameter and this is where it is declared.
"""

EXCHANGED = Indicator(
    name="documents_exchanged",
    title=Text("Lượt văn bản trao đổi, xử lý trên môi trường điện tử", "Documents exchanged electronically"),
    feed=Documents,
    desk=DESK,
    kind=Flow("exchanged"),
    value=Sum("exchanges"),
    measure="lượt văn bản",
    definition=Text(
        "Mỗi văn bản gửi tới một nơi nhận là một lượt, theo ngày gửi; bản chuyển tiếp và bản cập nhật không "
        "tính lại, văn bản bị thu hồi vẫn tính. Văn bản từ ngoài tỉnh chỉ tính các nơi nhận trong tỉnh.",
        "One per document and receiver, by the day it was sent; relayed copies and updates do not count "
        "again, revoked documents still count. Of documents from elsewhere only receivers in the province.",
    ),
    formula="Σ số nơi nhận khác nhau của mỗi văn bản",
    owner=OWNER,
    source=EXCHANGE_RULES,
    version=1,
    better="higher",
    dimensions=("type", "agency"),
    hides_small=False,
)

OUTGOING = Indicator(
    name="documents_outgoing",
    title=Text("Văn bản đi", "Documents sent"),
    feed=Documents,
    desk=DESK,
    kind=Flow("exchanged"),
    value=Count(),
    measure="văn bản",
    definition=Text(
        "Số văn bản do cơ quan trong tỉnh gửi đi trong kỳ; một văn bản gửi nhiều nơi chỉ tính một.",
        "Documents that agencies of the province sent in the period; sent to many, one counts once.",
    ),
    formula="số văn bản có nơi gửi thuộc tỉnh",
    owner=OWNER,
    source=EXCHANGE_RULES,
    version=1,
    better="neither",
    dimensions=("type", "agency"),
    where=(Is("outgoing", 1),),
    is_headline=False,
    hides_small=False,
)

SIGNED_PERSONAL = Indicator(
    name="documents_signed_personal_share",
    title=Text("Tỷ lệ văn bản ký số cá nhân", "Documents signed digitally by a person"),
    feed=Documents,
    desk=DESK,
    kind=Flow("exchanged"),
    value=Share(of=(Is("signed_personal", 1),)),
    measure="%",
    definition=Text(
        "Trong số văn bản đi có trong sổ văn bản của cơ quan gửi: văn bản có chữ ký số của người ký. "
        "Gói tin edXML không cho biết điều này nên văn bản chưa có trong sổ không tính.",
        "Of the documents sent that are in their sender's register: those its signer signed digitally. "
        "An edXML message does not tell, so documents that are in no register do not count.",
    ),
    formula="100 × văn bản đi ký số cá nhân ÷ văn bản đi có trong sổ",
    owner=OWNER,
    source=SIGNATURE_RULES,
    version=1,
    better="higher",
    dimensions=("type", "agency"),
    where=(Is("outgoing", 1), Is("registered", 1)),
    hides_small=False,
    is_headline=False,
)

SIGNED_AGENCY = Indicator(
    name="documents_signed_agency_share",
    title=Text("Tỷ lệ văn bản ký số cơ quan", "Documents signed digitally by the agency"),
    feed=Documents,
    desk=DESK,
    kind=Flow("exchanged"),
    value=Share(of=(Is("signed_agency", 1),)),
    measure="%",
    definition=Text(
        "Trong số văn bản đi: văn bản có chữ ký số của cơ quan, theo sổ văn bản đi, nếu không có thì theo "
        "chữ ký trong gói tin edXML (có chữ ký, chưa kiểm tra giá trị).",
        "Of the documents sent: those signed by the agency, by its register, else by the signature in the "
        "edXML message (that there is one; it is not verified).",
    ),
    formula="100 × văn bản đi ký số cơ quan ÷ văn bản đi",
    owner=OWNER,
    source=SIGNATURE_RULES,
    version=1,
    better="higher",
    dimensions=("type", "agency"),
    where=(Is("outgoing", 1),),
    hides_small=False,
)

SAVING = Indicator(
    name="documents_saving",
    title=Text("Ước tiết kiệm chi phí hành chính", "Administrative cost saved, estimated"),
    feed=Documents,
    desk=DESK,
    kind=Flow("exchanged"),
    value=Worth("exchanges", SAVED_EACH),
    measure="đ",
    definition=Text(
        f"Số lượt văn bản trao đổi nhân với đơn giá khai báo {SAVED_EACH} đồng mỗi lượt; đây là ước tính.",
        f"Exchanges times a declared {SAVED_EACH} đồng each; an estimate.",
    ),
    formula=f"số lượt văn bản × {SAVED_EACH} đ",
    owner=OWNER,
    source="Đơn giá là tham số khai báo: khoảng 85 tỷ đồng cho 2 386 600 lượt năm 2021 (báo cáo của tỉnh)",
    version=1,
    better="higher",
    hides_small=False,
    is_headline=False,
)

AGENCIES = Indicator(
    name="agencies_on_documents",
    title=Text("Cơ quan trong danh mục có văn bản điện tử", "Listed agencies with electronic documents"),
    feed=Documents,
    desk=DESK,
    kind=Listed("exchanged", enters="enrolled", leaves="left"),
    value=Distinct("organ"),
    measure="cơ quan",
    definition=Text(
        "Số cơ quan khác nhau của tỉnh, có trong danh mục mã định danh tính tới cuối kỳ, đã gửi văn bản điện "
        "tử trong kỳ; với văn bản từ ngoài tỉnh là nơi nhận đầu tiên trong tỉnh.",
        "Different agencies of the province, in the list at the period's end, that sent a document in the "
        "period; of documents from elsewhere the first receiver in the province.",
    ),
    formula="số mã định danh khác nhau có văn bản và có trong danh mục",
    owner=OWNER,
    source=f"{EXCHANGE_RULES}; {ROSTER_RULES}",
    version=2,
    better="higher",
    where=(Is("in_province", 1),),
    is_headline=False,
    hides_small=False,
)

REGISTERED = Indicator(
    name="agencies_registered",
    title=Text("Cơ quan trong danh mục", "Agencies listed"),
    feed=Documents,
    desk=DESK,
    kind=Balance(enters="enrolled", leaves="left"),
    value=Count(),
    measure="cơ quan",
    definition=Text(
        "Số cơ quan của tỉnh (sở, ngành, huyện, xã) có trong danh mục mã định danh, tính tới cuối kỳ.",
        "Agencies of the province (departments, districts, communes) in the list, at the period's end.",
    ),
    formula="cơ quan vào danh mục luỹ kế − cơ quan ra khỏi danh mục luỹ kế",
    owner=OWNER,
    source=ROSTER_RULES,
    version=1,
    better="neither",
    is_headline=False,
    hides_small=False,
)

AGENCIES_SHARE = Indicator(
    name="agencies_on_documents_share",
    title=Text("Cơ quan xử lý hoàn toàn trên môi trường điện tử", "Agencies working electronically"),
    feed=Documents,
    desk=DESK,
    kind=Flow("exchanged"),
    value=Ratio(of=AGENCIES.name, among=REGISTERED.name),
    measure="%",
    definition=Text(
        "Trong số cơ quan có trong danh mục tính tới cuối kỳ: cơ quan có văn bản điện tử trong kỳ.",
        "Of the agencies listed at the period's end: those with electronic documents in the period.",
    ),
    formula="100 × cơ quan trong danh mục có văn bản điện tử ÷ cơ quan trong danh mục",
    owner=OWNER,
    source=ROSTER_RULES,
    version=2,
    better="higher",
    hides_small=False,
)

LATE = Indicator(
    name="documents_late_share",
    title=Text("Tỷ lệ văn bản quá hạn", "Documents past their deadline"),
    feed=Documents,
    desk=DESK,
    kind=PeriodEnd("exchanged"),
    value=Late("late_at"),
    measure="%",
    definition=Text(
        "Trong số văn bản có hạn xử lý gửi trong kỳ: văn bản hoàn thành sau hạn, và văn bản chưa hoàn thành "
        "đã quá hạn tính tới cuối kỳ (hoặc hiện tại nếu kỳ chưa hết). Cả ngày đến hạn là còn hạn.",
        "Of the documents with a deadline sent in the period: those finished after it, and those "
        "unfinished and past it at the period's end (or now). The whole day it is due is in time.",
    ),
    formula="100 × văn bản quá hạn ÷ văn bản có hạn xử lý",
    owner=OWNER,
    source=STATUS_RULES,
    version=1,
    better="lower",
    dimensions=("type", "agency"),
    where=(Is("has_due", 1),),
    window="month",
    hides_small=False,
)

OPEN = Indicator(
    name="documents_open",
    title=Text("Văn bản đang xử lý", "Documents in work"),
    feed=Documents,
    desk=DESK,
    kind=Balance(enters="exchanged", leaves="finished"),
    value=Count(),
    measure="văn bản",
    definition=Text(
        "Văn bản có theo dõi xử lý (có hạn, có trạng thái hoặc có trong sổ văn bản đến) mà chưa phải mọi nơi "
        "nhận đã xong, tính tới cuối kỳ hoặc hiện tại.",
        "Documents whose work is followed (a deadline, a status or a receiver's register) and which not "
        "all receivers have finished, at the period's end or now.",
    ),
    formula="văn bản gửi luỹ kế − văn bản hoàn thành luỹ kế",
    owner=OWNER,
    source=STATUS_RULES,
    version=1,
    better="lower",
    dimensions=("type", "agency"),
    where=(Is("tracked", 1),),
    window="day",
    hides_small=False,
    is_headline=False,
)

INDICATORS = (
    EXCHANGED,
    OUTGOING,
    SIGNED_PERSONAL,
    SIGNED_AGENCY,
    SAVING,
    AGENCIES,
    REGISTERED,
    AGENCIES_SHARE,
    LATE,
    OPEN,
)
