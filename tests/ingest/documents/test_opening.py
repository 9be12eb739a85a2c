"""Broken files are read where it is certain what was meant, and refused by name everywhere else."""

import io
import random
import re
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import edxml, letter, organ, replacement, revocation, status
from published import all_published, only_reading, ours, outcomes, reasons

from iochub.ingest.feed import Reading, Refusal

some = settings(max_examples=150, deadline=None)


def xml_samples() -> list[bytes]:
    found = [path.read_bytes() for path in all_published("documents")]
    named = ("new_document", "status_finished", "axis_update", "axis_status", "soap_status")
    own = [ours("documents", f"{name}.edxml") for name in named]
    return [*own, letter(), status("06"), revocation(), replacement("A2", ["A1"]), *found]


def check(delivery: bytes) -> None:
    found = outcomes("documents", delivery)
    assert [outcome.number for outcome in found] == list(range(len(found)))
    assert len(found) == 1
    assert isinstance(found[0], Reading | Refusal)


@pytest.mark.parametrize("junk", [b"1212", b"  \n", b"\xef\xbb\xbf", b"abc\r\n", b"\xef\xbb\xbfOK "])
def test_stray_bytes_before_the_prolog_or_the_root_are_stripped(junk: bytes) -> None:
    plain = letter()
    bare = plain.partition(b"?>")[2]
    reading = only_reading("documents", plain)
    for body in (junk + plain, junk + bare):
        again = only_reading("documents", body)
        assert (again.entity, again.row, again.version_id) == (
            reading.entity,
            reading.row,
            reading.version_id,
        )


def test_stray_bytes_without_end_are_no_message() -> None:
    assert reasons("documents", b"x" * 300 + letter()) == [("unreadable_delivery", "xml")]


def test_prefixes_that_nobody_declared_are_declared() -> None:
    plain = letter(("H56.30", "G22"), due="2021/03/10", signed=True)
    reading = only_reading("documents", plain)
    text = plain.decode()
    undeclared = re.sub(r"<(/?)(From|To|OrganId|DocumentId|Timestamp)\b", r"<\1edXML:\2", text)
    linked = undeclared.replace("<MessageHeader>", '<MessageHeader xlink:type="simple" xlink:href="cid:1">')
    half = undeclared.replace("<edXML ", '<edXML xmlns:xlink="http://www.w3.org/1999/xlink" ')
    inner = undeclared.replace("<edXML:From>", '<edXML:From xmlns:edXML="urn:inner">', 1)
    for body in (undeclared, linked, half, inner, linked.partition("?>")[2], "9" + linked):
        again = only_reading("documents", body.encode())
        assert (again.entity, again.row) == (reading.entity, reading.row)


