"""Points of a published scoring, from the figures it is made of; pure: published answers prove them.

The national portal scores a province out of 100, in six groups of metrics. `METRICS` holds every formula by
the portal's own code; `RULES` are the groups as far as the hub's events can tell them, and never more:
`WITHIN_REACH` says out of how many points.

Source: QĐ 766/QĐ-TTg (2022); maxima and formulas as the portal published them in 2026, standards §4.2.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class PartValue:
    """What is known of one figure that a score is made of; None where it is not known."""

    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None


Rule = Callable[[Mapping[str, PartValue]], Decimal | None]

ZERO = Decimal(0)
WHOLE = Decimal(1)
CENT = Decimal("0.01")

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

    def points(self, numerator: Decimal, denominator: Decimal) -> Decimal:
        """The points, as the portal rounds them: two decimals."""
        if not denominator:
            return self.of_nothing
        earned = self.maximum * numerator / denominator / self.full_from
        return rounded(max(ZERO, min(self.maximum, earned)))


METRICS: dict[str, Metric] = {
    "PUBLISH_ON_TIME": Metric("CKMB", Decimal(6)),
    "PUBLIC_UPDATE_ON_TIME": Metric("CKMB", Decimal(4)),
    "PUBLIC_CONTENT_FULL": Metric("CKMB", Decimal(2)),
    "DOSSIER_SYNC": Metric("CKMB", Decimal(6)),
    "ON_TIME": Metric("TDGQ", Decimal(20)),
    "TTHC_ONLINE": Metric("CLGQ", Decimal(2), Decimal("0.8")),
    "DVC_WITH_DOSSIER": Metric("CLGQ", Decimal(4)),
    "DOSSIER_ONLINE": Metric("CLGQ", Decimal(6), Decimal("0.5")),
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
"""By the portal's code; the online payment has three ratios and is `payment`.

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


def payment(
    paid: Decimal, with_a_fee: Decimal, paid_procedures: Decimal, synced: Decimal, fee_procedures: Decimal
) -> Decimal:
    """Group TTTT, 10 points: dossiers paid online, fee procedures ever paid so, fee procedures synchronised.

    The three can come to 10.5; no group is worth more than its maximum.

    Source: rules 3.5 and 3.6: 6A + min(2, 2.5B) + 2.5C; a ratio of nothing is 0.
    """
    dossiers = _ratio(paid, with_a_fee)
    procedures = _ratio(paid_procedures, fee_procedures)
    ready = _ratio(synced, fee_procedures)
    points = 6 * dossiers + min(Decimal(2), Decimal("2.5") * procedures) + Decimal("2.5") * ready
    return rounded(min(GROUPS["TTTT"], points))


def rounded(points: Decimal) -> Decimal:
    """Two decimals, a half away from zero, as the portal shows them."""
    return points.quantize(CENT, ROUND_HALF_UP)


def _ratio(numerator: Decimal, denominator: Decimal) -> Decimal:
    return numerator / denominator if denominator else ZERO


def _transparency(parts: Mapping[str, PartValue]) -> Decimal | None:
    known = _numerators(
        parts,
        "procedures_decided_in_time",
        "procedures_decided",
        "procedures_made_public_in_time",
        "procedures_to_make_public",
    )
    if known is None:
        return None
    announced, decided, public, due = known
    return METRICS["PUBLISH_ON_TIME"].points(announced, decided) + METRICS["PUBLIC_UPDATE_ON_TIME"].points(
        public, due
    )


def _progress(parts: Mapping[str, PartValue]) -> Decimal | None:
    return _of_share(parts, "ON_TIME", "dossiers_on_time_share")


def _online_services(parts: Mapping[str, PartValue]) -> Decimal | None:
    """A service that is no longer online may have had a dossier in the period: no ratio exceeds the whole."""
    known = _numerators(parts, "services_online", "procedures_public", "services_used")
    dossiers = _of_share(parts, "DOSSIER_ONLINE", "dossiers_online_share")
    if known is None or dossiers is None:
        return None
    online, public, used = known
    offered = METRICS["TTHC_ONLINE"].points(online, public)
    return offered + METRICS["DVC_WITH_DOSSIER"].points(used, online) + dossiers


def _online_payment(parts: Mapping[str, PartValue]) -> Decimal | None:
    known = _numerators(
        parts, "dossiers_paid_online_share", "dossiers_with_fee_share", "procedures_paid_online"
    )
    ready = parts.get("procedures_payment_ready_share")
    if known is None or ready is None or ready.numerator is None or ready.denominator is None:
        return None
    paid, with_a_fee, procedures = known
    return payment(paid, with_a_fee, procedures, ready.numerator, ready.denominator)


def _satisfaction(parts: Mapping[str, PartValue]) -> Decimal | None:
    return _of_share(parts, "DOSSIER_RECEIVING_SATISFACTION", "dossiers_on_time_share")


def _digitisation(parts: Mapping[str, PartValue]) -> Decimal | None:
    """Electronic results are asked of the dossiers that ended with a result."""
    results = _numerators(parts, "dossiers_electronic_result_share", "dossiers_with_result_share")
    procedures = _numerators(parts, "procedures_with_citizen_data", "procedures_of_citizens")
    shares = [
        _of_share(parts, "SO_HOA_GIAY_TO_GIAI_QUYET", "dossiers_digitised_share"),
        _of_share(parts, "REUSED_DIGITIZED_DATA", "dossiers_reused_share"),
        _of_share(parts, "SYNCED_WITH_DVCQG_PERSONAL_STORAGE", "dossiers_from_store_share"),
        _of_share(parts, "CITIZEN_DATA_CONNECTED_DOSSIER", "dossiers_citizen_data_share"),
    ]
    known = [points for points in shares if points is not None]
    if results is None or procedures is None or len(known) < len(shares):
        return None
    return (
        sum(known, ZERO)
        + METRICS["ORIGINAL_RESULT_AVAILABLE"].points(*results)
        + METRICS["CITIZEN_DATA_CONNECTED_FORMALITY"].points(*procedures)
    )


def _total(parts: Mapping[str, PartValue]) -> Decimal | None:
    """The sum of its groups; a sum that lacks one would be told as less than it is."""
    values = [part.value for part in parts.values() if part.value is not None]
    return sum(values, ZERO) if len(values) == len(parts) == len(GROUPS) else None


def _of_share(parts: Mapping[str, PartValue], code: str, name: str) -> Decimal | None:
    part = parts.get(name)
    if part is None or part.numerator is None or part.denominator is None:
        return None
    return METRICS[code].points(part.numerator, part.denominator)


def _numerators(parts: Mapping[str, PartValue], *names: str) -> tuple[Decimal, ...] | None:
    """How many things each figure counted; nothing where one of them is not known."""
    counted = [parts[name].numerator for name in names if name in parts]
    known = tuple(one for one in counted if one is not None)
    return known if len(known) == len(names) else None


RULES: dict[str, Rule] = {
    "qd766_transparency": _transparency,
    "qd766_progress": _progress,
    "qd766_online_services": _online_services,
    "qd766_online_payment": _online_payment,
    "qd766_satisfaction": _satisfaction,
    "qd766_digitisation": _digitisation,
    "qd766_total": _total,
}
"""By the name that an indicator's `Points` gives; None where the points cannot be told."""
