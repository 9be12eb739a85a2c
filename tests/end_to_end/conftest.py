"""What several files of these tests share: a life of dossiers, a hub that may be broken, its late warehouse.

The late warehouse is let go by the first file that asks for it, and waited for by the last: the minute in
between belongs to the others. Each of the two files also works alone.
"""

from collections.abc import Iterator

import pytest
from callers import Agency, figure, followed
from dossier_life import Life, lived
from messages import NHI_SON, in_nhi_son, synchronised
from running_hub import RunningHub
from small_hub import Outage, SmallHub, late_warehouse, small_hub


@pytest.fixture(scope="session")
def agency(hub: RunningHub) -> Agency:
    """A sender whose input is often bad."""
    return Agency(hub, "E2E.BAD")


@pytest.fixture(scope="module")
def unharmed(hub: RunningHub, agency: Agency, request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a file sends: the same processes still run after it, and a good delivery is counted."""
    pids = hub.pids()
    yield
    asked = {"unit": NHI_SON, "period": "2026-05-19"}
    before = figure(hub, "dossiers_received", **asked) or 0
    good = in_nhi_son(f"GOOD-{request.module.__name__}", NgayTiepNhan="20260519083000")
    answer = agency.push("/v1/feeds/dossiers/deliveries", synchronised(good))
    assert answer.status_code == 202, answer.text
    followed(hub, agency.key, [answer.json()["receipt"]])
    assert figure(hub, "dossiers_received", **asked) == before + 1
    assert hub.pids() == pids


@pytest.fixture(scope="session")
def life(hub: RunningHub, tmp_path_factory: pytest.TempPathFactory) -> Life:
    """Three dossiers of one commune, lived through once."""
    return lived(hub, tmp_path_factory.mktemp("life"))


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallHub]:
    """One small hub for the session; its tests break it one after the other."""
    with small_hub(tmp_path_factory.mktemp("small") / "data") as running:
        yield running


@pytest.fixture(scope="session")
def outage(small: SmallHub) -> Iterator[Outage]:
    """The warehouse was away for longer than a worker may wait, and has just come back."""
    with late_warehouse(small) as told:
        yield told
