"""The same cells asked on three administrative maps, on a real ClickHouse."""

import random
import secrets

import pytest
from hub_in_process import HubInProcess, paper

from iochub.ingest.unit_map import MapName
from iochub.ingest.units import UNKNOWN, Units
from iochub.warehouse.period import read_period
from iochub.warehouse.question import Question


def test_old_communes_count_for_their_heirs_and_former_districts(hub: HubInProcess) -> None:
    units = Units.load()
    old = next(unit for unit in units.all() if unit.map_name == "2020" and unit.level == "commune")
    heir = next(
        unit.code for unit in units.all()
        if (unit.map_name, unit.level) == ("current", "commune")
        and old.key in units.members(unit.code, "current")
    )  # fmt: skip
    hub.send(paper("a", unit=old.key))
    assert hub.value("received", "2021-07", heir) == 1
    assert hub.value("received", "2021-07", old.parent, map_name="2020") == 1
    lowest = Question("permits_received", heir, read_period("2021-07"), sees_small=True)
    assert {row.unit: row.value for row in hub.answers.series(lowest, None, "unit")} == {heir: 1}
    districts = hub.answers.series(
        Question("permits_received", "38", read_period("2021-07"), map_name="2020", sees_small=True),
        None,
        "unit",
    )
    assert {row.unit: row.value for row in districts if row.value} == {old.parent: 1}
    assert len(districts) == 27


@pytest.mark.parametrize("map_name", ["2020", "2025-01", "current"])
def test_on_every_map_the_rows_by_unit_add_up_to_the_province_and_to_each_district(
    hub: HubInProcess, map_name: MapName
) -> None:
    """Whatever lies in the cells: former communes, split ones, today's, districts, the province, unknown."""
    seed = secrets.randbits(32)
    print("seed", seed)
    dice = random.Random(seed)
    units = Units.load()
    keys = sorted(units.members("38", map_name))
    split = ("14758@2019", "16273@2019", "14812", "16378", "405")
    thrown = [*dice.sample(keys, 60), *split, UNKNOWN, "38"]
    hub.send(*(paper(f"p{number}", unit=key) for number, key in enumerate(thrown)))
    for unit in ("38", *dice.sample(units.areas.lower("38", map_name), 3), "380"):
        asked = Question("permits_received", unit, read_period("2021-07"), map_name=map_name, sees_small=True)
        rows = hub.answers.series(asked, None, "unit")
        whole = hub.answers.figure(asked).value or 0
        assert (
            sum(row.value or 0 for row in rows)
            == whole
            == sum(key in units.members(unit, map_name) for key in thrown)
        )
        assert len({row.unit for row in rows}) == len(rows)


def test_a_split_commune_is_shown_as_such_and_counts_for_the_province_alone(hub: HubInProcess) -> None:
    hub.send(paper("a", unit="14758@2019"), paper("b", unit="14797"))
    assert hub.value("received") == 2
    assert (hub.value("received", unit="14797"), hub.value("received", unit="14758")) == (1, None)
    assert hub.value("received", unit="14758@2019") == 1
    assert hub.value("received", unit="14758", map_name="2020") == 1
    question = Question("permits_received", "38", read_period("2021-07"), sees_small=True)
    rows = {row.unit: row.value for row in hub.answers.series(question, None, "unit") if row.value}
    assert rows == {"14758@2019": 1, "14797": 1}


def test_what_each_unit_said_of_itself_is_ranked_unit_by_unit(hub: HubInProcess) -> None:
    """A rank does not add up, so the province's row is the province's own word alone."""
    hub.send(paper("a", amount="3"), paper("b", unit="14758", amount="7"), paper("c", unit="38", amount="42"))
    question = Question("permits_own_said", "38", read_period("2021-07"), sees_small=True)
    rows = {row.unit: row.value for row in hub.answers.series(question, None, "unit") if row.value}
    assert rows == {"14797": 3, "14758": 7, "38": 42}
    assert hub.value("own_said") == 42
