from datetime import date

from hypothesis import given
from hypothesis import strategies as st
from permit_figures import DUE_SOON, LAST_SAID, ON_TIME, OPEN, RECEIVED

from iochub.warehouse.bundles import AT_ONCE, bundles
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import read_period
from iochub.warehouse.query import Asked, Statement, statement
from iochub.warehouse.question import Question


def asked(indicator: Indicator) -> Asked:
    return Asked(indicator, Question(indicator.name, "38", read_period("2021-06")), 0, date(2021, 7, 20))


def test_figures_of_one_period_are_one_statement_in_which_each_stands_as_it_would_alone() -> None:
    named = {one.name: statement(asked(one)) for one in (RECEIVED, ON_TIME, OPEN)}
    (written,) = bundles(named)
    assert written.text.count("UNION ALL") == 2
    for name, one in named.items():
        assert f"SELECT '{name}' AS name, * FROM (\n{one.text}\n)" in written.text


def test_what_reads_other_days_is_a_statement_of_its_own() -> None:
    named = {one.name: statement(asked(one)) for one in (RECEIVED, DUE_SOON, LAST_SAID)}
    first, second = bundles(named)
    assert DUE_SOON.name in second.text
    assert DUE_SOON.name not in first.text
    assert first.parameters["since"] != second.parameters["since"]


@given(
    st.dictionaries(
        st.text("abc", min_size=1, max_size=6),
        st.dictionaries(st.sampled_from("xyz"), st.integers(0, 2)),
        max_size=60,
    )
)
def test_every_statement_is_asked_once_with_its_own_values(bound: dict[str, dict[str, object]]) -> None:
    found = {}
    for written in bundles({name: Statement(name, values) for name, values in bound.items()}):
        parts = written.text.split("\nUNION ALL\n")
        assert len(parts) <= AT_ONCE
        for part in parts:
            name = part.split("'")[1]
            assert name not in found
            found[name] = written.parameters
    assert found.keys() == bound.keys()
    assert all(values.items() <= found[name].items() for name, values in bound.items())
