"""What the score of QĐ 766 is made of, beside figures of the desk for dossiers: counts that only serve it."""

from iochub.ingest.feeds.dossiers import Dossiers
from iochub.text import Text
from iochub.warehouse.aggregates import Aggregate, Count, Distinct, Is, Share
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.kinds import Flow, Kind, SoFar

DESK = Desk("score_766", Text("Điểm phục vụ (QĐ 766)", "Service score (QĐ 766)"))

OWNER = Text("Văn phòng Uỷ ban nhân dân tỉnh", "Office of the provincial People's Committee")

SOURCE = "QĐ 766/QĐ-TTg (2022); công thức theo Cổng Dịch vụ công quốc gia, 10/2026"

RECEIVED = Flow("received")


def _part(
    name: str,
    title: Text,
    definition: Text,
    kind: Kind,
    value: Aggregate,
    *where: Is,
) -> Indicator:
    """A count or a share that only serves the score."""
    is_share = isinstance(value, Share)
    return Indicator(
        name=name,
        title=title,
        feed=Dossiers,
        desk=DESK,
        kind=kind,
        value=value,
        measure="%" if is_share else "thủ tục",
        definition=definition,
        formula="100 × số có đặc điểm đó ÷ tổng số được xét" if is_share else "số thủ tục",
        owner=OWNER,
        source=SOURCE,
        version=1,
        better="neither" if not is_share else "higher",
        where=where,
        is_headline=False,
        hides_small=is_share or not isinstance(value, Count),
    )


