"""Attachments are hashed as they are and dropped, however long, and nobody's word on their type is taken."""

import base64
import hashlib
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import letter
from published import door, only_reading, outcomes

from iochub.ingest.documents.attachments import CUT_BYTES, Attachment, attachment_of, lightened
from iochub.ingest.documents.opening import LARGEST_ENVELOPE, LARGEST_MESSAGE
from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

PDF = b"%PDF-1.4\n"


def attached(encoded: bytes, content_type: str = "application/pdf") -> bytes:
    body = letter(
        attached=f"<AttachmentEncoded><Attachment><ContentId>cid:1</ContentId><ContentType>{content_type}"
        "</ContentType><ContentTransferEncoded>@</ContentTransferEncoded></Attachment></AttachmentEncoded>"
    )
    return body.replace(b"@", encoded)


def kept(delivery: bytes) -> object:
    (attachment,) = only_reading("documents", delivery).row["attachments"]  # type: ignore[misc]
    return attachment


@given(content=st.binary(max_size=3 * CUT_BYTES))
@settings(max_examples=40, deadline=None)
def test_the_hash_is_that_of_the_file_whatever_its_length_and_line_breaks(content: bytes) -> None:
    expected = hashlib.sha256(content).hexdigest()
    plain, lined = base64.b64encode(content), base64.encodebytes(content)
    one, other = attachment_of(plain), attachment_of(lined)
    assert one == other
    assert (one.sha256, one.size) == (expected, len(content))
    for encoded in (plain, lined, lined.replace(b"\n", b"\r\n  ")):
        assert kept(attached(encoded)) == [expected, one.type, len(content)]


@pytest.mark.parametrize("size", [10, 5 * CUT_BYTES])
def test_a_message_whose_attachment_was_cut_out_is_the_same_message(size: int) -> None:
    whole = attached(base64.b64encode(PDF + b"x" * size))
    light = lightened(whole)
    assert (light == whole) is (size == 10)
    assert only_reading("documents", light) == only_reading("documents", whole)
    hashed = attached(
        Attachment(hashlib.sha256(PDF + b"x" * size).hexdigest(), "pdf", 9 + size).placeholder().encode()
    )
    assert only_reading("documents", hashed) == only_reading("documents", whole)


def test_a_dead_letter_keeps_the_message_and_not_its_long_attachment() -> None:
    whole = attached(base64.b64encode(PDF + b"x" * 10_000_000)).replace(b"<OrganId>H56.30<", b"<OrganId><")
    (refused,) = outcomes("documents", whole)
    assert isinstance(refused, Refusal)
    assert refused.reason == "missing:OrganId"
    assert len(refused.raw) < 2_000
    mended = refused.raw.replace(b"<OrganId><", b"<OrganId>H56.30<")
    (again,) = outcomes("documents", mended)
    assert isinstance(again, Reading)
    assert again.row["attachments"] == [
        [hashlib.sha256(PDF + b"x" * 10_000_000).hexdigest(), "pdf", 10_000_009]
    ]


@pytest.mark.parametrize(
    ("content", "content_type", "kind", "mismatched"),
    [
        (PDF, "application/pdf", "pdf", 0),
        (b"PK\x03\x04", "application/pdf", "zip", 1),
        (b"PK\x03\x04", "application/zip", "zip", 0),
        (b"PK\x03\x04", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "zip", 0),
        (b"\xd0\xcf\x11\xe0", "application/msword; name=x", "ole", 0),
        (PDF, "application/msword", "pdf", 1),
        (PDF, "application/octet-stream", "pdf", 0),
        (b"hello", "", "other", 0),
        (b"hello", "application/pdf", "other", 1),
    ],
)
def test_a_type_is_told_by_the_bytes(content: bytes, content_type: str, kind: str, mismatched: int) -> None:
    reading = only_reading("documents", attached(base64.b64encode(content), content_type))
    ((_, told, _),) = reading.row["attachments"]  # type: ignore[misc]
    assert (told, reading.row["mismatched"]) == (kind, mismatched)


@pytest.mark.parametrize("content_type", ["application/pdf", "", "application/octet-stream"])
@pytest.mark.parametrize("encoded", [b"***", b"QUJ", b"=====", b"sha256:zz:pdf:1", b"sha256:"])
def test_what_is_no_base64_is_kept_as_a_mismatch_and_counts(encoded: bytes, content_type: str) -> None:
    reading = only_reading("documents", attached(encoded, content_type))
    assert reading.row["attachments"] == [[hashlib.sha256(encoded).hexdigest(), "unreadable", len(encoded)]]
    assert reading.row["mismatched"] == 1


def test_forty_megabytes_pass_in_bounded_memory_and_what_is_longer_is_refused_by_name() -> None:
    body = attached(base64.b64encode(b"%PDF" + bytes(40_000_000)))
    tracemalloc.start()
    try:
        (found,) = FEEDS["documents"].read(body, "", door())
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(found, Reading)
    assert peak < 4 * len(body)
    for longer in (
        attached(b"A" * LARGEST_MESSAGE),
        letter(extra=f"<Subject>{'x' * LARGEST_ENVELOPE}</Subject>"),
    ):
        (refused,) = FEEDS["documents"].read(longer, "", door())
        assert isinstance(refused, Refusal)
        assert refused.reason == "too_long:edXML"


@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_any_bytes_are_lightened_without_losing_what_stands_outside(data: st.DataObject) -> None:
    pieces = st.sampled_from(
        [b"<", b">", b"ContentTransferEncoded", b"</ContentTransferEncoded>", b"A" * (CUT_BYTES + 1), b"x"]
    )
    body = b"".join(data.draw(st.lists(pieces, max_size=12)))
    light = lightened(body)
    assert light.replace(b"A", b"").count(b"<") == body.count(b"<")
    assert len(light) <= len(body) + 200
