"""How a measurement lets agencies send, and what must hold of every such run."""

import threading
from collections.abc import Mapping
from datetime import date

import msgspec
from parts import script
from processes import Children, Meter, Used
from senders import Answered, Order

END_SECONDS = 60.0


def send(children: Children, order: Order, watched: Mapping[str, int]) -> tuple[Answered, Used]:
    """Run one crew of senders to its end; which processes used which cores meanwhile.

    Raises: RuntimeError when anything but 202 was answered: then the numbers would be of something else.
    """
    child = children.start("senders", script("senders.py", msgspec.json.encode(order).decode()), answers=True)
    assert child.stdout is not None
    meter = Meter({**watched, "senders": child.pid})
    # Read while it runs: a full pipe would hold it up.
    pieces: list[bytes] = []
    reader = threading.Thread(target=lambda: pieces.append(child.stdout.read()), daemon=True)
    reader.start()
    reader.join(order.warm_seconds + order.seconds + END_SECONDS)
    used = meter.used()
    children.stop("senders")
    answered = msgspec.json.decode(b"".join(pieces), type=Answered)
    if set(answered.statuses) != {"202"}:
        raise RuntimeError(f"the senders were answered {answered.statuses}")
    return answered, used


def written(days: list[date]) -> list[str]:
    """Days as an order names them."""
    return [str(day) for day in days]
