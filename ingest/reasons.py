"""Why a record is refused: few fixed codes, each with words for the people who mend it."""

import re

from iochub.text import Text

UNREADABLE = "unreadable_delivery"
EXTRA = "extra_forbidden"

NAME_CHARACTERS = 40
_NAME = re.compile(r"[^A-Za-z_]")

SENTENCES: dict[str, Text] = {
    UNREADABLE: Text("Không đọc được gói tin: {field}", "The delivery cannot be read: {field}"),
    "not_a_delivery": Text(
        "Đây không phải gói tin của luồng này: {field}", "This is no delivery of this feed: {field}"
    ),
    "not_a_record": Text("Bản ghi không đúng cấu trúc: {field}", "The record has the wrong shape: {field}"),
    EXTRA: Text("Trường không có trong quy định: {field}", "A field that the format does not know: {field}"),
    "missing": Text("Thiếu {field}", "Missing {field}"),
    "repeated": Text("Có nhiều hơn một {field}", "More than one {field}"),
    "not_text": Text("{Field} phải là chuỗi ký tự", "{Field} must be text"),
    "too_long": Text("{Field} quá dài", "{Field} is too long"),
    "bad_number": Text("{Field} không phải là số hợp lệ", "{Field} is not a valid number"),
    "bad_date": Text("{Field} không đúng định dạng ngày", "{Field} is not written as a date"),
    "impossible_date": Text("{Field} không phải là ngày có thật", "{Field} is no real day"),
    "bad_pattern": Text("{Field} không đúng quy cách", "{Field} does not follow its pattern"),
    "check_digit": Text("{Field} sai chữ số kiểm tra", "{Field} has a wrong check digit"),
    "unknown_code": Text("{Field} không có trong danh mục", "{Field} is not in its list of codes"),
    "ambiguous_number": Text(
        "{Field} có thể hiểu theo hai cách; hãy bỏ dấu ngăn cách hàng nghìn",
        "{Field} can be read in two ways; write it without marks of thousands",
    ),
    "out_of_bounds": Text("{Field} nằm ngoài giới hạn", "{Field} is out of its bounds"),
    "not_whole": Text("{Field} phải là số nguyên", "{Field} must be a whole number"),
    "formula": Text("{Field} là công thức, cần ghi giá trị", "{Field} is a formula; write its value"),
    "unknown_unit": Text(
        "{Field} không chỉ rõ một đơn vị trên bản đồ của kỳ báo cáo",
        "{Field} does not name one unit of the period's map",
    ),
    "not_over": Text("{Field} chưa kết thúc", "{Field} is not over"),
    "not_a_day": Text("{Field} phải là một ngày", "{Field} must be a single day"),
    "not_a_month": Text("{Field} phải là một tháng", "{Field} must be a single month"),
    "personal_data": Text("{Field} có dữ liệu cá nhân", "{Field} holds data of a person"),
    "negative": Text("{Field} không được âm", "{Field} must not be negative"),
    "bad_base64": Text("{Field} không phải là base64 hợp lệ", "{Field} is not valid base64"),
    "secret": Text(
        "Văn bản mật không được gửi qua đây: {field}", "A secret document may not be sent this way: {field}"
    ),
    "does_not_add_up": Text("{Field} không khớp tổng", "{Field} does not add up"),
}
"""Every code there is; a reason is `code` or `code:field`."""

