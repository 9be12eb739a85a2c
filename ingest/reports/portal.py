"""What is reported for the service score of QĐ 766: counts that the national portal publishes of each unit.

The hub sees no event of them. Each pair is two counts of the same things, reported together by the office
that answers for the score or by a connector that reads the portal. What happens in time is told month by
month; the texts of procedures and the communes that certify copies are told as they stand.

Source: QĐ 766/QĐ-TTg (2022); numerators and denominators of the national portal's answers, standards §4.2.
"""

from iochub.ingest.reports.reported import Reported
from iochub.text import Text

PORTAL: tuple[Reported, ...] = (
    Reported(
        "procedures_with_complete_text",
        Text("Thủ tục công khai đầy đủ nội dung", "Procedures with a complete text"),
        Text(
            "Số thủ tục trên Cơ sở dữ liệu quốc gia có đủ các bộ phận theo NĐ 63/2010/NĐ-CP, Đ8.2",
            "Procedures on the national database with every part that NĐ 63/2010/NĐ-CP, Article 8.2, names",
        ),
        "thủ tục",
    ),
    Reported(
        "procedures_on_national_database",
        Text("Thủ tục trên Cơ sở dữ liệu quốc gia", "Procedures on the national database"),
        Text(
            "Số thủ tục đang công khai trên Cơ sở dữ liệu quốc gia về thủ tục hành chính",
            "Procedures that are public on the national database of procedures",
        ),
        "thủ tục",
    ),
    Reported(
        "dossiers_synchronised",
        Text("Hồ sơ đã đồng bộ lên Cổng Dịch vụ công quốc gia", "Dossiers on the national portal"),
        Text(
            "Số hồ sơ tiếp nhận trong tháng mà Cổng Dịch vụ công quốc gia đã nhận đồng bộ",
            "Dossiers received in the month that the national portal holds",
        ),
        "hồ sơ",
        each="month",
    ),
    Reported(
        "dossiers_to_synchronise",
        Text("Hồ sơ phải đồng bộ", "Dossiers that the national portal should hold"),
        Text(
            "Số hồ sơ tiếp nhận trong tháng, lấy số lớn hơn giữa hệ thống báo cáo quốc gia và Cổng Dịch vụ "
            "công quốc gia",
            "Dossiers received in the month, the larger of what the national reporting system and the "
            "national portal count",
        ),
        "hồ sơ",
        each="month",
    ),
    Reported(
        "petitions_received",
        Text("Phản ánh, kiến nghị", "Petitions"),
        Text(
            "Số phản ánh, kiến nghị tiếp nhận trong tháng, kể cả tháng không có (ghi 0)",
            "Petitions received in the month; 0 where there were none",
        ),
        "phản ánh",
        each="month",
    ),
    Reported(
        "petitions_handled_in_time",
        Text("Phản ánh, kiến nghị xử lý đúng hạn", "Petitions handled in time"),
        Text(
            "Số phản ánh, kiến nghị của tháng được xử lý đúng hạn (15 ngày làm việc; từ chối 2, yêu cầu bổ "
            "sung 5, công khai 2)",
            "Petitions of the month handled in time (15 working days; refused 2, asked for more 5, "
            "published 2)",
        ),
        "phản ánh",
        each="month",
    ),
    Reported(
        "petitions_satisfied",
        Text("Phản ánh, kiến nghị xử lý hài lòng", "Petitions handled to satisfaction"),
        Text(
            "Số phản ánh, kiến nghị của tháng trừ phản ánh bị đánh giá không hài lòng, gửi lại, quá hạn",
            "Petitions of the month without those disliked, repeated or late",
        ),
        "phản ánh",
        each="month",
    ),
    Reported(
        "dossiers_satisfied",
        Text("Hồ sơ giải quyết hài lòng", "Dossiers settled to satisfaction"),
        Text(
            "Số hồ sơ của tháng trừ hồ sơ quá hạn, bị đánh giá không hài lòng hoặc bị phản ánh",
            "Dossiers of the month without those late, disliked or petitioned about",
        ),
        "hồ sơ",
        each="month",
    ),
    Reported(
        "dossiers_for_satisfaction",
        Text("Hồ sơ xét mức độ hài lòng", "Dossiers judged for satisfaction"),
        Text(
            "Số hồ sơ của tháng được xét mức độ hài lòng",
            "Dossiers of the month that satisfaction is judged of",
        ),
        "hồ sơ",
        each="month",
    ),
    Reported(
        "communes_certifying_copies",
        Text("Xã có chứng thực bản sao điện tử", "Communes that certify electronic copies"),
        Text(
            "Số xã, phường cung cấp dịch vụ chứng thực bản sao điện tử từ bản chính",
            "Communes that offer certified electronic copies",
        ),
        "xã",
    ),
    Reported(
        "communes_to_certify_copies",
        Text("Xã phải chứng thực bản sao điện tử", "Communes that should certify electronic copies"),
        Text(
            "Số xã, phường thuộc diện cung cấp dịch vụ chứng thực bản sao điện tử",
            "Communes that are to offer certified electronic copies",
        ),
        "xã",
    ),
)
