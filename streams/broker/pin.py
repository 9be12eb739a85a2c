"""Pins a Kafka version: resolves every Java file that it needs and writes their sums to the lock.

Run by a maintainer who raises the version: `python -m iochub.streams.broker.pin 4.4.0`.
"""

import hashlib
import sys
import tempfile
from pathlib import Path

from jgo.maven import MavenContext

from iochub.streams.broker.jars import LOCK, Jar

LOGGING = "org.slf4j:slf4j-simple:1.7.36"
"""Kafka brings the slf4j 1.7 interface and no writer; this one is a single small jar."""


def pin(version: str, lock: Path = LOCK) -> int:
    """Write the lock for one Kafka version and say how many jars it names."""
    with tempfile.TemporaryDirectory() as temporary:
        context = MavenContext(repo_cache=Path(temporary))
        wanted = [
            context.create_dependency(f"org.apache.kafka:kafka_2.13:{version}"),
            context.create_dependency(LOGGING),
        ]
        chosen, brought = context.resolver.resolve(wanted)
        jars = []
        for dependency in [*chosen, *brought]:
            content = dependency.artifact.resolve().read_bytes()
            sha256 = hashlib.sha256(content).hexdigest()
            jars.append(
                Jar(dependency.groupId, dependency.artifactId, dependency.version, sha256, len(content))
            )
    head = "# Written by iochub.streams.broker.pin: group:artifact:version sha256 bytes, Kafka first.\n"
    lock.write_text(head + "".join(f"{jar.line}\n" for jar in jars), encoding="utf-8")
    return len(jars)


if __name__ == "__main__":
    print(f"Pinned {pin(sys.argv[1])} jars in {LOCK.name}.")
