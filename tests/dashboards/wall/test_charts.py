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


def test_the_axis_holds_every_value_and_the_target_between_marks_of_its_own(figure) -> None:
    shares = chart([figure(), figure(value=Decimal("99.95"))], "month", "vi", is_flow=False)["yAxis"]
    assert (shares["min"], shares["max"], shares["interval"]) == (98, 100, 0.5)
    counts = [figure(value=Decimal(6_958), measure="hồ sơ", target=None)]
    bars = chart(counts, "month", "vi", is_flow=True)["yAxis"]
    assert (bars["min"], bars["max"], bars["interval"]) == (0, 8_000, 2_000)


def test_a_target_at_the_top_is_named_below_its_line_where_there_is_room(figure) -> None:
    def position(value: str) -> str:
        drawn = chart([figure(value=Decimal(value))], "month", "vi", is_flow=False)["series"][0]
        return str(drawn["markLine"]["label"]["position"])

    assert (position("12"), position("98.29")) == ("insideStartBottom", "insideStartTop")


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


def test_a_divided_unit_says_where_it_lies_and_its_successor_that_a_part_is_missing(figure) -> None:
    old, new = Unit("14758@2019", "Phường Đông Thọ (cũ, đã chia)"), Unit("14797", "Phường <Hạc> Thành")
    table = ranking(
        [
            figure(unit=old, split_into=[new]),
            figure(unit=new, split_from=[old]),
            figure(unit=Unit("1", "Xã Y")),
        ],
        "vi",
        highest_first=True,
    )
    assert "nay thuộc: Phường &lt;Hạc&gt; Thành" in table
    assert table.count('class="lacking"') == 1
    assert 'title="Chưa gồm phần của đơn vị đã chia: Phường Đông Thọ (cũ, đã chia)"' in table
