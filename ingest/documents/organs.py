"""Agency codes of the document axis: the two ways of writing them, and where an agency belongs.

QCVN 102 writes the smallest part first (`000.00.05.H56`), QĐ 20 the largest (`H56.05`). The hub keeps the
second, so that a document has one key whichever way its messages write the sender.

Source: QCVN 102:2016/BTTTT; QĐ 20/2020/QĐ-TTg; standards §3.2.
"""

import re
from collections.abc import Iterable
from datetime import date
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from iochub.errors import RecordRejected
from iochub.ingest.unit_map import PROVINCE
from iochub.ingest.units import PROVINCE_AGENCY, UNKNOWN, Units

CODE_CHARACTERS = 50
NAME_CHARACTERS = 200
WIDTHS = (2, 2, 3)
"""Digits of the second, third and fourth level, as QCVN 102 writes them."""
KNOWN_ORGANS = 50_000
"""Codes kept in memory; the whole State has fewer agencies on the axis."""

NO_CODES = frozenset(("", "null"))
"""`null` is what a gateway of 2025 writes for none."""

_ROOT = r"[A-Z]{1,3}\d{1,3}"
_QD20 = re.compile(rf"{_ROOT}(?:\.\d{{1,4}}){{0,3}}", re.ASCII)
_QCVN102 = re.compile(rf"(?:\d{{1,4}}\.){{1,3}}{_ROOT}", re.ASCII)
_OTHER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*", re.ASCII)


class Organ(NamedTuple):
    """An agency that sends or receives: its code, and its unit if it belongs to the province."""

    code: str
    unit: str


class Listed(msgspec.Struct, frozen=True):
    """An agency whose two codes a source gives."""

    code: str
    code102: str
    name: str


class _File(msgspec.Struct, frozen=True):
    agencies: list[Listed]


class Codes:
    """The two-way table: what is listed goes before what the groups of a code say."""

    def __init__(self, listed: Iterable[Listed]) -> None:
        self.listed = tuple(listed)
        self._by_102 = {mirrored(one.code102): one.code for one in self.listed}
        self._by_code = {one.code: one.code102 for one in self.listed}

    @staticmethod
    def load() -> "Codes":
        """Read the agencies that are shipped with the hub; the same object each time."""
        return _load()

    def qd20(self, text: str) -> str:
        """A code in the scheme of QĐ 20; one of neither scheme stays as it is."""
        upper = text.upper()
        if _QCVN102.fullmatch(upper):
            code = mirrored(upper)
            return self._by_102.get(code, code)
        return _shortened(upper.split(".")) if _QD20.fullmatch(upper) else text

    def qcvn102(self, code: str) -> str:
        """A code of QĐ 20 in the scheme of QCVN 102."""
        if code in self._by_code or not _QD20.fullmatch(code):
            return self._by_code.get(code, code)
        root, *levels = code.split(".")
        padded = [*levels, *("0" for _ in range(len(WIDTHS) - len(levels)))]
        groups = [f"{int(level):0{width}d}" for level, width in zip(padded, WIDTHS, strict=True)]
        return ".".join([*reversed(groups), root])


@cache
def _load() -> Codes:
    shipped = files("iochub.ingest").joinpath("reference", "agencies.json").read_bytes()
    return Codes(msgspec.json.decode(shipped, type=_File).agencies)


def mirrored(code102: str) -> str:
    """A code of QCVN 102 with its groups the other way round and without those that say nothing."""
    return _shortened(code102.split(".")[::-1])


def _shortened(groups: list[str]) -> str:
    root, *levels = groups
    while levels and not int(levels[-1]):
        levels.pop()
    return ".".join(
        [root, *(f"{int(level):0{width}d}" for level, width in zip(levels, WIDTHS, strict=False))]
    )


@lru_cache(maxsize=KNOWN_ORGANS)
def _code(text: str) -> str:
    if text in NO_CODES:
        raise ValueError("missing")
    if not _OTHER.fullmatch(text):
        raise ValueError("bad_pattern")
    return Codes.load().qd20(text)


def organ_code(text: str, name: str) -> str:
    """The one code of an agency; `name` is the field it stood in.

    Raises: RecordRejected; the publisher acts.
    """
    code = text.strip()
    if len(code) > CODE_CHARACTERS:  # asked before anything is remembered
        raise RecordRejected("bad_pattern:OrganId", name)
    try:
        return _code(code)
    except ValueError as broken:
        raise RecordRejected(f"{broken}:OrganId", name) from None


def is_of_the_province(code: str) -> bool:
    """Whether an agency is the province or a part of it."""
    return code == PROVINCE_AGENCY or code.startswith(PROVINCE_AGENCY + ".")


def organ_of(code: str, name: str, day: date, units: Units) -> Organ:
    """An agency with its unit; the unit is empty where it belongs elsewhere.

    The province's code does not say which commune it means, the agency's name does. A name alone is only
    trusted where the code is of neither scheme and the name says Thanh Hoá: all provinces have communes of
    the same names.
    """
    name = name[:NAME_CHARACTERS]
    if is_of_the_province(code):
        unit = units.resolve(day, name=name)
        return Organ(code, PROVINCE if unit == UNKNOWN else unit)
    if name and not _QD20.fullmatch(code):
        unit = units.resolve(day, address=name)
        return Organ(code, "" if unit == UNKNOWN else unit)
    return Organ(code, "")


def placed(sender: Organ, receivers: Iterable[Organ]) -> Organ:
    """The agency whose unit a document counts for: its sender, else the province's first receiver.

    First by code: relayed copies name receivers in any order.
    """
    if sender.unit:
        return sender
    ours = [organ for organ in receivers if organ.unit]
    return min(ours) if ours else Organ("", UNKNOWN)


def counted(sender: Organ, receivers: Iterable[Organ]) -> list[str]:
    """The receivers whose exchanges are the province's: all of its own senders', else those in it.

    What a ministry sends to every province was exchanged here once per receiver here. Where neither end is
    known to be the province's, all count, for a unit that is not known.
    """
    organs = list(receivers)
    ours = [] if sender.unit else [organ for organ in organs if organ.unit]
    return sorted({organ.code for organ in ours or organs})
