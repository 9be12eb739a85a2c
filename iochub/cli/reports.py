"""`iochub reports`: the table that agencies fill in."""

from pathlib import Path
from typing import Annotated

import typer

from iochub.cli.speaking import fail

reports = typer.Typer(no_args_is_help=True, help="Tables for what agencies report.")


@reports.callback()
def _together() -> None:
    """Keep `template` a command of its own, although it is the only one."""


@reports.command("template")
def write_template(
    period: Annotated[
        str, typer.Option(help="2021, 2021-H1, 2021-Q3, 2021-07, 2021-07-15, or 20213 and 202107.")
    ],
    out: Annotated[Path, typer.Option(help="The file to write; its ending says xlsx or csv.")],
    unit: Annotated[
        list[str] | None, typer.Option(help="Code or name of a unit; repeat for more. The province if none.")
    ] = None,
) -> None:
    """Write the table of a period, with the indicators, units and measures of its last day."""
    from iochub.ingest.reasons import message_for
    from iochub.ingest.reports.template import TYPES, template
    from iochub.ingest.unit_map import PROVINCE
    from iochub.ingest.units import Units

    form = out.suffix.lower().removeprefix(".")
    if form not in TYPES:
        fail(f"Name a file that ends in {' or '.join(f'.{each}' for each in TYPES)}.")
    try:
        table = template(form, period, Units.load(), unit or [PROVINCE])
    except ValueError as broken:
        name = "unit" if str(broken) == "unknown_unit" else "period"
        fail(f"{message_for(f'{broken}:{name}', name).en}.")
    try:
        out.write_bytes(table)
    except OSError as error:
        fail(f"Cannot write {out}: {error.strerror}.")
    print(f"{out}: fill it in, then `iochub feeds send reports {out}`.")
