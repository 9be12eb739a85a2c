"""Points of a published scoring, from the figures it is made of; pure: published answers prove them.

The national portal scores a province out of 100, in six groups of metrics. `METRICS` holds every formula by
the portal's own code; `RULES` are the groups as far as the hub's events can tell them, and never more:
`WITHIN_REACH` says out of how many points. Both are data, for Grafana's SQL is written from them too.

Source: QĐ 766/QĐ-TTg (2022); maxima and formulas as the portal published them in 2026, standards §4.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal


@dataclass(frozen=True, slots=True)
class PartValue:
    """What is known of one figure that a score is made of; None where it is not known."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


Parts = Mapping[str, PartValue]
"""By the name of the figure."""

ZERO = Decimal(0)
WHOLE = Decimal(1)

GROUPS: dict[str, Decimal] = {
    "CKMB": Decimal(18),
    "TDGQ": Decimal(20),
    "CLGQ": Decimal(12),
    "TTTT": Decimal(10),
    "MDHL": Decimal(18),
    "MDSH": Decimal(22),
}
"""The portal's six groups and the most that each is worth."""


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric with one numerator and one denominator; `full_from` is the ratio that already earns all."""

    group: str
    maximum: Decimal
    full_from: Decimal = WHOLE
    of_nothing: Decimal = ZERO
    """The points where the denominator is 0."""

    def earned(self, numerator: Decimal, denominator: Decimal) -> Fraction:
        """The points before they are rounded; exact, or a third of a point could cost a cent."""
        if not denominator:
            return Fraction(self.of_nothing)
        done = Fraction(numerator) / Fraction(denominator) / Fraction(self.full_from)
        return Fraction(self.maximum) * max(Fraction(0), min(Fraction(1), done))

    def points(self, numerator: Decimal, denominator: Decimal) -> Decimal:
        """The points, as the portal rounds them."""
        return rounded(self.earned(numerator, denominator))


METRICS: dict[str, Metric] = {
    "PUBLISH_ON_TIME": Metric("CKMB", Decimal(6)),
    "PUBLIC_UPDATE_ON_TIME": Metric("CKMB", Decimal(4)),
    "PUBLIC_CONTENT_FULL": Metric("CKMB", Decimal(2)),
    "DOSSIER_SYNC": Metric("CKMB", Decimal(6)),
    "ON_TIME": Metric("TDGQ", Decimal(20)),
    "TTHC_ONLINE": Metric("CLGQ", Decimal(2), Decimal("0.8")),
    "DVC_WITH_DOSSIER": Metric("CLGQ", Decimal(4)),
    "DOSSIER_ONLINE": Metric("CLGQ", Decimal(6), Decimal("0.5")),
    "PAYMENT_DOSSIERS": Metric("TTTT", Decimal(6)),
    "PAYMENT_PROCEDURES": Metric("TTTT", Decimal(2), Decimal("0.8")),
    "PAYMENT_READY": Metric("TTTT", Decimal("2.5")),
    "ORIGINAL_RESULT_AVAILABLE": Metric("MDSH", Decimal(6)),
    "SO_HOA_GIAY_TO_GIAI_QUYET": Metric("MDSH", Decimal(4)),
    "REUSED_DIGITIZED_DATA": Metric("MDSH", Decimal(2), Decimal("0.8")),
    "SYNCED_WITH_DVCQG_PERSONAL_STORAGE": Metric("MDSH", Decimal(4)),
    "CITIZEN_DATA_CONNECTED_DOSSIER": Metric("MDSH", Decimal(2)),
    "CITIZEN_DATA_CONNECTED_FORMALITY": Metric("MDSH", Decimal(2)),
    "ELECTRONIC_CERTIFIED_COPY": Metric("MDSH", Decimal(2)),
    "PETITION_PROCESSING_ON_TIME": Metric("MDHL", Decimal(6), of_nothing=Decimal(6)),
    "PETITION_HANDLING_SATISFACTION": Metric("MDHL", Decimal(6), of_nothing=Decimal(6)),
    "DOSSIER_RECEIVING_SATISFACTION": Metric("MDHL", Decimal(6), Decimal("0.9")),
    "PETITION_CLASSIFICATION_TTHC": Metric("MDHL", ZERO),
    "PETITION_CLASSIFICATION_STAFF": Metric("MDHL", ZERO),
}
"""By the portal's code; the three of TTTT have none and are named here: 6A + min(2, 2.5B) + 2.5C of its
rules 3.5 and 3.6.

The three of CLGQ share 12 points. That DVC_WITH_DOSSIER has 4 follows from a published 8.83 (406 of 1 968,
the other two full); how the remaining 8 are split is a note in a public repository, not confirmed.
"""

WITHIN_REACH: dict[str, Decimal] = {
    "CKMB": Decimal(10),
    "TDGQ": Decimal(20),
    "CLGQ": Decimal(12),
    "TTTT": Decimal(10),
    "MDHL": Decimal(6),
    "MDSH": Decimal(20),
}
"""How many points of each group the hub's events can tell.

