"""`iochub grafana`: the boards of all desks, pushed to a Grafana or written as files for it."""

from pathlib import Path
from typing import Annotated

import typer

from iochub.cli.speaking import JsonOption, fail, plain_faults, print_json
from iochub.clock import local_day, now
from iochub.dashboards.grafana.boards import Board, boards
from iochub.dashboards.grafana.panels import DATA_SOURCE
from iochub.settings import GrafanaSettings, read_settings

grafana = typer.Typer(no_args_is_help=True, help="The boards of all desks, for Grafana.")


@grafana.command("publish")
def publish(
    folder: Annotated[
        Path | None, typer.Option(help="Write the boards into this folder and ask no Grafana.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace also what people changed in Grafana.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Push one dashboard per desk to the Grafana of the settings; harmless to repeat.

    What people changed there is named and left as it is.
    """
    from iochub.warehouse.indicators.registry import INDICATORS

    with plain_faults():
        settings = read_settings().grafana
        found = boards(INDICATORS.values(), local_day(now()), settings.wall_url)
        done = (
            _pushed(settings, found, overwrite)
            if folder is None
            else [_file(folder, board) for board in found]
        )
    if as_json:
        print_json(done)
        return
    for each in done:
        print(f"{each['change']:<10} {each['uid']:<24} {each['title']}  {each['where']}")


def _pushed(settings: GrafanaSettings, found: tuple[Board, ...], overwrite: bool) -> list[dict[str, str]]:
    from iochub.dashboards.grafana.publish import publish as push

    published = push(settings, found, overwrite=overwrite)
    edited = [one.uid for one in published.outcomes if one.change == "edited"]
    if edited:
        typer.echo(
            f"Left as people changed it in Grafana: {', '.join(edited)}. "
            "`iochub grafana publish --overwrite` puts ours in its place; theirs stays in Grafana's history.",
            err=True,
        )
    if published.has_source is False:
        typer.echo(
            f"This Grafana lacks the data source {DATA_SOURCE['uid']}, so the panels stay empty: put "
            "dashboards/grafana/provisioning/datasources/clickhouse.yml under its provisioning/datasources.",
            err=True,
        )
    return [
        {"uid": one.uid, "title": one.title, "change": one.change, "where": one.url}
        for one in published.outcomes
    ]


def _file(folder: Path, board: Board) -> dict[str, str]:
    file = folder / f"{board.uid}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(board.written(), encoding="utf-8")
    except OSError as error:
        fail(f"Cannot write {file}: {error.strerror}.")
    return {"uid": board.uid, "title": board.title, "change": "written", "where": str(file)}
