"""From a feed to its tables, and the tables that every hub has."""

from iochub.ingest.feed import Feed
from iochub.warehouse.tables import Table, View, quoted

INSTANT = "DateTime64(6, 'UTC')"
MILLIS = "DateTime64(3, 'UTC')"
WORD = "LowCardinality(String)"

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


FIGURE_COLUMNS = (
    ("indicator", WORD),
    ("definition_version", WORD),
    ("dimension", WORD),
    ("role", WORD),
    ("day", "Date32"),
    ("unit", WORD),
    ("member", "String"),
    ("version", "UInt64"),
    ("recorded_at", INSTANT),
    ("rows", "UInt64"),
    ("amount", "Decimal(38, 6)"),
    ("elements", "Array(UInt64)"),
    ("instants", "Array(Int64)"),
)
"""`amount`: the exact total. `elements`: hashes of the different values. `instants`: milliseconds, sorted."""

FIGURE_KEY = ("indicator", "dimension", "role", "day", "unit", "member")

FIGURES = Table(
    "figures",
    FIGURE_COLUMNS,
    "MergeTree",
    order=f"({', '.join(FIGURE_KEY)}, version)",
    # The part's own minimum and maximum of recorded_at then answer `max(recorded_at)` without reading.
    partition="toYYYYMM(recorded_at)",
    settings="index_granularity = 512",
)

FIGURES_CURRENT = Table(
    "figures_current",
    FIGURE_COLUMNS,
    "ReplacingMergeTree(version)",
    order=f"({', '.join(FIGURE_KEY)})",
    settings="index_granularity = 512",
)

FIGURES_COUNTED = Table("figures_counted", FIGURE_COLUMNS, "Null")
"""Where roll up inserts; both tables of figures are fed from one statement."""

FIGURE_VIEWS = tuple(
    View(f"{table}_feed", table, f"SELECT * FROM {FIGURES_COUNTED.name}")
    for table in (FIGURES.name, FIGURES_CURRENT.name)
)

LAND_PROGRESS = Table(
    "land_progress",
    (
        ("feed", WORD),
        ("era", "UInt16"),
        ("partition", "UInt16"),
        ("position", "UInt64"),
        ("touch_ends", "Map(UInt32, UInt64)"),
        ("last_event_at", f"Nullable({MILLIS})"),
        ("last_received_at", MILLIS),
        ("recorded_at", f"{INSTANT} DEFAULT now64(6)"),
    ),
    "MergeTree",
    order="(feed, era, partition, position)",
    settings="index_granularity = 512",
)

ROLLUP_PROGRESS = Table(
    "rollup_progress",
    (
        ("era", "UInt16"),
        ("partition", "UInt16"),
        ("position", "UInt64"),
        ("recorded_at", f"{INSTANT} DEFAULT now64(6)"),
    ),
    "MergeTree",
    order="(era, partition, position)",
    settings="index_granularity = 512",
)

LOG_PROGRESS = Table(
    "log_progress",
    (("topic", WORD), ("partition", "UInt16"), ("position", "UInt64")),
    "ReplacingMergeTree(position)",
    order="(topic, partition)",
)
"""How far receipts and dead letters were copied; where a topic is only copied, a position needs no era."""

SET_ASIDE = Table(
    "set_aside",
    (
        ("feed", WORD),
        ("era", "UInt16"),
        ("partition", "UInt16"),
        ("offset", "UInt64"),
        ("recorded_at", f"{INSTANT} DEFAULT now64(6)"),
    ),
    "ReplacingMergeTree",
    order="(feed, era, partition, offset)",
)

RECEIPTS = Table(
    "receipts",
    (
        ("receipt", "String"),
        ("feed", WORD),
        ("sender", WORD),
        ("delivery", "String"),
        ("era", "UInt16"),
        ("accepted", "UInt32"),
        ("rejected", "UInt32"),
        ("parcels", "Array(Tuple(UInt16, UInt64, UInt32))"),
        ("reasons", f"Map({WORD}, UInt32)"),
        ("received_at", MILLIS),
        ("accepted_at", MILLIS),
    ),
    "ReplacingMergeTree",
    order="receipt",
    settings="index_granularity = 512",
)

DEAD_LETTERS = Table(
    "dead_letters",
    (
        ("sender", WORD),
        ("id", "String"),
        ("feed", WORD),
        ("receipt", "String"),
        ("delivery", "String"),
        ("index", "UInt32"),
        ("reason", WORD),
        ("field", WORD),
        ("content_type", WORD),
        ("record", "String CODEC(NONE)"),
        ("at", MILLIS),
        ("corrected_from", "String"),
    ),
    "ReplacingMergeTree",
    # ULIDs sort by time, so the latest of a sender lie together.
    order="(sender, id)",
    settings="index_granularity = 256",
)

ERAS = Table(
    "eras",
    (
        ("topic", WORD),
        ("topic_id", "String"),
        ("partitions", "UInt32"),
        ("era", "UInt16"),
        ("recorded_at", f"{INSTANT} DEFAULT now64(6)"),
    ),
    "MergeTree",
    order="(topic, era)",
)

IDENTITY = Table(
    "identity",
    (("fingerprint", "String"), ("recorded_at", f"{INSTANT} DEFAULT now64(6)")),
    "MergeTree",
    order="recorded_at",
)

UNITS = Table(
    "units",
    (
        ("map", WORD),
        ("code", "String"),
        ("key", "String"),
        ("name", "String"),
        ("level", WORD),
        ("parent", "String"),
        ("valid_from", "Date32"),
        ("valid_to", "Nullable(Date32)"),
        ("members", "Array(String)"),
    ),
    "ReplacingMergeTree",
    order="(map, code)",
)
"""`members` are the keys of cells that count for the unit, whichever map they were resolved on."""

AGENCIES = Table(
    "agencies",
    (("code", "String"), ("name", "String"), ("unit", "String")),
    "ReplacingMergeTree",
    order="code",
)

DEFINITIONS = Table(
    "definitions",
    (
        ("indicator", WORD),
        ("definition_version", "String"),
        ("recorded_at", f"{INSTANT} DEFAULT now64(6)"),
    ),
    "MergeTree",
    order="(indicator, recorded_at)",
)
"""Which declaration each figure was last recounted whole with."""

FIXED_TABLES = (
    FIGURES, FIGURES_CURRENT, FIGURES_COUNTED, LAND_PROGRESS, ROLLUP_PROGRESS, LOG_PROGRESS,
    SET_ASIDE, RECEIPTS, DEAD_LETTERS, ERAS, IDENTITY, UNITS, AGENCIES, DEFINITIONS,
)  # fmt: skip


def _columns(feed: type[Feed]) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, column.type) for column in feed.columns)
