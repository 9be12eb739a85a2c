"""Each group worked out by hand, and what a score is told out of where something is not known."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from score_parts import TOTAL, counted, scored, shares, told

from iochub.warehouse.aggregates import Points
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators import score_766
from iochub.warehouse.score_lines import Earned, PartValue, points_of
from iochub.warehouse.scoring import RULES, TRANSPARENCY

COUNTS = st.integers(0, 10**6).map(Decimal)


def test_transparency_worked_out_by_hand() -> None:
    """6 × 9/12 = 4.5; 4 × 10/20 = 2; 2 × 87/89 = 1.96; 6 × 900/1000 = 5.4."""
    parts = counted(
        procedures_decided_in_time=9,
        procedures_decided=12,
        procedures_made_public_in_time=10,
        procedures_to_make_public=20,
    )
    assert told("transparency", parts) == (Decimal("6.5"), 10)
    nothing_decided = parts | counted(procedures_decided_in_time=0, procedures_decided=0)
    assert told("transparency", nothing_decided) == (2, 10)
    parts |= counted(procedures_with_complete_text=87, procedures_on_national_database=89)
    assert told("transparency", parts) == (Decimal("8.46"), 12)
    parts |= counted(dossiers_synchronised=900, dossiers_to_synchronise=1000)
    assert told("transparency", parts) == (Decimal("13.86"), 18)


def test_online_services_worked_out_by_hand() -> None:
    """40 % of procedures: half of 2; 100 of 400 services used: 1; 25 % of dossiers: half of 6."""
    parts = counted(services_online=400, procedures_public=1000, services_used=100)
    parts |= shares(200, dossiers_online_share=50)
    assert told("online_services", parts) == (2, 6)
    parts |= counted(dossiers_synchronised=7, dossiers_to_synchronise=7)
    assert told("online_services", parts) == (5, 12)
    parts |= counted(services_used=500)
    assert told("online_services", parts) == (8, 12)


def test_dossiers_handed_in_online_count_for_as_much_as_the_portal_got_of_them() -> None:
    """40 % online, of which four fifths were synchronised: 32 % of the 50 that earn all."""
    online = shares(100, dossiers_online_share=40)
    for synchronised, expected in ((100, "4.8"), (80, "3.84"), (0, "0")):
        parts = online | counted(dossiers_synchronised=synchronised, dossiers_to_synchronise=100)
        assert told("online_services", parts) == (Decimal(expected), 6)


def test_online_payment_worked_out_by_hand() -> None:
    """6 × 30/40 = 4.5; 2.5 × 10/50 = 0.5; 2.5 × 20/50 = 1."""
    parts = shares(200, dossiers_paid_online_share=30, dossiers_with_fee_share=40)
    parts |= counted(procedures_paid_online=10) | shares(50, procedures_payment_ready_share=20)
    assert told("online_payment", parts) == (6, 10)


def test_satisfaction_worked_out_by_hand() -> None:
    """6 × 90/120 = 4.5; 6 × 80/120 = 4; 6 × 45 % ÷ 90 % = 3, and all from 90 % on."""
    petitions = counted(petitions_handled_in_time=90, petitions_satisfied=80, petitions_received=120)
    assert told("satisfaction", petitions) == (Decimal("8.5"), 12)
    dossiers = counted(dossiers_satisfied=45, dossiers_for_satisfaction=100)
    assert told("satisfaction", petitions | dossiers) == (Decimal("11.5"), 18)
    assert told("satisfaction", counted(dossiers_satisfied=90, dossiers_for_satisfaction=100)) == (6, 6)


def test_months_without_petitions_earn_all_and_months_that_nobody_reported_earn_nothing_known() -> None:
    none = counted(petitions_handled_in_time=0, petitions_satisfied=0, petitions_received=0)
    assert told("satisfaction", none) == (12, 12)
    unknown = counted(petitions_handled_in_time=None, petitions_satisfied=None, petitions_received=None)
    assert told("satisfaction", unknown) == (None, 0)


def test_digitisation_worked_out_by_hand() -> None:
    """6 × 60/80 = 4.5; 4 × 50 % = 2; 2 × 40 % ÷ 80 % = 1; 4 × 0; 2 × 75 % = 1.5; 2 × 3/4; 2 × 83/166."""
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
    assert told("digitisation", parts) == (Decimal("10.5"), 20)
    parts |= counted(communes_certifying_copies=83, communes_to_certify_copies=166)
    assert told("digitisation", parts) == (Decimal("11.5"), 22)


REPORTED_LINES = [one for group in TOTAL.groups.values() for one in group.earned if one.reported]


@pytest.mark.parametrize("one", REPORTED_LINES, ids=lambda one: one.code)
@given(part=COUNTS, whole=COUNTS, reports=st.integers(1, 500), lacking=st.integers(1, 500))
def test_two_reported_counts_that_contradict_each_other_are_not_believed(
    one: Earned, part: Decimal, whole: Decimal, reports: int, lacking: int
) -> None:
    """More of them than there are, or a month that only one of the two was reported for."""

    def line(part: Decimal, whole: Decimal, reports_of_whole: int) -> Decimal | None:
        found = {
            one.numerator.figure: PartValue(part, None, reports),
            one.denominator.figure: PartValue(whole, None, reports_of_whole),
        }
        counts = one.counts(found)
        return None if counts is None else one.metric.points(*counts)

    part, whole = min(part, whole), max(part, whole)
    assert line(part, whole, reports) == one.metric.points(part, whole)
    assert line(part, whole, reports + lacking) is None
    if part < whole:
        assert line(whole, part, reports) is None


def test_a_total_that_lacks_a_group_is_told_out_of_fewer_points() -> None:
    groups = {name: scored(group, Decimal(5)) for name, group in TOTAL.groups.items()}
    assert told("total", groups) == (30, 100)
    assert told("total", groups | {"score_766_transparency": scored(TRANSPARENCY, None)}) == (25, 82)
    del groups["score_766_digitisation"]
    assert told("total", groups) == (25, 78)
    assert told("total", {}) == (None, 0)


@pytest.mark.parametrize("indicator", score_766.INDICATORS, ids=lambda indicator: indicator.name)
def test_what_is_not_known_takes_its_points_away_and_nothing_else(indicator: Indicator) -> None:
    """Every part that a score declares is read, and no other; a line without one is neither 0 nor all."""
    if not isinstance(indicator.value, Points):
        return
    rule = RULES[indicator.value.rule]
    assert indicator.parts == rule.figures
    if rule is TOTAL:
        return
    known = {name: PartValue(Decimal(1), Decimal(2), 1) for name in indicator.parts}
    whole = {line.code: line for line in rule.lines(known)}
    assert all(line.points is not None for line in whole.values())
    for name in indicator.parts:
        for lacking in (known | {name: PartValue(None, None)}, {k: v for k, v in known.items() if k != name}):
            left = rule.lines(lacking)
            gone = {line.code for line in left if line.points is None}
            assert gone == {code for code, line in whole.items() if name in line.figures}
            assert gone
            assert all(line == whole[line.code] for line in left if line.code not in gone)


def test_everything_done_earns_every_point_of_every_group() -> None:
    best = PartValue(Decimal(7), Decimal(7), 1)
    values: dict[str, PartValue] = {}
    for indicator in score_766.INDICATORS:
        if isinstance(indicator.value, Points):
            rule = RULES[indicator.value.rule]
            lines = rule.lines({name: values.get(name, best) for name in indicator.parts})
            values[indicator.name] = PartValue(None, lines=lines)
            assert points_of(lines) == sum(line.maximum for line in lines)
            assert f"{points_of(lines):.0f} points" in indicator.definition.en
    assert points_of(values["score_766"].lines) == 100
