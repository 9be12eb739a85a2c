from decimal import Decimal

from iochub.dashboards.wall.answers import Unit
from iochub.dashboards.wall.charts import chart, ranking


def test_what_is_not_known_is_a_gap_in_the_chart(figure) -> None:
    rows = [figure(), figure(state="no_data", value=Decimal(0)), figure(value=None)]
    options = chart(rows, "month", "vi", is_flow=False)
    assert options["series"][0]["data"] == [98.29, None, None]


def test_sums_are_bars_and_judgements_are_lines_with_their_target(figure) -> None:
    judged = chart([figure()], "month", "vi", is_flow=False)["series"][0]
    summed = chart([figure(target=None)], "month", "vi", is_flow=True)["series"][0]
    assert (judged["type"], summed["type"]) == ("line", "bar")
    assert judged["markLine"]["label"]["formatter"] == "Mục tiêu 98 %"
    assert "markLine" not in summed


def test_the_axis_is_written_in_the_readers_language(figure) -> None:
    assert chart([figure()], "month", "vi", is_flow=False)["xAxis"]["data"] == ["T1"]
    assert chart([figure()], "month", "en", is_flow=False)["xAxis"]["data"] == ["Jan"]
    assert chart([figure()], "day", "vi", is_flow=False)["xAxis"]["data"] == ["01/01"]


def test_a_share_is_never_drawn_on_an_axis_beyond_the_whole(figure) -> None:
    assert chart([figure()], "month", "vi", is_flow=False)["yAxis"]["max"] == 100
    assert chart([figure(measure="hồ sơ")], "month", "vi", is_flow=True)["yAxis"]["max"] is None


def test_an_empty_series_is_drawn_without_complaint() -> None:
    assert chart([], "day", "vi", is_flow=True)["series"][0]["data"] == []


def test_units_stand_in_order_and_those_without_figures_last(figure) -> None:
    rows = [
        figure(unit=Unit("1", "Xã Nga An"), value=Decimal(90)),
        figure(unit=Unit("2", "Xã Yên Thọ"), state="no_data", value=None),
        figure(unit=Unit("3", "Xã Hà Trung"), value=Decimal(95)),
    ]
    highest = ranking(rows, "vi", highest_first=True)
    lowest = ranking(rows, "vi", highest_first=False)
    assert highest.index("Hà Trung") < highest.index("Nga An") < highest.index("Yên Thọ")
    assert lowest.index("Nga An") < lowest.index("Hà Trung") < lowest.index("Yên Thọ")
    assert "Chưa có số liệu" in highest


def test_a_unit_name_cannot_become_markup(figure) -> None:
    assert "<b>" not in ranking([figure(unit=Unit("1", "<b>Xã</b>"))], "vi", highest_first=True)
