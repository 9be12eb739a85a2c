"""From declarations to the reference pages that people read: nothing in them is typed twice."""

import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path

import typer
from pydantic import BaseModel, SecretStr

from iochub.errors import NEXT_STEP, HubError
from iochub.ingest.feed import Feed
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.reasons import SENTENCES
from iochub.settings import PREFIX, Settings
from iochub.warehouse.indicator import Indicator
from iochub.warehouse.indicators.registry import INDICATORS

HEAD = """# Reference

Written by `make docs` from the declarations in code; edit those, not this page.
"""

Row = tuple[str, ...]


def reference() -> str:
    """The whole page: commands, settings, feeds, indicators, reasons and errors."""
    parts = (HEAD, *_commands(), *_settings(), *_feeds(), *_indicators(), *_reasons(), *_errors())
    return "\n".join(parts).rstrip() + "\n"


def _commands() -> Iterator[str]:
    from iochub.cli.main import app

    yield "## Commands\n"
    yield (
        "A command ends with 0 only when all is well. Where `--json` is listed, it prints one JSON document "
        "instead of lines.\n"
    )
    yield from _commands_of(typer.main.get_command(app), "iochub")


def _commands_of(command: object, path: str) -> Iterator[str]:
    inner = getattr(command, "commands", None)
    if inner is not None:
        for name, each in inner.items():
            yield from _commands_of(each, f"{path} {name}")
        return
    parameters = [each for each in getattr(command, "params", ()) if each.name != "help"]
    given = [each for each in parameters if not each.opts[0].startswith("-")]
    yield f"### `{path}{''.join(f' {each.name.upper()}' for each in given)}`\n"
    yield f"{getattr(command, 'help', '')}\n"
    rows = [(f"`{each.name.upper()}`", each.help or "", "") for each in given]
    rows += [
        (f"`{'`, `'.join((*each.opts, *each.secondary_opts))}`", each.help or "", _default(each.default))
        for each in parameters
        if each not in given
    ]
    if rows:
        yield from _table(("argument or option", "is", "default"), rows)


def _settings() -> Iterator[str]:
    yield "## Settings\n"
    yield (
        "Read once, from the environment, by the process that starts. A misspelt name is refused. "
        "`iochub up` makes the secrets and chooses the ports by itself.\n"
    )
    rows: list[Row] = []
    for name, field in Settings.model_fields.items():
        section = field.annotation
        if isinstance(section, type) and issubclass(section, BaseModel):
            for inner, one in section.model_fields.items():
                rows.append((f"`{PREFIX}{name.upper()}__{inner.upper()}`", *_value(one)))
        else:
            rows.append((f"`{PREFIX}{name.upper()}`", *_value(field)))
    yield from _table(("name", "default", "says"), rows)


def _value(field: object) -> Row:
    default = getattr(field, "default", "")
    shown = "secret" if isinstance(default, SecretStr) else _default(default)
    return shown, " ".join((getattr(field, "description", None) or "").split())


def _feeds() -> Iterator[str]:
    yield "## Feeds\n"
    for feed in FEEDS.values():
        yield from _feed(feed)


def _feed(feed: Feed) -> Iterator[str]:
    yield f"### `{feed.name}` – {feed.title.en} / {feed.title.vi}\n"
    yield f"Publisher: {feed.publisher.en} ({feed.publisher.vi}). Expected every {_lasting(feed.every)}.  "
    types = ", ".join(f"`{each}`" for each in feed.content_types)
    yield f"Takes {types}; CloudEvents type `vn.gov.ioc.{feed.name}`.  "
    yield f"Source: {feed.source}\n"
    yield from _table(
        ("kind", "is", "counts"),
        [(f"`{kind.name}`", kind.title.en, "yes" if kind.counts else "no") for kind in feed.kinds],
    )
    yield from _table(("date role", "is"), [(f"`{role.name}`", role.title.en) for role in feed.roles])
    yield from _table(
        ("column", "type", "is"),
        [(f"`{column.name}`", f"`{column.type}`", column.title.en) for column in feed.columns],
    )


def _indicators() -> Iterator[str]:
    yield "## Indicators\n"
    yield (
        "By its kind a figure is a `flow`, whose days add up to a period; a `stock`, what there is at the "
        "period's end or now; or `period_end`, what happened in the period, judged at its end or now. The "
        "definition version changes with what is counted, not with titles.\n"
    )
    for indicator in INDICATORS.values():
        yield from _indicator(indicator)


def _indicator(indicator: Indicator) -> Iterator[str]:
    yield f"### `{indicator.name}` – {indicator.title.en} / {indicator.title.vi}\n"
    yield f"{indicator.definition.en}  "
    yield f"*{indicator.definition.vi}*\n"
    rows = [
        ("formula", f"`{indicator.formula}`"),
        ("measure", indicator.measure),
        ("kind", indicator.kind_name),
        ("feed", f"`{indicator.feed.name}`"),
        ("dimensions", ", ".join(f"`{name}`" for name in indicator.dimensions) or "none"),
        ("owner", indicator.owner.vi),
        ("source", indicator.source),
        ("definition version", indicator.definition_version),
    ]
    rows += [("target", f"{target.value} by {target.by} ({target.source})") for target in indicator.targets]
    yield from _table(("", ""), rows)


def _reasons() -> Iterator[str]:
    yield "## Reasons\n"
    yield "Why a record is set aside: a code, or a code and the field, as in `missing:SHDon`.\n"
    yield from _table(
        ("code", "English", "Vietnamese"),
        [(f"`{code}`", text.en, text.vi) for code, text in SENTENCES.items()],
    )


def _errors() -> Iterator[str]:
    yield "## Errors\n"
    yield "What the hub foresees, and what it then does.\n"
    yield from _table(
        ("class", "means", "what the hub does"),
        [
            (f"`{each.__name__}`", (each.__doc__ or "").split("\n")[0], NEXT_STEP[each.remedy])
            for each in HubError.__subclasses__()
            if each.__module__ == HubError.__module__
        ],
    )


def _table(head: Row, rows: Iterable[Row]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in row)} |"
    yield ""


def _default(value: object) -> str:
    return "" if value in (None, "") or value is False else f"`{value}`"


def _lasting(every: timedelta) -> str:
    hours = every.total_seconds() / 3600
    return f"{hours / 24:g} days" if hours > 24 else f"{hours:g} hours"


if __name__ == "__main__":
    page = Path(sys.argv[1])
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(reference(), encoding="utf-8")
    print(f"{page} is written.")
