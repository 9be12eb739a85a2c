"""Health data is the most sensitive: what leaves the door is a short list of codes, days, sums and hashes."""

import re
from decimal import Decimal

import msgspec
import pytest
from lxml import etree
from published import OURS, all_published, door, folded, outcomes, versions

from iochub.exact.version import Current
from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.hospitals.envelope import opened_xml, table

HASH = re.compile(r"[0-9a-f]{32}")

WORDS = """
    visit checkin payment telehealth facility examination inpatient outpatient remote other hospital clinic
    station initial basic specialised admitted checked_in bedded discharged paid session opened closed unknown
    bv_lines bh_lines drugs supplies insurer line days order other_visit reason extra claims
"""
CODES = frozenset(WORDS.split())
"""Every word that may leave the door."""

HARMLESS = re.compile(
    r"|\d{5}"  # a facility or a commune
    r"|38|380|\d{3}|14797(?:@\d{4})?"  # a unit
    r"|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d\+00:00)?"  # a day, an instant
    r"|\d+(?:\.\d+)?"  # an amount
    r"|[0-9a-f-]{36}"  # an organization in FHIR
)


def files() -> list[tuple[str, bytes]]:
    own = [path for path in sorted((OURS / "hospitals").iterdir()) if path.suffix != ".md"]
    return [(path.name, path.read_bytes()) for path in [*own, *all_published("hospitals")]]


def words(value: object) -> list[str]:
    if isinstance(value, dict):
        return [word for inner in value.values() for word in words(inner)]
    if isinstance(value, (list, tuple)):
        return [word for inner in value for word in words(inner)]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize(("name", "body"), files(), ids=[name for name, _ in files()])
def test_a_reading_holds_nothing_but_codes_days_amounts_and_hashes(name: str, body: bytes) -> None:
    for outcome in outcomes("hospitals", body):
        if not isinstance(outcome, Reading):
            continue
        kind, facility, *key = outcome.entity.split(":")
        assert kind in CODES
        assert HARMLESS.fullmatch(facility)
        assert all(HASH.fullmatch(part) for part in key)
        for word in words(outcome.row):
            for part in word.split(";"):
                assert part in CODES or HARMLESS.fullmatch(part) or HASH.fullmatch(part), (name, part)


def values_of_persons(body: bytes) -> set[str]:
    """Every text of a dossier or a check-in that is neither a day, an amount nor a short code."""
    found: set[str] = set()
    for record in opened_xml(body):
        content = record.content
        tables = [content.element] if hasattr(content, "element") else []
        if hasattr(content, "tables"):
            tables = [root for name, one in content.tables.items() if (root := table(one, name)) is not None]
        for root in tables:
            for element in root.iter(etree.Element):
                text = (element.text or "").strip()
                if len(text) > 5 and not re.fullmatch(r"\d{1,12}(\.\d+)?", text):
                    found.add(text)
                if element.tag in ("SO_CCCD", "DIEN_THOAI", "MA_BN", "MA_LK", "MA_THE_BHYT") and text:
                    found.add(text)
    return found


@pytest.mark.parametrize(("name", "body"), files(), ids=[name for name, _ in files()])
def test_no_text_number_or_diagnosis_of_a_file_leaves_the_door(name: str, body: bytes) -> None:
    if not name.endswith(".xml"):
        return
    texts = values_of_persons(body)
    assert len(texts) > 4, name
    for outcome in outcomes("hospitals", body):
        if isinstance(outcome, Reading):
            left = msgspec.json.encode((outcome.entity, outcome.relations, outcome.row)).decode()
        else:
            left = f"{outcome.reason} {outcome.field} {outcome.message}"
        assert not [text for text in texts if text in left], name
        assert "J02" not in left
        assert "I10" not in left


def test_names_references_and_words_of_a_bundle_stay_at_the_door() -> None:
    body = (OURS / "hospitals" / "bundle.json").read_bytes()
    for outcome in outcomes("hospitals", body):
        if isinstance(outcome, Reading):
            left = msgspec.json.encode((outcome.entity, outcome.row)).decode()
            assert not re.search(r"MẪU|Mẫu|đau|LK00|urn:uuid|09000|BV-A|số 3", left)
        else:
            assert isinstance(outcome, Refusal)
            assert "Mẫu" not in f"{outcome.reason} {outcome.field} {outcome.message} {outcome.envelope!r}"


def test_what_a_dead_letter_keeps_of_a_bundle_names_nobody() -> None:
    feed = FEEDS["hospitals"]
    body = (OURS / "hospitals" / "bundle.json").read_bytes()
    (refused,) = [o for o in feed.read(body, "", door()) if isinstance(o, Refusal)]
    assert msgspec.json.decode(refused.envelope) == {
        "facility": "38003",
        "insured": True,
        "cost": "0",
        "insurer_paid": "0",
        "is_partial": False,
    }


def test_the_current_row_has_columns_of_its_types_and_no_person() -> None:
    columns = FEEDS["hospitals"].columns
    placed = [version for _, body in files() for version in versions("hospitals", body)]
    for current in folded("hospitals", placed).values():
        if isinstance(current, Current):
            for column, value in zip(columns, current.values, strict=True):
                if column.type == "UInt8":
                    assert value in (0, 1), column.name
                elif column.type.startswith("Decimal"):
                    assert isinstance(value, Decimal), column.name
                elif "String" in column.type:
                    assert isinstance(value, str), column.name
                    assert not HASH.fullmatch(value), column.name
