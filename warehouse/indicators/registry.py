"""Every indicator the province watches, by name; adding one is its declaration in a desk's file."""

from collections.abc import Iterable

from iochub.errors import DeclarationError, UnknownIndicator
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators import documents, dossiers, einvoices, hospitals, reports, score_766


def named(indicators: Iterable[Indicator]) -> dict[str, Indicator]:
    """Index declarations by name.

    Raises: DeclarationError when two have one name, or one is made of what is not declared before it; their
    authors act.
    """
    found: dict[str, Indicator] = {}
    for indicator in indicators:
        if indicator.name in found:
            raise DeclarationError(f"Two indicators are named {indicator.name}.", indicator=indicator.name)
        if not found.keys() >= set(indicator.parts):
            raise DeclarationError(
                f"{indicator.name} is made of figures that are not declared before it.",
                indicator=indicator.name,
            )
        found[indicator.name] = indicator
    return found


INDICATORS: dict[str, Indicator] = named(
    (
        *documents.INDICATORS,
        *dossiers.INDICATORS,
        *score_766.INDICATORS,
        *einvoices.INDICATORS,
        *hospitals.INDICATORS,
        *reports.INDICATORS,
    )
)


def indicator_named(name: str) -> Indicator:
    """One indicator by its name.

    Raises: UnknownIndicator; the caller acts.
    """
    if name not in INDICATORS:
        raise UnknownIndicator(
            "There is no indicator of this name.", vi="Không có chỉ tiêu nào mang tên này."
        )
    return INDICATORS[name]
