"""What `iochub up` starts follows from what is set, however it is spelt."""

from pathlib import Path

import pytest
from running_hub import free_base

from iochub.cli.planning import Plan, Reach, plan
from iochub.data_folder import DataFolder


def planned(folder: Path) -> Plan:
    data = DataFolder(folder)
    data.create()
    return plan(data, demo=False, port_base=free_base(), reach=Reach(), demo_keys={}, token="")


def names(found: Plan) -> set[str]:
    return {process.name for process in found.processes}


@pytest.mark.parametrize("spelt", [str.upper, str.lower, str.title])
def test_an_engine_of_ones_own_takes_the_place_of_ours(tmp_path: Path, monkeypatch, spelt) -> None:
    assert {"broker", "warehouse"} <= names(planned(tmp_path / "own"))
    monkeypatch.setenv(spelt("IOCHUB_KAFKA__BOOTSTRAP"), "kafka.example:9092")
    monkeypatch.setenv(spelt("IOCHUB_CLICKHOUSE__HOST"), "clickhouse.example")
    found = planned(tmp_path / "theirs")
    assert not {"broker", "warehouse"} & names(found)
    assert found.settings.kafka.bootstrap == "kafka.example:9092"
    assert found.settings.clickhouse.host == "clickhouse.example"


def test_connectors_run_only_where_some_are_declared(tmp_path: Path) -> None:
    assert "connectors" not in names(planned(tmp_path / "without"))
    (tmp_path / "with" / "connectors").mkdir(parents=True)
    (tmp_path / "with" / "connectors" / "axis.toml").touch()
    assert "connectors" in names(planned(tmp_path / "with"))
