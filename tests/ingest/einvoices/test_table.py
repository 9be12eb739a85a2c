"""Rows of summary tables: what each says, and what the rows of one invoice come to."""

import re
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from published import door, folded, ours, outcomes, reasons, versions

from iochub.exact.version import Current
from iochub.ingest.feed import Reading, Record, Refusal
from iochub.ingest.feeds.registry import FEEDS

FEED = FEEDS["einvoices"]
NAMES = [column.name for column in FEED.columns]
SELLER = "9900010007"


def row(number: object = 1, rate: str = "10%", **changes: object) -> str:
    """One row; what is None is left out."""
    told: dict[str, object] = {
        "KHMSHDon": 1,
        "KHHDon": "K24TSC",
        "SHDon": number,
        "NLap": "2024-05-06",
        "TTCThue": 100,
        "TSuat": rate,
        "TgTThue": 10,
        "TgTTToan": 110,
        "TThai": 0,
    } | changes
    return f"<DLieu>{''.join(f'<{k}>{v}</{k}>' for k, v in told.items() if v is not None)}</DLieu>"


def petrol(goods: str = "RON95", **changes: object) -> str:
    return row(**({"number": None, "KHMSHDon": None, "KHHDon": None, "NLap": None, "MHHoa": goods} | changes))  # type: ignore[arg-type]


def message(*rows: str, **changes: object) -> bytes:
    """One message 400 with one table of these rows."""
    told: dict[str, object] = {
        "SBTHDLieu": 1,
        "LKDLieu": "T",
        "KDLieu": "05/2024",
        "LDau": 1,
        "BSLThu": None,
        "NLap": "2024-05-31",
        "MST": SELLER,
        "LHHoa": 9,
        "DVTTe": "VND",
    } | changes
    general = "".join(f"<{k}>{v}</{k}>" for k, v in told.items() if v is not None)
    listed = f"<NDBTHDLieu><DSDLieu>{''.join(rows)}</DSDLieu></NDBTHDLieu>"
    table = f"<DLBTHop><TTChung>{general}</TTChung>{listed}</DLBTHop>"
    head = "<TTChung><MLTDiep>400</MLTDiep><MTDiep>V0100109106</MTDiep></TTChung>"
    return f"<TDiep>{head}<DLieu><BTHDLieu>{table}</BTHDLieu></DLieu></TDiep>".encode()


def one_row(*deliveries: bytes) -> dict[str, Any] | None:
    """The current row of the one invoice that they are about."""
    (current,) = folded("einvoices", versions("einvoices", *deliveries)).values()
    if current is None:
        return None
    assert isinstance(current, Current)
    return dict(zip(NAMES, current.values, strict=True)) | {"days": dict(current.days)}


def money(row: dict[str, Any] | None) -> tuple[Decimal, ...]:
    assert row is not None
    return tuple(row[name] for name in ("net", "vat", "total"))


def standing(*deliveries: bytes) -> dict[str, tuple[object, ...]]:
    placed = versions("einvoices", *deliveries)
    found = folded("einvoices", placed)
    return {entity: current.values for entity, current in found.items() if isinstance(current, Current)}


def test_our_messages_add_up_as_worked_out_by_hand() -> None:
    """Table 1 of 05/2024 and its supplement, petrol, a cash register, a notice and its answer.

    Invoice 1 has 100 000 at 8 % and, as the supplement mends, 210 000 at 10 %: 310 000, tax 29 000.
    Invoice 2 is replaced by 3: 250 000. Invoice 4 adjusts by −10 000. Invoice 5 is cancelled by the
    supplement, 6 by the notice 300 that the answer 301 accepted. Petrol of 6 May: 5 000 000 and
    3 000 000. The cash register of a household: 50 000.
    """
    found = standing(ours("einvoices", "messages_206_400_300_301.xml"))
    net = NAMES.index("net")
    own = f"{SELLER}:"
    theirs = {entity.removeprefix(own): row for entity, row in found.items() if own in entity}
    enterprise = {name: row[net] for name, row in theirs.items()}
    assert enterprise == {
        "1:K24TSC:1": 310_000,
        "1:K24TSC:3": 250_000,
        "1:K24TSC:4": -10_000,
        "table:06/05/2024:RON95": 5_000_000,
        "table:06/05/2024:DO": 3_000_000,
    }
    (household,) = [values for entity, values in found.items() if SELLER not in entity]
    assert (household[net], household[NAMES.index("household")]) == (50_000, 1)
    assert found[f"{SELLER}:1:K24TSC:1"][NAMES.index("vat")] == 29_000
    flagged = NAMES.index("flagged")
    assert [entity[-1] for entity, values in found.items() if values[flagged]] == ["3"], (
        "a notice explains it"
    )
    nameless = NAMES.index("nameless")
    assert sum(int(str(values[nameless])) for values in found.values()) == 2


