from decimal import Decimal

import pytest

from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Line, Unit
from iochub.dashboards.wall.charts import chart, ranking
from iochub.dashboards.wall.facts import facts
from iochub.dashboards.wall.scores import comparable
from iochub.dashboards.wall.tiles import face

POINTS = {"measure": "điểm", "target": None, "numerator": None, "denominator": None}


def test_a_score_is_told_out_of_the_points_that_are_known(figure, now) -> None:
    some = figure(value=Decimal("39.02"), out_of=Decimal(66), maximum=Decimal(100), **POINTS)
    said = face(some, "vi", now)
    assert (said.number, said.measure) == ("39,02", "trên 66 điểm")
    assert said.note == "xét được 66/100 điểm"
    assert face(some, "en", now).measure == "of 66 points"
    assert face(some, "en", now).note == "66 of 100 points known"


def test_a_score_out_of_all_points_has_nothing_to_add(figure, now) -> None:
    said = face(
        figure(value=Decimal("65.04"), out_of=Decimal(100), maximum=Decimal(100), **POINTS), "vi", now
    )
    assert (said.number, said.measure, said.note) == ("65,04", "trên 100 điểm", "")


def test_a_score_that_is_late_too_says_both(figure, now) -> None:
    late = figure(state="partial", value=Decimal(10), out_of=Decimal(20), maximum=Decimal(100), **POINTS)
    assert face(late, "vi", now).note == "Đang cập nhật · xét được 20/100 điểm"


def test_a_score_of_which_nothing_is_known_is_a_dash(figure, now) -> None:
    said = face(
        figure(state="no_data", value=None, out_of=Decimal(0), maximum=Decimal(18), **POINTS), "vi", now
    )
    assert (said.number, said.measure, said.note) == ("—", "Chưa có số liệu", "")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (Line("Hồ sơ đúng hạn", Decimal(20), Decimal(15)), "15/20"),
        (Line("Hồ sơ đúng hạn", Decimal(20), Decimal(0)), "0/20"),
        (Line("Hồ sơ đúng hạn", Decimal(20)), "—/20 (Chưa có số liệu)"),
        (Line("Phản ánh", Decimal(6), Decimal("4.5"), reported=True), "4,5/6, cơ quan báo cáo"),
        (Line("Phản ánh", Decimal(6), reported=True), "—/6 (chưa đủ báo cáo)"),
    ],
)
def test_every_line_says_what_it_earned_and_who_says_so(figure, now, line, expected) -> None:
    score = figure(lines=[line], out_of=Decimal(6), maximum=Decimal(6), **POINTS)
    told = {name.vi: value for name, value, _ in facts(score, face(score, "vi", now), "vi", now)}
    assert told[line.title] == expected
    assert words.NUMERATOR.vi not in told


def test_scores_are_compared_by_the_share_of_what_is_known(figure) -> None:
    """40 of 50 is more than 45 of 66."""
    few = figure(unit=Unit("1", "Xã Ít"), value=Decimal(40), out_of=Decimal(50), **POINTS)
    many = figure(unit=Unit("2", "Xã Nhiều"), value=Decimal(45), out_of=Decimal(66), **POINTS)
    table = ranking([many, few], "vi", highest_first=True)
    assert table.index("Xã Ít") < table.index("Xã Nhiều")
    assert "40/50" in table
    assert "45/66" in table
    drawn = chart([few, many], "month", "vi", is_flow=False)["series"][0]
    assert drawn["data"] == pytest.approx([80.0, 68.1818], rel=1e-4)
    assert drawn["name"] == "%"


def test_what_is_no_score_is_compared_as_it_is(figure) -> None:
    assert comparable(figure()) == figure()


def test_a_score_out_of_nothing_is_a_gap(figure) -> None:
    nothing = figure(state="no_data", value=None, out_of=Decimal(0), **POINTS)
    assert chart([nothing, nothing], "month", "vi", is_flow=False)["series"][0]["data"] == [None, None]
