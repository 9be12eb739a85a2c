"""What is reported of ranks, and of the aims that the province set itself for 2025 and 2030.

Source: Nghị quyết 06-NQ/TU; the province's digital transformation index (DTI).
"""

from decimal import Decimal

from iochub.ingest.reports.reported import Reported
from iochub.text import Text

AIMED_AT: tuple[Reported, ...] = (
    Reported(
        "dti_rank",
        Text("Xếp hạng DTI", "Rank in the digital transformation index"),
        Text(
            "Hạng của tỉnh về chỉ số chuyển đổi số (DTI) trong cả nước",
            "The province's rank in the national digital transformation index (DTI)",
        ),
        "hạng",
        "rank",
    ),
    Reported(
        "dti_rank_government",
        Text("Xếp hạng DTI: chính quyền số", "DTI rank: digital government"),
        Text("Hạng của tỉnh về chính quyền số trong DTI", "The province's DTI rank in digital government"),
        "hạng",
        "rank",
    ),
    Reported(
        "dti_rank_economy",
        Text("Xếp hạng DTI: kinh tế số", "DTI rank: digital economy"),
        Text("Hạng của tỉnh về kinh tế số trong DTI", "The province's DTI rank in digital economy"),
        "hạng",
        "rank",
    ),
    Reported(
        "dti_rank_society",
        Text("Xếp hạng DTI: xã hội số", "DTI rank: digital society"),
        Text("Hạng của tỉnh về xã hội số trong DTI", "The province's DTI rank in digital society"),
        "hạng",
        "rank",
    ),
    Reported(
        "digital_economy_share",
        Text("Kinh tế số trong GRDP", "Digital economy in GRDP"),
        Text("Tỷ trọng kinh tế số trong GRDP", "The digital economy's part of gross regional product"),
        "%",
        "share",
    ),
    Reported(
        "labour_productivity_growth",
        Text("Tăng năng suất lao động", "Growth of labour productivity"),
        Text("Tốc độ tăng năng suất lao động bình quân năm", "Growth of labour productivity per year"),
        "%/năm",
        "growth",
    ),
    Reported(
        "enterprises_transformed_share",
        Text("Doanh nghiệp chuyển đổi số", "Enterprises with digital transformation"),
        Text("Tỷ lệ doanh nghiệp thực hiện chuyển đổi số", "Enterprises in digital transformation, of all"),
        "%",
        "share",
    ),
    Reported(
        "districts_transformed",
        Text("Huyện hoàn thành chuyển đổi số", "Districts that completed digital transformation"),
        Text(
            "Số huyện, thị xã, thành phố hoàn thành chuyển đổi số",
            "Districts that have completed digital transformation",
        ),
        "huyện",
        most=Decimal(27),
    ),
    Reported(
        "communes_transformed",
        Text("Xã hoàn thành chuyển đổi số", "Communes that completed digital transformation"),
        Text(
            "Số xã, phường, thị trấn hoàn thành chuyển đổi số",
            "Communes that have completed digital transformation",
        ),
        "xã",
        most=Decimal(559),
    ),
    Reported(
        "districts_transformed_share",
        Text("Tỷ lệ huyện hoàn thành chuyển đổi số", "Share of districts that completed transformation"),
        Text(
            "Tỷ lệ huyện hoàn thành chuyển đổi số",
            "Districts that have completed digital transformation, of all",
        ),
        "%",
        "share",
    ),
    Reported(
        "communes_transformed_share",
        Text("Tỷ lệ xã hoàn thành chuyển đổi số", "Share of communes that completed transformation"),
        Text(
            "Tỷ lệ xã hoàn thành chuyển đổi số", "Communes that have completed digital transformation, of all"
        ),
        "%",
        "share",
    ),
    Reported(
        "payment_accounts_share",
        Text("Dân số có tài khoản thanh toán điện tử", "People with an electronic payment account"),
        Text(
            "Tỷ lệ dân số có tài khoản thanh toán điện tử",
            "People with an electronic payment account, of all",
        ),
        "%",
        "share",
    ),
    Reported(
        "satisfaction_share",
        Text("Người dân, doanh nghiệp hài lòng", "Satisfied citizens and enterprises"),
        Text(
            "Tỷ lệ người dân, doanh nghiệp hài lòng với dịch vụ công",
            "Citizens and enterprises satisfied with public services, of those asked",
        ),
        "%",
        "share",
    ),
    Reported(
        "inspections_online_share",
        Text("Hoạt động kiểm tra qua môi trường mạng", "Inspections made online"),
        Text("Tỷ lệ hoạt động kiểm tra thực hiện qua môi trường mạng", "Inspections made online, of all"),
        "%",
        "share",
    ),
    Reported(
        "databases_connected_share",
        Text("CSDL, hệ thống được kết nối, chia sẻ", "Databases and systems connected and shared"),
        Text(
            "Tỷ lệ cơ sở dữ liệu, hệ thống được kết nối, chia sẻ",
            "Databases and systems that are connected and shared, of all",
        ),
        "%",
        "share",
    ),
    Reported(
        "eligible_dossiers_level4_share",
        Text("Hồ sơ đủ điều kiện cung cấp mức độ 4", "Eligible services offered at level 4"),
        Text(
            "Tỷ lệ thủ tục đủ điều kiện được cung cấp ở mức độ 4",
            "Eligible procedures that are offered at level 4, of all that are eligible",
        ),
        "%",
        "share",
    ),
    Reported(
        "users_identified_share",
        Text("Người dùng DVC định danh, xác thực điện tử", "Service users identified electronically"),
        Text(
            "Tỷ lệ người dùng dịch vụ công được định danh, xác thực điện tử",
            "Users of public services who are identified electronically, of all",
        ),
        "%",
        "share",
    ),
    Reported(
        "national_rank",
        Text("Nhóm dẫn đầu cả nước", "Among the leading provinces"),
        Text(
            "Hạng của tỉnh về chuyển đổi số trong cả nước",
            "The province's national rank in digital transformation",
        ),
        "hạng",
        "rank",
    ),
)