def test_two_rates_of_one_invoice_add_up_and_the_same_table_again_changes_nothing() -> None:
    once = message(row(rate="8%"), row(rate="10%"), row(rate="10%"))
    assert money(one_row(once)) == (300, 30, 330)
    assert one_row(once, once) == one_row(once)


def test_a_row_that_mends_stands_in_the_place_of_its_line_alone() -> None:
    first = message(row(rate="8%"), row(rate="10%"))
    mended = message(row(rate="10%", TTCThue=500, TThai=5), LDau=0, BSLThu=1, NLap="2024-06-05")
    assert money(one_row(first, mended))[0] == 600


def test_a_supplement_that_arrives_before_its_table_is_still_the_later_one() -> None:
    first = message(row())
    second = message(row(TTCThue=500, TThai=5), LDau=0, BSLThu=1)
    third = message(row(TTCThue=700, TThai=5), LDau=0, BSLThu=2)
    for order in permutations((first, second, third)):
        assert money(one_row(*order))[0] == 700


def test_a_row_that_cancels_does_away_with_the_invoice_and_one_that_explains_changes_nothing() -> None:
    first = message(row(rate="8%"), row(rate="10%"))
    empty = {"TTCThue": None, "TSuat": None, "TgTThue": None, "TgTTToan": None}
    later = {"LDau": 0, "BSLThu": 1}
    assert one_row(first, message(row(**empty, TThai=1), **later)) is None  # type: ignore[arg-type]
    assert one_row(first, message(row(**empty, TThai=4), **later)) == one_row(first)  # type: ignore[arg-type]
    assert one_row(message(row(TThai=4))) is None


def test_an_invoice_that_came_by_itself_too_counts_once_by_its_own_body() -> None:
    """Our first invoice: 1 000 000 in its body, whatever a table says."""
    body = ours("einvoices", "five_invoices.xml")
    told = message(row(KHHDon="K24TSA", TTCThue=7), row(2, KHHDon="K24TSB"))
    found = standing(body, told)
    assert found[f"{SELLER}:1:K24TSA:1"][5] == Decimal(1_000_000)
    assert found == standing(told, body)


def test_petrol_is_told_by_goods_and_period_and_an_adjustment_adds_to_the_period_it_names() -> None:
    first = message(petrol(), LHHoa=1, KDLieu="06/05/2024")
    assert money(one_row(first))[0] == 100
    adjusted = message(
        petrol(TTCThue=-30, TgTThue=-3, TgTTToan=-33, TThai=2, KDLDChinh="06/05/2024"),
        LHHoa=1,
        KDLieu="09/05/2024",
    )
    told = one_row(first, adjusted)
    assert money(told) == (70, 7, 77)
    assert told is not None
    assert str(told["days"]["issued"]) == "2024-05-06"
    assert money(one_row(first, adjusted, adjusted, first)) == (70, 7, 77)


@pytest.mark.parametrize(
    ("period", "day"),
    [
        ("06/05/2024", "2024-05-06"),
        ("05/2024", "2024-05-31"),
        ("12/2024", "2024-12-31"),
        ("02/2024", "2024-02-29"),
        ("1/2024", "2024-03-31"),
        ("4/2024", "2024-12-31"),
    ],
)
def test_what_names_a_period_alone_is_of_its_last_day(period: str, day: str) -> None:
    told = one_row(message(petrol(), LHHoa=1, KDLieu=period))
    assert told is not None
    assert str(told["days"]["issued"]) == day


def test_a_household_and_its_buyer_leave_no_number_behind() -> None:
    body = message(row(TNMua="NGƯỜI THỬ MUA", MSTNMua="038000000008"), MST="038000000009")
    (found,) = outcomes("einvoices", body)
    assert isinstance(found, Reading)
    assert found.row["household"] == 1
    assert "0380000000" not in str(found)


def test_a_withdrawal_names_a_row_of_petrol_by_seller_period_and_goods() -> None:
    (found,) = outcomes("einvoices", message(petrol(), LHHoa=1, KDLieu="06/05/2024"))
    assert isinstance(found, Reading)
    assert FEED.entity_named(f"{SELLER}:table:06/05/2024:RON95", door()) == found.entity


