"""What docker-compose.yml names must exist in the code; no engine runs it here."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from iochub.cli.main import app
from iochub.cli.running import PROCESSES
from iochub.settings import setting_names

ROOT = Path(__file__).parents[2]
COMPOSE = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
ACCOUNTS = (ROOT / "warehouse" / "accounts.xml").read_text(encoding="utf-8")
DATA_SOURCE = ROOT / "dashboards/grafana/provisioning/datasources/clickhouse.yml"

REQUIRED = sorted(set(re.findall(r"\$\{(\w+):\?", COMPOSE)))
"""What .env must have; nothing starts without it."""


def service(name: str) -> str:
    """The lines of one service."""
    found = re.search(rf"^  {name}:\n((?:    .*\n|\n)+)", COMPOSE, re.MULTILINE)
    assert found, name
    return found.group(1)


def docker_compose(*words: str, environment: Path) -> subprocess.CompletedProcess[str]:
    """Ask the docker client; only its own reading of the file is needed, no engine."""
    return subprocess.run(
        ["docker", "compose", "--env-file", str(environment), "config", *words],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


@pytest.fixture
def env_file(tmp_path: Path) -> Path:
    try:
        found = subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode
    except FileNotFoundError:
        found = 1
    if found:
        pytest.skip("needs the docker client with its compose plugin")
    file = tmp_path / ".env"
    file.write_text("".join(f"{name}={name.lower()}-made-up\n" for name in REQUIRED), encoding="utf-8")
    return file


def test_docker_reads_the_file_as_it_is_meant(env_file: Path) -> None:
    read = docker_compose("--format", "json", environment=env_file)
    assert read.returncode == 0, read.stderr
    services = json.loads(read.stdout)["services"]
    assert {"kafka", "clickhouse", "grafana", "boards", "prepare"} <= set(services)
    # Everything is published on this machine alone: a proxy with TLS stands in front.
    published = [port for each in services.values() for port in each.get("ports", [])]
    assert len(published) == 4
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


@pytest.mark.parametrize("name", REQUIRED)
def test_nothing_starts_without_a_secret(env_file: Path, name: str) -> None:
    kept = [line for line in env_file.read_text().splitlines() if not line.startswith(f"{name}=")]
    env_file.write_text("\n".join(kept), encoding="utf-8")
    refused = docker_compose("--quiet", environment=env_file)
    assert refused.returncode != 0
    assert name in refused.stderr


def test_every_setting_that_compose_or_the_image_names_is_one() -> None:
    named = set(re.findall(r"\bIOCHUB_\w+", COMPOSE + DOCKERFILE))
    assert named
    assert named <= set(setting_names())


def test_every_process_that_compose_starts_is_one() -> None:
    started = re.findall(r'^    command: \["(\w+)"\]$', COMPOSE, re.MULTILINE)
    assert 'ENTRYPOINT ["iochub", "run"]' in DOCKERFILE
    # The engines are their makers', and nobody is invented in earnest.
    assert set(started) == set(PROCESSES) - {"broker", "warehouse", "demo"}
    for name in started:
        assert re.search(rf'command: \["{name}"\]', service(name))


def test_the_boards_are_published_by_a_command_that_exists() -> None:
    found = re.search(r"entrypoint: \[(.*)\]", service("boards"))
    assert found
    program, *words = shlex.split(found.group(1).replace(",", " "))
    command = typer.main.get_command(app)
    for word in words:
        command = command.commands[word]  # type: ignore[attr-defined]
    assert program == "iochub"


def test_whoever_needs_a_password_is_given_it() -> None:
    for needed in re.findall(r'from_env="(\w+)"', ACCOUNTS):
        assert f"      {needed}: ${{{needed}:?" in service("clickhouse")
    for needed in re.findall(r"\$(\w+)", DATA_SOURCE.read_text(encoding="utf-8")):
        assert f"      {needed}: " in service("grafana")


def test_the_reader_may_be_given_less_time_and_grafana_asks_for_no_more() -> None:
    """Grafana's data source sends a limit with every statement: its own time and five seconds more."""
    (allowed,) = re.findall(
        r"<max_execution_time>\s*<max>(\d+)</max>\s*<changeable_in_readonly/>\s*</max_execution_time>",
        ACCOUNTS,
    )
    asked = re.findall(r'(?:dial|query)Timeout: "(\d+)"', DATA_SOURCE.read_text(encoding="utf-8"))
    assert len(asked) == 2
    assert all(int(seconds) + 5 <= int(allowed) for seconds in asked)