PARTS = (
    _part(
        "procedures_decided",
        Text("Thủ tục được công bố", "Procedures decided on"),
        Text(
            "Thủ tục hành chính có quyết định công bố ký trong kỳ.",
            "Procedures whose decision was signed in the period.",
        ),
        Flow("decided"),
        Count(),
    ),
    _part(
        "procedures_decided_in_time",
        Text("Thủ tục được công bố đúng hạn", "Procedures decided on in time"),
        Text(
            "Trong số đó: quyết định trước ngày có hiệu lực ít nhất 5 ngày làm việc.",
            "Of them, those decided on at least 5 working days before they took effect.",
        ),
        Flow("decided"),
        Count(),
        Is("decided_in_time", 1),
    ),
    _part(
        "procedures_to_make_public",
        Text("Thủ tục phải công khai", "Procedures to be made public"),
        Text(
            "Thủ tục hành chính công khai trong kỳ, và thủ tục đến hạn công khai trong kỳ mà chưa công khai.",
            "Procedures made public in the period, and those due to be made public in it which were not.",
        ),
        Flow("to_publish"),
        Count(),
    ),
    _part(
        "procedures_made_public_in_time",
        Text("Thủ tục công khai đúng hạn", "Procedures made public in time"),
        Text(
            "Trong số đó: công khai trong 5 ngày làm việc kể từ quyết định.",
            "Of them, those made public within 5 working days after the decision.",
        ),
        Flow("to_publish"),
        Count(),
        Is("public_in_time", 1),
    ),
    _part(
        "dossiers_online_share",
        Text("Tỷ lệ hồ sơ nộp trực tuyến", "Dossiers handed in online"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ nộp trực tuyến (KenhThucHien = 2).",
            "Of the dossiers received in the period, those handed in online (KenhThucHien = 2).",
        ),
        RECEIVED,
        Share(of=(Is("channel", "online"),)),
    ),
    _part(
        "services_used",
        Text("Dịch vụ có hồ sơ trực tuyến", "Services used online"),
        Text(
            "Thủ tục khác nhau có ít nhất một hồ sơ nộp trực tuyến tiếp nhận trong kỳ.",
            "Different procedures with at least one dossier handed in online and received in the period.",
        ),
        RECEIVED,
        Distinct("procedure"),
        Is("channel", "online"),
    ),
    _part(
        "dossiers_with_fee_share",
        Text("Tỷ lệ hồ sơ có phí, lệ phí", "Dossiers with a fee"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ có phí, lệ phí lớn hơn 0.",
            "Of the dossiers received in the period, those with a fee above 0.",
        ),
        RECEIVED,
        Share(of=(Is("has_fee", 1),)),
    ),
    _part(
        "dossiers_paid_online_share",
        Text("Tỷ lệ hồ sơ có phí thanh toán trực tuyến", "Dossiers whose fee was paid online"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ có phí, lệ phí đã thanh toán trực tuyến.",
            "Of the dossiers received in the period, those with a fee that was paid online.",
        ),
        RECEIVED,
        Share(of=(Is("has_fee", 1), Is("paid_online", 1))),
    ),
    _part(
        "procedures_paid_online",
        Text("Thủ tục có thanh toán trực tuyến", "Procedures paid online"),
        Text(
            "Thủ tục khác nhau có hồ sơ tiếp nhận trong kỳ đã thanh toán phí trực tuyến.",
            "Different procedures with a dossier received in the period whose fee was paid online.",
        ),
        RECEIVED,
        Distinct("procedure"),
        Is("has_fee", 1),
        Is("paid_online", 1),
    ),
    _part(
        "procedures_payment_ready_share",
        Text("Tỷ lệ thủ tục có phí đã tích hợp thanh toán", "Procedures with a fee ready for online payment"),
        Text(
            "Trong số thủ tục đã công khai, chưa bị bãi bỏ mà danh mục ghi có phí, lệ phí: thủ tục đã tích "
            "hợp thanh toán trực tuyến.",
            "Of the procedures public and not abolished that the catalogue marks as having a fee: those "
            "ready for online payment.",
        ),
        SoFar("published"),
        Share(of=(Is("payment_ready", 1),)),
        Is("has_fee", 1),
        Is("is_abolished", 0),
    ),
    _part(
        "dossiers_with_result_share",
        Text("Tỷ lệ hồ sơ đã có kết quả", "Dossiers that ended with a result"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ đã xử lý xong hoặc đã trả kết quả.",
            "Of the dossiers received in the period, those that ended with a result.",
        ),
        RECEIVED,
        Share(of=(Is("with_result", 1),)),
    ),
    _part(
        "dossiers_electronic_result_share",
        Text("Tỷ lệ hồ sơ có kết quả điện tử", "Dossiers with an electronic result"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ đã có kết quả, và là kết quả điện tử "
            "(MaGiayToKetQua và đường dẫn).",
            "Of the dossiers received in the period, those that ended with a result, an electronic one "
            "(MaGiayToKetQua and a link).",
        ),
        RECEIVED,
        Share(of=(Is("with_result", 1), Is("electronic_result", 1))),
    ),
    _part(
        "dossiers_digitised_share",
        Text("Tỷ lệ hồ sơ số hoá", "Digitised dossiers"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ có thành phần số hoá và kết quả điện tử.",
            "Of the dossiers received in the period, those with digitised components and an electronic "
            "result.",
        ),
        RECEIVED,
        Share(of=(Is("digitised", 1), Is("electronic_result", 1))),
    ),
    _part(
        "dossiers_reused_share",
        Text("Tỷ lệ hồ sơ tái sử dụng dữ liệu số hoá", "Dossiers that reuse digitised data"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ có thành phần được tái sử dụng (DuocTaiSuDung = 1).",
            "Of the dossiers received in the period, those that reuse a component (DuocTaiSuDung = 1).",
        ),
        RECEIVED,
        Share(of=(Is("reused", 1),)),
    ),
    _part(
        "dossiers_from_store_share",
        Text("Tỷ lệ hồ sơ lấy từ kho dữ liệu cá nhân", "Dossiers that took data from the personal store"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ có thành phần lấy từ kho dữ liệu điện tử "
            "(DuocLayTuKhoDMQG = 1).",
            "Of the dossiers received in the period, those with a component from the personal store "
            "(DuocLayTuKhoDMQG = 1).",
        ),
        RECEIVED,
        Share(of=(Is("from_store", 1),)),
    ),
    _part(
        "dossiers_citizen_data_share",
        Text("Tỷ lệ hồ sơ dùng dữ liệu dân cư", "Dossiers that use data of citizens"),
        Text(
            "Trong số hồ sơ tiếp nhận trong kỳ: hồ sơ có tài khoản xác thực VNeID hoặc thành phần lấy từ "
            "kho dữ liệu điện tử. Kết nối cơ sở dữ liệu (MaCSDL) chưa xét vì chưa có danh mục mã.",
            "Of the dossiers received in the period, those with an account verified by VNeID or a component "
            "from the personal store. Connected databases (MaCSDL) are not read, for want of their codes.",
        ),
        RECEIVED,
        Share(of=(Is("citizen_data", 1),)),
    ),
    _part(
        "procedures_of_citizens",
        Text("Thủ tục có hồ sơ của người dân", "Procedures that citizens used"),
        Text(
            "Thủ tục khác nhau có hồ sơ của người dân tiếp nhận trong kỳ.",
            "Different procedures with a citizen's dossier received in the period.",
        ),
        RECEIVED,
        Distinct("procedure"),
        Is("applicant", "citizen"),
    ),
    _part(
        "procedures_with_citizen_data",
        Text("Thủ tục có dùng dữ liệu dân cư", "Procedures that use data of citizens"),
        Text(
            "Trong số đó: thủ tục có hồ sơ dùng dữ liệu dân cư.",
            "Of them, those with a dossier that uses data of citizens.",
        ),
        RECEIVED,
        Distinct("procedure"),
        Is("applicant", "citizen"),
        Is("citizen_data", 1),
    ),
)
"""What the groups are made of, beside figures of the desk for dossiers."""