FIELDS: dict[str, Text] = {
    "SHDon": Text("số hoá đơn", "invoice number"),
    "KHHDon": Text("ký hiệu hoá đơn", "invoice series"),
    "KHMSHDon": Text("ký hiệu mẫu số hoá đơn", "invoice template number"),
    "NLap": Text("ngày lập hoá đơn", "day of issue"),
    "MST": Text("mã số thuế người bán", "tax number of the seller"),
    "NBan": Text("thông tin người bán", "the seller"),
    "NDHDon": Text("nội dung hoá đơn", "content of the invoice"),
    "DLHDon": Text("dữ liệu hoá đơn", "data of the invoice"),
    "TTChung": Text("thông tin chung", "general information"),
    "HDon": Text("hoá đơn", "invoice"),
    "DLieu": Text("dữ liệu thông điệp", "data of the message"),
    "MLTDiep": Text("mã loại thông điệp", "kind of message"),
    "MTDiep": Text("mã thông điệp", "message code"),
    "DSDLieu": Text("danh sách dòng của bảng tổng hợp", "rows of the summary table"),
    "DSHDon": Text("danh sách hoá đơn", "list of invoices"),
    "TThai": Text("trạng thái của dòng", "state of the row"),
    "MHHoa": Text("mã hàng hoá", "code of the goods"),
    "KDLieu": Text("kỳ dữ liệu", "period of the table"),
    "KDLDChinh": Text("kỳ dữ liệu được điều chỉnh", "period that is adjusted"),
    "LDau": Text("lần đầu hoặc bổ sung", "first table or supplement"),
    "BSLThu": Text("lần bổ sung", "number of the supplement"),
    "TTCThue": Text("tổng tiền chưa thuế", "total before tax"),
    "TgTTToan": Text("tổng tiền thanh toán", "total to pay"),
    "TCTBao": Text("tính chất thông báo", "purpose of the notice"),
    "TTTNCCQT": Text("kết quả của cơ quan thuế", "outcome at the tax authority"),
    "MTDTChieu": Text("mã thông điệp tham chiếu", "code of the message referred to"),
    "TToan": Text("phần thanh toán", "totals"),
    "TgTCThue": Text("tổng tiền chưa thuế", "total before tax"),
    "TgTThue": Text("tổng tiền thuế", "total tax"),
    "TgTTTBSo": Text("tổng tiền thanh toán bằng số", "total to pay in figures"),
    "TGia": Text("tỷ giá", "exchange rate"),
    "DVTTe": Text("đơn vị tiền tệ", "currency"),
    "TChat": Text("tính chất hàng hoá", "nature of the line"),
    "ThTien": Text("thành tiền", "amount of a line"),
    "TCHDon": Text("tính chất hoá đơn liên quan", "relation to the other invoice"),
    "TTHDLQuan": Text("thông tin hoá đơn liên quan", "the related invoice"),
    "BKe": Text("bảng kê hoá đơn có liên quan", "list of related invoices"),
    "MCCQT": Text("mã của cơ quan thuế", "code of the tax authority"),
    "TTTNhan": Text("trạng thái tiếp nhận", "state of reception"),
    "THop": Text("trường hợp tiếp nhận", "outcome of the reception"),
    "TTXNCQT": Text("trạng thái xác nhận", "state of the confirmation"),
    "PBan": Text("phiên bản", "version of the format"),
    "DSCKS": Text("danh sách chữ ký số", "list of signatures"),
    "DLQRCode": Text("mã QR", "QR code"),
    "nbmst": Text("mã số thuế người bán", "tax number of the seller"),
    "khmshdon": Text("ký hiệu mẫu số hoá đơn", "invoice template number"),
    "khhdon": Text("ký hiệu hoá đơn", "invoice series"),
    "shdon": Text("số hoá đơn", "invoice number"),
    "tdlap": Text("thời điểm lập", "time of issue"),
    "tthai": Text("trạng thái hoá đơn", "state of the invoice"),
    "ttxly": Text("tình trạng xử lý", "state of processing"),
    "tgtcthue": Text("tổng tiền chưa thuế", "total before tax"),
    "tgtthue": Text("tổng tiền thuế", "total tax"),
    "tgtttbso": Text("tổng tiền thanh toán", "total to pay"),
    "ncnhat": Text("ngày cập nhật", "time of the last update"),
    "cqt": Text("mã cơ quan thuế", "tax office"),
    "MaHoSo": Text("mã hồ sơ", "dossier number"),
    "MaTTHC": Text("mã thủ tục hành chính", "procedure code"),
    "TenTTHC": Text("tên thủ tục hành chính", "procedure name"),
    "MaLinhVuc": Text("mã lĩnh vực", "field code"),
    "TenLinhVuc": Text("tên lĩnh vực", "field name"),
    "KenhThucHien": Text("kênh thực hiện", "channel"),
    "LoaiDoiTuong": Text("loại đối tượng", "kind of applicant"),
    "NgayNopHoSo": Text("ngày nộp hồ sơ", "day of submission"),
    "NgayTiepNhan": Text("ngày tiếp nhận", "day of receipt"),
    "NgayHenTra": Text("ngày hẹn trả", "due day"),
    "NgayTra": Text("ngày trả kết quả", "day of the result"),
    "NgayKetThucXuLy": Text("ngày kết thúc xử lý", "end of processing"),
    "NgayTuChoi": Text("ngày từ chối", "day of refusal"),
    "TrangThaiHoSo": Text("trạng thái hồ sơ", "state of the dossier"),
    "TrangThai": Text("trạng thái", "state"),
    "ThoiDiemXuLy": Text("thời điểm xử lý", "time of the step"),
    "NguoiXuLy": Text("người xử lý", "officer of the step"),
    "DonViXuLy": Text("đơn vị xử lý", "office that works on it"),
    "HinhThuc": Text("hình thức trả kết quả", "way of returning the result"),
    "NoiNopHoSo": Text("nơi nộp hồ sơ", "place of submission"),
    "MucDo": Text("mức độ dịch vụ công trực tuyến", "level of the online service"),
    "ThoiHanGiaiQuyet": Text("thời hạn giải quyết (ngày làm việc)", "longest time in working days"),
    "MATTHC": Text("mã thủ tục hành chính", "procedure code"),
    "MALINHVUC": Text("mã lĩnh vực", "field code"),
    "MADONVI": Text("mã đơn vị", "code of the office"),
    "MUCDO": Text("mức độ dịch vụ công trực tuyến", "level of the online service"),
    "NGAYQUYETDINH": Text("ngày quyết định công bố", "day of the decision"),
    "NGAYHIEULUC": Text("ngày có hiệu lực", "day it takes effect"),
    "NGAYCONGKHAI": Text("ngày công khai", "day it was made public"),
    "NGAYBAIBO": Text("ngày bãi bỏ", "day it was abolished"),
    "NGAYTRUCTUYEN": Text("ngày cung cấp trực tuyến", "day it went online"),
    "NGAYNGUNGTRUCTUYEN": Text("ngày ngừng cung cấp trực tuyến", "day it went offline"),
    "NGAYTICHHOP": Text("ngày tích hợp Cổng quốc gia", "day it joined the national portal"),
    "NGAYNGUNGTICHHOP": Text("ngày ngừng tích hợp Cổng quốc gia", "day it left the national portal"),
    "COPHI": Text("có phí, lệ phí", "whether it has a fee"),
    "TICHHOPTHANHTOAN": Text("tích hợp thanh toán", "whether it can be paid online"),
    "service": Text("tên dịch vụ", "service name"),
    "data": Text("danh sách hồ sơ", "list of dossiers"),
    "OrganId": Text("mã định danh cơ quan", "code of the agency"),
    "DocumentId": Text("mã định danh văn bản", "name of the document"),
    "To": Text("nơi nhận", "receivers"),
    "From": Text("nơi gửi", "sender"),
    "MessageHeader": Text("phần đầu thông điệp", "header of the message"),
    "ResponseFor": Text("văn bản được phản hồi", "the document answered"),
    "PromulgationDate": Text("ngày ban hành", "day of promulgation"),
    "DueDate": Text("hạn xử lý", "deadline"),
    "Timestamp": Text("thời điểm gửi", "time of sending"),
    "StatusCode": Text("mã trạng thái", "code of the status"),
    "BussinessDocType": Text("loại nghiệp vụ văn bản", "what is done with the document"),
    "ReplacementInfo": Text("văn bản bị thay thế", "the documents replaced"),
    "edXML": Text("gói tin edXML", "edXML message"),
    "Register": Text("loại sổ văn bản", "kind of register"),
    "ExchangedAt": Text("thời điểm gửi, nhận", "time of sending or receipt"),
    "FinishedAt": Text("thời điểm hoàn thành", "time of completion"),
    "UpdatedAt": Text("thời điểm cập nhật", "time of the last change"),
    "SignedByPerson": Text("chữ ký số cá nhân", "signature of a person"),
    "SignedByAgency": Text("chữ ký số cơ quan", "signature of the agency"),
    "MA_LK": Text("mã đợt điều trị", "code of the visit"),
    "MA_CSKCB": Text("mã cơ sở khám chữa bệnh", "code of the facility"),
    "NGAY_VAO": Text("ngày vào", "time of coming"),
    "NGAY_VAO_NOI_TRU": Text("ngày vào nội trú", "time of admission to a ward"),
    "NGAY_RA": Text("ngày ra", "time of discharge"),
    "SO_NGAY_DTRI": Text("số ngày điều trị", "days of treatment"),
    "MA_LOAI_KCB": Text("mã hình thức khám chữa bệnh", "kind of care"),
    "MA_DOITUONG_KCB": Text("mã đối tượng đến khám", "reason for coming"),
    "MA_DICH_VU": Text("mã dịch vụ, thuốc hoặc vật tư", "code of a service, drug or supply"),
    "T_TONGCHI_BV": Text("tổng chi phí", "total cost"),
    "T_TONGCHI_BH": Text("tổng chi phí trong phạm vi bảo hiểm", "cost within the insurance"),
    "T_BHTT": Text("tiền đề nghị bảo hiểm thanh toán", "amount claimed from the insurance"),
    "HOSO": Text("hồ sơ khám chữa bệnh", "dossier of a visit"),
    "TRANG_THAI_KCB": Text("dòng tiếp đón", "row of a check-in"),
    "XML1": Text("bảng tổng hợp", "summary table"),
    "NOIDUNGFILE": Text("nội dung bảng", "content of a table"),
    "LOAIHOSO": Text("loại bảng", "kind of table"),
    "Encounter": Text("lượt khám", "encounter"),
    "serviceProvider": Text("cơ sở khám chữa bệnh", "the facility"),
    "start": Text("thời điểm bắt đầu", "time it began"),
    "end": Text("thời điểm kết thúc", "time it ended"),
    "T_THUOC": Text("tiền thuốc", "cost of drugs"),
    "T_VTYT": Text("tiền vật tư y tế", "cost of supplies"),
    "T_BNCCT": Text("tiền người bệnh cùng chi trả", "share that the patient pays"),
    "THANH_TIEN_BV": Text("thành tiền", "amount of a line"),
    "facility": Text("mã cơ sở khám chữa bệnh", "code of the facility"),
    "payment": Text("số thanh toán", "number of the payment"),
    "session": Text("số phiên khám", "number of the session"),
    "partner": Text("cơ sở phía bên kia", "facility of the other side"),
    "amount": Text("số tiền", "amount"),
    "way": Text("hình thức thanh toán", "way of payment"),
    "ownership": Text("hình thức sở hữu", "ownership"),
    "beds": Text("số giường", "number of beds"),
    "level": Text("cấp chuyên môn", "level of care"),
    "started": Text("thời điểm bắt đầu", "time it began"),
    "ended": Text("thời điểm kết thúc", "time it ended"),
    "valid_from": Text("ngày có hiệu lực", "first day in force"),
    "valid_to": Text("ngày hết hiệu lực", "last day in force"),
    "fileHSBase64": Text("tệp hồ sơ", "file of the dossier"),
    "indicator": Text("mã chỉ tiêu", "indicator"),
    "unit": Text("đơn vị", "unit"),
    "period": Text("kỳ", "period"),
    "value": Text("giá trị", "value"),
    "measure": Text("đơn vị tính", "measure"),
    "reported_at": Text("ngày báo cáo", "time of the report"),
    "note": Text("ghi chú", "note"),
    "number_form": Text("cách viết số", "number form"),
    "entity": Text("đối tượng", "entity"),
}

