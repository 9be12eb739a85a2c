from iochub.dashboards.wall import words
from iochub.dashboards.wall.facts import facts
from iochub.dashboards.wall.tiles import face


def test_how_many_rows_stand_behind_a_figure_is_left_out_where_it_is_hidden(figure, now) -> None:
    shown, hidden = figure(), figure(state="suppressed", value=None, rows=None)
    named = [[name for name, _, _ in facts(one, face(one, "vi", now), "vi", now)] for one in (shown, hidden)]
    assert [words.ROWS in names for names in named] == [True, False]
