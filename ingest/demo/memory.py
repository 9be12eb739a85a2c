"""How far a sender of the demo has come, in a small file: killed, it repeats a little and skips nothing."""

import json
from pathlib import Path


def kept(file: Path, name: str) -> str | None:
    """What was kept under this name; nothing before anything was."""
    if not file.exists():
        return None
    found: str = json.loads(file.read_text())[name]
    return found


def keep(file: Path, name: str, value: str) -> None:
    """Keep one value, whole or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps({name: value}))
    draft.replace(file)
