"""The formulas against the portal's published answers, and what they must keep for any counts."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import SAMPLES, published

from iochub.warehouse.aggregates import Points
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators import score_766
from iochub.warehouse.scoring import GROUPS, METRICS, RULES, WITHIN_REACH, PartValue

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


def counted(**numbers: int | None) -> dict[str, PartValue]:
    return {
        name: PartValue(None, None if number is None else Decimal(number), None)
        for name, number in numbers.items()
    }


def shares(whole: int, **numbers: int) -> dict[str, PartValue]:
    return {
        name: PartValue(Decimal(100 * number) / whole, Decimal(number), Decimal(whole))
        for name, number in numbers.items()
    }


def payment(
    paid: Decimal, with_a_fee: Decimal, paid_procedures: Decimal, ready: Decimal, procedures: Decimal
) -> Decimal | None:
    """The points for online payment by its five counts."""
    shares = {
        "dossiers_paid_online_share": paid,
        "dossiers_with_fee_share": with_a_fee,
        "procedures_paid_online": paid_procedures,
    }
    parts = {name: PartValue(None, count, None) for name, count in shares.items()}
    return RULES["qd766_online_payment"](
        parts | {"procedures_payment_ready_share": PartValue(None, ready, procedures)}
    )


def test_every_published_metric_row_is_recomputed_from_its_counts() -> None:
    published(FOLDER, "dvcqg_transparency_H44_2026_08.json")  # or the test is skipped
    compared = 0
    for path in sorted((SAMPLES / FOLDER).glob("dvcqg_*_H44_*.json")):
        for row in rows_with_metrics(answer(path.name)):
            total = Decimal(0)
            for metric in row["metrics"]:
                points = METRICS[metric["code"]].points(metric["numerator"], metric["denominator"])
                assert abs(points - (metric["score"] or 0)) <= ROUNDING, (path.name, metric)
                assert METRICS[metric["code"]].maximum == metric["maxScore"], metric["code"]
                total += points
                compared += 1
            assert abs(total - row["totalScore"]) <= ROUNDING, (path.name, row["departmentName"])
    assert compared >= 28


@pytest.mark.parametrize(
    "file",
    ["dvcqg_dvc_progress_tree_H44_2026_08.json", "dvcqg_dvc_progress_tree_H44_2026_08_tthc_2.000815.json"],
)
def test_the_published_points_for_time_follow_from_their_counts(file: str) -> None:
    tree = answer(file)
    for row in [tree["parent"], *tree["children"]]:
        points = METRICS["ON_TIME"].points(row["totalOnTime"], row["totalReceived"])
        assert abs(points - row.get("score", row.get("totalScore"))) <= ROUNDING, row["departmentName"]
        by_rule = RULES["qd766_progress"](
            {"dossiers_on_time_share": PartValue(None, row["totalOnTime"], row["totalReceived"])}
        )
        assert by_rule == points


def test_the_published_points_for_online_payment_follow_from_their_counts() -> None:
    tree = answer("dvcqg_formality_online_payment_tree_H44_2026_08.json")
    rows = [tree["parent"], *tree["children"]]
    assert len(rows) == 4
    for row in rows:
        points = payment(
            row["totalDossierOnlinePaymentSuccess"],
            row["totalDossierFinancialObligation"],
            row["totalDossierOnlineFormalityPaymentSuccess"],
            row["totalFeeDossierFormality"],
            row["totalFeeFormality"],
        )
        assert points is not None
        assert abs(points - row["totalScore"]) <= ROUNDING, row["departmentName"]


def test_the_published_points_for_online_services_follow_from_their_counts() -> None:
    """31 partial and 21 full of 56 procedures; 406 of 1 968 services used; 150 956 of 152 595 dossiers."""
    row = answer("dvcqg_provide_online_tree_H44_2026_08.json")["parent"]
    points = (
        METRICS["TTHC_ONLINE"].points(row["partialCount"] + row["fullCount"], row["authorityCount"])
        + METRICS["DVC_WITH_DOSSIER"].points(row["onlineDossierCount"], row["onlineServiceTotal"])
        + METRICS["DOSSIER_ONLINE"].points(row["channelOnlineSum"], row["channelTotalSum"])
    )
    assert abs(points - row["totalScore"]) <= ROUNDING


def test_the_groups_and_their_sums_are_those_of_the_published_table() -> None:
    table = json.loads(
        published(FOLDER, "dvcqg_766_province_scores_2026-10-10.json"), parse_float=Decimal, parse_int=Decimal
    )
    assert len(table["provinces"]) == 34
    for province in table["provinces"]:
        assert province["scores"].keys() == GROUPS.keys()
        assert all(score <= GROUPS[code] for code, score in province["scores"].items())
        parts = {code: PartValue(score, None, None) for code, score in province["scores"].items()}
        total = RULES["qd766_total"](parts)
        assert total is not None
        assert abs(total - province["totalScore"]) <= Decimal("0.03"), province["province"]
    assert sum(GROUPS.values()) == table["national"]["totalMaxScore"] == 100


def test_no_group_is_worth_more_than_its_metrics_and_the_hub_reaches_no_more_than_a_group() -> None:
    for group, maximum in GROUPS.items():
        if group != "TTTT":
            assert sum(metric.maximum for metric in METRICS.values() if metric.group == group) == maximum
        assert WITHIN_REACH[group] <= maximum


@given(code=st.sampled_from(sorted(METRICS)), numerator=COUNTS, denominator=COUNTS, more=COUNTS)
def test_points_stay_within_their_maximum_and_never_fall_when_more_was_done(
    code: str, numerator: Decimal, denominator: Decimal, more: Decimal
) -> None:
    metric = METRICS[code]
    points = metric.points(numerator, denominator)
    assert 0 <= points <= metric.maximum
    if denominator:
        assert points <= metric.points(numerator + more, denominator)
        assert metric.points(denominator, denominator) == metric.maximum


@given(numbers=st.tuples(COUNTS, COUNTS, COUNTS, COUNTS, COUNTS))
def test_online_payment_is_worth_ten_points_at_most(numbers: tuple[Decimal, ...]) -> None:
    paid, dossiers, used, ready, procedures = numbers
    points = payment(min(paid, dossiers), dossiers, min(used, procedures), min(ready, procedures), procedures)
    assert points is not None
    assert 0 <= points <= 10


def test_thirds_of_a_point_cost_no_cent() -> None:
    """6 × 1/3 + 2.5 × 201/500 = 3.005, which the portal shows as 3.01."""
    assert payment(Decimal(1), Decimal(3), Decimal(0), Decimal(201), Decimal(500)) == Decimal("3.01")


def test_no_petitions_earn_all_and_no_dossiers_earn_nothing() -> None:
    assert METRICS["PETITION_PROCESSING_ON_TIME"].points(Decimal(0), Decimal(0)) == 6
    assert METRICS["DOSSIER_RECEIVING_SATISFACTION"].points(Decimal(0), Decimal(0)) == 0


def test_transparency_worked_out_by_hand() -> None:
    """6 × 9/12 = 4.5; 4 × 10/20 = 2."""
    parts = counted(
        procedures_decided_in_time=9,
        procedures_decided=12,
        procedures_made_public_in_time=10,
        procedures_to_make_public=20,
    )
    assert RULES["qd766_transparency"](parts) == Decimal("6.5")
    nothing_decided = parts | counted(procedures_decided_in_time=0, procedures_decided=0)
    assert RULES["qd766_transparency"](nothing_decided) == 2


def test_online_services_worked_out_by_hand() -> None:
    """40 % of procedures: half of 2; 100 of 400 services used: 1; 25 % of dossiers: half of 6."""
    parts = counted(services_online=400, procedures_public=1000, services_used=100)
    assert RULES["qd766_online_services"](parts | shares(200, dossiers_online_share=50)) == Decimal(5)
    gone = counted(services_online=400, procedures_public=1000, services_used=500)
    assert RULES["qd766_online_services"](gone | shares(200, dossiers_online_share=50)) == Decimal(8)


def test_online_payment_worked_out_by_hand() -> None:
    """6 × 30/40 = 4.5; 2.5 × 10/50 = 0.5; 2.5 × 20/50 = 1."""
    parts = shares(200, dossiers_paid_online_share=30, dossiers_with_fee_share=40)
    parts |= counted(procedures_paid_online=10) | shares(50, procedures_payment_ready_share=20)
    assert RULES["qd766_online_payment"](parts) == 6


def test_satisfaction_is_full_from_nine_tenths() -> None:
    assert RULES["qd766_satisfaction"](shares(100, dossiers_on_time_share=95)) == 6
    assert RULES["qd766_satisfaction"](shares(100, dossiers_on_time_share=45)) == 3


def test_digitisation_worked_out_by_hand() -> None:
    """6 × 60/80 = 4.5; 4 × 50 % = 2; 2 × 40 % ÷ 80 % = 1; 4 × 0; 2 × 75 % = 1.5; 2 × 3/4 = 1.5."""
    parts = shares(
        100,
        dossiers_electronic_result_share=60,
        dossiers_with_result_share=80,
        dossiers_digitised_share=50,
        dossiers_reused_share=40,
        dossiers_from_store_share=0,
        dossiers_citizen_data_share=75,
    )
    parts |= counted(procedures_with_citizen_data=3, procedures_of_citizens=4)
    assert RULES["qd766_digitisation"](parts) == Decimal("10.5")


@pytest.mark.parametrize("rule", sorted(RULES))
def test_points_of_what_is_not_known_are_not_told(rule: str) -> None:
    assert RULES[rule]({}) is None


def test_a_total_that_lacks_a_group_is_not_told() -> None:
    groups = {code: PartValue(Decimal(5), None, None) for code in GROUPS}
    assert RULES["qd766_total"](groups) == 30
    assert RULES["qd766_total"](groups | {"CKMB": PartValue(None, None, None)}) is None
    del groups["MDSH"]
    assert RULES["qd766_total"](groups) is None


@pytest.mark.parametrize("indicator", score_766.INDICATORS, ids=lambda indicator: indicator.name)
def test_every_part_that_a_score_declares_is_read_and_no_other_is(indicator: Indicator) -> None:
    if not isinstance(indicator.value, Points):
        return
    known = {name: PartValue(Decimal(50), Decimal(1), Decimal(2)) for name in indicator.parts}
    assert RULES[indicator.value.rule](known) is not None
    for name in indicator.parts:
        unknown = known | {name: PartValue(None, None, None)}
        assert RULES[indicator.value.rule](unknown) is None, name


def test_a_score_says_out_of_how_many_points_it_is_and_earns_all_of_them_at_best() -> None:
    """Everything done: each group comes to what its title says it can, and the total to their sum."""
    best = PartValue(Decimal(100), Decimal(7), Decimal(7))
    values: dict[str, PartValue] = {}
    for indicator in score_766.INDICATORS:
        if isinstance(indicator.value, Points):
            known = {name: values.get(name, best) for name in indicator.parts}
            points = RULES[indicator.value.rule](known)
            values[indicator.name] = PartValue(points, None, None)
            assert f"{points:.0f} of " in indicator.title.en, indicator.name
            assert f"{points:.0f}/" in indicator.title.vi, indicator.name
