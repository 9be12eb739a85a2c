"""What every feed must keep, whoever writes it: the suite picks new feeds up by itself."""

import pkgutil
import re
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import OURS, all_published, folded, outcomes, versions

import iochub.ingest.feeds as room
from iochub.exact.version import Version
from iochub.ingest.feed import Feed, Outcome, Reading, Record, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.reasons import SENTENCES, message_for
from iochub.warehouse.holdings import SENDER

TYPE = re.compile(
    r"(Nullable\()?(UInt8|String|Decimal\(38, 6\)|DateTime64\(3, 'UTC'\)|LowCardinality\(String\))\)?"
)
ORDERS = 120
"""As many as five files have; eight have forty thousand."""

every_feed = pytest.mark.parametrize("feed", FEEDS.values(), ids=list(FEEDS))


def deliveries(feed: Feed) -> dict[str, bytes]:
    """Our own samples, and the published ones where they are at hand."""
    paths = [path for path in (OURS / feed.name).iterdir() if path.suffix != ".md"]
    return {path.name: path.read_bytes() for path in [*sorted(paths), *all_published(feed.name)]}


def test_the_registry_names_every_file_of_the_room() -> None:
    files = {module.name for module in pkgutil.iter_modules(room.__path__)} - {"registry"}
    assert files == set(FEEDS)
    assert all(name == feed.name for name, feed in FEEDS.items())


@every_feed
def test_a_feed_cites_the_law_or_standard_behind_its_format(feed: Feed) -> None:
    module = __import__(type(feed).__module__, fromlist=["__doc__"])
    assert "Source: " in (module.__doc__ or "")
    assert feed.source


@every_feed
def test_a_feed_ships_a_sample_with_its_provenance(feed: Feed) -> None:
    folder = OURS / feed.name
    assert (folder / "PROVENANCE.md").read_text()
    read = [outcome for name, body in deliveries(feed).items() for outcome in outcomes(feed.name, body)]
    assert any(isinstance(outcome, Reading) for outcome in read)


@every_feed
def test_a_feed_speaks_both_languages(feed: Feed) -> None:
    titles = [feed.title, feed.publisher]
    titles += [named.title for named in (*feed.kinds, *feed.roles, *feed.columns)]
    assert all(title.vi and title.en for title in titles)


@every_feed
def test_columns_have_types_that_the_warehouse_knows(feed: Feed) -> None:
    assert all(TYPE.fullmatch(column.type) for column in feed.columns), feed.columns
    names = [column.name for column in feed.columns]
    assert len(names) == len(set(names))


@every_feed
def test_every_record_of_every_sample_becomes_one_numbered_outcome(feed: Feed) -> None:
    for name, body in deliveries(feed).items():
        numbers = [outcome.number for outcome in outcomes(feed.name, body)]
        assert numbers == list(range(len(numbers))), name


@every_feed
def test_every_reading_has_a_known_kind_an_entity_key_and_a_row_that_survives_json(feed: Feed) -> None:
    kinds = {kind.name for kind in feed.kinds}
    for body in deliveries(feed).values():
        for outcome in outcomes(feed.name, body):
            if isinstance(outcome, Reading):
                assert outcome.kind in kinds
                assert outcome.entity == outcome.entity.strip() != ""
                assert re.fullmatch(r"[0-9a-f]{32}", outcome.version_id)
                assert 0 <= outcome.revision_ms < 2**48
                again = msgspec.json.decode(msgspec.json.encode(outcome.row))
                assert again.keys() == outcome.row.keys()


@every_feed
def test_every_refusal_has_a_bounded_reason_in_both_languages_and_its_record(feed: Feed) -> None:
    for body in deliveries(feed).values():
        for outcome in outcomes(feed.name, body):
            if isinstance(outcome, Refusal):
                assert outcome.reason.partition(":")[0] in SENTENCES
                assert outcome.message == message_for(outcome.reason, outcome.field)
                assert outcome.message.vi != outcome.message.en
                assert outcome.raw
                assert outcome.raw in body


@every_feed
def test_a_replayed_dead_letter_is_refused_for_the_same_reason(feed: Feed) -> None:
    for body in deliveries(feed).values():
        for outcome in outcomes(feed.name, body):
            if isinstance(outcome, Refusal):
                read = outcomes(feed.name, outcome.raw, envelope=outcome.envelope)
                again = [o for o in read if isinstance(o, Refusal)]
                assert outcome.reason in [refused.reason for refused in again]
                assert {refused.envelope for refused in again} == {outcome.envelope}


