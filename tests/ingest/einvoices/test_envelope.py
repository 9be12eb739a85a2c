"""What is kept of each record of a delivery: itself, however that is written, and enough to read it again."""

import msgspec
import pytest
from published import door, ours, outcomes, reasons

from iochub.ingest.feed import Outcome, Reading, Record, Refusal
from iochub.ingest.feeds.einvoices import EInvoices

FEED = EInvoices()
MIXED = ours("einvoices", "messages_206_400_300_301.xml")
INVOICES = ours("einvoices", "five_invoices.xml")
REGISTRATION = (
    b"<TDiep><TTChung><MLTDiep>100</MLTDiep></TTChung><DLieu><TKhai><A>1</A></TKhai></DLieu></TDiep>"
)
ANSWER = (
    b"<TDiep><TTChung><PBan>2.0.0</PBan><MLTDiep>999</MLTDiep><MTDiep>TCT%d</MTDiep><MTDTChieu>"
    b"V010010910600000000000000000000000000000&amp;1</MTDTChieu></TTChung><DLieu><TBao>"
    b"<TTTNhan>%d</TTTNhan></TBao></DLieu></TDiep>"
)


def in_utf_16(body: bytes) -> bytes:
    """The same text in another encoding: its records are no pieces of the delivery's bytes."""
    return body.decode().replace("UTF-8", "UTF-16").encode("utf-16")


def with_false_starts(body: bytes) -> bytes:
    """With a comment that looks like a record, by which cutting would go wrong."""
    return body.replace(b"<DLieu>", b"<!-- <HDon> <DLieu> --><DLieu>", 1)


def inside(*messages: bytes) -> bytes:
    """Several messages in the answer of a look-up."""
    return b"<KetQuaTraCuu><DuLieu>%s</DuLieu></KetQuaTraCuu>" % b"".join(messages)


ROW = MIXED[MIXED.index(b"<DLieu><STT>1") : MIXED.index(b"<DLieu><STT>2")].strip()
UNCUT = {
    "several kinds": MIXED,
    "rows alike": MIXED.replace(ROW, ROW * 3),
    "invoices in UTF-16": in_utf_16(INVOICES),
    "invoices with a false start": with_false_starts(INVOICES),
    "several kinds in UTF-16": in_utf_16(MIXED),
    "answers": inside(*(ANSWER % (number, number) for number in range(3)), REGISTRATION),
    "messages without a body": inside(b"<TDiep><TTChung><MLTDiep>9</MLTDiep></TTChung></TDiep>" * 3),
}


MANY = 20_000


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (
            b"<TDiep>" + b"<TTChung/>" * MANY + b"<DLieu>" + b"<HDon></HDon>" * MANY + b"</DLieu></TDiep>",
            MANY,
        ),
        (b"<TDiep>" + b"<DLieu/>" * MANY + b"</TDiep>", 1),
        (
            b"<TDiep><TTChung>"
            + b"<A/>" * MANY
            + b"</TTChung><DLieu>"
            + b"<TBao/>" * MANY
            + b"</DLieu></TDiep>",
            MANY,
        ),
    ],
    ids=["heads", "empty", "fields"],
)
def test_a_message_takes_no_longer_than_its_length(body: bytes, records: int) -> None:
    """Asking the message anew for each of its records would take many minutes over these."""
    assert len(outcomes("einvoices", body)) == records


def unnumbered(outcome: Outcome) -> Outcome:
    if isinstance(outcome, Refusal):
        return Refusal(0, outcome.reason, outcome.field, outcome.message, b"", outcome.envelope)
    return msgspec.structs.replace(outcome, number=0)


@pytest.mark.parametrize("name", UNCUT)
def test_a_record_kept_alone_is_that_one_record_and_reads_as_it_did(name: str) -> None:
    delivery = UNCUT[name]
    read = outcomes("einvoices", delivery)
    assert len(read) > 2
    for found in FEED.split(delivery, ""):
        envelope = FEED.envelope_of(found) if isinstance(found, Record) else found.envelope
        alone = outcomes("einvoices", found.raw, envelope=envelope)
        assert [unnumbered(one) for one in alone] == [unnumbered(read[found.number])]


@pytest.mark.parametrize("name", UNCUT)
def test_a_thousand_bad_records_do_not_keep_their_delivery_a_thousand_times(name: str) -> None:
    kept = [found.raw for found in FEED.split(UNCUT[name], "")]
    assert sum(map(len, kept)) < 2 * len(UNCUT[name])


def test_what_can_be_cut_out_is_kept_byte_by_byte() -> None:
    assert all(found.raw in INVOICES for found in FEED.split(INVOICES, ""))


def test_a_delivery_of_one_record_is_kept_as_it_came() -> None:
    for body in (REGISTRATION, ANSWER % (1, 1), REGISTRATION.decode().encode("utf-16")):
        (found,) = FEED.split(body, "")
        assert found.raw == body


def test_of_a_message_around_an_answer_a_bounded_part_is_kept() -> None:
    told = b"<A>%s</A>" % (b"x" * 300) + b"<B>y</B>" * 100
    long = ANSWER.replace(b"<PBan>2.0.0</PBan>", told) % (1, 1)
    first, _ = FEED.split(inside(long, long), "")
    assert len(first.raw) < 600
    assert b"<A>" not in first.raw


def test_a_bad_answer_among_others_is_refused_for_the_same_reason_when_it_is_sent_again() -> None:
    bad = ANSWER.replace(b"<TTTNhan>%d</TTTNhan>", b"<Khac>%d</Khac>") % (1, 1)
    good, refused = FEED.read(inside(ANSWER % (2, 0), bad), "", door())
    assert isinstance(refused, Refusal)
    assert reasons("einvoices", refused.raw) == [(refused.reason, refused.field)]
    assert not isinstance(good, Refusal)


def test_a_wrong_field_of_a_table_can_be_mended_in_each_of_its_rows_and_alike_rows_stay_apart() -> None:
    """The day of the table stands above its rows, three of which are alike but for their order."""
    alike = MIXED.replace(ROW, ROW * 3)
    right, wrong = b"<NLap>2024-05-31</NLap>", b"<NLap>31/05/2024</NLap>"
    bad = [one for one in outcomes("einvoices", alike.replace(right, wrong)) if isinstance(one, Refusal)]
    assert len(bad) == 8
    mended = [
        unnumbered(read)
        for one in bad
        for read in outcomes("einvoices", one.raw.replace(wrong, right), envelope=one.envelope)
    ]
    assert mended == [unnumbered(outcomes("einvoices", alike)[one.number]) for one in bad]
    assert len({str(one.row) for one in mended if isinstance(one, Reading)}) == 8
