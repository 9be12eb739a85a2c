"""Three dossiers of one commune, from their reception to a withdrawal, and what is shown at each stage."""

from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import httpx
from callers import figure, followed, instant, key_of, sent
from messages import Json, advanced, dossier, step, synchronised
from running_hub import RunningHub

PU_NHI = "14863"
MAY, DAY, NEXT_DAY = "2026-05", "2026-05-12", "2026-05-13"


def in_pu_nhi(number: int, **changes: object) -> Json:
    """One of the three dossiers of this story: received on 12 May 2026, due on the 20th at 17:00."""
    told = {"DonViXuLy": "UBND Xã Pù Nhi", "NgayNopHoSo": "20260512080000", "NgayTiepNhan": "20260512083000"}
    told |= {"NgayHenTra": "20260520170000", "TrangThaiHoSo": "4"}
    return dossier(f"E2E-LIFE-{number}", **(told | changes))


def shown(hub: RunningHub, **asked: str) -> tuple[Decimal | None, ...]:
    """Received on the 12th, on the 13th and in May; the share on time and those open at the end of May."""
    return (
        figure(hub, "dossiers_received", unit=PU_NHI, period=DAY, **asked),
        figure(hub, "dossiers_received", unit=PU_NHI, period=NEXT_DAY, **asked),
        figure(hub, "dossiers_received", unit=PU_NHI, period=MAY, **asked),
        figure(hub, "dossiers_on_time_share", unit=PU_NHI, period=MAY, **asked),
        figure(hub, "dossiers_open", unit=PU_NHI, period=MAY, **asked),
    )


STAGES: dict[str, tuple[int | None, int | None, int | None, str | None, int | None]] = {
    # Three received, none finished, all past their due day at the end of May.
    "received": (3, 0, 3, "0", 3),
    # The first ended on the 19th, a day early: one of three.
    "advanced": (3, 0, 3, "33.33", 2),
    # The second is due on 30 June only; the third was received a day later and is still late: two of three.
    "corrected": (2, 1, 3, "66.67", 2),
    # The third was sent by mistake: two of two.
    "withdrawn": (2, 0, 2, "100", 1),
}


@dataclass
class Life:
    """What was shown after each stage, and when."""

    seen: dict[str, tuple[Decimal | None, ...]] = field(default_factory=dict)
    at: dict[str, str] = field(default_factory=dict)


def lived(hub: RunningHub, folder: Path) -> Life:
    """Three dossiers of one commune, received, advanced, corrected, and one of them taken back."""
    key = key_of(hub, "E2E.LIFE", "dossiers")
    told = Life()

    def after(stage: str, receipt: str) -> None:
        followed(hub, key, [receipt])
        told.seen[stage], told.at[stage] = shown(hub), instant()

    def deliver(stage: str, content: bytes) -> None:
        file = folder / f"{stage}.json"
        file.write_bytes(content)
        (verdict,) = sent(hub, key, "dossiers", file)
        assert verdict["rejects"] == []
        after(stage, verdict["receipt"])

    deliver("received", synchronised(*(in_pu_nhi(number) for number in (1, 2, 3))))
    deliver("advanced", advanced(step("E2E-LIFE-1", "20260519100000", "9")))
    deliver(
        "corrected",
        synchronised(
            in_pu_nhi(2, NgayHenTra="20260630170000"),
            in_pu_nhi(3, NgayTiepNhan="20260513083000"),
            updating=True,
        ),
    )
    answer = httpx.post(
        f"{hub.gateway}/v1/feeds/dossiers/withdrawals",
        json={"entities": ["E2E-LIFE-3"], "reason": "gửi nhầm"},
        headers={"Authorization": f"Bearer {key}"},
    )
    assert answer.status_code == 202, answer.text
    after("withdrawn", answer.json()["receipt"])
    return told
