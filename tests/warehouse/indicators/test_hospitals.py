"""What the figures of health care come to, worked out by hand, landed and counted by the real warehouse."""

import json
from decimal import Decimal
from typing import Any

import pytest
from native_hub import NativeHub
from published import ours

from iochub.ingest.feeds.hospitals import Hospitals
from iochub.ingest.unit_map import MapName
from iochub.warehouse.indicators.hospitals import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.store import Store

FEED = Hospitals()

DOSSIER = ours("hospitals", "one_dossier_inline.xml")
CHECKINS = ours("hospitals", "three_checkins.xml")
FILES = ("two_dossiers_base64.xml", "bundle.json", "readings.json")
ALL = (*(ours("hospitals", name) for name in FILES), CHECKINS, DOSSIER)


class Hub(NativeHub):
    """Asked for the year of our files where nothing else is said."""

    def value(self, name: str, period: str = "2026", unit: str = "38", map_name: MapName = "current") -> Any:
        return super().value(name, period, unit, map_name)


@pytest.fixture
def hub(empty: Store) -> Hub:
    migrate(empty, [Hospitals])
    return Hub(empty, FEED, INDICATORS)


def test_every_figure_of_our_files(hub: Hub) -> None:
    """Two check-ins (one of them of the first dossier), two dossiers, two encounters that took place."""
    hub.send(*ALL)
    found = {indicator.name: hub.value(indicator.name) for indicator in INDICATORS}
    assert found == {
        # LK0000001 and 4 by check-in, 1 again and 2 by dossier, 9 and 10 by encounter
        "hospital_visits": Decimal(5),
        # 92 100 + 612 000 + 120 500.5
        "hospital_cost": Decimal("824600.5"),
        # of the three that ended (1, 2, 9) the second has no card
        "hospital_insured_share": pytest.approx(Decimal(200) / 3, abs=Decimal("0.01")),
        # LK0000001; LK0000004 came with nine digits
        "visits_with_citizen_card": Decimal(1),
        # LK0000004 on its ward, LK0000010; LK0000002 has left
        "hospital_beds_in_use": Decimal(2),
        # LK0000002
        "hospital_claims_flagged": Decimal(1),
        # 38001
        "hospitals_with_cashless": Decimal(1),
        # 38001; 38002 closed on 30 June, 38900 is a private clinic
        "hospitals_public": Decimal(1),
        "hospitals_cashless_share": Decimal(100),
        # 38002; the other session is of a hospital in Hà Nội
        "hospitals_telehealth": Decimal(1),
    }


def test_sent_again_in_another_order_nothing_moves(hub: Hub) -> None:
    hub.send(*ALL)
    before = {indicator.name: hub.value(indicator.name) for indicator in INDICATORS}
    hub.send(*reversed(ALL))
    assert {indicator.name: hub.value(indicator.name) for indicator in INDICATORS} == before


def test_a_visit_counts_once_on_the_day_of_coming_and_its_cost_on_the_day_of_leaving(hub: Hub) -> None:
    left_later = DOSSIER.replace(b"<NGAY_RA>202608050940", b"<NGAY_RA>202609010940")
    hub.send(CHECKINS)
    assert hub.value("hospital_visits", "2026-08-05") == 2
    assert hub.value("hospital_cost", "2026") is None, "nothing is known yet, which is not zero"
    hub.send(left_later)
    assert hub.value("hospital_visits", "2026-08-05") == 2
    assert (hub.value("hospital_cost", "2026-08"), hub.value("hospital_cost", "2026-09")) == (None, 92100)
    hub.send(DOSSIER)
    assert (hub.value("hospital_cost", "2026-08"), hub.value("hospital_cost", "2026-09")) == (92100, 0)


def test_a_bed_is_taken_from_the_ward_s_check_in_to_the_dossier_s_discharge(hub: Hub) -> None:
    ward = CHECKINS.replace(b"LK0000004", b"LK0000001").replace(b"<MA_LOAI_KCB>01", b"<MA_LOAI_KCB>03")
    left = DOSSIER.replace(b"<MA_LOAI_KCB>01", b"<MA_LOAI_KCB>03").replace(
        b"<NGAY_RA>202608050940", b"<NGAY_RA>202608070800"
    )
    hub.send(ward)
    days = ("2026-08-04", "2026-08-05", "2026-08-06", "2026-08-07")
    assert [hub.value("hospital_beds_in_use", day) for day in days] == [None, None, 1, 1]
    hub.send(left)
    assert [hub.value("hospital_beds_in_use", day) for day in days] == [None, 1, 1, 0]


def payment(facility: str, **changes: object) -> dict[str, Any]:
    return {
        "kind": "payment", "facility": facility, "payment": "1", "day": "2026-05-04", "amount": "1000",
        "way": "cashless", "ownership": "public", "type": "hospital", **changes,
    }  # fmt: skip


def facility(code: str, **changes: object) -> dict[str, Any]:
    return {
        "kind": "facility", "facility": code, "ownership": "public", "type": "hospital", "level": "basic",
        "beds": 100, "valid_from": "2010-01-01", **changes,
    }  # fmt: skip


def test_only_public_hospitals_that_were_paid_without_cash_are_a_share_of_public_hospitals(hub: Hub) -> None:
    told = [
        *(facility(f"3800{at}") for at in range(1, 5)),
        facility("38010", ownership="private"),
        facility("38020", type="station"),
        facility("38030", valid_to="2025-12-31"),
        payment("38001"),
        payment("38001", payment="2"),
        payment("38002"),
        payment("38003", way="cash"),
        payment("38004", day="2026-07-01"),
        payment("38010", ownership="private"),
        payment("38020", type="station"),
    ]
    hub.send(json.dumps(told).encode())
    assert hub.value("hospitals_public", "2026-H1") == 4
    assert hub.value("hospitals_public", "2025-H1") == 5
    assert hub.value("hospitals_with_cashless", "2026-H1") == 2
    assert hub.value("hospitals_cashless_share", "2026-H1") == 50
    assert hub.value("hospitals_cashless_share", "2026") == 75


def test_hospitals_with_telehealth_are_counted_once_however_many_sessions(hub: Hub) -> None:
    session = {"kind": "telehealth", "session": "1", "started": "2026-03-01 23:59", "type": "hospital"}
    told = [session | {"facility": code, "session": name} for code in ("38001", "38002") for name in "abc"]
    told.append(session | {"facility": "38003", "type": "station"})
    hub.send(json.dumps(told).encode())
    assert hub.value("hospitals_telehealth", "2026-03-01") == 2
    assert hub.value("hospitals_telehealth", "2026-03-02") == 0