DETAILS: dict[str, Text] = {
    "empty": Text("rỗng", "it is empty"),
    "encoding": Text("sai bảng mã", "wrong character encoding"),
    "json": Text("không phải JSON", "it is not JSON"),
    "xml": Text("không phải XML hợp lệ", "it is not well-formed XML"),
    "packed": Text("tệp nén, hãy gửi từng tệp trong đó", "it is packed, send each of the files in it"),
    "edition": Text("mẫu của QĐ 4210 hoặc QĐ 917", "it is a form of QĐ 4210 or QĐ 917"),
    "dtd": Text("XML có khai báo DTD hoặc thực thể", "its XML declares a DTD or entities"),
    "depth": Text("lồng quá sâu", "it is nested too deeply"),
    "number": Text("số có số mũ quá lớn", "a number whose exponent is too large"),
    "response": Text("câu trả lời của dịch vụ", "the answer of a service"),
    "evaluation": Text("số liệu đánh giá của Cổng Dịch vụ công quốc gia", "evaluation figures of the portal"),
    "catalogue": Text("danh mục của trang đánh giá", "a catalogue of the evaluation pages"),
    "registration": Text("tờ khai đăng ký, đề nghị", "a registration or a request"),
    "message": Text("loại thông điệp khác", "another kind of message"),
    "service": Text("dịch vụ khác", "another service"),
    "xlsx": Text("không phải sổ tính XLSX hợp lệ", "it is not a readable XLSX workbook"),
    "size": Text("quá lớn khi giải nén", "it is too large when unpacked"),
    "head": Text("không có dòng tên cột", "no line names its columns"),
    "columns": Text("nhiều ô hơn số cột", "it has more cells than columns"),
    "unfilled": Text("biểu mẫu chưa điền", "a template that nobody filled"),
    "shape": Text("cấu trúc khác", "another structure"),
    "resource": Text("tài nguyên FHIR khác", "another FHIR resource"),
}


def safe_name(name: object) -> str:
    """A foreign field name as it may be shown: letters only, cut short, so that it carries no data."""
    return _NAME.sub("", name)[:NAME_CHARACTERS] if isinstance(name, str) else ""


def message_for(reason: str, field: str = "") -> Text:
    """Say in both languages what is wrong with which field."""
    code, _, detail = reason.partition(":")
    sentence = SENTENCES.get(code, Text("Bản ghi bị từ chối: {field}", "The record was refused: {field}"))
    named = field or detail
    return Text(_said(sentence.vi, _label(named).vi), _said(sentence.en, _label(named).en))


def _label(name: str) -> Text:
    leaf = name.rpartition(".")[2]
    label = FIELDS.get(leaf) or DETAILS.get(leaf)
    if label is None:
        return Text(name, name)
    if leaf in DETAILS and leaf not in FIELDS:
        return label
    return Text(f"{label.vi} ({name})", f"{label.en} ({name})")


def _said(sentence: str, label: str) -> str:
    """Without a field the colon before it goes too."""
    if not label:
        return sentence.replace(": {field}", "").replace("{field}", "").replace("{Field}", "").strip()
    return sentence.replace("{field}", label).replace("{Field}", label[:1].upper() + label[1:])
