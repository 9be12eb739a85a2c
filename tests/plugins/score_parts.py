"""Parts of a score as a test needs them, and what a rule makes of them."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from iochub.warehouse.score_lines import Group, PartValue, Total, points_of
from iochub.warehouse.scoring import RULES

TOTAL = next(rule for rule in RULES.values() if isinstance(rule, Total))


def counted(rows: int = 1, **numbers: int | Decimal | None) -> dict[str, PartValue]:
    return {
        name: PartValue(None if number is None else Decimal(number), None, rows)
        for name, number in numbers.items()
    }


def shares(whole: int | Decimal, **numbers: int | Decimal) -> dict[str, PartValue]:
    return {name: PartValue(Decimal(number), Decimal(whole)) for name, number in numbers.items()}


def points(group: str, parts: Mapping[str, PartValue]) -> Decimal | None:
    return points_of(RULES[f"qd766_{group}"].lines(parts))


def told(group: str, parts: Mapping[str, PartValue]) -> tuple[Decimal | None, Decimal]:
    """The points, and out of how many."""
    lines = RULES[f"qd766_{group}"].lines(parts)
    return points_of(lines), sum((one.maximum for one in lines if one.points is not None), Decimal(0))


def payment(
    paid: Decimal, with_a_fee: Decimal, paid_procedures: Decimal, ready: Decimal, procedures: Decimal
) -> Decimal | None:
    """The points for online payment by its five counts."""
    parts = counted(
        dossiers_paid_online_share=paid,
        dossiers_with_fee_share=with_a_fee,
        procedures_paid_online=paid_procedures,
    )
    return points("online_payment", parts | shares(procedures, procedures_payment_ready_share=ready))


def scored(group: Group, points: Decimal | None) -> PartValue:
    """A group with so many points, all on its first line."""
    first, *rest = group.lines({})
    zero = None if points is None else Decimal(0)
    return PartValue(
        None, lines=(replace(first, points=points), *(replace(one, points=zero) for one in rest))
    )