Beyond reach: whether a procedure's text is complete and what other systems count as received (8 of CKMB);
petitions (12 of MDHL); which communes certify electronic copies (2 of MDSH).
"""


def rounded(points: Fraction) -> Decimal:
    """Two decimals, a half up, as the portal shows them; points are never below zero."""
    return Decimal(floor(100 * points + Fraction(1, 2))) / 100


@dataclass(frozen=True, slots=True)
class Of:
    """How many things a figure counted, or among how many."""

    figure: str
    side: Literal["numerator", "denominator"] = "numerator"

    def among(self, parts: Parts) -> Decimal | None:
        """The count; None where it is not known."""
        part = parts.get(self.figure)
        return None if part is None else getattr(part, self.side)


@dataclass(frozen=True, slots=True)
class Earned:
    """What one metric is worth, by its code, from two counts."""

    code: str
    numerator: Of
    denominator: Of

    @property
    def metric(self) -> Metric:
        """Its formula."""
        return METRICS[self.code]


@dataclass(frozen=True, slots=True)
class Group:
    """A group's points: what its metrics are worth together, each rounded by itself or all at once."""

    earned: tuple[Earned, ...]
    at_most: Decimal
    at_once: bool = False

    def __call__(self, parts: Parts) -> Decimal | None:
        """The points; None where a count is not known."""
        points = Fraction(0)
        for one in self.earned:
            numerator, denominator = one.numerator.among(parts), one.denominator.among(parts)
            if numerator is None or denominator is None:
                return None
            points += Fraction(
                one.metric.earned(numerator, denominator)
                if self.at_once
                else one.metric.points(numerator, denominator)
            )
        return min(self.at_most, rounded(points))


@dataclass(frozen=True, slots=True)
class Total:
    """The sum of so many groups; a sum that lacks one would be told as less than it is."""

    groups: int

    def __call__(self, parts: Parts) -> Decimal | None:
        """The points; None where a group's are not known."""
        values = [part.value for part in parts.values() if part.value is not None]
        return sum(values, ZERO) if len(values) == len(parts) == self.groups else None


Rule = Group | Total


def _share(code: str, name: str) -> Earned:
    """By a figure that is a share itself."""
    return Earned(code, Of(name), Of(name, "denominator"))


def _counts(code: str, part: str, whole: str) -> Earned:
    """By two figures that count."""
    return Earned(code, Of(part), Of(whole))


def _group(code: str, *earned: Earned, at_once: bool = False) -> Group:
    return Group(earned, GROUPS[code], at_once)


RULES: dict[str, Rule] = {
    "qd766_transparency": _group(
        "CKMB",
        _counts("PUBLISH_ON_TIME", "procedures_decided_in_time", "procedures_decided"),
        _counts("PUBLIC_UPDATE_ON_TIME", "procedures_made_public_in_time", "procedures_to_make_public"),
    ),
    "qd766_progress": _group("TDGQ", _share("ON_TIME", "dossiers_on_time_share")),
    # A service no longer online may have had a dossier in the period: a metric is never worth more than all.
    "qd766_online_services": _group(
        "CLGQ",
        _counts("TTHC_ONLINE", "services_online", "procedures_public"),
        _counts("DVC_WITH_DOSSIER", "services_used", "services_online"),
        _share("DOSSIER_ONLINE", "dossiers_online_share"),
    ),
    # The three can come to 10.5; no group is worth more than its maximum.
    "qd766_online_payment": _group(
        "TTTT",
        _counts("PAYMENT_DOSSIERS", "dossiers_paid_online_share", "dossiers_with_fee_share"),
        Earned(
            "PAYMENT_PROCEDURES",
            Of("procedures_paid_online"),
            Of("procedures_payment_ready_share", "denominator"),
        ),
        _share("PAYMENT_READY", "procedures_payment_ready_share"),
        at_once=True,
    ),
    "qd766_satisfaction": _group("MDHL", _share("DOSSIER_RECEIVING_SATISFACTION", "dossiers_on_time_share")),
    # Electronic results are asked of the dossiers that ended with a result.
    "qd766_digitisation": _group(
        "MDSH",
        _counts(
            "ORIGINAL_RESULT_AVAILABLE", "dossiers_electronic_result_share", "dossiers_with_result_share"
        ),
        _share("SO_HOA_GIAY_TO_GIAI_QUYET", "dossiers_digitised_share"),
        _share("REUSED_DIGITIZED_DATA", "dossiers_reused_share"),
        _share("SYNCED_WITH_DVCQG_PERSONAL_STORAGE", "dossiers_from_store_share"),
        _share("CITIZEN_DATA_CONNECTED_DOSSIER", "dossiers_citizen_data_share"),
        _counts("CITIZEN_DATA_CONNECTED_FORMALITY", "procedures_with_citizen_data", "procedures_of_citizens"),
    ),
    "qd766_total": Total(len(GROUPS)),
}
"""By the name that an indicator's `Points` gives; None where the points cannot be told."""
