"""The formulas against the portal's published answers, and what they must keep for any counts."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import SAMPLES, published
from score_parts import TOTAL, payment, points, scored, shares, told

from iochub.warehouse.score_lines import PartValue
from iochub.warehouse.scoring import GROUPS, METRICS, TITLES, TRANSPARENCY

FOLDER = "public-service"
ROUNDING = Decimal("0.015")
"""How far the portal's own two roundings may lie apart."""

COUNTS = st.integers(0, 10**6).map(Decimal)


def answer(name: str) -> Any:
    return json.loads(published(FOLDER, name), parse_float=Decimal, parse_int=Decimal)["data"]


def rows_with_metrics(found: Any) -> Iterator[dict[str, Any]]:
    """Every object, however deep, that lists metrics."""
    if isinstance(found, dict):
        if found.get("metrics"):
            yield found
        for inner in found.values():
            yield from rows_with_metrics(inner)
    elif isinstance(found, list):
        for inner in found:
            yield from rows_with_metrics(inner)


def test_every_published_metric_row_is_recomputed_from_its_counts() -> None:
    published(FOLDER, "dvcqg_transparency_H44_2026_08.json")  # or the test is skipped
    compared = 0
    for path in sorted((SAMPLES / FOLDER).glob("dvcqg_*_H44_*.json")):
        for row in rows_with_metrics(answer(path.name)):
            total = Decimal(0)
            for metric in row["metrics"]:
                earned = METRICS[metric["code"]].points(metric["numerator"], metric["denominator"])
                assert abs(earned - (metric["score"] or 0)) <= ROUNDING, (path.name, metric)
                assert METRICS[metric["code"]].maximum == metric["maxScore"], metric["code"]
                total += earned
                compared += 1
            assert abs(total - row["totalScore"]) <= ROUNDING, (path.name, row["departmentName"])
    assert compared >= 28


def test_the_published_points_for_transparency_follow_from_counts_and_reports() -> None:
    """Each of the four lines from the two figures that the hub has for it."""
    transparency = answer("dvcqg_transparency_H44_2026_08.json")
    rows = [transparency["overview"], *transparency["evaluation"]]
    assert len(rows) == 7
    for row in rows:
        published_counts = {metric["code"]: metric for metric in row["metrics"]}
        parts: dict[str, PartValue] = {}
        for one in TRANSPARENCY.earned:
            counts = published_counts.pop(one.code)
            parts[one.numerator.figure] = PartValue(counts["numerator"], None, 1)
            parts[one.denominator.figure] = PartValue(counts["denominator"], None, 1)
        assert not published_counts
        earned, out_of = told("transparency", parts)
        assert earned is not None
        assert abs(earned - row["totalScore"]) <= ROUNDING, row["departmentName"]
        assert out_of == row["totalMaxScore"]


@pytest.mark.parametrize(
    "file",
    ["dvcqg_dvc_progress_tree_H44_2026_08.json", "dvcqg_dvc_progress_tree_H44_2026_08_tthc_2.000815.json"],
)
def test_the_published_points_for_time_follow_from_their_counts(file: str) -> None:
    tree = answer(file)
    for row in [tree["parent"], *tree["children"]]:
        earned = points("progress", shares(row["totalReceived"], dossiers_on_time_share=row["totalOnTime"]))
        assert earned is not None
        assert abs(earned - row.get("score", row.get("totalScore"))) <= ROUNDING, row["departmentName"]


def test_the_published_points_for_online_payment_follow_from_their_counts() -> None:
    tree = answer("dvcqg_formality_online_payment_tree_H44_2026_08.json")
    rows = [tree["parent"], *tree["children"]]
    assert len(rows) == 4
    for row in rows:
        earned = payment(
            row["totalDossierOnlinePaymentSuccess"],
            row["totalDossierFinancialObligation"],
            row["totalDossierOnlineFormalityPaymentSuccess"],
            row["totalFeeDossierFormality"],
            row["totalFeeFormality"],
        )
        assert earned is not None
        assert abs(earned - row["totalScore"]) <= ROUNDING, row["departmentName"]


def test_the_published_points_for_online_services_follow_from_their_counts() -> None:
    """31 partial and 21 full of 56 procedures; 406 of 1 968 services used; 150 956 of 152 595 dossiers.

    The portal counts authorities' procedures and services apart; all were synchronised.
    """
    row = answer("dvcqg_provide_online_tree_H44_2026_08.json")["parent"]
    earned = (
        METRICS["TTHC_ONLINE"].points(row["partialCount"] + row["fullCount"], row["authorityCount"])
        + METRICS["DVC_WITH_DOSSIER"].points(row["onlineDossierCount"], row["onlineServiceTotal"])
        + METRICS["DOSSIER_ONLINE"].points(row["channelOnlineSum"], row["channelTotalSum"])
    )
    assert abs(earned - row["totalScore"]) <= ROUNDING


def test_the_groups_and_their_sums_are_those_of_the_published_table() -> None:
    table = json.loads(
        published(FOLDER, "dvcqg_766_province_scores_2026-10-10.json"), parse_float=Decimal, parse_int=Decimal
    )
    assert len(table["provinces"]) == 34
    for province in table["provinces"]:
        assert province["scores"].keys() == GROUPS.keys()
        assert all(score <= GROUPS[code] for code, score in province["scores"].items())
        parts = {name: scored(group, province["scores"][group.code]) for name, group in TOTAL.groups.items()}
        total, out_of = told("total", parts)
        assert total is not None
        assert out_of == 100
        assert abs(total - province["totalScore"]) <= Decimal("0.03"), province["province"]
    assert sum(GROUPS.values()) == table["national"]["totalMaxScore"] == 100


def test_the_lines_of_a_group_are_worth_the_group_and_all_of_them_a_hundred() -> None:
    for group in TOTAL.groups.values():
        assert sum(line.maximum for line in group.lines({})) == GROUPS[group.code]
    assert sum(line.maximum for line in TOTAL.lines({})) == 100
    assert TITLES.keys() == {line.code for line in TOTAL.lines({})}


@given(code=st.sampled_from(sorted(METRICS)), numerator=COUNTS, denominator=COUNTS, more=COUNTS)
def test_points_stay_within_their_maximum_and_never_fall_when_more_was_done(
    code: str, numerator: Decimal, denominator: Decimal, more: Decimal
) -> None:
    metric = METRICS[code]
    earned = metric.points(numerator, denominator)
    assert 0 <= earned <= metric.maximum
    if denominator:
        assert earned <= metric.points(numerator + more, denominator)
        assert metric.points(denominator, denominator) == metric.maximum


@given(numbers=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_online_payment_is_worth_ten_points_at_most(numbers: tuple[Decimal, ...]) -> None:
    paid, dossiers, used, ready, procedures = numbers
    earned = payment(min(paid, dossiers), dossiers, min(used, procedures), min(ready, procedures), procedures)
    assert earned is not None
    assert 0 <= earned <= 10


def test_thirds_of_a_point_cost_no_cent() -> None:
    """6 × 1/3 + 2.5 × 201/500 = 3.005, which the portal shows as 3.01."""
    assert payment(Decimal(1), Decimal(3), Decimal(0), Decimal(201), Decimal(500)) == Decimal("3.01")


def test_no_petitions_earn_all_and_no_dossiers_earn_nothing() -> None:
    assert METRICS["PETITION_PROCESSING_ON_TIME"].points(Decimal(0), Decimal(0)) == 6
    assert METRICS["DOSSIER_RECEIVING_SATISFACTION"].points(Decimal(0), Decimal(0)) == 0
