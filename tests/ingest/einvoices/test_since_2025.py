"""Messages in the shapes that came with the lists of fields of 2025 and 2026."""

import pytest
from published import folded, only_reading, ours, outcomes, reasons, versions

from iochub.exact.version import Current
from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS

COLUMNS = [column.name for column in FEEDS["einvoices"].columns]
NEW = ours("einvoices", "messages_since_2025.xml").decode()
OLD = ours("einvoices", "five_invoices.xml").decode()
FIRST = OLD[OLD.index("<HDon>") : OLD.index("</HDon>") + 7]
SELLER = "9900010007"


def around(message: str) -> str:
    """The whole message that holds these words."""
    start = NEW.rindex("<TDiep>", 0, NEW.index(message) + 1)
    return NEW[start : NEW.index("</TDiep>", start) + 8]


def related(inner: str) -> bytes:
    """Our first invoice with what it says of another one."""
    return FIRST.replace("</TTChung>", f"<TTHDLQuan>{inner}</TTHDLQuan></TTChung>", 1).encode()


def test_our_messages_come_to_what_was_worked_out_by_hand() -> None:
    """The third invoice replaces the first two; the fourth has an error without a new invoice."""
    rows = folded("einvoices", versions("einvoices", NEW.encode()))
    told = {
        entity.partition(":")[2]: (row.values[COLUMNS.index("net")], row.values[COLUMNS.index("flagged")])
        for entity, row in rows.items()
        if isinstance(row, Current)
    }
    assert told == {"1:K26TSA:3": (353000, 0), "1:K26TSA:4": (70000, 1), "1:K26MSA:5": (90000, 0)}
    assert {entity for entity, row in rows.items() if row is None} == {
        f"{SELLER}:1:K26TSA:1",
        f"{SELLER}:1:K26TSA:2",
    }
    assert not [found for found in outcomes("einvoices", NEW.encode()) if isinstance(found, Refusal)]


def test_a_relation_of_which_nothing_is_filled_is_none() -> None:
    row = only_reading("einvoices", related("<TCHDon/><LHDCLQuan/><SHDCLQuan> </SHDCLQuan><GChu/>"))
    assert (row.relations, row.row["adjustment"]) == ((), 0)
    half = related("<TCHDon/><SHDCLQuan>1</SHDCLQuan>")
    assert reasons("einvoices", half) == [("unknown_code:TCHDon", "TCHDon")]


def test_an_invoice_about_many_is_about_each_one_that_its_list_names() -> None:
    message = around("<MLTDiep>210").encode()
    targets = (("replaces", f"{SELLER}:1:K26TSA:1"), ("replaces", f"{SELLER}:1:K26TSA:2"))
    assert only_reading("einvoices", message).relations == targets
    adjusts = only_reading("einvoices", message.replace(b"<TCHDon>3", b"<TCHDon>4"))
    assert adjusts.relations == tuple(("adjusts", target) for _, target in targets)
    assert adjusts.row["adjustment"] == 1


def test_a_list_that_names_other_invoices_is_another_version() -> None:
    message = around("<MLTDiep>210").encode()
    changed = message.replace(b"<SHDon>2</SHDon><ThTGoc>", b"<SHDon>4</SHDon><ThTGoc>")
    assert only_reading("einvoices", message).version_id != only_reading("einvoices", changed).version_id


def test_a_replacement_of_many_without_its_list_needs_a_look() -> None:
    alone = only_reading("einvoices", related("<TCHDon>3</TCHDon><SBKCLQuan>BK01</SBKCLQuan>"))
    assert (alone.relations, alone.row["flagged"]) == ((), 1)
    adjusts = only_reading("einvoices", related("<TCHDon>4</TCHDon><SBKCLQuan>BK01</SBKCLQuan>"))
    assert (adjusts.row["adjustment"], adjusts.row["flagged"]) == (1, 0)


def test_a_list_without_end_is_refused() -> None:
    message = around("<MLTDiep>210")
    start = message.index("<HHDVu><TTTDChinh>")
    end = message.index("</DSHHDVu></NDBKe>")
    row = (
        "<HHDVu><TTTDChinh><KHMSHDon>1</KHMSHDon><KHHDon>K26TSA</KHHDon><SHDon>%d</SHDon></TTTDChinh></HHDVu>"
    )
    long = message[:start] + "".join(row % number for number in range(1001)) + message[end:]
    assert reasons("einvoices", long.encode()) == [("too_long:BKe", "BKe")]


def test_the_invoice_of_another_seller_is_found_under_that_seller() -> None:
    told = "<TCHDon>1</TCHDon><MSTCLQuan>%s</MSTCLQuan><KHMSHDCLQuan>1</KHMSHDCLQuan>"
    told += "<KHHDCLQuan>K24TSA</KHHDCLQuan><SHDCLQuan>7</SHDCLQuan>"
    other = only_reading("einvoices", related(told % "0100109106"))
    assert other.relations == (("replaces", "0100109106:1:K24TSA:7"),)
    person = only_reading("einvoices", related(told % "038000000009"))
    assert "038000000009" not in str(person.relations)
    assert reasons("einvoices", related(told % "12"))[0][0] == "bad_pattern:MSTCLQuan"


def test_a_related_series_written_with_its_template_is_that_series() -> None:
    told = (
        "<TCHDon>1</TCHDon><KHMSHDCLQuan>1</KHMSHDCLQuan><KHHDCLQuan>%s</KHHDCLQuan><SHDCLQuan>7</SHDCLQuan>"
    )
    for series in ("K24TSA", "1K24TSA"):
        found = only_reading("einvoices", related(told % series))
        assert found.relations == (("replaces", f"{SELLER}:1:K24TSA:7"),)


@pytest.mark.parametrize("kind", [207, 208, 209, 210, 216])
def test_the_newer_messages_carry_invoices(kind: int) -> None:
    message = around("<MLTDiep>216").replace("<MLTDiep>216", f"<MLTDiep>{kind}")
    assert only_reading("einvoices", message.encode()).kind == "invoice"


def test_a_notice_with_a_code_and_without_a_new_invoice_cancels_nothing() -> None:
    message = around("<MLTDiep>300").replace("<MCCQT/>", "<MCCQT>00AB</MCCQT>")
    (notice,) = outcomes("einvoices", message.encode())
    assert isinstance(notice, Reading)
    assert notice.row == {"message": "300", "purpose": "", "outcome": ""}
    answer = message.replace("<MLTDiep>300", "<MLTDiep>301").replace("<LDo>", "<TTTNCCQT>1</TTTNCCQT><LDo>")
    fourth = around("<SHDon>4</SHDon><NLap>").encode()
    placed = versions("einvoices", fourth, message.encode(), answer.encode())
    (row,) = folded("einvoices", placed).values()
    assert isinstance(row, Current)
    assert row.values[COLUMNS.index("flagged")] == 0


def test_invoices_listed_without_a_message_are_read_one_by_one() -> None:
    bad = FIRST.replace("<SHDon>1<", "<SHDon>x<")
    found = outcomes("einvoices", f"<DSHDon>{FIRST}{bad}<La/></DSHDon>".encode())
    assert isinstance(found[0], Reading)
    assert [one.reason for one in found[1:] if isinstance(one, Refusal)] == [
        "bad_pattern:SHDon",
        "not_a_delivery:message",
    ]
    assert [one.raw for one in found[1:2] if isinstance(one, Refusal)] == [bad.encode()]
    assert reasons("einvoices", b"<DSHDon/>")[0][0] == "not_a_delivery:shape"
