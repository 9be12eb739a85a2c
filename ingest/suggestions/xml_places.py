"""From the text of an XML record to the places of all its elements, by their names without prefix."""

import re
from collections import Counter
from dataclasses import dataclass, field

from iochub.ingest.suggestions.place import DEEPEST, MOST_PLACES, Broken, Place, pointer_of

# Neither branch runs over the next "<", so that no text is gone through twice.
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>[^\s/><\"']++)(?:[^<>\"'/]|\"[^\"<]*+\"|'[^'<]*+'|/(?!>))*+(?P<empty>/?)>"
)
_PASSED_OVER = (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">"))


@dataclass(slots=True)
class _Element:
    """An element that is being read."""

    names: tuple[str, ...]
    pointer: str
    opening: int
    start: int
    is_leaf: bool = True
    children: Counter[str] = field(default_factory=Counter)


def xml_places(text: str) -> list[Place]:
    """Every element of an XML text, those inside before those around them.

    Raises: Broken where the text stops being XML.
    """
    found: list[Place] = []
    root = _Element((), "", 0, 0)
    levels = [root]
    at = text.find("<")
    while at >= 0 and len(found) < MOST_PLACES:
        end = _passed_over(text, at)
        if end is None:
            end = _tag(text, at, levels, found)
        at = text.find("<", end)
    if len(levels) > 1 and len(found) < MOST_PLACES:
        raise Broken(len(text))
    return found


def _passed_over(text: str, at: int) -> int | None:
    for opening, closing in _PASSED_OVER:
        if text.startswith(opening, at):
            end = text.find(closing, at + len(opening))
            if end < 0:
                raise Broken(at)
            return end + len(closing)
    return None


def _tag(text: str, at: int, levels: list[_Element], found: list[Place]) -> int:
    tag = _TAG.match(text, at)
    if tag is None:
        raise Broken(at)
    name = tag["name"].rpartition(":")[2]
    if tag["end"]:
        if len(levels) == 1 or levels[-1].names[-1] != name:
            raise Broken(at)
        found.append(_place(levels.pop(), at, tag.end()))
        return tag.end()
    around = levels[-1]
    around.is_leaf = False
    around.children[name] += 1
    number = around.children[name]
    pointer = pointer_of(around.pointer, name + (f"[{number}]" if number > 1 else ""))
    element = _Element((*around.names, name), pointer, at, tag.end())
    if tag["empty"]:
        found.append(_place(element, tag.end(), tag.end()))
    elif len(levels) > DEEPEST:
        raise Broken(at)
    else:
        levels.append(element)
    return tag.end()


def _place(element: _Element, end: int, closing: int) -> Place:
    return Place(
        element.names, element.pointer, element.start, end, element.opening, closing, element.is_leaf
    )
