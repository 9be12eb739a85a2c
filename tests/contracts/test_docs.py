import re
from pathlib import Path

import pytest
import typer

from iochub.cli.main import app
from iochub.cli.reference import reference
from iochub.cli.running import PROCESSES
from iochub.errors import HubError
from iochub.ingest.feeds.registry import FEEDS
from iochub.settings import setting_names
from iochub.warehouse.indicators.registry import INDICATORS

ROOT = Path(__file__).parents[2]
# A room's own errors, such as a problem of HTTP, are seen by nobody else.
ERRORS = [each.__name__ for each in HubError.__subclasses__() if each.__module__ == HubError.__module__]
PAGE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


OPERATING = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
# A command stands in backquotes, at the start of a line, or behind a path or the option that runs it.
COMMANDS = sorted(
    {
        words.strip()
        for words in re.findall(r"(?:`|^|/bin/|--entrypoint )iochub ([a-z][^`#\n]*)", OPERATING, re.MULTILINE)
    }
)


def verbs(command: object, path: tuple[str, ...]) -> list[str]:
    inner = getattr(command, "commands", None)
    if inner is None:
        return [" ".join(path)]
    return [verb for name, each in inner.items() for verb in verbs(each, (*path, name))]


def test_the_reference_is_what_the_declarations_say_now() -> None:
    assert reference() == PAGE, "docs/reference.md is old: run `make docs` and commit it"


@pytest.mark.parametrize("verb", verbs(typer.main.get_command(app), ("iochub",)))
def test_every_command_is_documented(verb: str) -> None:
    assert re.search(rf"^### `{verb}( [A-Z_ ]+)?`$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("name", [*setting_names(), *FEEDS, *INDICATORS, *ERRORS])
def test_every_setting_feed_indicator_and_error_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE


@pytest.mark.parametrize("words", COMMANDS)
def test_every_command_that_operators_are_told_exists(words: str) -> None:
    left = words.removeprefix("gateway ").split()
    command: object = typer.main.get_command(app)
    while left and left[0] in (inner := getattr(command, "commands", {})):
        command = inner[left.pop(0)]
    assert not getattr(command, "commands", None), f"`iochub {words}` leads nowhere"
    options = {name for each in getattr(command, "params", ()) for name in each.opts}
    assert {word for word in left if word.startswith("--")} <= options | {"--help"}


def test_operators_are_told_of_every_process_and_only_of_settings_that_there_are() -> None:
    told = re.findall(r"^\| `(\w+)` \| .* \| .* \|$", OPERATING.split("## On one machine")[0], re.MULTILINE)
    assert set(told) == set(PROCESSES)
    assert set(re.findall(r"\bIOCHUB_\w+", OPERATING)) <= set(setting_names())


def test_operators_are_told_how_to_make_every_secret_that_compose_needs() -> None:
    needed = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    (made,) = re.findall(r"^for name in (.*); do$", OPERATING, re.MULTILINE)
    assert set(made.split()) == needed
    explained = re.findall(r"`([A-Z_]+)`", "".join(re.findall(r"^\| `[A-Z].*$", OPERATING, re.MULTILINE)))
    assert needed <= set(explained)


def test_operators_find_the_words_that_the_hub_says() -> None:
    """What the last table quotes must be said somewhere in the code, or nobody finds it at night."""
    rooms = ("iochub", "ingest", "streams", "warehouse", "api")
    code = " ".join(
        re.sub(r'"\s*f?"', "", file.read_text(encoding="utf-8"))
        for room in rooms
        for file in sorted((ROOT / room).rglob("*.py"))
    )
    quoted = re.findall(r"^\| `([A-Z].*?)` \|", OPERATING.split("## When")[1], re.MULTILINE)
    assert len(quoted) >= 5
    for said in quoted:
        pattern = r"[^\n]*?".join(re.escape(part.strip()) for part in said.split("…"))
        assert re.search(pattern, code), said


def test_every_target_of_make_explains_itself_and_there_are_few() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = [line for line in lines if re.match(r"[a-z]+:", line)]
    assert len(targets) <= 10
    assert all("##" in line for line in targets)


@pytest.mark.parametrize(
    "page", [*sorted(ROOT.glob("docs/**/*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
)
def test_every_link_between_pages_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize(
    "page", sorted((ROOT / "docs" / "decisions").glob("*.md")), ids=lambda page: page.name
)
def test_every_decision_says_what_would_change_our_mind(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for part in ("Status", "Context", "Decision", "Consequences", "Alternatives considered"):
        assert f"## {part}" in text
    assert "What would make us change our mind" in text
