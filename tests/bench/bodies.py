"""Dossiers in the publishers' words, as many as asked and no two alike."""

import itertools
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from iochub.clock import PROVINCE_ZONE
from iochub.ingest.demo.dossiers import DossierLife, dossier_life, dossiers_message, finished, received
from iochub.ingest.units import Units

POOL = 2_000
"""Different records before only the numbers differ."""
CODE = "@CODE@"


class Bodies:
    """Makes deliveries of `DongBoHoSoMC`: half of the dossiers just received, half already finished.

    `prefix` keeps the dossiers of one run apart from those of another.
    """

    def __init__(self, prefix: str, days: Sequence[date]) -> None:
        self.made = 0
        self._prefix = prefix
        self._records = itertools.cycle(records(days))
        head, tail = _json(dossiers_message([], updating=False)).split("[]")
        self._head, self._tail = f"{head}[".encode(), f"]{tail}".encode()

    def delivery(self, number: int) -> bytes:
        """One delivery of so many records."""
        pieces = []
        for _ in range(number):
            before, after = next(self._records)
            pieces.append(b"%s%s-%07d%s" % (before, self._prefix.encode(), self.made, after))
            self.made += 1
        return self._head + b",".join(pieces) + self._tail


def records(days: Sequence[date]) -> list[tuple[bytes, bytes]]:
    """Records of every commune and of these days, each cut where its number belongs."""
    cut = []
    for number in range(POOL):
        record = (received if number % 2 else finished)(life(days[number % len(days)], number))
        before, after = _json(record | {"MaHoSo": CODE}).encode().split(CODE.encode())
        cut.append((before, after))
    return cut


def life(day: date, number: int) -> DossierLife:
    """An invented life without the mistakes that the demo province makes on purpose."""
    names = [
        unit.name for unit in Units.load().all() if (unit.map_name, unit.level) == ("current", "commune")
    ]
    at = datetime(day.year, day.month, day.day, 8, tzinfo=PROVINCE_ZONE) + timedelta(seconds=number * 14)
    while (one := dossier_life(day, number, at, names[number % len(names)])).broken:
        number += POOL
    return one


def last_days(number: int, today: date) -> list[date]:
    """Yesterday and the days before it, oldest first."""
    return [today - timedelta(days=back) for back in range(number, 0, -1)]


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
