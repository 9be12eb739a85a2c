"""`iochub status`: the processes of a running hub, with pids, ports and states."""

from pathlib import Path

from iochub.cli.speaking import DataOption, JsonOption, print_json, running_state


def status(data: DataOption = Path("data"), as_json: JsonOption = False) -> None:
    """Show what runs and where."""
    state = running_state(data)
    if as_json:
        print_json(state)
        return
    for each in state["processes"]:
        print(
            f"{each['name']:<10} {each['state']:<10} pid {each['pid'] or '-':<8} restarts {each['restarts']}"
        )
    for name, where in state["addresses"].items():
        print(f"{name:<10} {where}")