@every_feed
def test_a_record_alone_in_its_kept_envelope_reads_as_in_its_delivery(feed: Feed) -> None:
    def unnumbered(outcome: Outcome) -> Outcome:
        if isinstance(outcome, Reading):
            return msgspec.structs.replace(outcome, number=0)
        return replace(outcome, number=0)

    for name, body in deliveries(feed).items():
        read = {outcome.number: outcome for outcome in outcomes(feed.name, body)}
        for record in feed.split(body, ""):
            if isinstance(record, Record):
                alone = outcomes(feed.name, record.raw, envelope=feed.envelope_of(record))
                assert unnumbered(read[record.number]) in map(unnumbered, alone), (name, record.number)


@every_feed
def test_a_record_as_it_is_shown_reads_as_the_record(feed: Feed) -> None:
    def told(outcome: Outcome) -> Outcome:
        if isinstance(outcome, Reading):
            return msgspec.structs.replace(outcome, version_id="")
        return replace(outcome, raw=b"")

    for name, body in deliveries(feed).items():
        for record in feed.split(body, ""):
            if isinstance(record, Record) and (shown := feed.legible(record.raw)) != record.raw:
                kept = feed.envelope_of(record)
                as_it_is = map(told, outcomes(feed.name, record.raw, envelope=kept))
                assert list(map(told, outcomes(feed.name, shown, envelope=kept))) == list(as_it_is), name


@every_feed
def test_the_current_row_lies_in_a_cell_that_a_version_of_it_implied(feed: Feed) -> None:
    placed = [version for body in deliveries(feed).values() for version in versions(feed.name, body)]
    for entity, current in folded(feed.name, placed).items():
        if current is not None:
            implied = [feed.implied(version) for version in placed if version.entity == entity]
            assert current.unit in {one.unit for one in implied}
            assert set(current.days) <= {day for one in implied for day in one.days}
            assert {role for role, _ in current.days} <= {role.name for role in feed.roles}
            assert len(current.values) == len(feed.columns)


@every_feed
def test_sending_twice_or_in_other_batches_changes_no_row(feed: Feed) -> None:
    own = [body for name, body in deliveries(feed).items() if (OURS / feed.name / name).exists()]
    once = folded(feed.name, versions(feed.name, *own))

    @settings(max_examples=ORDERS, deadline=None)
    @given(st.permutations(own))
    def in_any_order(order: list[bytes]) -> None:
        assert folded(feed.name, versions(feed.name, *order, *own)) == once

    in_any_order()


@every_feed
def test_only_counting_kinds_make_rows(feed: Feed) -> None:
    silent = {kind.name for kind in feed.kinds if not kind.counts}
    for body in deliveries(feed).values():
        for version in versions(feed.name, body):
            if version.kind in silent:
                assert feed.fold([version], []) is None
                assert feed.implied(version).days == ()


@every_feed
def test_one_record_is_named_alike_by_the_same_key_only(feed: Feed) -> None:
    body = next(iter(deliveries(feed).values()))
    first = [o.version_id for o in outcomes(feed.name, body) if isinstance(o, Reading)]
    assert first == [o.version_id for o in outcomes(feed.name, body) if isinstance(o, Reading)]
    assert first


@every_feed
def test_nothing_is_nobody_s_row(feed: Feed) -> None:
    nobody: list[Version] = []
    assert feed.fold(nobody, nobody) is None


@every_feed
def test_no_person_of_a_sample_is_found_in_what_leaves_the_door(feed: Feed) -> None:
    persons = re.compile(
        r"Nguyễn|NGUYỄN|NGƯỜI|Người|Cán bộ|MẪU|Mẫu|THỬ|Thử|@example|09000000\d\d|0380000000\d\d|đường"
    )
    for name, body in deliveries(feed).items():
        for outcome in outcomes(feed.name, body):
            if isinstance(outcome, Reading):
                left = msgspec.json.encode((outcome.entity, outcome.relations, outcome.row)).decode()
                assert not persons.search(left), (name, left)
            else:
                shown = f"{outcome.reason} {outcome.field} {outcome.message}"
                assert not persons.search(shown), (name, shown)


@every_feed
def test_a_sender_can_compare_its_books_with_what_the_hub_holds(feed: Feed) -> None:
    types = {column.name: column.type for column in feed.columns}
    assert SENDER in types
    assert not feed.control_total or "Decimal" in types[feed.control_total]
