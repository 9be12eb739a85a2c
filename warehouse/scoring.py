"""Points of a published scoring, from the figures it is made of; pure: published answers prove them.

The national portal scores a province out of 100, in six groups of metrics. `METRICS` holds every formula by
the portal's own code; `RULES` are the groups and the lines they consist of, each from figures that the hub
counts or that agencies report. Both are data, for Grafana's SQL is written from them too.

Source: QĐ 766/QĐ-TTg (2022); maxima and formulas as the portal published them in 2026, standards §4.2.
"""

from dataclasses import replace
from decimal import Decimal

from iochub.text import Text
from iochub.warehouse.score_lines import Earned, Group, Metric, Of, Rule, Total

GROUPS: dict[str, Decimal] = {
    "CKMB": Decimal(18),
    "TDGQ": Decimal(20),
    "CLGQ": Decimal(12),
    "TTTT": Decimal(10),
    "MDHL": Decimal(18),
    "MDSH": Decimal(22),
}
"""The portal's six groups and the most that each is worth."""


METRICS: dict[str, Metric] = {
    "PUBLISH_ON_TIME": Metric("CKMB", Decimal(6)),
    "PUBLIC_UPDATE_ON_TIME": Metric("CKMB", Decimal(4)),
    "PUBLIC_CONTENT_FULL": Metric("CKMB", Decimal(2)),
    "DOSSIER_SYNC": Metric("CKMB", Decimal(6)),
    "ON_TIME": Metric("TDGQ", Decimal(20)),
    "TTHC_ONLINE": Metric("CLGQ", Decimal(2), Decimal("0.8")),
    "DVC_WITH_DOSSIER": Metric("CLGQ", Decimal(4)),
    "DOSSIER_ONLINE": Metric("CLGQ", Decimal(6), Decimal("0.5")),
    "PAYMENT_DOSSIERS": Metric("TTTT", Decimal(6)),
    "PAYMENT_PROCEDURES": Metric("TTTT", Decimal(2), Decimal("0.8")),
    "PAYMENT_READY": Metric("TTTT", Decimal("2.5")),
    "ORIGINAL_RESULT_AVAILABLE": Metric("MDSH", Decimal(6)),
    "SO_HOA_GIAY_TO_GIAI_QUYET": Metric("MDSH", Decimal(4)),
    "REUSED_DIGITIZED_DATA": Metric("MDSH", Decimal(2), Decimal("0.8")),
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": Metric("MDSH", Decimal(4)),
    "CITIZEN_DATA_CONNECTED_DOSSIER": Metric("MDSH", Decimal(2)),
    "CITIZEN_DATA_CONNECTED_FORMALITY": Metric("MDSH", Decimal(2)),
    "ELECTRONIC_CERTIFIED_COPY": Metric("MDSH", Decimal(2)),
    "PETITION_PROCESSING_ON_TIME": Metric("MDHL", Decimal(6), of_nothing=Decimal(6)),
    "PETITION_HANDLING_SATISFACTION": Metric("MDHL", Decimal(6), of_nothing=Decimal(6)),
    "DOSSIER_RECEIVING_SATISFACTION": Metric("MDHL", Decimal(6), Decimal("0.9")),
    "PETITION_CLASSIFICATION_TTHC": Metric("MDHL", Decimal(0)),
    "PETITION_CLASSIFICATION_STAFF": Metric("MDHL", Decimal(0)),
}
"""By the portal's code; the three of TTTT have none and are named here: 6A + min(2, 2.5B) + 2.5C of its
rules 3.5 and 3.6.

The three of CLGQ share 12 points. That DVC_WITH_DOSSIER has 4 follows from a published 8.83 (406 of 1 968,
the other two full); how the remaining 8 are split is a note in a public repository, not confirmed.
"""


TITLES: dict[str, Text] = {
    "PUBLISH_ON_TIME": Text("Công bố đúng hạn", "Decided on in time"),
    "PUBLIC_UPDATE_ON_TIME": Text("Công khai đúng hạn", "Made public in time"),
    "PUBLIC_CONTENT_FULL": Text("Công khai đầy đủ nội dung", "Complete texts"),
    "DOSSIER_SYNC": Text("Đồng bộ hồ sơ lên Cổng quốc gia", "Dossiers on the national portal"),
    "ON_TIME": Text("Hồ sơ đúng hạn", "Dossiers on time"),
    "TTHC_ONLINE": Text("Thủ tục trực tuyến", "Procedures online"),
    "DVC_WITH_DOSSIER": Text("Dịch vụ trực tuyến có hồ sơ", "Services used online"),
    "DOSSIER_ONLINE": Text("Hồ sơ nộp trực tuyến", "Dossiers handed in online"),
    "TTTT": Text("Thanh toán trực tuyến", "Online payment"),
    "PETITION_PROCESSING_ON_TIME": Text("Phản ánh, kiến nghị đúng hạn", "Petitions handled in time"),
    "PETITION_HANDLING_SATISFACTION": Text("Hài lòng về phản ánh, kiến nghị", "Satisfaction with petitions"),
    "DOSSIER_RECEIVING_SATISFACTION": Text("Hài lòng về giải quyết hồ sơ", "Satisfaction with dossiers"),
    "ORIGINAL_RESULT_AVAILABLE": Text("Kết quả điện tử", "Electronic results"),
    "SO_HOA_GIAY_TO_GIAI_QUYET": Text("Hồ sơ số hoá", "Digitised dossiers"),
    "REUSED_DIGITIZED_DATA": Text("Tái sử dụng dữ liệu số hoá", "Digitised data reused"),
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": Text("Lấy từ kho dữ liệu cá nhân", "From the personal store"),
    "CITIZEN_DATA_CONNECTED_DOSSIER": Text("Hồ sơ dùng dữ liệu dân cư", "Dossiers with data of citizens"),
    "CITIZEN_DATA_CONNECTED_FORMALITY": Text(
        "Thủ tục dùng dữ liệu dân cư", "Procedures with data of citizens"
    ),
    "ELECTRONIC_CERTIFIED_COPY": Text("Chứng thực bản sao điện tử", "Certified electronic copies"),
}
"""Of each line, for people; a group whose metrics are one line is called by its own code."""


