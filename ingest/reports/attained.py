"""What is reported of things already in use: rooms, points, files, visits.

Source: the province's lists of figures for 2021 and the first half of 2022.
"""

from decimal import Decimal

from iochub.ingest.reports.reported import Reported
from iochub.text import Text

ATTAINED: tuple[Reported, ...] = (
    Reported(
        "paperless_rooms",
        Text("Phòng họp không giấy", "Paperless meeting rooms"),
        Text("Số phòng họp đã có hệ thống họp không giấy", "Rooms equipped for meetings without paper"),
        "phòng",
    ),
    Reported(
        "video_points",
        Text("Điểm cầu hội nghị truyền hình", "Video conference points"),
        Text("Số điểm cầu hội nghị truyền hình các cấp", "Video conference points at all levels"),
        "điểm cầu",
    ),
    Reported(
        "video_points_districts",
        Text("Huyện có điểm cầu truyền hình", "Districts with a video conference point"),
        Text("Số huyện, thị xã, thành phố có điểm cầu", "Districts that have a video conference point"),
        "huyện",
        most=Decimal(27),
    ),
    Reported(
        "video_points_communes",
        Text("Xã có điểm cầu truyền hình", "Communes with a video conference point"),
        Text("Số xã, phường, thị trấn có điểm cầu", "Communes that have a video conference point"),
        "xã",
        most=Decimal(559),
    ),
    Reported(
        "agencies_with_document_system_share",
        Text("Cơ quan dùng QLVB và hồ sơ công việc", "Agencies using the document system"),
        Text(
            "Tỷ lệ cơ quan dùng phần mềm quản lý văn bản và hồ sơ công việc",
            "Agencies that use the system for documents and work files, of all agencies",
        ),
        "%",
        "share",
    ),
    Reported(
        "pilot_communes",
        Text("Xã thí điểm chuyển đổi số", "Pilot communes of digital transformation"),
        Text("Số xã được chọn thí điểm chuyển đổi số", "Communes chosen to pilot digital transformation"),
        "xã",
        most=Decimal(559),
    ),
    Reported(
        "smes_advised",
        Text("Doanh nghiệp nhỏ và vừa được tư vấn", "Small and medium enterprises advised"),
        Text(
            "Số doanh nghiệp nhỏ và vừa được tư vấn chuyển đổi số",
            "Small and medium enterprises advised on digital transformation",
        ),
        "doanh nghiệp",
    ),
    Reported(
        "merit_files_digitised",
        Text("Hồ sơ người có công được số hoá", "Files of people of merit digitised"),
        Text("Số hồ sơ người có công đã số hoá", "Files of people of merit that are digitised"),
        "bộ hồ sơ",
    ),
    Reported(
        "heritage_items_digitised",
        Text("Di tích, hiện vật được số hoá", "Heritage sites and objects digitised"),
        Text("Số di tích, hiện vật đã số hoá", "Heritage sites and museum objects that are digitised"),
        "hiện vật",
    ),
    Reported(
        "products_on_ecommerce",
        Text("Sản phẩm trên sàn thương mại điện tử", "Products on e-commerce platforms"),
        Text(
            "Số sản phẩm của tỉnh đang bán trên sàn thương mại điện tử",
            "Products of the province on sale on e-commerce platforms",
        ),
        "sản phẩm",
    ),
    Reported(
        "admissions_online_share",
        Text("Tuyển sinh đăng ký trực tuyến", "School admissions registered online"),
        Text(
            "Tỷ lệ hồ sơ tuyển sinh đăng ký trực tuyến",
            "Applications for admission registered online, of all",
        ),
        "%",
        "share",
    ),
    Reported(
        "covid_portal_visits",
        Text("Lượt truy cập Cổng thông tin COVID-19", "Visits to the COVID-19 portal"),
        Text("Số lượt truy cập Cổng thông tin COVID-19 trong ngày", "Visits to the COVID-19 portal on a day"),
        "lượt",
        each="day",
    ),
    Reported(
        "qr_checkins",
        Text("Lượt quét mã QR", "QR check-ins"),
        Text(
            "Số lượt quét mã QR tại các điểm kiểm soát trong ngày",
            "QR codes scanned at check points on a day",
        ),
        "lượt",
        each="day",
    ),
    Reported(
        "vaccinations_recorded",
        Text("Mũi tiêm COVID-19 được ghi nhận", "COVID-19 vaccinations recorded"),
        Text("Số mũi tiêm được ghi nhận trong ngày", "Vaccinations recorded on a day"),
        "mũi",
        each="day",
    ),
    Reported(
        "covid_tests_recorded",
        Text("Xét nghiệm COVID-19 được ghi nhận", "COVID-19 tests recorded"),
        Text("Số xét nghiệm được ghi nhận trong ngày", "Tests recorded on a day"),
        "xét nghiệm",
        each="day",
    ),
    Reported(
        "smart_app_users",
        Text("Người dùng Smart Thanh Hóa", "Users of Smart Thanh Hoa"),
        Text(
            "Số tài khoản người dùng của ứng dụng Smart Thanh Hóa",
            "Accounts in the Smart Thanh Hoa application",
        ),
        "tài khoản",
    ),
)
