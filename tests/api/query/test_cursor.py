from dataclasses import replace
from datetime import date

import pytest

from iochub.api.query.cursor import key_of, page
from iochub.warehouse.period import Period
from iochub.warehouse.question import Answer

ROW = Answer(Period(date(2021, 1, 1), date(2021, 1, 2)), None, None, None, 0, "no_data", None, "1")
MEMBERS = ("", "=online", "a\0b", "a\0", "Lĩnh vực")


@pytest.mark.parametrize("limit", [1, 2, 9])
def test_pages_hold_every_row_once_whatever_its_member_is_called(limit: int) -> None:
    rows = [replace(ROW, member=member) for member in MEMBERS]
    shown, cursor = page(rows, "", limit)
    while cursor is not None:
        more, cursor = page(rows, cursor, limit)
        shown += more
    assert shown == sorted(rows, key=key_of)


def test_a_row_that_appears_between_two_pages_is_shown_or_passed_but_repeats_nothing() -> None:
    rows = [replace(ROW, member=member) for member in "bdf"]
    first, cursor = page(rows, "", 2)
    assert cursor is not None
    rows += [replace(ROW, member=member) for member in "ae"]
    second, last = page(rows, cursor, 9)
    assert [row.member for row in first + second] == list("bdef")
    assert last is None
