"""Who owns each reported indicator, where it comes from, what is aimed for, and which leaders read."""

from dataclasses import dataclass
from decimal import Decimal

from iochub.text import Text
from iochub.warehouse.indicator import Target

RESOLUTION = "Nghị quyết 06-NQ/TU của Ban Chấp hành Đảng bộ tỉnh Thanh Hóa về chuyển đổi số"
YEAR_2021 = "Bài báo tổng kết chuyển đổi số năm 2021 của tỉnh Thanh Hóa"
HALF_2022 = "Bài báo kết quả chuyển đổi số 6 tháng đầu năm 2022 của tỉnh Thanh Hóa"
RANKING_2021 = "Bài báo về kết quả xếp hạng chuyển đổi số (DTI) năm 2021"

TECHNOLOGY = Text("Sở Khoa học và Công nghệ", "Department of Science and Technology")
OFFICE = Text("Văn phòng Uỷ ban nhân dân tỉnh", "Office of the provincial People's Committee")
HEALTH = Text("Sở Y tế", "Department of Health")
HOME = Text("Sở Nội vụ", "Department of Home Affairs")
CULTURE = Text("Sở Văn hoá, Thể thao và Du lịch", "Department of Culture, Sports and Tourism")
TRADE = Text("Sở Công Thương", "Department of Industry and Trade")
EDUCATION = Text("Sở Giáo dục và Đào tạo", "Department of Education and Training")
STATISTICS = Text("Thống kê tỉnh Thanh Hóa", "Thanh Hoa statistics office")
FINANCE = Text("Sở Tài chính", "Department of Finance")
BANK = Text("Ngân hàng Nhà nước tại Thanh Hóa", "State Bank of Vietnam in Thanh Hoa")
INSPECTORATE = Text("Thanh tra tỉnh", "Provincial Inspectorate")


@dataclass(frozen=True, slots=True)
class Aims:
    """What is declared of a reported indicator beside what its feed says of it."""

    owner: Text
    source: str
    by_year: tuple[tuple[str, str], ...] = ()
    """Year and value, of the resolution; a rank is not to be exceeded."""
    is_headline: bool = False


AIMS: dict[str, Aims] = {
    "paperless_rooms": Aims(OFFICE, f"{YEAR_2021}; {HALF_2022}"),
    "video_points": Aims(OFFICE, YEAR_2021),
    "video_points_districts": Aims(OFFICE, YEAR_2021),
    "video_points_communes": Aims(OFFICE, YEAR_2021),
    "agencies_with_document_system_share": Aims(OFFICE, YEAR_2021),
    "pilot_communes": Aims(TECHNOLOGY, YEAR_2021),
    "smes_advised": Aims(FINANCE, YEAR_2021),
    "merit_files_digitised": Aims(HOME, HALF_2022),
    "heritage_items_digitised": Aims(CULTURE, f"{HALF_2022}; {YEAR_2021}"),
    "products_on_ecommerce": Aims(TRADE, f"{HALF_2022}; {YEAR_2021}"),
    "admissions_online_share": Aims(EDUCATION, HALF_2022),
    "covid_portal_visits": Aims(HEALTH, YEAR_2021),
    "qr_checkins": Aims(HEALTH, YEAR_2021),
    "vaccinations_recorded": Aims(HEALTH, YEAR_2021),
    "covid_tests_recorded": Aims(HEALTH, YEAR_2021),
    "smart_app_users": Aims(TECHNOLOGY, YEAR_2021, is_headline=True),
    "dti_rank": Aims(TECHNOLOGY, RANKING_2021, is_headline=True),
    "dti_rank_government": Aims(TECHNOLOGY, f"{RANKING_2021}; {RESOLUTION}", (("2030", "5"),)),
    "dti_rank_economy": Aims(TECHNOLOGY, RANKING_2021),
    "dti_rank_society": Aims(TECHNOLOGY, RANKING_2021),
    "digital_economy_share": Aims(
        STATISTICS, f"{RESOLUTION}; {HALF_2022}", (("2025", "20"), ("2030", "30")), is_headline=True
    ),
    "labour_productivity_growth": Aims(STATISTICS, RESOLUTION, (("2025", "9.6"), ("2030", "8.1"))),
    "enterprises_transformed_share": Aims(FINANCE, RESOLUTION, (("2025", "50"), ("2030", "80"))),
    "districts_transformed": Aims(TECHNOLOGY, f"{RESOLUTION}; {HALF_2022}", (("2025", "6"),)),
    "communes_transformed": Aims(TECHNOLOGY, f"{RESOLUTION}; {HALF_2022}", (("2025", "300"),)),
    "districts_transformed_share": Aims(TECHNOLOGY, RESOLUTION, (("2030", "100"),)),
    "communes_transformed_share": Aims(TECHNOLOGY, RESOLUTION, (("2030", "80"),)),
    "payment_accounts_share": Aims(BANK, RESOLUTION, (("2025", "50"), ("2030", "80"))),
    "satisfaction_share": Aims(OFFICE, RESOLUTION, (("2025", "90"), ("2030", "98")), is_headline=True),
    "inspections_online_share": Aims(INSPECTORATE, RESOLUTION, (("2025", "50"), ("2030", "70"))),
    "databases_connected_share": Aims(TECHNOLOGY, RESOLUTION, (("2025", "100"),)),
    "eligible_dossiers_level4_share": Aims(OFFICE, f"{RESOLUTION}; {YEAR_2021}", (("2025", "100"),)),
    "users_identified_share": Aims(OFFICE, RESOLUTION, (("2025", "100"),)),
    "national_rank": Aims(TECHNOLOGY, RESOLUTION, (("2025", "10"), ("2030", "10"))),
}


def targets_of(aims: Aims, at_least: bool) -> tuple[Target, ...]:
    """What the resolution asks of an indicator, year by year."""
    return tuple(Target(Decimal(value), year, RESOLUTION, at_least) for year, value in aims.by_year)
