"""Which invoice is meant: the seller's tax number, the template, the series and the number.

Source: standards §1.2; KHMSHDon 7 to 9 since TT 91/2026/TT-BTC.
"""

import re
from typing import NamedTuple

from iochub.errors import RecordRejected
from iochub.ingest.pseudonyms import Pseudonyms

TEMPLATES = frozenset("123456789")
SERIES = re.compile(r"[CK]\d{2}[TDLMNBGHXF][A-Z0-9]{2}", re.ASCII)
LONG_SERIES = 7
_TAX_NUMBER = re.compile(r"\d{10}(?:-\d{3})?|\d{12}", re.ASCII)
_NUMBER = re.compile(r"\d{1,8}", re.ASCII)
_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)
TABLE_WORD = "table"
PERSONAL_DIGITS = 12
"""A household's tax number since July 2025 is a person's identity number."""


class Identity(NamedTuple):
    """An invoice's natural key, free of personal numbers."""

    seller: str
    household: int
    template: str
    series: str
    number: str

    @property
    def entity(self) -> str:
        """The entity key."""
        return entity_key(self.seller, self.template, self.series, self.number)


class Names(NamedTuple):
    """What the four parts are called in a message, for the reasons."""

    seller: str
    template: str
    series: str
    number: str


def identify(
    seller: str, template: str, series: str, number: str, names: Names, hide: Pseudonyms
) -> Identity:
    """Check the four parts and hide a household's number.

    Raises: RecordRejected; the publisher acts.
    """
    for value, name in zip((seller, template, series, number), names, strict=True):
        if not value:
            raise RecordRejected(f"missing:{name}", name)
    if template not in TEMPLATES:
        raise RecordRejected(f"unknown_code:{names.template}", names.template)
    if not SERIES.fullmatch(series):
        raise RecordRejected(f"bad_pattern:{names.series}", names.series)
    if not _NUMBER.fullmatch(number):
        raise RecordRejected(f"bad_pattern:{names.number}", names.number)
    known_as, household = seller_of(seller, names.seller, hide)
    return Identity(known_as, household, template, series, number)


def seller_of(number: str, name: str, hide: Pseudonyms) -> tuple[str, int]:
    """What the hub calls a seller, and whether it is a household, whose number is a person's.

    Raises: RecordRejected; the publisher acts.
    """
    if not number:
        raise RecordRejected(f"missing:{name}", name)
    _check_tax_number(number, name)
    household = len(number) == PERSONAL_DIGITS
    return hide.identity(number) if household else number, int(household)


def table_key(seller: str, period: str, goods: str) -> str:
    """The entity of a summary row that names no invoice: petrol is reported by goods and period.

    Source: NĐ 123/2020/NĐ-CP, Đ22.3.a1; QĐ 1510/QĐ-TCT, 01/TH-HĐĐT.
    """
    return f"{seller}:{TABLE_WORD}:{period}:{goods}"


def entity_key(seller: str, template: str, series: str, number: str) -> str:
    """The natural key as text; a number means the same with and without leading zeros.

    Some programs write the template again in front of a series.
    """
    if len(series) == LONG_SERIES and series[0] == template:
        series = series[1:]
    return f"{seller}:{template}:{series}:{int(number) if _NUMBER.fullmatch(number) else number}"


def named_entity(words: str, hide: Pseudonyms) -> str:
    """The entity key of an invoice that is named by its four parts with colons between.

    A summary row without an invoice is named by its seller, `table`, its period and its goods.

    Raises: RecordRejected; the publisher acts.
    """
    parts = words.split(":")
    if len(parts) != len(Names._fields):
        raise RecordRejected("bad_pattern:entity", "entity")
    seller, template, series, number = parts
    if template == TABLE_WORD:
        return table_key(seller_of(seller, "entity", hide)[0], series, number)
    return identify(seller, template, series, number, Names(*["entity"] * len(parts)), hide).entity


def _check_tax_number(number: str, name: str) -> None:
    """The tenth digit checks the first nine; identity numbers of persons have no check digit."""
    if not _TAX_NUMBER.fullmatch(number):
        raise RecordRejected(f"bad_pattern:{name}", name)
    if len(number) == PERSONAL_DIGITS:
        return
    weighed = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, number, strict=False))
    if 10 - weighed % 11 != int(number[9]):
        raise RecordRejected(f"check_digit:{name}", name)
