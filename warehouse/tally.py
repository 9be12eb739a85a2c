"""What the four scores of a feed or of one of its senders are computed from: đúng, đủ, sạch, sống."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from iochub.ingest.feed import SILENT_BEATS
from iochub.ingest.silence import Silence

WHOLE = Decimal(100)
HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts of records over the days that are scored.

    `repeated` were accepted in a delivery that had come before. `held` began on these days and `flagged` of
    them need a look. `declared` is what senders say they sent, and `found` what is held of it: what is held
    beyond a declaration makes up for nothing that another lacks.
    """

    accepted: int = 0
    rejected: int = 0
    repeated: int = 0
    held: int = 0
    flagged: int = 0
    declared: int = 0
    found: int = 0

    @property
    def valid(self) -> Decimal | None:
        """Đúng: of what came, how much could be taken."""
        return _share(self.accepted, self.accepted + self.rejected)

    @property
    def complete(self) -> Decimal | None:
        """Đủ: of what was declared, how much is here; not known where nothing was declared."""
        return _share(self.found, self.declared)

    @property
    def clean(self) -> Decimal | None:
        """Sạch: what is neither a repetition nor needs a look."""
        if not self.accepted and not self.held:
            return None
        repeated = _share(self.repeated, self.accepted) or Decimal(0)
        flagged = _share(self.flagged, self.held) or Decimal(0)
        return max(WHOLE - repeated - flagged, Decimal(0))


def together(tallies: Iterable[Tally]) -> Tally:
    """One tally of several senders."""
    listed = list(tallies)
    return Tally(**{each.name: sum(getattr(one, each.name) for one in listed) for each in fields(Tally)})


def alive(silence: Silence | None) -> Decimal | None:
    """Sống: full marks for one beat of silence, none from three beats on: that is when a feed is stale."""
    if silence is None:
        return None
    beats = Decimal(silence.lasted // timedelta(seconds=1)) / max(silence.beat // timedelta(seconds=1), 1)
    left = (SILENT_BEATS - beats) / (SILENT_BEATS - 1)
    return _rounded(min(max(left, Decimal(0)), Decimal(1)) * WHOLE)


def _share(part: int, whole: int) -> Decimal | None:
    return _rounded(WHOLE * part / whole) if whole else None


def _rounded(share: Decimal) -> Decimal:
    return share.quantize(HUNDREDTH, ROUND_HALF_UP) + 0
