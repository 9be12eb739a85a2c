"""From a feed to its tables."""

from iochub.ingest.feed import Feed
from iochub.warehouse.tables import WORD, Table, View, quoted

CELL_KEY = (("role", WORD), ("day", "Date32"), ("unit", WORD), ("entity", "String"))
"""Date32, for a publisher's typing mistake may lie before 1970, and Date would move it silently."""


def deliveries(feed: str) -> Table:
    """When each delivery first reached each partition; the earliest arrival has the highest rank."""
    return Table(
        f"{feed}_deliveries",
        (
            ("delivery_hash", "UInt32 DEFAULT CRC32(delivery)"),
            ("delivery", "String"),
            ("partition", "UInt16"),
            ("era", "UInt16"),
            ("offset", "UInt64"),
            ("appended_ms", "UInt64"),
            ("batch", "UInt64"),
            ("rank", "UInt64 DEFAULT bitNot(bitOr(bitShiftLeft(toUInt64(era), 40), offset))"),
        ),
        "ReplacingMergeTree(rank)",
        order="(delivery_hash, delivery, partition)",
        primary="delivery_hash",
        settings="index_granularity = 512",
    )


def versions(feed: str) -> Table:
    """Every version of every entity; the same (entity, kind, place) twice is one.

    The key begins with 32 bits of a hash, so that the look-up of a batch reads 4 bytes a row. `batch` names
    the insert: rows of another insert are what a landing batch has to read.
    """
    return Table(
        f"{feed}_versions",
        (
            ("entity_hash", "UInt32 DEFAULT CRC32(entity)"),
            ("entity", "String"),
            ("kind", WORD),
            ("place", "UInt128"),
            ("version_id", "String"),
            ("sender", WORD),
            ("relations", "Array(Tuple(String, String))"),
            ("reading", "String CODEC(ZSTD(1))"),
            ("batch", "UInt64"),
        ),
        "ReplacingMergeTree(batch)",
        order="(entity_hash, entity, kind, place)",
        primary="entity_hash",
        # Readings are looked up one by one: a large granule would be unpacked for each.
        settings="index_granularity = 256, min_compress_block_size = 16384, max_compress_block_size = 65536",
    )


def relations(feed: str) -> Table:
    """Who ever named whom."""
    return Table(
        f"{feed}_relations",
        (("target_hash", "UInt32 DEFAULT CRC32(target)"), ("target", "String"), ("source", "String")),
        "ReplacingMergeTree",
        order="(target_hash, target, source)",
        primary="target_hash",
        settings="index_granularity = 512",
    )


def cells(feed: type[Feed]) -> Table:
    """The current rows by role, day and unit; of one key the highest version counts, tombstones hide."""
    return Table(
        f"{feed.name}_cells",
        (*CELL_KEY, ("version", "UInt32"), ("is_deleted", "UInt8"), *_columns(feed)),
        "ReplacingMergeTree(version, is_deleted)",
        order="(role, day, unit, entity)",
        # By year: a batch of late events must not fall into dozens of parts.
        partition="toYear(day)",
        settings="index_granularity = 1024",
    )


def landing(feed: type[Feed]) -> Table:
    """Where landing inserts: each entity once with all its cells; keeps nothing itself."""
    return Table(
        f"{feed.name}_landing",
        (
            ("entity", "String"),
            ("version", "UInt32"),
            ("roles", f"Array({WORD})"),
            ("days", "Array(Date32)"),
            ("units", f"Array({WORD})"),
            ("gone", "Array(UInt8)"),
            *_columns(feed),
        ),
        "Null",
    )


def spread(feed: type[Feed]) -> View:
    """From one inserted entity to its rows in the cells, so that its values travel once."""
    own = ", ".join(quoted(column.name) for column in feed.columns)
    return View(
        f"{feed.name}_spread",
        f"{feed.name}_cells",
        f"SELECT role, day, unit, entity, version, is_deleted{', ' if own else ''}{own}\n"
        f"FROM {quoted(feed.name + '_landing')}\n"
        "ARRAY JOIN roles AS role, days AS day, units AS unit, gone AS is_deleted",
    )


def tables_of(feed: type[Feed]) -> tuple[Table, ...]:
    """Every table that follows from a feed."""
    derived = (deliveries(feed.name), versions(feed.name), cells(feed), landing(feed))
    return (*derived, relations(feed.name)) if feed.has_relations else derived


def _columns(feed: type[Feed]) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, column.type) for column in feed.columns)
