"""A trend drawn small: a line without axes, broken where nothing is known."""

from collections.abc import Sequence
from decimal import Decimal

WIDTH, HEIGHT, EDGE = 400.0, 88.0, 6.0
"""The drawing's own size; the tile stretches it."""

Values = Sequence[Decimal | None]


def spark(values: Values, target: Decimal | None = None) -> str:
    """Draw a series as SVG, from its first known value to its last; nothing for fewer than two.

    A target is a dashed line when it lies near enough to the values not to flatten them.
    """
    places = [place for place, value in enumerate(values) if value is not None]
    if len(places) < 2:
        return ""
    values = values[places[0] : places[-1] + 1]
    known = [value for value in values if value is not None]
    low, high = min(known), max(known)
    reach = (high - low) or abs(high) or Decimal(1)
    aim = target if target is not None and low - reach <= target <= high + reach else None
    if aim is not None:
        low, high = min(low, aim), max(high, aim)
    points = _points(values, low, high)
    marks = [_line(run) for run in _runs(points)]
    if aim is not None:
        y = _height(aim, low, high)
        marks.insert(0, f'<line class="aim" x1="0" x2="{WIDTH:g}" y1="{y:.1f}" y2="{y:.1f}"/>')
    return (
        f'<svg viewBox="0 0 {WIDTH:g} {HEIGHT:g}" preserveAspectRatio="none" aria-hidden="true">'
        f"{''.join(marks)}</svg>"
        f'<i style="left:100%;top:{100 * _height(known[-1], low, high) / HEIGHT:.2f}%"></i>'
    )


def _points(values: Values, low: Decimal, high: Decimal) -> list[tuple[float, float] | None]:
    between = WIDTH / (len(values) - 1)
    return [
        None if value is None else (index * between, _height(value, low, high))
        for index, value in enumerate(values)
    ]


def _height(value: Decimal, low: Decimal, high: Decimal) -> float:
    share = float((value - low) / (high - low)) if high > low else 0.5
    return EDGE + (1 - share) * (HEIGHT - 2 * EDGE)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[list[tuple[float, float]]]:
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return [run for run in runs if run]


def _line(run: Sequence[tuple[float, float]]) -> str:
    path = " L".join(f"{x:.1f} {y:.1f}" for x, y in run)
    first, last = run[0][0], run[-1][0]
    return (
        f'<path class="area" d="M{path} L{last:.1f} {HEIGHT:g} L{first:.1f} {HEIGHT:g} Z"/>'
        f'<path class="line" d="M{path}" vector-effect="non-scaling-stroke"/>'
    )
