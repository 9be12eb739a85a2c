"""`iochub settings`: what is set, with secrets masked."""

import typer

from iochub.cli.speaking import plain_faults, print_json
from iochub.settings import read_settings

settings = typer.Typer(no_args_is_help=True, help="Show and check the settings (environment IOCHUB_*).")


@settings.command("show")
def show() -> None:
    """Print every setting; secrets are masked."""
    with plain_faults():
        print_json(read_settings().model_dump(mode="json"))


@settings.command("check")
def check() -> None:
    """Validate the settings and say so; a misspelt name fails."""
    with plain_faults():
        read_settings()
    print("The settings are valid.")
