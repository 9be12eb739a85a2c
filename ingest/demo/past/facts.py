"""What the province published of 2021 and the first half of 2022, in numbers of events.

The generator makes so many events; the hub is told none of these numbers and has to come to the published
figures by itself. Where a publication gives only a share, the whole it is taken of is ours.

Source: the articles S0 (first half of 2022) and S1 (the year 2021) that the founding documents cite.
"""

from dataclasses import dataclass
from datetime import date
from typing import Final

from iochub.ingest.unit_map import MapName, map_on


@dataclass(frozen=True, slots=True)
class Part:
    """So many of so many."""

    some: int
    whole: int


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """One replayed period: its days, and how much of everything happens in them."""

    year: int
    first: date
    after: date
    """The day after the last."""
    documents: int
    """Documents sent out; their number is ours, near the quarter of the exchanges that S1 gives."""
    exchanges: int
    signed_by_agency: int
    signed_by_person: int
    dossiers: int
    on_time: int
    level3: Part
    """Received online, of the dossiers of level-3 services."""
    level4: Part
    invoices: int
    enterprises: int
    """Different sellers that are enterprises, from the beginning up to the end of the period."""
    households: int
    visits: int
    card_checkins: int
    """Check-ins with a citizen's card."""
    public_hospitals: int
    cashless_hospitals: int
    telehealth_hospitals: int

    @property
    def map_name(self) -> MapName:
        """The map on which its agencies and communes are named."""
        return map_on(self.first) or "current"


YEAR_2021: Final = PastPeriod(
    year=2021,
    first=date(2021, 1, 1),
    after=date(2022, 1, 1),
    documents=600_000,
    exchanges=2_386_600,
    signed_by_agency=595_200,  # 99,2 %
    signed_by_person=591_000,  # 98,5 %
    dossiers=237_892,
    on_time=233_824,  # 98,29 %
    level3=Part(91_700, 100_000),  # 91,7 %
    level4=Part(51_762, 60_000),  # 86,27 %
    invoices=24_000,
    enterprises=6_000,
    households=400,
    visits=12_000,
    card_checkins=0,
    public_hospitals=38,
    cashless_hospitals=20,
    telehealth_hospitals=15,
)

HALF_2022: Final = PastPeriod(
    year=2022,
    first=date(2022, 1, 1),
    after=date(2022, 7, 1),
    documents=320_000,
    exchanges=1_260_000,
    signed_by_agency=319_360,  # 99,8 %
    signed_by_person=316_800,
    dossiers=126_000,
    on_time=124_300,
    level3=Part(50_000, 52_000),
    level4=Part(30_000, 33_000),
    invoices=32_000,
    enterprises=14_037,
    households=1_018,
    visits=16_000,
    card_checkins=6_409,
    public_hospitals=38,
    cashless_hospitals=38,  # 100 %
    telehealth_hospitals=27,
)

PERIODS: Final = {period.year: period for period in (YEAR_2021, HALF_2022)}

PROCEDURES_END_2020, PROCEDURES_END_2021 = 1_900, 1_968
"""Published procedures; the number of 2020 is ours."""
ONLINE_END_2021 = 831
"""Services of level 3 and 4."""
ON_NATIONAL_PORTAL_END_2020, ON_NATIONAL_PORTAL_END_2021 = 358, 741
"""S1: 741, which is 383 more than at the end of 2020."""
