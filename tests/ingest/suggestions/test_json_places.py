"""Every value of a JSON text is found where it stands, whatever the text."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.suggestions.json_places import json_places
from iochub.ingest.suggestions.place import Broken

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def pointed(value: Any, pointer: str) -> Any:
    """What a JSON pointer leads to (RFC 6901)."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        value = value[int(name)] if isinstance(value, list) else value[name]
    return value


def count(value: Any) -> int:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(count(one) for one in inner)


@given(values, st.sampled_from([None, 1]), st.booleans())
def test_each_place_holds_just_the_value_that_its_pointer_leads_to(
    value: Any, indent: int | None, ascii_only: bool
) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    places = json_places(text)
    assert len(places) == count(value)
    assert len({place.pointer for place in places}) == len(places)
    for place in places:
        assert json.loads(text[place.start : place.end]) == pointed(value, place.pointer)
        assert place.opening <= place.start < place.end <= place.closing


@given(st.text(alphabet='{}[],:"\\ a1\n') | st.text())
def test_no_text_is_more_than_broken(text: str) -> None:
    stopped_at = 0
    try:
        json_places(text)
    except Broken as broken:
        stopped_at = broken.at
    assert 0 <= stopped_at <= len(text)


@pytest.mark.parametrize("text", ['{"a":' * 50_000, "[" * 50_000, '{"a"' * 50_000, '"\\' * 50_000])
def test_what_nests_without_end_is_given_up_early(text: str) -> None:
    with pytest.raises(Broken) as broken:
        json_places(text)
    assert broken.value.at < 1_000
