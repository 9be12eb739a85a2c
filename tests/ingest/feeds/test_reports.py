"""What each of our report files says, read by hand from the file itself, and what is refused."""

import io
import json
import unicodedata
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from published import door, folded, only_reading, ours, outcomes, reasons, versions

from iochub.errors import RecordRejected
from iochub.exact.version import Current
from iochub.ingest.feed import Reading, Refusal
from iochub.ingest.feeds.registry import FEEDS
from iochub.ingest.reports.catalogue import REPORTED

FEED = FEEDS["reports"]


def report(**changes: object) -> bytes:
    told = {"indicator": "paperless_rooms", "unit": "38", "period": "2021", "value": 18}
    return json.dumps(told | changes).encode()


def readings(name: str) -> list[Reading]:
    return [found for found in outcomes("reports", ours("reports", name)) if isinstance(found, Reading)]


def refusals(name: str) -> list[Refusal]:
    return [found for found in outcomes("reports", ours("reports", name)) if isinstance(found, Refusal)]


def values(name: str) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            str(row["indicator"]),
            str(row["unit"]),
            str(row["period"]),
            str(row["days"][0][1]),
            str(row["value"]),
        )  # type: ignore[index]
        for row in (found.row for found in readings(name))
    ]


def test_the_json_sample() -> None:
    assert values("five_reports.json") == [
        ("paperless_rooms", "38", "2021", "2021-12-31", "18"),
        ("dti_rank", "38", "2021", "2021-12-31", "12"),
        ("covid_portal_visits", "38", "2021-07-15", "2021-07-15", "1234567"),
        ("digital_economy_share", "38", "2022-H1", "2022-06-30", "11.25"),
    ]
    first = readings("five_reports.json")[0].row
    assert first["reported_at"] == "2022-01-05T01:30:00+00:00"  # 08:30 in the province
    assert first["note"] == "Tính cả Văn phòng Tỉnh uỷ"
    assert [(o.number, o.reason) for o in refusals("five_reports.json")] == [(4, "ambiguous_number:value")]


def test_the_csv_sample() -> None:
    assert values("huyen_xa.csv") == [
        ("video_points", "399", "2021-12", "2021-12-31", "38"),
        ("video_points", "381", "2021-Q4", "2021-12-31", "8"),
        ("merit_files_digitised", "16144@2019", "2022-06", "2022-06-30", "1234"),
    ]
    assert readings("huyen_xa.csv")[0].row["note"] == "Gồm 1 điểm cầu huyện; 37 điểm cầu xã"
    assert [(o.number, o.reason) for o in refusals("huyen_xa.csv")] == [
        (3, "unknown_unit:unit"),  # two communes are called Yên Thọ
        (4, "not_a_day:period"),
    ]


def test_the_workbook_sample() -> None:
    assert values("phong_hop.xlsx") == [
        ("paperless_rooms", "380", "2021-Q4", "2021-12-31", "4"),
        ("satisfaction_share", "380", "2021-Q4", "2021-12-31", "98.29"),  # a cell that shows 98.29%
        ("paperless_rooms", "407", "2021-Q4", "2021-12-31", "2"),
        ("inspections_online_share", "407", "2021-Q4", "2021-12-31", "12.345"),
    ]
    assert not refusals("phong_hop.xlsx")


def test_one_report_is_the_same_in_every_form_and_spelling() -> None:
    told = {"indicator": "paperless_rooms", "unit": "Thị xã Bỉm Sơn", "period": "2021-Q4", "value": "3"}
    book = Workbook()
    book.worksheets[0].append(list(told))
    book.worksheets[0].append(list(told.values()))
    written = io.BytesIO()
    book.save(written)
    table = ";".join(told) + "\r\n" + ";".join(told.values()) + "\r\n"
    forms = [
        json.dumps(told).encode(),
        json.dumps([told]).encode(),
        json.dumps({"reports": [told]}, ensure_ascii=False).encode("utf-8-sig"),
        table.encode(),
        table.encode("utf-8-sig"),
        table.replace(";", ",").encode(),
        written.getvalue(),
    ]
    assert len({only_reading("reports", form).version_id for form in forms}) == 1
    apart = unicodedata.normalize("NFD", table).encode()
    assert only_reading("reports", apart).entity == only_reading("reports", forms[0]).entity
    assert only_reading("reports", apart).row == only_reading("reports", forms[0]).row


@pytest.mark.parametrize(
    ("shown_as", "period"),
    [("yyyy", "2021"), ('"Năm" yyyy', "2021"), ("mm/yyyy", "2021-01"), ("dd/mm", "2021-01-01")],
)
def test_a_date_in_a_workbook_that_shows_its_year_alone_is_that_year(shown_as: str, period: str) -> None:
    book = Workbook()
    book.worksheets[0].append(["indicator", "unit", "period", "value"])
    book.worksheets[0].append(["paperless_rooms", "38", date(2021, 1, 1), 18])
    book.worksheets[0]["C2"].number_format = shown_as
    written = io.BytesIO()
    book.save(written)
    assert only_reading("reports", written.getvalue()).row["period"] == period


@pytest.mark.parametrize(
    ("delivery", "reason"),
    [
        (b"[]", "not_a_delivery:unfilled"),
        (b'{"reports": []}', "not_a_delivery:unfilled"),
        (b'{"reports": {}}', "unreadable_delivery"),
        (b'{"reports": [], "phone": "x"}', "extra_forbidden"),
        (b'{"hello": 1}', "not_a_delivery:shape"),
        (b"[1]", "not_a_record:shape"),
        (b"indicator;unit;period\n", "missing:value"),
        (b"indicator;unit;period;value\n", "not_a_delivery:unfilled"),
        ("Chỉ tiêu;Giá".encode("utf-16"), "unreadable_delivery"),
        (b"paperless_rooms;38;2021;18", "unreadable_delivery"),
        (b"<reports/>", "unreadable_delivery"),
    ],
)
def test_what_is_no_delivery_is_refused_once(delivery: bytes, reason: str) -> None:
    assert [found for found, _ in reasons("reports", delivery)] == [reason]


