"""How days, instants and amounts are read, in every way that publishers write them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iochub.ingest import reading

CODES = {"bad_date", "impossible_date", "bad_number"}


def test_the_five_ways_of_writing_a_time() -> None:
    noon = datetime(2026, 8, 5, 5, 0, tzinfo=UTC)
    assert reading.compact("20260805120000") == reading.compact("202608051200") == noon
    assert reading.compact("20260805") == datetime(2026, 8, 4, 17, 0, tzinfo=UTC)
    assert reading.iso_day("2026-08-05") == reading.iso_day("2026-08-05T00:00:00") == date(2026, 8, 5)
    assert reading.portal_instant("2026-08-05T05:00:00.000Z") == noon
    assert reading.spaced("2026-08-05 12:00:00") == reading.spaced("2026/08/05 12:00:00") == noon


@pytest.mark.parametrize("zone", ["", "Z", "+00:00", "+07:00", "-05:30"])
@pytest.mark.parametrize("parts", ["", ".9", ".1234567", ".123456789"])
def test_an_instant_of_a_program_is_read_to_the_second_where_its_zone_says(zone: str, parts: str) -> None:
    hours = {"": 7.0, "Z": 0.0, "+00:00": 0.0, "+07:00": 7.0, "-05:30": -5.5}[zone]
    greenwich = datetime(2026, 8, 5, 12, 30, 59, tzinfo=UTC) - timedelta(hours=hours)
    text = f"2026-08-05T12:30:59{parts}{zone}"
    assert reading.is_iso(text)
    assert reading.iso_instant(text) == greenwich
    assert reading.iso_instant(text).tzinfo is UTC


def test_seventeen_o_clock_in_greenwich_is_tomorrow_in_the_province() -> None:
    assert reading.local_day(reading.portal_instant("2025-09-20T17:00:00Z")) == date(2025, 9, 21)
    assert reading.local_day(reading.portal_instant("2025-09-20T16:59:59Z")) == date(2025, 9, 20)


@given(st.datetimes(timezones=st.just(UTC)))
@example(datetime.max.replace(tzinfo=UTC))
def test_whatever_is_read_as_an_instant_has_a_day_in_the_province(instant: datetime) -> None:
    """In Greenwich the last day that there is ends seven hours later than here."""
    text = f"{instant.date()}T{instant:%H:%M:%S}Z"
    if text >= "9999-12-31T17":
        with pytest.raises(ValueError, match="impossible_date"):
            reading.portal_instant(text)
    else:
        assert reading.local_day(reading.portal_instant(text)) >= instant.date()


@given(st.datetimes(timezones=st.just(reading.LOCAL)).filter(lambda civil: 1000 < civil.year < 9999))
def test_an_instant_and_its_day_are_read_together_as_they_are_apart(civil: datetime) -> None:
    instant, day = reading.compact_on(f"{civil:%Y%m%d%H%M%S}")
    assert instant == civil.replace(microsecond=0)
    assert instant.tzinfo is UTC
    assert day == civil.date() == reading.local_day(instant) == instant.astimezone(reading.LOCAL).date()


@pytest.mark.parametrize(
    ("read", "text", "code"),
    [
        (reading.iso_day, "2014-02-30", "impossible_date"),
        (reading.compact, "20140230000000", "impossible_date"),
        (reading.compact, "20260805250000", "impossible_date"),
        (reading.compact, "00010101000000", "impossible_date"),
        (reading.spaced, "2014/02/30 10:00:00", "impossible_date"),
        (reading.spaced, "2014/02-03", "bad_date"),
        (reading.portal_instant, "2025-09-20T17:00:00+00:00", "bad_date"),
        (reading.portal_instant, "9999-12-31T17:00:00Z", "impossible_date"),
        (reading.iso_instant, "9999-12-31T23:59:59-01:00", "impossible_date"),
        (reading.iso_instant, "9999-12-31T17:00:00Z", "impossible_date"),
        (reading.iso_instant, "2026-08-05", "bad_date"),
        (reading.iso_day, "05/08/2026", "bad_date"),
        (reading.compact, "٢٠٢٦٠٨٠٥", "bad_date"),
    ],
)
def test_what_is_no_date_says_so(read: Callable[[str], object], text: str, code: str) -> None:
    with pytest.raises(ValueError, match=f"^{code}$"):
        read(text)


def test_a_record_is_about_this_century_and_not_about_2099() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert reading.business_day(date(2000, 1, 1), now) == date(2000, 1, 1)
    assert reading.business_day(date(2027, 11, 25), now) == date(2027, 11, 25)
    for day in (date(1, 1, 1), date(1999, 12, 31), date(2027, 11, 26), date(2099, 1, 1)):
        with pytest.raises(ValueError, match="impossible_date"):
            reading.business_day(day, now)


def test_amounts_keep_every_digit_they_may_have() -> None:
    assert reading.decimal("123456789012345.123456") == Decimal("123456789012345.123456")
    assert reading.decimal("84000.0000000") == Decimal(84000)
    assert reading.decimal("-0.000001") == Decimal("-0.000001")
    for text in ("0.0000001", "1234567890123456", "1,5", "1.200.000", "", "NaN", "Infinity", "1e99", "0x1"):
        with pytest.raises(ValueError, match="bad_number"):
            reading.decimal(text)


def test_the_portal_s_numbers_are_rounded_where_doubles_are_noise() -> None:
    assert reading.portal_decimal(Decimal("1.1000000000000001")) == Decimal("1.1")
    assert reading.portal_decimal({"source": "2.572777E7", "parsedValue": 25727770}) == Decimal(25727770)
    assert reading.portal_decimal(31579167) == Decimal(31579167)
    for value in (True, [1], {}, None, 10**4000, Decimal("1E+999999")):
        with pytest.raises(ValueError, match="bad_number"):
            reading.portal_decimal(value)


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=6))
def test_an_amount_survives_being_written_and_read(amount: Decimal) -> None:
    written = reading.plain(amount)
    assert "E" not in written
    assert reading.decimal(written) == amount


@given(st.text(max_size=24) | st.text("0123456789-/: TZ.eE+", max_size=24))
def test_reading_raises_only_value_errors_with_a_code(text: str) -> None:
    readers: list[Callable[[str], object]] = [
        reading.compact,
        reading.iso_day,
        reading.portal_instant,
        reading.spaced,
        reading.iso_instant,
        reading.decimal,
        reading.portal_decimal,
    ]
    assert {code for read in readers if (code := said(read, text))} <= CODES


def said(read: Callable[[str], object], text: str) -> str:
    try:
        read(text)
    except ValueError as broken:
        return str(broken)
    return ""