def _share(code: str, name: str) -> Earned:
    """By a figure that is a share itself."""
    return Earned(code, METRICS[code], Of(name), Of(name, "denominator"))


def _counts(code: str, part: str, whole: str) -> Earned:
    """By two figures that count."""
    return Earned(code, METRICS[code], Of(part), Of(whole))


def _reported(code: str, part: str, whole: str) -> Earned:
    """By two counts that agencies report."""
    return Earned(code, METRICS[code], Of(part), Of(whole), reported=True)


def _group(code: str, *earned: Earned, at_once: bool = False) -> Group:
    return Group(code, earned, GROUPS[code], at_once)


SYNCHRONISED = _reported("DOSSIER_SYNC", "dossiers_synchronised", "dossiers_to_synchronise")

TRANSPARENCY = _group(
    "CKMB",
    _counts("PUBLISH_ON_TIME", "procedures_decided_in_time", "procedures_decided"),
    _counts("PUBLIC_UPDATE_ON_TIME", "procedures_made_public_in_time", "procedures_to_make_public"),
    _reported("PUBLIC_CONTENT_FULL", "procedures_with_complete_text", "procedures_on_national_database"),
    SYNCHRONISED,
)
PROGRESS = _group("TDGQ", _share("ON_TIME", "dossiers_on_time_share"))
ONLINE_SERVICES = _group(
    "CLGQ",
    # A service no longer online may have had a dossier in the period: a metric is never worth more than all.
    _counts("TTHC_ONLINE", "services_online", "procedures_public"),
    _counts("DVC_WITH_DOSSIER", "services_used", "services_online"),
    replace(_share("DOSSIER_ONLINE", "dossiers_online_share"), times=SYNCHRONISED),
)
ONLINE_PAYMENT = _group(
    "TTTT",
    # The three can come to 10.5; no group is worth more than its maximum.
    _counts("PAYMENT_DOSSIERS", "dossiers_paid_online_share", "dossiers_with_fee_share"),
    Earned(
        "PAYMENT_PROCEDURES",
        METRICS["PAYMENT_PROCEDURES"],
        Of("procedures_paid_online"),
        Of("procedures_payment_ready_share", "denominator"),
    ),
    _share("PAYMENT_READY", "procedures_payment_ready_share"),
    at_once=True,
)
SATISFACTION = _group(
    "MDHL",
    _reported("PETITION_PROCESSING_ON_TIME", "petitions_handled_in_time", "petitions_received"),
    _reported("PETITION_HANDLING_SATISFACTION", "petitions_satisfied", "petitions_received"),
    _reported("DOSSIER_RECEIVING_SATISFACTION", "dossiers_satisfied", "dossiers_for_satisfaction"),
)
DIGITISATION = _group(
    "MDSH",
    # Electronic results are asked of the dossiers that ended with a result.
    _counts("ORIGINAL_RESULT_AVAILABLE", "dossiers_electronic_result_share", "dossiers_with_result_share"),
    _share("SO_HOA_GIAY_TO_GIAI_QUYET", "dossiers_digitised_share"),
    _share("REUSED_DIGITIZED_DATA", "dossiers_reused_share"),
    _share("SYNCED_WITH_DVCQG_PERSONAL_STORAGE", "dossiers_from_store_share"),
    _share("CITIZEN_DATA_CONNECTED_DOSSIER", "dossiers_citizen_data_share"),
    _counts("CITIZEN_DATA_CONNECTED_FORMALITY", "procedures_with_citizen_data", "procedures_of_citizens"),
    _reported("ELECTRONIC_CERTIFIED_COPY", "communes_certifying_copies", "communes_to_certify_copies"),
)

_GROUP_NAMES: dict[str, Group] = {
    "transparency": TRANSPARENCY,
    "progress": PROGRESS,
    "online_services": ONLINE_SERVICES,
    "online_payment": ONLINE_PAYMENT,
    "satisfaction": SATISFACTION,
    "digitisation": DIGITISATION,
}

RULES: dict[str, Rule] = {
    **{f"qd766_{name}": group for name, group in _GROUP_NAMES.items()},
    "qd766_total": Total({f"score_766_{name}": group for name, group in _GROUP_NAMES.items()}),
}
"""By the name that an indicator's `Points` gives; None where the points cannot be told."""
