"""The tables that every hub has, whatever its feeds."""

from iochub.warehouse.tables import WORD, Aid, Table, View

INSTANT = "DateTime64(6, 'UTC')"
MILLIS = "DateTime64(3, 'UTC')"

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
    # It grows by some rows with every batch: without these each batch and each look would read all of them.
    aids=(
        Aid(
            "PROJECTION",
            "latest",
            "(SELECT feed, era, partition, max(position), max(last_received_at), max(last_event_at) "
            "GROUP BY feed, era, partition)",
        ),
        Aid("INDEX", "lately", "recorded_at TYPE minmax GRANULARITY 1"),
    ),
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
    aids=(Aid("PROJECTION", "latest", "(SELECT era, partition, max(position) GROUP BY era, partition)"),),
)

LOG_PROGRESS = Table(
    "log_progress",
    (("topic", WORD), ("partition", "UInt16"), ("position", "UInt64")),
    "ReplacingMergeTree(position)",
    order="(topic, partition)",
)
"""How far each topic was copied that is only copied; a position is a mark, its era above 48 bits."""

SET_ASIDE = Table(
    "set_aside",
    (
        ("feed", WORD),
        ("era", "UInt16"),
        ("partition", "UInt16"),
        ("offset", "UInt64"),
        ("recorded_at", f"{INSTANT} DEFAULT now64(6)"),
        ("record", "String"),
    ),
    "ReplacingMergeTree",
    order="(feed, era, partition, offset)",
)
"""`record` as base64; empty where Kafka had let it go before it was read."""

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
        ("envelope", "String CODEC(NONE)"),
    ),
    "ReplacingMergeTree",
    order="(sender, id)",
    settings="index_granularity = 256",
)
"""One row a letter: of a delivery that is sent again the letters of its first time stay."""

DEAD_LETTER_REPLAYS = Table(
    "dead_letter_replays",
    (
        ("sender", WORD),
        ("dead_letter", "String"),
        ("id", "String"),
        ("feed", WORD),
        ("key", WORD),
        ("receipt", "String"),
        ("before", "String"),
        ("after", "String"),
        ("fields", f"Array({WORD})"),
        ("suggested", "UInt8"),
        ("accepted", "UInt32"),
        ("rejected", "UInt32"),
        ("at", MILLIS),
        ("delivery", "String"),
    ),
    "ReplacingMergeTree",
    order="(sender, dead_letter, id)",
    settings="index_granularity = 512",
)
"""Who corrected what: rows are added, and a row copied twice is the same row."""

DECLARATIONS = Table(
    "declarations",
    (
        ("feed", WORD),
        ("sender", WORD),
        ("id", "String"),
        ("since", "Date32"),
        ("until", "Date32"),
        ("records", "UInt64"),
        ("sum", "Nullable(Decimal(38, 6))"),
        ("at", MILLIS),
    ),
    "ReplacingMergeTree",
    order="(feed, sender, id)",
    settings="index_granularity = 512",
)
"""What senders say they sent; which of them stand is judged when they are read."""

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
"""Which declaration each figure was last recounted whole with, and for which era of `windows.touched`."""

INSTANTS = Table(
    "instants",
    (("at", INSTANT),),
    "ReplacingMergeTree(at)",
    order="tuple()",
)
"""The latest instant that the warehouse's clock has shown: one row once merged."""

HUB_TABLES = (
    FIGURES, FIGURES_CURRENT, FIGURES_COUNTED, INSTANTS, LAND_PROGRESS, ROLLUP_PROGRESS, LOG_PROGRESS,
    SET_ASIDE, RECEIPTS, DEAD_LETTERS, DEAD_LETTER_REPLAYS, DECLARATIONS, ERAS, IDENTITY, UNITS, AGENCIES,
    DEFINITIONS,
)  # fmt: skip
