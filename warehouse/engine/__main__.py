"""Start the embedded warehouse alone, for tests and for people who debug it."""

import argparse
import logging
import os
import sys
from pathlib import Path

from iochub.errors import HubError
from iochub.warehouse.engine.server import run


def main() -> int:
    """Serve until told to stop; passwords come from the environment so that no process list shows them."""
    parser = argparse.ArgumentParser(prog="python -m iochub.warehouse.engine", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds the tables")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8123)
    chosen = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    try:
        run(
            chosen.data,
            chosen.host,
            chosen.port,
            os.environ.get("IOCHUB_CLICKHOUSE__WRITER_PASSWORD", ""),
            os.environ.get("IOCHUB_CLICKHOUSE__READER_PASSWORD", ""),
        )
    except HubError as error:
        print(error.message, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
