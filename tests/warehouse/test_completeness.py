"""What was declared against what is held, on a real ClickHouse."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hub_in_process import HubInProcess, ended, paper
from permit_figures import ALL
from permits import Permits

from iochub.ingest.declarations import Declaration
from iochub.warehouse.answers import Answers
from iochub.warehouse.completeness import Comparisons, CompletedAnswers
from iochub.warehouse.indicators.registry import named
from iochub.warehouse.period import Step, read_period
from iochub.warehouse.question import Answer, Question

COLUMNS = ("feed", "sender", "id", "since", "until", "records", "sum", "at")
AT = datetime(2021, 7, 19, tzinfo=UTC)
JULY, AUGUST = date(2021, 7, 1), date(2021, 8, 1)


def declare(
    hub: HubInProcess,
    number: int,
    since: date,
    until: date,
    records: int,
    sender: str = "H56",
    total: str | None = None,
) -> None:
    """Keep one declaration as copying does, the highest number last."""
    at = (AT + timedelta(seconds=number)).isoformat()
    row = (Permits.name, sender, f"{number:04}", since, until, records, total, at)
    hub.store.insert("declarations", COLUMNS, [row])


def asked(hub: HubInProcess, name: str, period: str = "2021-07", by: str | None = None, **how: object):
    completed = CompletedAnswers(hub.answers, named(ALL), Comparisons(hub.store, {"permits": Permits}).of)
    how = {"unit": "38", "sees_small": True} | how
    question = Question(f"permits_{name}", period=read_period(period), **how)
    return completed.series(question, None, by) if by else completed.figure(question)


def completeness(
    hub: HubInProcess, name: str, period: str = "2021-07", **how: object
) -> tuple[int | None, int | None]:
    found = asked(hub, name, period, **how)
    return found.declared, found.received


class ByAgency(Answers):
    """The hub's answers, told once for each of three senders: no permit is split by agency."""

    def __init__(self, whole: Answers) -> None:
        self._whole = whole

    def series(self, question: Question, every: Step | None, by: str | None) -> list[Answer]:
        whole = self._whole.figure(question)
        return [replace(whole, member=member) for member in ("H56", "H56.1", "H56.2")]


def six(hub: HubInProcess) -> None:
    hub.send(*(paper(f"p{number}", f"2021-07-0{number}", amount="2.5") for number in range(1, 7)))


def test_without_a_declaration_nothing_is_said(hub: HubInProcess) -> None:
    six(hub)
    assert completeness(hub, "received") == (None, None)


def test_a_figure_says_how_much_of_what_was_declared_for_its_period_is_here(hub: HubInProcess) -> None:
    six(hub)
    declare(hub, 1, JULY, AUGUST, 8)
    assert completeness(hub, "received") == (8, 6)
    assert completeness(hub, "received", "2021") == (8, 6)
    hub.send(paper("late", "2021-07-09"))
    assert completeness(hub, "received") == (8, 7)


def test_a_declaration_that_the_period_would_cut_is_left_out(hub: HubInProcess) -> None:
    six(hub)
    declare(hub, 1, JULY, AUGUST, 8)
    declare(hub, 2, date(2021, 6, 1), JULY, 5)
    assert completeness(hub, "received", "2021-07-03") == (None, None)
    assert completeness(hub, "received", "2021-Q3") == (8, 6)
    assert completeness(hub, "received", "2021") == (13, 6)


def test_what_is_declared_later_replaces_what_it_overlaps(hub: HubInProcess) -> None:
    six(hub)
    declare(hub, 1, JULY, AUGUST, 100)
    declare(hub, 2, JULY, AUGUST, 6)
    assert completeness(hub, "received") == (6, 6)
    declare(hub, 3, date(2021, 7, 2), date(2021, 7, 4), 3)
    assert completeness(hub, "received") == (3, 2)


def test_senders_are_compared_each_with_its_own_and_told_by_agency(hub: HubInProcess) -> None:
    hub.send(*(paper(f"a{number}") for number in range(6)))
    hub.send(*(paper(f"b{number}", sender="H56.1") for number in range(9)))
    declare(hub, 1, JULY, AUGUST, 6)
    declare(hub, 2, JULY, AUGUST, 12, sender="H56.1")
    assert completeness(hub, "received") == (18, 15)
    question = Question("permits_received", "38", read_period("2021-07"), sees_small=True)
    split = CompletedAnswers(
        ByAgency(hub.answers), named(ALL), Comparisons(hub.store, {"permits": Permits}).of
    )
    found = {row.member: (row.declared, row.received) for row in split.series(question, None, "agency")}
    assert found == {"H56": (6, 6), "H56.1": (12, 9), "H56.2": (None, None)}


def test_a_stock_is_judged_by_all_that_was_declared_until_its_end(hub: HubInProcess) -> None:
    six(hub)
    declare(hub, 1, date(2021, 6, 1), JULY, 5)
    declare(hub, 2, JULY, date(2021, 7, 5), 4)
    assert completeness(hub, "open", "2021-07") == (9, 4)


def test_what_was_replaced_or_taken_back_is_not_here(hub: HubInProcess) -> None:
    six(hub)
    declare(hub, 1, JULY, AUGUST, 6)
    hub.send({"entity": "p1", "kind": "withdrawal"}, ended("p2", "2021-07-09T03:00:00+00:00"))
    assert completeness(hub, "received") == (6, 5)


def test_units_and_instants_of_before_say_nothing_of_it(hub: HubInProcess) -> None:
    six(hub)
    declare(hub, 1, JULY, AUGUST, 8)
    assert completeness(hub, "received", unit="14797") == (None, None)
    before = asked(hub, "received", as_of=AT)
    assert (before.declared, before.received) == (None, None)
    assert {row.declared for row in asked(hub, "received", by="unit")} == {None}


def test_who_may_not_see_small_counts_does_not_see_them_here(hub: HubInProcess) -> None:
    hub.send(paper("a"), paper("b"))
    declare(hub, 1, JULY, AUGUST, 8)
    assert completeness(hub, "received") == (8, 2)
    assert completeness(hub, "received", sees_small=False) == (None, None)


def test_sums_are_compared_too(hub: HubInProcess) -> None:
    six(hub)
    declare(hub, 1, JULY, AUGUST, 6, total="15.5")
    (one,) = Comparisons(hub.store, {"permits": Permits}).of("permits")
    assert isinstance(one.declared, Declaration)
    assert (one.declared.sum, one.held_sum, one.held) == (Decimal("15.5"), Decimal(15), 6)
