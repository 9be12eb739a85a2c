"""Which thing is meant, without the numbers that stand beside a patient's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import door

from iochub.errors import RecordRejected
from iochub.ingest.hospitals.identity import named_entity, unit_of, visit_key
from iochub.ingest.reading import local_day
from iochub.ingest.units import UNKNOWN

HIDE = door().pseudonyms
TODAY = local_day(door().received_at)


def test_the_code_of_a_visit_is_hidden_and_the_same_code_elsewhere_is_another_visit() -> None:
    here, there = visit_key("38001", "LK1", HIDE), visit_key("38002", "LK1", HIDE)
    assert here.startswith("visit:38001:")
    assert "LK1" not in here
    assert here.rpartition(":")[2] != there.rpartition(":")[2], "nor can the two be joined by their hash"


@given(words=st.text(max_size=30))
def test_any_words_name_a_thing_or_are_refused(words: str) -> None:
    try:
        named = named_entity(words, HIDE).partition(":")[0]
    except RecordRejected as rejected:
        named = rejected.reason.partition(":")[2]
    assert named in ("visit", "payment", "telehealth", "facility", "entity")


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("38001", "missing:entity"),
        ("LK1", "bad_pattern:entity"),
        ("payment:38001", "missing:entity"),
        ("payment:VP-1", "bad_pattern:entity"),
        ("facility:", "missing:entity"),
        ("38001:" + "x" * 101, "too_long:entity"),
    ],
)
def test_words_that_name_nothing_are_refused(words: str, reason: str) -> None:
    with pytest.raises(RecordRejected) as refused:
        named_entity(words, HIDE)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("facility", "sender", "own", "unit"),
    [
        ("38001", "H56", "", "38"),
        ("38001", "14797", "", "14797"),
        ("38001", "38001", "", "38"),
        ("38001", "14797", "14812", "14812"),
        ("38001", "14797", "00000", "38"),
        ("01001", "14797", "14797", ""),
        ("hospital-a", "14797", "", "14797"),
        ("hospital-a", "nobody", "", UNKNOWN),
    ],
)
def test_where_a_facility_is(facility: str, sender: str, own: str, unit: str) -> None:
    assert unit_of(facility, TODAY, door(sender), own) == unit