@pytest.mark.parametrize(
    ("rows", "table", "reason"),
    [
        ((), {}, "missing:DSDLieu"),
        ((row(TThai=None),), {}, "missing:TThai"),
        ((row(TThai=9),), {}, "unknown_code:TThai"),
        ((row(SHDon=None),), {}, "missing:SHDon"),
        ((row(KHHDon="X"),), {}, "bad_pattern:KHHDon"),
        ((row(NLap=None),), {}, "missing:NLap"),
        ((row(NLap="2024-13-01"),), {}, "impossible_date:NLap"),
        ((row(TTCThue="mười"),), {}, "bad_number:TTCThue"),
        ((row(TTCThue=None, TgTTToan=None),), {}, "missing:TgTTToan"),
        ((row(La="x"),), {}, "extra_forbidden"),
        ((row(),), {"MST": None}, "missing:MST"),
        ((row(),), {"MST": "9900010008"}, "check_digit:MST"),
        ((row(),), {"LDau": 2}, "unknown_code:LDau"),
        ((row(),), {"LDau": None}, "missing:LDau"),
        ((row(),), {"LDau": 0}, "missing:BSLThu"),
        ((row(),), {"LDau": 0, "BSLThu": "x"}, "bad_number:BSLThu"),
        ((row(),), {"NLap": "31/05/2024"}, "bad_date:NLap"),
        ((row(),), {"DVTTe": "đô la"}, "unknown_code:DVTTe"),
        ((row(),), {"DVTTe": "USD"}, "missing:TGia"),
        ((petrol(goods=""),), {"LHHoa": 1}, "missing:MHHoa"),
        ((petrol(goods="a:b"),), {"LHHoa": 1}, "bad_pattern:MHHoa"),
        ((petrol(),), {}, "missing:KHMSHDon"),
        ((petrol(),), {"LHHoa": 1, "KDLieu": None}, "missing:KDLieu"),
        ((petrol(),), {"LHHoa": 1, "KDLieu": "2024"}, "bad_date:KDLieu"),
        ((petrol(),), {"LHHoa": 1, "KDLieu": "13/2024"}, "impossible_date:KDLieu"),
        ((petrol(),), {"LHHoa": 1, "KDLieu": "00/2024"}, "impossible_date:KDLieu"),
        ((petrol(),), {"LHHoa": 1, "KDLieu": "5/2024"}, "impossible_date:KDLieu"),
    ],
)
def test_a_broken_row_is_named(rows: tuple[str, ...], table: dict[str, object], reason: str) -> None:
    assert [found for found, _ in reasons("einvoices", message(*rows, **table))] == [reason]


def test_one_broken_row_is_set_aside_alone_and_is_read_again_as_one_of_its_table() -> None:
    body = message(row(1), row(2, TThai=9), row(3))
    found = outcomes("einvoices", body)
    assert [isinstance(outcome, Reading) for outcome in found] == [True, False, True]
    refused = found[1]
    assert isinstance(refused, Refusal)
    assert refused.raw == row(2, TThai=9).encode()
    assert [o.reason for o in outcomes("einvoices", refused.raw) if isinstance(o, Refusal)] == [
        "unknown_code:TThai"
    ]
    mended = re.sub(rb"<TThai>9<", b"<TThai>0<", refused.raw)
    (read,) = outcomes("einvoices", mended, envelope=refused.envelope)
    assert isinstance(read, Reading)
    assert (read.kind, read.entity) == ("summary", f"{SELLER}:1:K24TSC:2")


def test_a_table_in_a_message_of_another_kind_is_refused_row_by_row() -> None:
    body = message(row(1), row(2)).replace(b"<MLTDiep>400<", b"<MLTDiep>203<")
    assert reasons("einvoices", body) == [("unknown_code:MLTDiep", "MLTDiep")] * 2


def test_each_row_keeps_what_it_owes_to_its_table_and_no_more() -> None:
    for record in FEED.split(message(row(1), row(2), MST=SELLER), ""):
        assert isinstance(record, Record)
        assert len(FEED.envelope_of(record)) < 200


STATES = st.sampled_from("0012345")


@given(
    told=st.lists(
        st.tuples(st.sampled_from(["8%", "10%"]), STATES, st.integers(-1000, 1000)), min_size=1, max_size=7
    )
)
def test_an_invoice_is_what_its_last_rows_say_line_by_line(told: list[tuple[str, str, int]]) -> None:
    """Against the plain account: a dictionary from rate to amount."""
    account: dict[str, int] = {}
    supplements = []
    for number, (rate, state, amount) in enumerate(told):
        money = {"TTCThue": amount, "TgTThue": 0, "TgTTToan": amount}
        one = row(rate=rate, TThai=state, **money)
        supplements.append(message(one, LDau=0, BSLThu=number + 1))
        if state == "1":
            account.clear()
        elif state != "4":
            account[rate] = amount
    found = one_row(*supplements)
    assert (found is None) == (not account)
    if found is not None:
        assert found["net"] == sum(account.values())
    assert one_row(*reversed(supplements)) == found
