"""What is to be said of a score: out of how many points it is, line by line, and how two are compared."""

from decimal import Decimal

import msgspec

from iochub.dashboards.wall import format as written
from iochub.dashboards.wall import words
from iochub.dashboards.wall.answers import Figure, Line
from iochub.text import Language


def out_of(figure: Figure, language: Language) -> str:
    """What stands beside the points of a score instead of its measure; empty for any other figure."""
    return "" if figure.out_of is None else words.OUT_OF.to(language).format(_short(figure.out_of, language))


def lacking(figure: Figure, language: Language) -> str:
    """That a score is out of fewer points than there are; empty where it is out of all."""
    if figure.out_of is None or figure.maximum is None or figure.out_of == figure.maximum:
        return ""
    known, whole = _short(figure.out_of, language), _short(figure.maximum, language)
    return words.OUT_OF_FEWER.to(language).format(known=known, all=whole)


def earned(line: Line, language: Language) -> str:
    """What a line earned of how much, and whether agencies say so; never 0 for what is not known."""
    whole = _short(line.maximum, language)
    if line.points is None:
        unknown = words.NOT_REPORTED if line.reported else words.STATES["no_data"]
        return f"{written.UNKNOWN}/{whole} ({unknown.to(language)})"
    points = f"{_short(line.points, language)}/{whole}"
    return words.REPORTED_PART.to(language).format(points) if line.reported else points


def comparable(figure: Figure) -> Figure:
    """Write a score as the share of the points that are known: elsewhere, or earlier, fewer may be.

    Any other figure stays as it is.
    """
    if figure.out_of is None:
        return figure
    known = figure.value is not None and figure.out_of > 0
    share = 100 * (figure.value or Decimal(0)) / figure.out_of if known else None
    return msgspec.structs.replace(figure, value=share, measure="%")


def _short(points: Decimal, language: Language) -> str:
    return written.number(points, language)
