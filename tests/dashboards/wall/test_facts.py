from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Unit
from iochub.dashboards.wall.facts import facts
from iochub.dashboards.wall.tiles import face


def test_how_many_rows_stand_behind_a_figure_is_left_out_where_it_is_hidden(figure, now) -> None:
    shown, hidden = figure(), figure(state="suppressed", value=None, rows=None)
    named = [[name for name, _, _ in facts(one, face(one, "vi", now), "vi", now)] for one in (shown, hidden)]
    assert [words.ROWS in names for names in named] == [True, False]


def test_a_figure_names_the_divided_units_whose_part_it_lacks(figure, now) -> None:
    whole, lacking = figure(), figure(split_from=[Unit("14758@2019", "Phường Đông Thọ (cũ, đã chia)")])
    said = [
        {name: value for name, value, _ in facts(one, face(one, "vi", now), "vi", now)}.get(words.NOT_WITHIN)
        for one in (whole, lacking)
    ]
    assert said == [None, "Phường Đông Thọ (cũ, đã chia)"]
