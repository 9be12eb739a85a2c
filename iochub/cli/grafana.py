"""`iochub grafana`: the boards of all desks, pushed to a Grafana or written as files for it."""

from pathlib import Path
from typing import Annotated

import typer

from iochub.cli.speaking import JsonOption, fail, plain_faults, print_json
from iochub.clock import local_day, now
from iochub.dashboards.grafana.boards import Board, boards
from iochub.settings import read_settings

grafana = typer.Typer(no_args_is_help=True, help="The boards of all desks, for Grafana.")


@grafana.command("publish")
def publish(
    folder: Annotated[
        Path | None, typer.Option(help="Write the boards into this folder and ask no Grafana.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Push one dashboard per desk to the Grafana of the settings; harmless to repeat."""
    from iochub.warehouse.indicators.registry import INDICATORS

    with plain_faults():
        found = boards(INDICATORS.values(), local_day(now()))
        done = _pushed(found) if folder is None else [_file(folder, board) for board in found]
    if as_json:
        print_json(done)
        return
    for each in done:
        print(f"{each['change']:<10} {each['uid']:<24} {each['title']}  {each['where']}")


def _pushed(found: tuple[Board, ...]) -> list[dict[str, str]]:
    from iochub.dashboards.grafana.publish import publish as push

    return [
        {"uid": one.uid, "title": one.title, "change": one.change, "where": one.url}
        for one in push(read_settings().grafana, found)
    ]


def _file(folder: Path, board: Board) -> dict[str, str]:
    file = folder / f"{board.uid}.json"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file.write_text(board.written(), encoding="utf-8")
    except OSError as error:
        fail(f"Cannot write {file}: {error.strerror}.")
    return {"uid": board.uid, "title": board.title, "change": "written", "where": str(file)}
