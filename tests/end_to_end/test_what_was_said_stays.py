"""Figures as they stood: the last file, so that what the first ones saw is ten seconds old by itself."""

import json
import time
from datetime import datetime

import httpx
from callers import command, instant, is_problem
from dossier_life import MAY, PU_NHI, Life, shown
from running_hub import RunningHub

SETTLED_SECONDS = 10.5


def test_every_stage_of_a_life_can_still_be_asked_for(hub: RunningHub, life: Life) -> None:
    last = datetime.fromisoformat(life.at["withdrawn"])
    age = (datetime.fromisoformat(instant()) - last).total_seconds()
    time.sleep(max(0.0, SETTLED_SECONDS - age))
    for stage, at in life.at.items():
        assert shown(hub, as_of=at) == life.seen[stage], stage
    assert shown(hub) == life.seen["withdrawn"]
    done = command(
        "figure", "dossiers_received", "--unit", PU_NHI, "--period", MAY, "--as-of", life.at["received"],
        "--json", "--data", str(hub.data),
    )  # fmt: skip
    assert json.loads(done.stdout)["value"] == 3
    refused = httpx.get(
        f"{hub.api}/v1/indicators/dossiers_received",
        params={"as_of": instant()},
        headers={"Authorization": f"Bearer {hub.token}"},
    )
    assert refused.status_code == 422
    assert "10 giây" in is_problem(refused, "invalid_period")["detail"]
