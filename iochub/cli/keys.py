"""`iochub keys` and `iochub tokens`: who may push and who may ask."""

from pathlib import Path
from typing import Annotated

import typer

from iochub.api.keys import Keys
from iochub.cli.speaking import DataOption, JsonOption, fail, print_json
from iochub.data_folder import DataFolder

keys = typer.Typer(no_args_is_help=True, help="Keys with which agencies push.")
tokens = typer.Typer(no_args_is_help=True, help="Tokens with which people and screens ask.")

IdentifierArgument = Annotated[str, typer.Argument(help="As `list` shows it.")]

SHOWN_ONCE = "This is shown once; the hub keeps only its hash."


def store_of(data: Path) -> Keys:
    """The keys of the hub on this folder."""
    folder = DataFolder(data)
    folder.create()
    return Keys(folder.path / "keys.sqlite")


@keys.command("create")
def create_key(
    agency: Annotated[str, typer.Option(help="The agency's code, e.g. H56.")],
    feed: Annotated[list[str], typer.Option(help="A feed it may push; repeat for more.")],
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Make a key for an agency."""
    from iochub.ingest.feeds.registry import FEEDS

    if unknown := sorted(set(feed) - set(FEEDS)):
        fail(f"No feed {', '.join(unknown)}; the hub takes {', '.join(FEEDS)}.")
    secret = store_of(data).create_agency_key(agency, feed)
    if as_json:
        print_json({"agency": agency, "feeds": feed, "secret": secret})
    else:
        print(f"{secret}\n{SHOWN_ONCE}")


@keys.command("list")
def list_keys(data: DataOption = Path("data"), as_json: JsonOption = False) -> None:
    """Show all keys, without their secrets."""
    found = store_of(data).agency_keys()
    if as_json:
        print_json(
            [
                {
                    "key": key.id,
                    "agency": key.agency,
                    "feeds": sorted(key.feeds),
                    "created_at": key.created_at,
                    "revoked_at": key.revoked_at,
                }
                for key in found
            ]
        )
        return
    for key in found:
        state = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else "valid"
        print(f"{key.id}  {key.agency:<16} {', '.join(sorted(key.feeds)):<24} {state}")


@keys.command("revoke")
def revoke_key(identifier: IdentifierArgument, data: DataOption = Path("data")) -> None:
    """End a key; the gateway refuses it within seconds."""
    _revoke(identifier, data)


@tokens.command("create")
def create_token(
    role: Annotated[str, typer.Option(help="viewer or operator.")] = "viewer",
    unit: Annotated[str, typer.Option(help="The unit whose figures may be seen; 38 is the province.")] = "38",
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Make a token for a person or a screen."""
    secret = store_of(data).create_viewer_token(role, unit)
    if as_json:
        print_json({"role": role, "unit": unit, "secret": secret})
    else:
        print(f"{secret}\n{SHOWN_ONCE}")


@tokens.command("list")
def list_tokens(data: DataOption = Path("data"), as_json: JsonOption = False) -> None:
    """Show all tokens, without their secrets."""
    found = store_of(data).viewer_tokens()
    if as_json:
        print_json(
            [
                {
                    "token": token.id,
                    "role": token.role,
                    "unit": token.unit,
                    "created_at": token.created_at,
                    "revoked_at": token.revoked_at,
                }
                for token in found
            ]
        )
        return
    for token in found:
        state = f"revoked {token.revoked_at:%Y-%m-%d %H:%M}" if token.revoked_at else "valid"
        print(f"{token.id}  {token.role:<10} {token.unit:<8} {state}")


@tokens.command("revoke")
def revoke_token(identifier: IdentifierArgument, data: DataOption = Path("data")) -> None:
    """End a token; the API refuses it within seconds."""
    _revoke(identifier, data)


def _revoke(identifier: str, data: Path) -> None:
    if not store_of(data).revoke(identifier):
        fail(f"Nothing valid is called {identifier}; `list` shows what there is.")
    print(f"{identifier} is revoked.")
