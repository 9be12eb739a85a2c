"""The words around the numbers: what a measurement does, why its peer is its peer, what it does not show."""

from typing import NamedTuple


class Words(NamedTuple):
    """The text of one section; how its lines break here means nothing."""

    title: str
    method: str
    peer: str
    not_shown: str


WORDS = {
    "start": Words(
        "Start and memory",
        """`iochub up` in a fresh folder, and again in the folder of a hub that was filled and stopped, from
        the start of the command to its line `ready`. Memory is the sum over the command and all that
        descends from it, after the gateway was sent dossiers at full speed and all of them were counted.""",
        """The embedded broker and the embedded warehouse alone, started together, and their memory when
        idle. Nothing on these two engines can be below that.""",
        """The first `make up` of a clone, which fetches the environment and Kafka.""",
    ),
    "gateway": Words(
        "Gateway: accepted dossiers",
        """One gateway process and the embedded broker. A separate process sends `DongBoHoSoMC` deliveries
        over kept-alive connections in a closed loop: each connection sends again when it was answered. A
        dossier counts when its `202` arrived: after validation, pseudonyms, and acks=all for every parcel
        and for the receipt. After each run the growth of the topics is compared with what was answered. Hub
        and peer run by turns on the same broker.""",
        """FastAPI, Pydantic and aiokafka, one process on uvloop and httptools: key check, strict validation
        of the same record (`model_validate_json`), one Kafka record per dossier, acks=all, idempotent, lz4.
        It does not pseudonymise, resolve units, name versions by content, write receipts, or set a bad
        record aside without its neighbours.""",
        """A closed loop hides what an open one would show when senders outrun the process. The senders and
        the broker share the cores with the gateway; the table of cores says how much each had.""",
    ),
    "landing": Words(
        "Landing: stored events",
        """The topic is filled first, with parcels as a gateway makes them of deliveries of 100 dossiers;
        then one streams worker starts on the stored province. Events per second follow from the positions
        that the worker records in the warehouse: all events after the first recorded positions, over the
        time between the first and the last record. The same worker rolls up meanwhile. *New* dossiers are
        unknown to the store; *known* ones are stored already, so that their versions are read and folded.""",
        """A Faust agent with one event per Kafka record, `take` of the same size, rows inserted into a plain
        MergeTree table through the same door to ClickHouse. It keeps no version, folds nothing, touches no
        cell, and doubles rows when it is killed.""",
        """One worker on a machine that also runs the broker and the warehouse. More workers share the
        partitions; how that scales is not measured.""",
    ),
    "latency": Words(
        "From accepted to counted",
        """The whole hub under `iochub up`, on the stored province. Deliveries of 50 dossiers of all communes
        are sent at fixed instants, answered or not, 1 000 dossiers a second. For each, the time from the
        arrival of its `202` to the `counted_at` of its receipt, both by this machine's clock.""",
        """The plain gateway and the plain agent at the same pace: from the `202` until the last row of the
        delivery is in ClickHouse. It counts nothing; whoever asks pays then (see the questions).""",
        """A hub that is catching up after an outage; the wall's own beat of two seconds on top.""",
    ),
    "queries": Words(
        "Questions about a year, by commune",
        """The API under the whole hub, on the stored province, whose figures were counted by the hub's own
        recount. One viewer asks over a kept-alive connection, one question after another, without an entity
        tag, so that every answer is computed and sent.""",
        """The same numbers by one statement over a plain table of rows (`ReplacingMergeTree` by entity,
        `FINAL`), through the same engine, without an API in between.""",
        """Many viewers at once; a cold page cache. Questions with `as_of` read every stored version of the
        figures and are slower.""",
    ),
    "recount": Words(
        "Recount of one cell",
        """Cells of 10 to 100 000 rows are added to stores of three sizes. Before each recount one row is
        added, so that every recount finds something changed, writes it and keeps the former version.
        Measured is the call that roll up makes: wait for others' recounts, count all figures of the feed,
        compare, insert. That it “grows with the cell, not with the store” is read as: in fifty times the
        store it costs at most half more.""",
        """The same counting statement, without comparing and writing, over the same rows in a table ordered
        by entity: how rows rest where there are no day cells.""",
        """Many cells in one recount share its cost: the streams ask for up to 1 000 at once.""",
    ),
    "reading": Words(
        "Reading native messages",
        """One process, no Kafka: each feed's own `read`, from the publisher's bytes to readings with
        pseudonyms, units and versions, per second of the process's own processor time. A refused message
        would end the measurement.""",
        """lxml into nested dictionaries (of a hospital dossier each inner file decoded and parsed too): no
        check, no decimal, no unit, no pseudonym. Where it parses all fifteen tables of a hospital's
        dossier, the hub opens only those that its figures need, and so is the faster there.""",
        """Attachments: the edXML messages carry none; the HTTP door and Kafka are measured by the year.""",
    ),
    "past": Words(
        "The demo province's year 2021",
        """`iochub demo replay --year 2021` against a fresh `iochub up`, all on this machine: messages are
        generated, sent over HTTP, read, acknowledged by Kafka, landed and counted. The time ends when no
        feed has anything left to count. Memory is the heaviest sum over the hub's processes.""",
        """None: no other system of the comparison reads these messages.""",
        """The sender takes its share of the same two cores.""",
    ),
}
