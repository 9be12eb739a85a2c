"""Coverage-guided fuzzing of one feed's parser, on demand: any bytes leave as numbered readings and refusals.

    .venv/bin/pip install atheris
    .venv/bin/python tests/fuzz/fuzz_feed.py hospitals --seconds 600

Begins with the feed's own samples. What breaks the promise ends the run and is kept as a file `crash-…` in
the folder it was started in; give that file as the last argument to see it again.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "plugins"))

try:
    import atheris
except ImportError:
    raise SystemExit("atheris is not installed: .venv/bin/pip install atheris") from None

with atheris.instrument_imports(include=["iochub.ingest"]):
    from published import OURS, all_published, door

    from iochub.ingest.feeds.registry import FEEDS

LONGEST_BYTES = 64 * 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("feed", choices=FEEDS)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("crash", nargs="*", help="files to read once more")
    asked = parser.parse_args()
    feed, at = FEEDS[asked.feed], door("H56")

    def promise(delivery: bytes) -> None:
        numbers = [outcome.number for outcome in feed.read(delivery, "", at)]
        assert numbers == list(range(len(numbers)))

    with tempfile.TemporaryDirectory() as corpus:
        own = [path for path in (OURS / asked.feed).iterdir() if path.suffix != ".md"]
        for path in (*own, *all_published(asked.feed)):
            if path.stat().st_size <= LONGEST_BYTES:
                (Path(corpus) / path.name).write_bytes(path.read_bytes())
        limits = [f"-max_total_time={asked.seconds}", f"-max_len={LONGEST_BYTES}", "-timeout=20"]
        atheris.Setup([sys.argv[0], *limits, *(asked.crash or [corpus])], promise)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
