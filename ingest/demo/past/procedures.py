"""The procedure catalogue of the past: what was public, online and on the national portal, and since when."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from iochub.ingest.demo.past.apportion import is_chosen
from iochub.ingest.demo.past.facts import (
    ON_NATIONAL_PORTAL_END_2020,
    ON_NATIONAL_PORTAL_END_2021,
    ONLINE_END_2021,
    PROCEDURES_END_2020,
    PROCEDURES_END_2021,
    PastPeriod,
)
from iochub.ingest.demo.past.posts import Post, batches, in_json

ABOLISHED_2021 = 32
ONLINE_END_2020 = 600
"""Both are ours."""

NEW_2021 = PROCEDURES_END_2021 - PROCEDURES_END_2020 + ABOLISHED_2021
YEAR = 2021


@dataclass(frozen=True, slots=True)
class ProcedureLife:
    """One procedure, and the days on which something about it changed."""

    code: str
    published: date
    abolished: date | None
    online_since: date | None
    on_portal_since: date | None
    level: str

    @property
    def changes(self) -> tuple[date, ...]:
        """Its days, as far as there are."""
        days = (self.published, self.abolished, self.online_since, self.on_portal_since)
        return tuple(day for day in days if day is not None)


def posts(period: PastPeriod, day: date) -> Iterator[Post]:
    """What changed on a day of the period; each listing tells what is known by then."""
    if period.first <= day < period.after:
        yield from _listed([life for life in lives() if day in life.changes], day)


def opening(period: PastPeriod) -> Iterator[Post]:
    """The whole catalogue as it stood before the period."""
    before = period.first - timedelta(days=1)
    yield from _listed([life for life in lives() if life.published <= before], before)


def _listed(lives: Sequence[ProcedureLife], day: date) -> Iterator[Post]:
    for batch in batches(lives):
        message = {
            "session": "",
            "madonvi": "H56",
            "service": "LayDanhSachTTHC",
            "data": [_listing(life, day) for life in batch],
        }
        yield in_json("dossiers", message)


def lives() -> Iterator[ProcedureLife]:
    """Every procedure there was: the services first, of them those of the portal first."""
    everything = PROCEDURES_END_2020 + NEW_2021
    for place in range(everything):
        new = place >= PROCEDURES_END_2020
        abolished = not new and place >= PROCEDURES_END_2020 - ABOLISHED_2021
        online = place < ONLINE_END_2021
        portal = place < ON_NATIONAL_PORTAL_END_2021
        yield ProcedureLife(
            code=f"3.{place + 1:06}",
            published=_in_2021(place) if new else date(2020, 3, 2),
            abolished=_in_2021(place) if abolished else None,
            online_since=_since(place, ONLINE_END_2020) if online else None,
            on_portal_since=_since(place, ON_NATIONAL_PORTAL_END_2020) if portal else None,
            level=("4" if is_chosen(place % 5, 2, 5) else "3") if online else "2",
        )


def _since(place: int, before_2021: int) -> date:
    return date(2020, 9, 1) if place < before_2021 else _in_2021(place)


def _in_2021(place: int) -> date:
    return date(YEAR, 2, 1) + timedelta(days=place * 7 % 300)


def _listing(life: ProcedureLife, day: date) -> dict[str, str]:
    def told(change: date | None) -> str:
        return f"{change:%Y%m%d}" if change is not None and change <= day else ""

    decided = life.published - timedelta(days=4)
    return {
        "MATTHC": life.code, "TENTTHC": "Thủ tục mẫu", "MALINHVUC": "G99-MAU", "TENLINHVUC": "Lĩnh vực mẫu",
        "MADONVI": "H56", "TENDONVI": "UBND tỉnh Thanh Hóa", "MUCDO": life.level,
        "NGAYQUYETDINH": f"{decided:%Y%m%d}", "NGAYHIEULUC": f"{decided + timedelta(days=15):%Y%m%d}",
        "NGAYCONGKHAI": told(life.published), "NGAYBAIBO": told(life.abolished),
        "NGAYTRUCTUYEN": told(life.online_since), "NGAYTICHHOP": told(life.on_portal_since),
        "COPHI": str(int(int(life.code[2:]) % 3 == 0)),
        "TICHHOPTHANHTOAN": "0",
    }  # fmt: skip
