"""Every element of an XML text is found where it stands, by its name without prefix."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from iochub.ingest.suggestions.place import Broken
from iochub.ingest.suggestions.xml_places import xml_places

names = st.sampled_from(["HDon", "TTChung", "SHDon", "n:MST"])


@st.composite
def elements(draw: st.DrawFn, depth: int = 3) -> str:
    name = draw(names)
    attribute = draw(st.sampled_from(["", ' a="1"', " b='/>'", ' c=">"']))
    if depth == 0 or draw(st.booleans()):
        text = draw(st.sampled_from(["", " 12 ", "Hoá &amp; đơn", "<!-- <x> -->", "<![CDATA[<a>]]>"]))
        return f"<{name}{attribute}>{text}</{name}>" if text else f"<{name}{attribute}/>"
    inner = draw(st.lists(elements(depth=depth - 1), max_size=3))
    return f"<{name}{attribute}>{''.join(inner)}</{name}>"


@given(elements())
def test_each_place_holds_one_element_and_all_are_found(text: str) -> None:
    whole = f'<?xml version="1.0"?><r xmlns:n="u">{text}</r>'
    places = xml_places(whole)
    parsed = etree.fromstring(whole.encode())
    wanted = sorted(str(one.tag).rpartition("}")[2] for one in parsed.iter(etree.Element))
    assert sorted(place.names[-1] for place in places) == wanted
    assert len({place.pointer for place in places}) == len(places)
    for place in places:
        piece = whole[place.opening : place.closing].replace("<n:", "<").replace("</n:", "</")
        assert str(etree.fromstring(piece).tag) == place.names[-1]
        assert whole[place.start : place.end] in whole[place.opening : place.closing]


@given(st.text(alphabet="<>/a \"'=!-[]?") | st.text())
def test_no_text_is_more_than_broken(text: str) -> None:
    stopped_at = 0
    try:
        xml_places(text)
    except Broken as broken:
        stopped_at = broken.at
    assert 0 <= stopped_at <= len(text)


@pytest.mark.parametrize("text", ["<a>" * 50_000, '<a "' * 50_000, "<!--" * 50_000, "<a b='" * 50_000])
def test_what_never_closes_is_given_up_early(text: str) -> None:
    with pytest.raises(Broken) as broken:
        xml_places(text)
    assert broken.value.at < 1_000
