from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from permit_figures import DUE_SOON, HOUSEHOLDS, LAST_SAID, ON_TIME, ONLINE, OPEN, RECEIVED, SELLERS, STORED

from iochub.warehouse.bundles import AT_ONCE, bundles
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import read_period
from iochub.warehouse.query import Asked, Statement, statement
from iochub.warehouse.question import Question


def asked(indicator: Indicator) -> Asked:
    return Asked(indicator, Question(indicator.name, "38", read_period("2021-06")), 0, date(2021, 7, 20))


def of(*indicators: Indicator) -> Sequence[Statement]:
    return list(bundles(map(asked, indicators), statement))


def test_what_is_counted_alike_is_counted_together() -> None:
    (written,) = of(SELLERS, HOUSEHOLDS)
    assert written.text.count("indicator IN ('permits_sellers', 'permits_households')") == 1
    assert "UNION ALL" not in written.text


def test_figures_of_one_period_are_one_statement() -> None:
    (written,) = of(RECEIVED, ON_TIME, OPEN, ONLINE)
    assert written.text.count("UNION ALL") == 2, "dossiers and the online ones of them are summed alike"
    for one in (ON_TIME, OPEN):
        assert statement(replace(asked(one), names=(one.name,))).text in written.text


def test_what_reads_other_days_is_a_statement_of_its_own() -> None:
    first, second = of(RECEIVED, DUE_SOON, LAST_SAID)
    assert DUE_SOON.name in second.text
    assert DUE_SOON.name not in first.text
    assert first.parameters["since"] != second.parameters["since"]


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=6),
        st.tuples(st.sampled_from("ABC"), st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2))),
        max_size=70,
    )
)
def test_every_indicator_is_asked_once_with_its_own_values(
    bound: dict[str, tuple[str, dict[str, object]]],
) -> None:
    def write(one: Asked) -> Statement:
        text, values = bound[one.indicator.name]
        return Statement(f"{text}:{','.join(one.names)}", values)

    found = {}
    every = [asked(replace(STORED[0], name=name)) for name in bound]
    for written in bundles(every, write):
        parts = written.text.split("\nUNION ALL\n")
        assert len(parts) <= AT_ONCE
        for part in parts:
            text, _, names = part.split("\n")[1].partition(":")
            for name in names.split(","):
                assert name not in found
                found[name] = (text, written.parameters)
    assert found.keys() == bound.keys()
    for name, (text, values) in bound.items():
        assert found[name][0] == text
        assert values.items() <= found[name][1].items()