def in_soap(message: bytes) -> bytes:
    header = re.search(r"<MessageHeader>.*</TraceHeaderList>", message.decode(), re.DOTALL)
    assert header
    return (
        '<SOAP-ENV:Envelope xmlns:SOAP-ENV="http://schemas.xmlsoap.org/soap/envelope/"><SOAP-ENV:Header>'
        f"{header[0]}</SOAP-ENV:Header><SOAP-ENV:Body><Manifest/></SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()


def test_an_older_edition_in_a_soap_envelope_is_read() -> None:
    assert only_reading("documents", in_soap(letter())).row == only_reading("documents", letter()).row


def in_the_spelling_of_an_axis(message: bytes) -> bytes:
    """A small root, the word spelt rightly, the day first."""
    text = message.decode().replace("Bussiness", "Business").replace("edXML ", "edxml ")
    text = text.replace("</edXML>", "</edxml>").replace("</OrganName>", "</OrganName><OrganInCharge/>")
    return re.sub(r">(\d{4})/(\d{2})/(\d{2})(?=[ <])", r">\3/\2/\1", text).encode()


@some
@given(
    sent=st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2026-10-01")),
    due=st.dates(date(2020, 1, 1), date(2026, 10, 1)),
    business=st.sampled_from(
        [
            "",
            "<BussinessDocType>0</BussinessDocType><BussinessDocReason>Mới</BussinessDocReason>",
            "<BussinessDocType>1</BussinessDocType>",
            "<DocumentId>A0</DocumentId><BussinessDocType>2</BussinessDocType><BussinessDocumentInfo>"
            "<ReceiverList><Receiver><OrganId>H56.31</OrganId></Receiver></ReceiverList>"
            "</BussinessDocumentInfo>",
            "<BussinessDocType>3</BussinessDocType><ReplacementInfoList><ReplacementInfo>"
            "<DocumentId>A0</DocumentId></ReplacementInfo></ReplacementInfoList>",
        ]
    ),
)
def test_the_spelling_of_an_axis_changes_nothing(sent: datetime, due: date, business: str) -> None:
    day, time = f"{due:%Y/%m/%d}", f"{sent:%Y/%m/%d %H:%M:%S}"
    body = letter(("H56.30", "G22"), sent=time, due=day, business=business, name="A1")
    one = only_reading("documents", body)
    other = only_reading("documents", in_the_spelling_of_an_axis(body))
    assert (one.kind, one.entity, one.relations, one.revision_ms) == (
        other.kind,
        other.entity,
        other.relations,
        other.revision_ms,
    )
    assert one.row == other.row


def test_an_update_as_an_axis_writes_it() -> None:
    reading = only_reading("documents", ours("documents", "axis_update.edxml"))
    assert (reading.kind, reading.entity) == ("update", "H56.05|000.00.05.H56,2021/03/03,46/STTTT-CNTT")
    assert reading.row["days"] == [("exchanged", "2021-03-05")]  # 05/03/2021 is the fifth of March
    assert reading.revision_ms == 1_614_911_400_000  # 2021-03-05T02:30:00Z
    assert reading.row["to"] == ["H56.30", "H56.31"]
    assert (reading.row["flagged"], reading.row["traced"]) == (0, 1)


@pytest.mark.parametrize(
    ("file", "receiver", "code", "at"),
    [
        ("axis_status.edxml", "H56.31", "06", "2021-03-08T03:00:00+00:00"),
        ("soap_status.edxml", "H56.30", "03", "2021-03-05T07:05:00+00:00"),
    ],
)
def test_a_status_whose_header_is_called_status(file: str, receiver: str, code: str, at: str) -> None:
    reading = only_reading("documents", ours("documents", file))
    assert (reading.kind, reading.entity) == ("status", "H56.05|000.00.05.H56,2021/03/03,46/STTTT-CNTT")
    assert (reading.row["from"], reading.row["status"], reading.row["at"]) == (receiver, code, at)


@pytest.mark.parametrize(
    "mark",
    [
        "<Subject>(Mật) Kế hoạch</Subject>",
        "<DoMat>A</DoMat>",
        "<OtherInfo><Priority>Mật</Priority></OtherInfo>",
    ],
)
def test_a_secrecy_mark_is_refused_in_a_soap_envelope_too(mark: str) -> None:
    assert [reason for reason, _ in reasons("documents", in_soap(letter(extra=mark)))] == ["secret"]


def stored(message: bytes) -> bytes:
    """A ZIP that packs nothing: the prolog stands in it as it is, behind a few bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("a.edxml", message)
    return file.getvalue()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (letter()[:-20], ("unreadable_delivery", "xml")),
        (stored(letter()), ("unreadable_delivery", "packed")),
        (letter().replace(b"UTF-8", b"KOI-99"), ("unreadable_delivery", "encoding")),
        (letter().replace(b"A1", b"\xff\xfe"), ("unreadable_delivery", "encoding")),
        (b'<!DOCTYPE a [<!ENTITY a "b">]>' + letter().partition(b"?>")[2], ("unreadable_delivery", "dtd")),
        (b"<edXML>" + b"<a>" * 70 + b"</a>" * 70 + b"</edXML>", ("unreadable_delivery", "depth")),
        (letter().replace(b"<OrganId>H56.05<", b"<OrganId>&a;<"), ("unreadable_delivery", "xml")),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_why(body: bytes, reason: tuple[str, str]) -> None:
    assert reasons("documents", body) == [reason]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (organ("From", "H56.05"), "", "missing:OrganId"),
        (organ("From", "H56.05"), organ("From", "H56.05") * 2, "repeated:From"),
        (organ("To", "H56.30"), "", "missing:To"),
        ("<DocumentId>A1</DocumentId>", "", "missing:DocumentId"),
        ("<DocumentId>A1", "<DocumentId>A&#9;1", "bad_pattern:DocumentId"),
        ("<DocumentId>A1", "<DocumentId><b/>", "not_text:DocumentId"),
        ("<DocumentId>A1</DocumentId>", "<DocumentId>A1</DocumentId>" * 2, "repeated:DocumentId"),
        ("</TraceHeaderList>", "<Bussiness/><Bussiness/></TraceHeaderList>", "repeated:Bussiness"),
        (organ("To", "H56.30"), organ("To", "H56.30") * 5001, "too_long:To"),
        (
            "</edXML>",
            f"<AttachmentEncoded>{'<Attachment/>' * 501}</AttachmentEncoded></edXML>",
            "too_long:AttachmentEncoded",
        ),
    ],
)
def test_what_a_document_must_say_is_asked_for_by_name(old: str, new: str, reason: str) -> None:
    body = letter().decode()
    assert old in body
    assert [found for found, _ in reasons("documents", body.replace(old, new, 1).encode())] == [reason]


def test_a_document_that_replaces_only_itself_replaces_nothing() -> None:
    itself, another = replacement("A1", ["A1"]), replacement("A1", ["A1", "A0"])
    assert reasons("documents", itself) == [("missing:ReplacementInfo", "ReplacementInfo")]
    assert only_reading("documents", another).relations == (("replaces", "H56.05|A0"),)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (status("07"), "unknown_code:StatusCode"),
        (status(""), "missing:StatusCode"),
        (status("06", ""), "missing:Timestamp"),
        (status("06", "0001/01/01 00:00:00"), "impossible_date:Timestamp"),
        (status("06", receiver="null"), "missing:OrganId"),
        (status("06", sender=""), "missing:OrganId"),
        (status("06", name=""), "missing:DocumentId"),
        (edxml(f"{organ('From', 'H56.30')}<StatusCode>06</StatusCode>"), "missing:ResponseFor"),
    ],
)
def test_what_a_status_must_say_is_asked_for_by_name(body: bytes, reason: str) -> None:
    assert [found for found, _ in reasons("documents", body)] == [reason]


@pytest.mark.parametrize(
    "body",
    [
        b"<a" + b" " * 1_500_000,
        b"<a:b>" + b" x:y" * 400_000,
        b"<" * 1_500_000,
        letter(extra=f"<Subject>{'(' * 700_000}mật</Subject>"),
        letter(extra=f"<Subject>độ{' ' * 1_500_000}mật</Subject>"),
        letter(extra="<Attachment/>" * 100_000),
    ],
    ids=["spaces", "prefixes", "brackets", "parentheses", "gap", "attachments"],
)
def test_nothing_takes_longer_than_its_length(body: bytes) -> None:
    """A pattern that looks again from every letter would take hours over these."""
    check(body)


@some
@given(data=st.data())
def test_any_truncation_of_any_sample_is_one_outcome(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(xml_samples()))
    check(body[: data.draw(st.integers(1, len(body)))])
    check(body[data.draw(st.integers(0, len(body) - 1)) :])


@some
@given(seed=st.integers(0, 2**32))
def test_any_elements_swapped_are_one_outcome(seed: int) -> None:
    """The seed is hypothesis's own example, which it prints."""
    chance = random.Random(seed)
    parts = chance.choice(xml_samples()).split(b">")
    for _ in range(chance.randint(1, 4)):
        one, other = chance.randrange(len(parts)), chance.randrange(len(parts))
        parts[one], parts[other] = parts[other], parts[one]
    check(b">".join(parts))


@some
@given(data=st.data())
def test_any_text_in_any_field_is_one_outcome_without_it_in_its_words(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(xml_samples()))
    texts = list(re.finditer(rb">([^<>]+)<", body))
    place = data.draw(st.sampled_from(texts))
    word = data.draw(st.sampled_from(["NGUYỄN VĂN MẪU", "-1", "0001/01/01", "9" * 400, "", "]]", "null"]))
    changed = body[: place.start(1)] + word.encode() + body[place.end(1) :]
    check(changed)
    for outcome in outcomes("documents", changed):
        if isinstance(outcome, Refusal):
            assert "NGUYỄN" not in f"{outcome.reason}{outcome.field}{outcome.message}"
        else:
            assert "NGUYỄN" not in str(outcome.row)
