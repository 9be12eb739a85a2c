"""What is said about a document, in whatever order and however often, comes to one row."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from letters import incoming, letter, outgoing, replacement, revocation, status
from published import door, folded, versions

from iochub.exact.cells import rows_of
from iochub.exact.version import Current, Version
from iochub.ingest.documents.columns import COLUMNS
from iochub.ingest.feed import Reading
from iochub.ingest.feeds.registry import FEEDS

NAMES = [column.name for column in COLUMNS]
KEY = "H56.05|A1"

some = settings(max_examples=60, deadline=None)
organs = st.lists(st.sampled_from(["H56.30", "H56.31", "H56.30.02", "G22", "H41"]), min_size=1, max_size=5)


def row(*bodies: bytes, key: str = KEY) -> dict[str, object]:
    current = folded("documents", versions("documents", *bodies)).get(key)
    assert isinstance(current, Current)
    return dict(zip(NAMES, current.values, strict=True)) | {"unit": current.unit, **dict(current.days)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@some
@given(copies=st.lists(organs, min_size=1, max_size=4))
def test_a_document_counts_once_per_receiver_whatever_copies_name_it(copies: list[list[str]]) -> None:
    bodies = [letter(to) for to in copies]
    expected = {organ for to in copies for organ in to}
    for order in (bodies, bodies[::-1], [*bodies, *bodies]):
        assert row(*order)["exchanges"] == len(expected)


@some
@given(data=st.data())
def test_no_order_of_arrival_changes_the_row(data: st.DataObject) -> None:
    bodies = [
        letter(("H56.30", "H56.31"), due="2021/03/10", signed=True),
        letter(("H56.30.02",), due="2021/03/10", signed=True),
        outgoing(("H56.30", "H56.31", "H56.30.02")),
        incoming("H56.30", FinishedAt="2021/03/09 10:00:00"),
        status("05", "2021/03/05 09:00:00", "H56.31"),
        status("06", "2021/03/08 09:00:00", "H56.31"),
        status("02", "2021/03/07 09:00:00", "H56.30.02"),
        revocation(),
    ]
    order = data.draw(st.permutations(bodies))
    assert row(*order) == row(*bodies)
    assert row(*order)["finished_at"] == at("2021-03-09 03:00:00")


def test_what_a_ministry_sends_to_all_provinces_counts_for_the_receivers_here() -> None:
    everyone = ("H41", "H14", "H56", "H56.05", "G17")
    one = row(letter(everyone, sender="000.00.00.G22"), key="G22|A1")
    assert (one["exchanges"], one["outgoing"], one["in_province"], one["organ"]) == (2, 0, 1, "H56")
    assert one["unit"] == "38"
    for copies in permutations([letter(("H41",), sender="G22"), letter(("H56.05",), sender="G22")]):
        assert row(*copies, key="G22|A1")["exchanges"] == 1


def test_a_document_lies_in_the_unit_of_its_sender_by_the_name_that_says_it_best() -> None:
    nameless, named = letter(sender="H56.30"), letter(sender="H56.30", sender_name="UBND huyện Hà Trung")
    assert row(nameless, key="H56.30|A1")["unit"] == "38"
    for order in permutations([nameless, named]):
        assert row(*order, key="H56.30|A1")["unit"] == "392"


def test_of_receivers_here_the_first_by_code_has_it_whichever_copy_came_last() -> None:
    copies = [letter((code,), sender="G22") for code in ("H56.30", "H56.05", "H56.30.02")]
    for order in permutations(copies):
        one = row(*order, key="G22|A1")
        assert (one["organ"], one["exchanges"]) == ("H56.05", 3)
    named = [
        letter(("H56.30",), sender="G22", to_name="UBND huyện Hà Trung"),
        letter(("H56.31",), sender="G22", to_name="UBND huyện Hoằng Hóa"),
    ]
    for order in permutations(named):
        assert row(*order, key="G22|A1")["unit"] == "392"


def test_a_name_of_another_province_names_no_commune_of_ours() -> None:
    one = row(letter(("H41",), sender="H40.30", sender_name="UBND xã Hà Sơn"), key="H40.30|A1")
    assert (one["unit"], one["in_province"]) == ("unknown", 0)


def test_a_corrected_document_moves_and_copies_keep_its_first_day() -> None:
    wrong, right = letter(sent="2012/03/04 08:00:00"), letter(sent="2021/03/04 08:00:00")
    assert str(row(wrong, right)["exchanged"]) == "2021-03-04"
    later = incoming(ExchangedAt="2021/03/06 08:00:00")
    assert str(row(right, later)["exchanged"]) == str(row(later, right)["exchanged"]) == "2021-03-04"


def test_a_day_of_promulgation_gives_way_to_the_day_it_was_sent() -> None:
    typed = outgoing(ExchangedAt="", PromulgationDate="2021-02-10")
    relayed = letter(
        sent="", extra="<PromulgationInfo><PromulgationDate>2021/02/10</PromulgationDate></PromulgationInfo>"
    )
    for copy in (typed, relayed):
        assert str(row(copy)["exchanged"]) == "2021-02-10"
        for order in permutations([copy, letter(sent="2021/03/04 08:00:00")]):
            assert str(row(*order)["exchanged"]) == "2021-03-04"


def test_a_revoked_document_was_exchanged_all_the_same() -> None:
    for order in permutations([letter(("H56.30", "G22")), revocation()]):
        one = row(*order)
        assert (one["exchanges"], one["revoked"]) == (2, 1)


def test_a_revocation_or_a_status_alone_is_no_exchange() -> None:
    assert folded("documents", versions("documents", revocation(), status("06"))) == {KEY: None}


def test_an_update_adds_receivers_and_moves_the_deadline() -> None:
    business = (
        "<DocumentId>A1</DocumentId><BussinessDocType>2</BussinessDocType><BussinessDocumentInfo>"
        "<ReceiverList><Receiver><OrganId>H56.31</OrganId><ReceiverType>0</ReceiverType></Receiver>"
        "</ReceiverList></BussinessDocumentInfo>"
    )
    update = letter(name="A1-2", business=business, due="2021/04/01", sent="2021/03/20 09:00:00")
    for order in permutations([letter(due="2021/03/10"), update]):
        one = row(*order)
        assert (one["exchanges"], one["updated"], str(one["exchanged"])) == (2, 1, "2021-03-04")
        assert one["late_at"] == at("2021-04-01 17:00:00")


def test_a_replacement_labels_what_it_replaces_and_takes_nothing_from_it() -> None:
    for order in permutations([letter(name="A1"), replacement("A2", ["A1", "A1"])]):
        old, new = row(*order), row(*order, key="H56.05|A2")
        assert (old["exchanges"], old["replaced"]) == (1, 1)
        assert (new["exchanges"], new["replaced"]) == (1, 0)


@pytest.mark.parametrize(
    ("finished", "late"),
    [
        ("2021/03/10 23:59:59", False),
        ("2021/03/11 00:00:00", True),
        ("2021/03/09 08:00:00", False),
    ],
)
def test_the_whole_day_it_is_due_is_in_time(finished: str, late: bool) -> None:
    one = row(letter(due="2021/03/10"), status("06", finished))
    assert one["late_at"] == (at("2021-03-10 17:00:00") if late else None)
    assert (one["next_change_at"], one["has_due"]) == (None, 1)


@pytest.mark.parametrize(("finished", "late"), [("2021-03-10", False), ("2021-03-11", True)])
def test_a_register_that_names_only_the_day_of_completion_is_late_on_the_day_after(
    finished: str, late: bool
) -> None:
    one = row(outgoing(DueDate="2021-03-10", FinishedAt=finished))
    assert (one["late_at"] is not None, str(one["finished"])) == (late, finished)


def test_an_open_document_changes_by_itself_when_its_deadline_passes() -> None:
    one = row(letter(due="2021/03/10"))
    assert one["late_at"] == one["next_change_at"] == at("2021-03-10 17:00:00")
    assert "finished" not in one


def test_it_is_finished_when_the_last_receiver_is_done() -> None:
    to = ("H56.30", "H56.31")
    first, second = status("06", "2021/03/08 09:00:00"), status("06", "2021/03/12 09:00:00", "H56.31")
    assert row(letter(to), first)["finished_at"] is None
    done = row(letter(to), first, second)
    assert (done["finished_at"], str(done["finished"])) == (at("2021-03-12 02:00:00"), "2021-03-12")


def test_the_last_status_counts_not_the_last_to_arrive() -> None:
    reopened = [status("06", "2021/03/08 09:00:00"), status("05", "2021/03/09 09:00:00")]
    for order in permutations(reopened):
        assert row(letter(), *order)["finished_at"] is None
    at_once = [status("03", "2021/03/08 09:00:00"), status("05", "2021/03/08 09:00:00")]
    for order in permutations([*at_once, status("06", "2021/03/08 09:00:00")]):
        assert row(letter(), *order)["finished_at"] == at("2021-03-08 02:00:00")


def test_a_register_s_word_on_completion_goes_before_a_status() -> None:
    pressed_late = status("06", "2021/03/20 09:00:00")
    one = row(letter(), pressed_late, incoming(FinishedAt="2021/03/09 09:00:00"))
    assert one["finished_at"] == at("2021-03-09 02:00:00")
    only_pressed = row(letter(), pressed_late, incoming())
    assert only_pressed["finished_at"] == at("2021-03-20 02:00:00")


def test_who_agreed_to_give_a_document_back_is_done_only_where_it_was_asked_back() -> None:
    agreed = status("15", "2021/03/07 09:00:00")
    assert row(letter(), agreed)["finished_at"] is None, "15 agrees to an update too"
    assert row(letter(), revocation(), agreed)["finished_at"] == at("2021-03-07 02:00:00")
    asked = status("13", "2021/03/06 09:00:00", receiver="H56.05")
    assert row(letter(), asked, agreed)["revoked"] == 1
    declined = status("16", "2021/03/08 09:00:00")
    assert row(letter(), revocation(), agreed, declined)["finished_at"] is None


def test_who_asks_back_what_another_sent_revokes_nothing() -> None:
    assert row(letter(), status("13", receiver="H56.30"))["revoked"] == 0


def test_only_a_register_knows_whether_a_person_signed() -> None:
    message = row(letter(signed=True))
    assert (message["signed_agency"], message["signed_personal"], message["registered"]) == (1, 0, 0)
    unsigned = row(letter(signed=True), outgoing(SignedByAgency=False))
    assert (unsigned["signed_agency"], unsigned["signed_personal"], unsigned["registered"]) == (0, 1, 1)
    received = row(letter(signed=True), incoming())
    assert (received["signed_agency"], received["registered"]) == (1, 0)


def test_a_register_row_sent_again_replaces_its_receivers() -> None:
    one = row(outgoing(("H56.30", "H56.31")), outgoing(("H56.30",)))
    assert one["exchanges"] == Decimal(1)


def test_of_an_agency_the_last_list_counts_and_one_elsewhere_nowhere() -> None:
    listed = '[{"code":"H56.30","code102":"000.00.30.H56","name":"UBND huyện Hà Trung","level":2}]'
    first = listed.encode()
    second = first.replace(b'"level":2', b'"level":2,"valid_from":"2020-08-01","valid_to":"2025-06-30"')
    one = row(first, second, key="agency:H56.30")
    assert (one["kind"], one["unit"], one["exchanges"]) == ("agency", "392", 0)
    assert (str(one["enrolled"]), str(one["left"])) == ("2020-08-01", "2025-07-01")
    elsewhere = first.replace(b"H56", b"H41")
    assert list(folded("documents", versions("documents", elsewhere)).values()) == [None]


LISTED = '[{"code":"H56.30","name":"UBND huyện Hà Trung","level":2,"telephone":"%d"}]'


def listed_on(day: int, row: str = LISTED) -> Version:
    """A row of the list of agencies as it was heard on a day of 2026."""
    at = datetime(2026, 1, day, 3, tzinfo=UTC)
    (reading,) = FEEDS["documents"].read((row % day).encode(), "", door(received_at=at))
    assert isinstance(reading, Reading)
    kept = json.loads(json.dumps(reading.row))
    return Version(reading.entity, "agency", day, reading.version_id, "2600", (), kept)


def test_an_agency_that_is_listed_again_exists_since_it_was_listed_first() -> None:
    """A change of any telephone number sends the whole list again: no agency is younger for it."""
    dated = LISTED.replace('"level"', '"valid_from":"2026-01-03","level"')
    for own, enrolled in (
        ([listed_on(5), listed_on(9)], "2026-01-05"),
        ([listed_on(5), listed_on(9), listed_on(11, dated)], "2026-01-03"),
        ([listed_on(5, dated), listed_on(9), listed_on(11)], "2026-01-03"),
    ):
        current = FEEDS["documents"].fold(own, ())
        assert current is not None
        assert [(role, str(day)) for role, day in current.days] == [("enrolled", enrolled)]
        alive = [one for one in rows_of(FEEDS["documents"], own[0].entity, own) if one.current]
        assert [str(one.day) for one in alive] == [enrolled]
