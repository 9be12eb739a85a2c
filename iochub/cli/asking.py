"""`iochub figure`, `iochub indicators`, `iochub receipts`: what the hub knows, in words and numbers."""

import time
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import httpx
import msgspec
import typer

from iochub.cli.speaking import DataOption, JsonOption, client, fail, print_json, running_state
from iochub.data_folder import DataFolder

receipts = typer.Typer(no_args_is_help=True, help="Follow what was sent.")

ASK_SECONDS = 30.0


def figure(
    name: Annotated[str, typer.Argument(help="An indicator; `iochub indicators` lists them.")],
    unit: Annotated[str, typer.Option(help="Code of the unit; 38 is the province.")] = "38",
    period: Annotated[str, typer.Option(help="2021, 2021-H1, 2021-Q3, 2021-07 or 2021-07-15.")] = "",
    as_of: Annotated[str, typer.Option(help="As it stood at this instant, e.g. 2026-11-24T03:00:00Z.")] = "",
    on_map: Annotated[
        str, typer.Option("--map", help="Administrative map of the unit: 2020, 2025-01 or current.")
    ] = "current",
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Show one figure, with the digits that the API gives."""
    asked = {"unit": unit, "map": on_map, "period": period, "as_of": as_of}
    answer = _ask(data, f"/v1/indicators/{name}", {key: value for key, value in asked.items() if value})
    if as_json:
        print(msgspec.json.format(answer.content, indent=1).decode())
        return
    found = answer.json(parse_float=Decimal)
    start, end = found["period"]["from"], found["period"]["to"]
    value = "–" if found["value"] is None else f"{found['value']} {found['measure']}"
    print(f"{found['title']}: {value} ({found['state']})")
    print(f"{found['unit']['name']}, {start} – {end} (the last day excluded)")
    if found["denominator"] is not None:
        print(f"{found['numerator']} of {found['denominator']}, from {found['rows']} rows")
    _print_score(found)
    if found["target"]:
        target = found["target"]
        print(f"Target {target['value']} by {target['by']}: {'met' if target['met'] else 'not met'}")
    for said, parts in (("Without its part of", found["split_from"]), ("Lies in", found["split_into"])):
        if parts:
            print(f"{said}: {', '.join(part['name'] for part in parts)}")


def _print_score(found: Mapping[str, Any]) -> None:
    """Out of how many points a score is, and what of it nobody knows."""
    if found["out_of"] is None:
        return
    print(f"Out of {found['out_of']} points that are known, of {found['maximum']}")
    for line in found["lines"]:
        earned = "not known" if line["points"] is None else line["points"]
        said = ", reported" if line["reported"] else ""
        print(f"  {line['title']}: {earned} of {line['maximum']}{said}")


def indicators(data: DataOption = Path("data"), as_json: JsonOption = False) -> None:
    """List every figure the hub watches."""
    found = _ask(data, "/v1/indicators", {}).json()["indicators"]
    if as_json:
        print_json(found)
        return
    for each in found:
        print(f"{each['name']:<28} {each['title']['vi']} ({each['measure']})")


@receipts.command("show")
def receipt(
    identifier: Annotated[str, typer.Argument(help="As the gateway answered it.")],
    key: Annotated[str, typer.Option(envvar="AGENCY_KEY", help="The key it was sent with.")] = "",
    wait: Annotated[float, typer.Option(help="Wait so many seconds for `counted`.")] = 0.0,
    data: DataOption = Path("data"),
    as_json: JsonOption = False,
) -> None:
    """Show how far a delivery has come."""
    state = running_state(data)
    secrets = DataFolder(data).secrets()
    tried = [key] if key else [secret for name, secret in secrets.items() if name.startswith("demo_key_")]
    deadline = time.monotonic() + wait
    while True:
        found = _receipt(state, identifier, tried)
        if found["state"] == "counted" or time.monotonic() >= deadline:
            break
        time.sleep(0.2)
    if as_json:
        print_json(found)
    else:
        print(f"{found['receipt']}: {found['state']}, {found['accepted']} accepted, {found['stored']} stored")


def _receipt(state: Mapping[str, Any], identifier: str, keys: list[str]) -> dict[str, Any]:
    for key in keys:
        answer = _get(state, "gateway", f"/v1/receipts/{identifier}", {}, key)
        if answer.status_code == httpx.codes.OK:
            found: dict[str, Any] = answer.json()
            return found
    return fail(f"No receipt {identifier} for this sender.")


def _ask(data: Path, path: str, asked: dict[str, str]) -> httpx.Response:
    state = running_state(data)
    answer = _get(state, "api", path, asked, DataFolder(data).secrets()["wall_token"])
    if answer.status_code != httpx.codes.OK:
        found = answer.json()
        fail(f"{found.get('title')}: {found.get('detail')}")
    return answer


def _get(
    state: Mapping[str, Any], door: str, path: str, asked: dict[str, str], secret: str
) -> httpx.Response:
    with client(state, door, secret, ASK_SECONDS) as caller:
        try:
            return caller.get(path, params=asked)
        except httpx.TransportError:
            fail("It does not answer; `iochub status` shows what runs.")
