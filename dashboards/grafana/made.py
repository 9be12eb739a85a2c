"""From an indicator that is made of others to the SQL of its answers: what `warehouse/derived.py` makes."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from iochub.dashboards.grafana.hiding import hidden
from iochub.dashboards.grafana.stored import NONE, stored
from iochub.warehouse.aggregates import Points, Ratio
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.period import Step
from iochub.warehouse.recount import literal
from iochub.warehouse.score_lines import Earned, Group, Of
from iochub.warehouse.scoring import RULES

Declared = Mapping[str, Indicator]
"""Every indicator that another may be made of, by name."""

SIDES = ("value", "numerator", "denominator", "behind")


def told(indicator: Indicator, declared: Declared, every: Step | None) -> str:
    """Write the SQL for what a viewer is told of each day of the range, or of the whole.

    Shape: as `stored`, and `unseen` (whether it is hidden).
    """
    if indicator.parts:
        known = _made(indicator, declared, every)
    else:
        known = f"SELECT *, 0 AS unseen FROM (\n{stored(indicator, every)}\n)"  # noqa: S608 - declarations
    return hidden(indicator, known, every)


def _made(indicator: Indicator, declared: Declared, every: Step | None) -> str:
    """A ratio is no better known than each of its parts, a score as far as its lines; one hides both."""
    parts = "\n    UNION ALL\n".join(
        f"SELECT {literal(name)} AS part, * FROM (\n{told(declared[name], declared, every)}\n)"  # noqa: S608
        for name in indicator.parts
    )
    value, numerator, denominator, behind = made = _made_of(indicator)
    columns = ",\n        ".join(
        f"maxIf({side}, part = {literal(name)}) AS {_of(name, side)}"
        for name in indicator.parts
        for side in SIDES
        if any(_of(name, side) in written for written in made)
    )
    untold = "unseen" if isinstance(indicator.value, Points) else "unseen OR lacking > 0"
    return f"""SELECT first, if({untold}, NULL, {value}) AS value,
    if(isNull(value), NULL, {numerator}) AS numerator,
    if(isNull(value), NULL, {denominator}) AS denominator,
    if(isNull(value), 0, {behind}) AS behind, unseen
FROM (
    SELECT first, max(unseen) AS unseen, countIf(isNull(value)) AS lacking, max(behind) AS most,
        {columns}
    FROM (
{parts}
    )
    GROUP BY first
)"""  # noqa: S608 - written from declarations


def _made_of(indicator: Indicator) -> tuple[str, str, str, str]:
    """The value, what it was divided from, and the rows behind it, as `derived._value` has them."""
    if isinstance(indicator.value, Ratio):
        part, whole = _of(indicator.value.of, "value"), _of(indicator.value.among, "value")
        share = f"if({whole} = 0, NULL, 100 * {part} / {whole})"
        return share, part, whole, _of(indicator.value.among, "behind")
    rule = RULES[indicator.value.rule] if isinstance(indicator.value, Points) else None
    if isinstance(rule, Group):
        return _points(rule), NONE, NONE, "most"
    return _total(indicator.parts), NONE, NONE, "most"


def _total(groups: Sequence[str]) -> str:
    """The points of the groups that are known; none where no group is."""
    values = [_of(name, "value") for name in groups]
    known = ", ".join(f"if(isNull({value}), [], [assumeNotNull({value})])" for value in values)
    return f"if(empty(arrayConcat({known}) AS told), NULL, arraySum(told))"


def _points(group: Group) -> str:
    """The points of a group in whole cents, for only whole numbers are rounded as the portal rounds them."""
    earned = [_earned(one) for one in group.earned]
    known = [_known(one) for one in group.earned]
    if group.at_once:
        lines = [f"if({' AND '.join(known)}, [{_rounded(*_sum(earned))}], [])"]
    else:
        lines = [f"if({told}, [{_rounded(*one)}], [])" for told, one in zip(known, earned, strict=True)]
    most, cents = int(100 * group.at_most), ",\n        ".join(lines)
    return f"if(empty(arrayConcat(\n        {cents}) AS told), NULL, least({most}, arraySum(told)) / 100)"


def _known(one: Earned) -> str:
    """Whether both counts of a metric are known, and agree where they are reported, as `Earned.counts`."""
    part, whole = (_of(of.figure, of.side) for of in (one.numerator, one.denominator))
    told = [f"isNotNull({part})", f"isNotNull({whole})"]
    if one.reported:
        reports = (_of(of.figure, "behind") for of in (one.numerator, one.denominator))
        told += [f"ifNull({part} <= {whole}, 0)", " = ".join(reports)]
    return " AND ".join([*told, *([_known(one.times)] if one.times else [])])


def _earned(one: Earned) -> tuple[str, str]:
    """What a metric is worth, as one whole number divided by another, as `Metric.earned` has it."""
    metric = one.metric
    most, full, nothing = (Fraction(each) for each in (metric.maximum, metric.full_from, metric.of_nothing))
    counted, among = _counts(one)
    done = f"{full.denominator} * sign({among}) * {counted}"
    whole = f"{full.numerator} * sign({among}) * {among}"
    part = f"greatest(0, least({done}, {whole}))"
    return (
        f"if({among} = 0, {nothing.numerator}, {most.numerator} * {part})",
        f"if({among} = 0, {nothing.denominator}, {most.denominator} * {whole})",
    )


def _counts(one: Earned) -> tuple[str, str]:
    """Both counts of a metric, the first multiplied by the ratio of another where one is named."""
    part, whole = _count(one.numerator), _count(one.denominator)
    if one.times is None:
        return part, whole
    some, among = _counts(one.times)
    return f"({part} * if({among} = 0, 0, {some}))", f"({whole} * if({among} = 0, 1, {among}))"


def _sum(fractions: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """The sum of fractions over the product of all that they are divided by."""
    wholes = [f"({whole})" for _, whole in fractions]
    over = [
        " * ".join([f"({part})", *wholes[:place], *wholes[place + 1 :]])
        for place, (part, _) in enumerate(fractions)
    ]
    return " + ".join(over), " * ".join(wholes)


def _rounded(part: str, whole: str) -> str:
    """A fraction of a point in cents, a half up, as `score_lines.rounded`."""
    return f"intDiv(200 * ({part}) + ({whole}), 2 * ({whole}))"


def _count(of: Of) -> str:
    """A count as a whole number that no multiplication overflows; where it is not known, nothing is told."""
    return f"toInt256(ifNull({_of(of.figure, of.side)}, 0))"


def _of(name: str, side: str) -> str:
    """The column of one side of a part."""
    return f"{name}__{side}"
