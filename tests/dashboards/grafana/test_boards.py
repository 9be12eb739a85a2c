"""One dashboard per desk, the same from the same declarations."""

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from permit_figures import OPEN, RECEIVED, STORED

from iochub.dashboards.grafana.boards import Board, boards
from iochub.errors import DeclarationError
from iochub.text import Text
from iochub.warehouse.indicator import Desk, Indicator
from iochub.warehouse.indicators.registry import INDICATORS

TODAY = date(2026, 11, 26)
BOARDS = boards(INDICATORS.values(), TODAY)

every = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)


def panels(board: Board) -> list[dict[str, Any]]:
    found = board.model["panels"]
    assert isinstance(found, list)
    return found


def test_every_desk_has_one_and_every_figure_is_on_its_own_desks() -> None:
    desks = list(dict.fromkeys(indicator.desk for indicator in INDICATORS.values()))
    assert [(board.uid, board.title) for board in BOARDS] == [
        (f"iochub-{desk.name}", desk.title.vi) for desk in desks
    ]
    for desk, board in zip(desks, BOARDS, strict=True):
        watched = [indicator for indicator in INDICATORS.values() if indicator.desk == desk]
        feeds = {indicator.feed for indicator in watched}
        assert len(panels(board)) == len(feeds) + 2 * len(watched)
        for indicator, panel in zip(watched, panels(board)[len(feeds) :: 2], strict=True):
            assert panel["title"].startswith(indicator.title.vi)
            asked = panel["targets"][0]["rawSql"]
            assert all(f"indicator IN ('{one}')" in asked for one in counted_from(indicator))


def counted_from(indicator: Indicator) -> set[str]:
    """What a figure is counted from in the end: itself, or what it is made of."""
    if not indicator.parts:
        return {indicator.name}
    return {found for part in indicator.parts for found in counted_from(INDICATORS[part])}


def test_a_board_that_asks_much_asks_rarely() -> None:
    for board in BOARDS:
        desk = board.uid.removeprefix("iochub-")
        is_dear = any(one.parts for one in INDICATORS.values() if one.desk.name == desk)
        assert board.model["refresh"] == ("5m" if is_dear else "30s")


@every
def test_panels_have_numbers_of_their_own_and_lie_beside_each_other(board: Board) -> None:
    numbers = [panel["id"] for panel in panels(board)]
    assert numbers == list(range(1, len(numbers) + 1))
    taken: set[tuple[int, int]] = set()
    for panel in panels(board):
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (column, line)
            for column in range(place["x"], place["x"] + place["w"])
            for line in range(place["y"], place["y"] + place["h"])
        }
        assert not taken & cells
        taken |= cells


@every
def test_a_board_is_the_same_whenever_it_is_written_and_reads_back_as_it_was(board: Board) -> None:
    again = {other.uid: other for other in boards(INDICATORS.values(), TODAY)}[board.uid]
    assert again.written() == board.written()
    assert json.loads(board.written()) == board.model


@every
def test_days_are_the_provinces_and_the_range_is_a_whole_period(board: Board) -> None:
    assert board.model["timezone"] == "Asia/Ho_Chi_Minh"
    assert board.model["weekStart"] == "monday"
    assert board.model["time"] == {"from": "now/y", "to": "now/y"}


def test_the_range_is_the_longest_window_of_the_desk() -> None:
    for windows, expected in ((("day", "month"), "now/M"), (("day", "day"), "now/d"), (("week",), "now/w")):
        watched = [replace(RECEIVED, window=window) for window in windows]
        (board,) = boards(watched, TODAY)
        assert board.model["time"] == {"from": expected, "to": expected}


def test_a_desk_that_grafana_could_not_name_is_refused_at_once() -> None:
    for name in ("x" * 40, "hồ-sơ", "a b"):
        with pytest.raises(DeclarationError, match="uid"):
            boards([replace(OPEN, desk=Desk(name, Text("Bàn", "Desk")))], TODAY)


def test_one_desk_may_watch_several_feeds_side_by_side() -> None:
    desk = STORED[0].desk
    other = replace(next(iter(INDICATORS.values())), desk=desk)
    (board,) = boards([*STORED, other], TODAY)
    assert [panel["gridPos"]["x"] for panel in panels(board)[:2]] == [0, 12]
