"""An audit names the fields that a correction changed and never what they say."""

import json

from hypothesis import given
from hypothesis import strategies as st

from iochub.ingest.suggestions.changed import MOST_FIELDS, WHOLE, changed_fields

records = st.dictionaries(st.sampled_from(["MaHoSo", "NgayTra", "Gia"]), st.text(), min_size=1)


@given(records, records)
def test_just_the_fields_that_differ_are_named(old: dict[str, str], new: dict[str, str]) -> None:
    differing = {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}
    before, after = json.dumps(old), json.dumps(new)
    # the same fields in another order are another text in which no field differs
    unnamed = {WHOLE} if before != after else set()
    assert set(changed_fields(before, after)) == (differing or unnamed)


@given(st.text(), st.text())
def test_any_two_texts_are_compared_and_only_the_same_ones_differ_in_nothing(old: str, new: str) -> None:
    named = changed_fields(old, new)
    assert (named == ()) == (old == new)
    assert len(named) <= MOST_FIELDS


def test_a_text_that_is_only_escaped_otherwise_has_not_changed() -> None:
    record = {"ChuHoSo": "Nguyễn Văn A", "Gia": "1"}
    assert changed_fields(json.dumps(record), json.dumps(record, ensure_ascii=False, indent=1)) == (WHOLE,)
    assert changed_fields(json.dumps(record), json.dumps(record | {"Gia": 1}, ensure_ascii=False)) == ("Gia",)
    assert changed_fields("<a><b>x &gt; y</b><c>1</c></a>", "<a><b>x > y</b><c>2</c></a>") == ("c",)


def test_a_value_never_appears_even_as_a_name() -> None:
    secret = "038012345678"
    assert changed_fields('{"a": 1}', json.dumps({secret: secret, "b1": 2})) == ("a", "b")
    assert changed_fields(secret, secret + "0") == (WHOLE,)


def test_an_element_is_named_without_its_prefix() -> None:
    old = "<n:HDon><n:SHDon>1</n:SHDon><Ten>A</Ten></n:HDon>"
    assert changed_fields(old, old.replace(">1<", ">2<")) == ("SHDon",)
