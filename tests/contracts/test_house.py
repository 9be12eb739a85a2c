"""What holds for the whole house: its links, its wheel, its layers, the size and names of its files."""

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("ingest", "streams", "warehouse", "api", "dashboards")
LONGEST_FILE = 300
NAMELESS = {"utils", "util", "common", "helpers", "helper", "core", "base", "manager", "misc"}
DATA_FILES = (
    "iochub/streams/broker/jars.lock",
    "iochub/ingest/reference/units.json",
    "iochub/dashboards/wall/wall.css",
)


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [ROOT / name for name in listed if (ROOT / name).is_file()]


def modules() -> Iterator[Path]:
    yield from (path for path in tracked() if path.suffix == ".py")


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The files of the wheel that is built from the sdist, as a package index would have it."""
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out)]
    subprocess.run([*build, "--sdist", str(ROOT)], check=True, capture_output=True)
    (sdist,) = out.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(out, filter="data")
    subprocess.run(
        [*build, "--wheel", str(out / sdist.name.removesuffix(".tar.gz"))], check=True, capture_output=True
    )
    (wheel,) = out.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        return archive.namelist()


@pytest.mark.parametrize("room", ROOMS)
def test_the_links_for_peoples_tools_lead_home(room: str) -> None:
    link = ROOT / "iochub" / room
    assert link.is_symlink(), f"iochub/{room} must be a link to ../{room}; without links only the wheel works"
    assert link.resolve() == ROOT / room


def test_the_wheel_holds_every_module_of_every_room_once(wheel_names: list[str]) -> None:
    assert len(wheel_names) == len(set(wheel_names))
    wanted = {
        f"iochub/{path.relative_to(ROOT)}"
        for room in ROOMS
        for path in modules()
        if path.is_relative_to(ROOT / room)
    }
    assert wanted <= set(wheel_names)
    assert {f"iochub/{part}/__init__.py" for part in ("cli", "exact", "supervisor")} <= set(wheel_names)


def test_the_wheel_holds_what_the_modules_read(wheel_names: list[str]) -> None:
    assert set(DATA_FILES) <= set(wheel_names)


def test_only_iochub_appears_at_the_top_of_an_environment(wheel_names: list[str]) -> None:
    assert {name.split("/")[0] for name in wheel_names if ".dist-info" not in name} == {"iochub"}


def test_knowledge_flows_downstairs_only() -> None:
    lint = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert lint.returncode == 0, lint.stdout


def test_no_file_is_longer_than_one_can_hold_in_mind() -> None:
    long = {
        path.name: lines for path in modules() if (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert not long


def test_every_file_is_named_by_what_it_is_about() -> None:
    assert not [path for path in tracked() if path.stem in NAMELESS or path.parent.name in NAMELESS]


def test_initialising_files_hold_a_sentence_and_no_code() -> None:
    for path in modules():
        if path.name == "__init__.py":
            assert re.fullmatch(r'""".*"""\s*', path.read_text(), re.DOTALL), path


def test_nothing_names_a_package_registry_or_a_place_of_one_machine() -> None:
    hosts = re.compile(
        "|".join(
            re.escape(part[0] + part[1])
            for part in (
                ("pypi", ".org"), ("pythonhosted", ".org"), ("repo1", ".maven"), ("repo.maven", ".apache"),
                ("registry", ".npmjs"),
                ("/work/", "main"), ("/work/", "shared"), ("/root", "/"), ("/home", "/"),
            )
        )
    )  # fmt: skip
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = hosts.search(text)
        assert found is None, f"{path.relative_to(ROOT)} names {found.group()}"


def test_tests_are_no_packages() -> None:
    assert not list((ROOT / "tests").rglob("__init__.py"))