def test_a_bad_line_is_mended_under_the_head_it_came_with() -> None:
    refused = refusals("huyen_xa.csv")[0]
    assert refused.envelope == b"indicator;indicator_title;unit;unit_title;period;value;measure;note"
    mended = refused.raw.decode().replace("Xã Yên Thọ", "Xã Yên Thọ, huyện Như Thanh").encode()
    (found,) = outcomes("reports", mended, envelope=refused.envelope)
    assert isinstance(found, Reading)
    assert found.row["unit"] == "16264@2019"
    two = refused.raw + b"\n" + refused.raw
    (again,) = outcomes("reports", two, envelope=refused.envelope)
    assert isinstance(again, Refusal)
    assert again.reason == "not_a_record:shape"
    own_head = b"indicator,unit,period,value\nvideo_points,38,2021,1\n"
    (found,) = outcomes("reports", own_head, envelope=refused.envelope)
    assert isinstance(found, Reading)


def test_a_later_report_replaces_an_earlier_one_whoever_sent_it() -> None:
    placed = versions("reports", report(value=17), report(value=18))
    (current,) = folded("reports", placed).values()
    assert isinstance(current, Current)
    assert (current.unit, current.days) == ("38", (("period_end", date(2021, 12, 31)),))
    named = dict(zip((column.name for column in FEED.columns), current.values, strict=True))
    assert named == {
        "indicator": "paperless_rooms",
        "period": "2021",
        "value": Decimal(18),
        "reported_at": datetime(2026, 11, 24, 3, tzinfo=UTC),
        "note": "",
        "agency": "2600",
    }
    other = [version._replace(sender="H56.07") for version in versions("reports", report(value=19))]
    last = FEED.fold([*placed, *other], [])
    assert last is not None
    assert last.values[-1] == "H56.07"


def test_periods_that_end_on_one_day_say_one_thing_so_that_rooms_are_not_counted_twice() -> None:
    spelt = ("2021", "2021-H2", "2021-Q4", "20214", "2021-12", "202112", "2021-12-31")
    placed = versions("reports", *(report(period=period) for period in spelt))
    assert len(folded("reports", placed)) == 1
    assert len(folded("reports", versions("reports", report(), report(period="2021-11")))) == 2


def test_indicators_and_units_are_things_of_their_own() -> None:
    bodies = [report(), report(unit="380"), report(indicator="video_points"), report(period="2021-Q3")]
    rows = folded("reports", versions("reports", *bodies))
    assert len(rows) == 4
    for order in permutations(bodies):
        assert folded("reports", versions("reports", *order, *order)).keys() == rows.keys()


def test_a_withdrawal_names_a_report_as_it_was_reported() -> None:
    for words in ("paperless_rooms:38:2021", "paperless_rooms : H56 : 20214"):
        assert FEED.entity_named(words, door()) == only_reading("reports", report()).entity
    for words, reason in (
        ("paperless_rooms", "bad_pattern:entity"),
        ("rooms:38:2021", "unknown_code:indicator"),
        ("paperless_rooms:38:", "missing:period"),
        ("paperless_rooms:99:2021", "unknown_unit:unit"),
    ):
        with pytest.raises(RecordRejected) as refused:
            FEED.entity_named(words, door())
        assert refused.value.reason == reason


def test_a_day_is_over_for_its_own_evening_report_and_the_province_s_midnight_decides() -> None:
    evening = datetime(2021, 7, 15, 10, 0, tzinfo=UTC)  # 17:00 in the province
    visits = report(indicator="covid_portal_visits", period="2021-07-15", value=5)
    (found,) = FEED.read(visits, "", door(received_at=evening))
    assert isinstance(found, Reading)
    (early,) = FEED.read(visits, "", door(received_at=evening - timedelta(hours=18)))
    assert isinstance(early, Refusal)
    assert early.reason == "not_over:period"
    past_midnight = datetime(2021, 7, 14, 17, 0, tzinfo=UTC)
    (found,) = FEED.read(visits, "", door(received_at=past_midnight))
    assert isinstance(found, Reading)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([one.name for one in REPORTED] + ["?"]),
            st.sampled_from(["38", "380", "Xã Nga An", "Thanh Hóa", "", "2021"]),
            st.sampled_from(["2021", "20213", "2021-07-15", "2030", "38", ""]),
            st.sampled_from(["0", "18", "1.234", "1.234,5", "98,29 %", "-1", "2021", "", "x"]),
        ),
        min_size=1,
        max_size=8,
    ),
    st.randoms(use_true_random=False),
)
def test_a_table_with_swapped_cells_is_accepted_or_refused_line_by_line(rows: list, chance) -> None:  # type: ignore[type-arg, no-untyped-def]
    swapped = [list(row) for row in rows]
    for row in swapped:
        if chance.random() < 0.5:
            chance.shuffle(row)
    filled = sum(1 for row in swapped if row[3])
    table = "\n".join(";".join(row) for row in [["indicator", "unit", "period", "value"], *swapped])
    found = outcomes("reports", table.encode())
    assert len(found) == max(filled, 1)
    for outcome in found:
        if isinstance(outcome, Reading):
            raw = table.splitlines()[1:]
            assert any(str(outcome.row["indicator"]) in line for line in raw)
            assert (
                Decimal(str(outcome.row["value"])) >= 0
                or outcome.row["indicator"] == "labour_productivity_growth"
            )
