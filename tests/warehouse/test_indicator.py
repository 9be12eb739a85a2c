"""A declaration that contradicts its feed or itself cannot be made."""

from dataclasses import replace
from typing import Any

import pytest
from permit_figures import ALL, DUE_SOON, ON_TIME, OPEN, RECEIVED, SELLERS, TURNOVER
from permits import WORDS

from iochub.errors import DeclarationError, UnknownIndicator
from iochub.warehouse.aggregates import Count, Distinct, InTime, Is, Sum
from iochub.warehouse.indicator import by_version
from iochub.warehouse.indicators.registry import indicator_named, named
from iochub.warehouse.kinds import Ahead, Balance, Flow, PeriodEnd, SoFar


@pytest.mark.parametrize(
    ("declared", "change"),
    [
        (RECEIVED, {"kind": Flow("opened")}),
        (RECEIVED, {"dimensions": ("colour",)}),
        (RECEIVED, {"dimensions": ("channel", "channel")}),
        (RECEIVED, {"where": (Is("colour", 1),)}),
        (TURNOVER, {"value": Sum("price")}),
        (TURNOVER, {"value": Sum("channel")}),
        (SELLERS, {"value": Distinct("name")}),
        (ON_TIME, {"value": InTime("channel")}),
        (ON_TIME, {"value": Count()}),
        (RECEIVED, {"value": InTime("late_at")}),
        (OPEN, {"kind": Balance("received", "gone")}),
        (OPEN, {"value": Sum("amount")}),
        (DUE_SOON, {"kind": Ahead("due", "channel", 3)}),
        (SELLERS, {"kind": SoFar("opened")}),
        (ON_TIME, {"kind": PeriodEnd("opened")}),
    ],
)
def test_what_the_feed_does_not_carry_cannot_be_declared(declared: Any, change: dict[str, Any]) -> None:
    with pytest.raises(DeclarationError):
        replace(declared, **change)


def test_another_way_of_counting_is_another_definition() -> None:
    changed = [
        replace(RECEIVED, version=2),
        replace(RECEIVED, kind=Flow("due")),
        replace(RECEIVED, dimensions=("channel",)),
        replace(RECEIVED, where=(Is("household", 0),)),
    ]
    assert len({RECEIVED.definition_version, *(one.definition_version for one in changed)}) == 5
    assert (
        replace(RECEIVED, title=replace(WORDS, vi="Tên mới")).definition_version
        == RECEIVED.definition_version
    )


def test_a_definition_has_the_same_name_in_every_process() -> None:
    assert RECEIVED.definition_version == "1-aac50d6f"


def test_kinds_are_told_in_the_words_of_the_contract() -> None:
    assert [one.kind_name for one in (RECEIVED, ON_TIME, OPEN, DUE_SOON, SELLERS)] == [
        "flow", "period_end", "stock", "stock", "stock",
    ]  # fmt: skip


def test_two_figures_of_one_name_are_refused() -> None:
    with pytest.raises(DeclarationError):
        named((*ALL, RECEIVED))


def test_an_unknown_name_is_told_to_the_caller() -> None:
    with pytest.raises(UnknownIndicator):
        indicator_named("nothing")
    assert indicator_named("dossiers_received").name == "dossiers_received"


def test_the_tenth_version_comes_after_the_ninth() -> None:
    assert max(["9-ffffffff", "10-00000000", "2-aaaaaaaa"], key=by_version) == "10-00000000"
