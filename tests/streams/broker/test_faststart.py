from pathlib import Path

import pytest

from iochub.streams.broker.embedded import install
from iochub.streams.broker.faststart import fast_start
from iochub.streams.broker.jars import class_path


def test_an_installed_kafka_starts_from_memory() -> None:
    (option,) = [part for part in install() if part.startswith("-XX:AOTCache=")]
    memory = Path(option.partition("=")[2])
    assert memory.parent == class_path()[0].parent
    assert memory.stat().st_size > 2**20


def test_a_trial_run_that_fails_costs_the_fast_start_only_and_is_not_repeated(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert fast_start(["false"], tmp_path, "25") == []
    assert "Preparing Kafka" in capfd.readouterr().err
    assert fast_start(["false"], tmp_path, "25") == []
    assert capfd.readouterr().err == ""
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == []


def test_a_cache_that_cannot_be_written_still_lets_kafka_start(tmp_path: Path) -> None:
    (tmp_path / ".alone").mkdir()
    assert fast_start(["false"], tmp_path, "25") == []
