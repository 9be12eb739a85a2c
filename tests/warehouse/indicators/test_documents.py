"""What exchanged documents come to, worked out by hand, landed and counted by the real warehouse."""

from datetime import date
from decimal import Decimal

import pytest
from letters import letter, revocation, status
from native_hub import NativeHub
from published import ours

from iochub.ingest.demo.past import documents
from iochub.ingest.demo.past.agencies import agencies
from iochub.ingest.demo.past.facts import YEAR_2021
from iochub.ingest.feeds.documents import Documents
from iochub.warehouse.indicators.documents import INDICATORS
from iochub.warehouse.migrations.apply import migrate
from iochub.warehouse.store import Store

NAMES = ("new_document.edxml", "status_finished.edxml", "register.json", "agencies.json")
ALL = [ours("documents", name) for name in NAMES]

HA_TRUNG = "392"
THE_LETTER = "000.00.05.H56,2021/03/03,45/STTTT-CNTT"


@pytest.fixture
def hub(empty: Store) -> NativeHub:
    migrate(empty, [Documents])
    return NativeHub(empty, Documents(), INDICATORS)


def test_exchanges_are_counted_per_document_and_receiver(hub: NativeHub) -> None:
    """4/3: a department to 3. 5/3: a district to 2. 8/3: a commune to 1. 2/3: the government to 1 here.

    7 exchanges at 35 616 đ are 249 312 đ; three documents went out of the province's agencies.
    """
    hub.send(*ALL)
    days = {"2021-03-02": 1, "2021-03-04": 3, "2021-03-05": 2, "2021-03-08": 1, "2021-03": 7, "2021": 7}
    assert {day: hub.value("documents_exchanged", day) for day in days} == days
    assert hub.value("documents_saving", "2021") == 249_312
    assert hub.value("documents_outgoing", "2021") == 3
    assert hub.value("documents_exchanged", "2021", HA_TRUNG, "2020") == 3, (
        "the district's 2, its commune's 1"
    )


def test_who_signed_is_asked_of_registers_and_of_messages(hub: NativeHub) -> None:
    """In a register: the district's (person and agency) and the commune's (agency). The third: a message."""
    hub.send(*ALL)
    assert hub.value("documents_signed_personal_share", "2021") == 50
    assert hub.value("documents_signed_agency_share", "2021") == 100
    hub.send(letter(sent="2021/03/20 08:00:00"))
    assert hub.value("documents_signed_personal_share", "2021") == 50, "no register: not known"
    assert hub.value("documents_signed_agency_share", "2021") == 75


def test_agencies_with_traffic_are_held_against_the_list(hub: NativeHub) -> None:
    """Of four agencies of the list three sent something; the province's committee did not."""
    hub.send(*ALL)
    assert hub.value("agencies_on_documents", "2021") == 3
    assert hub.value("agencies_registered", "2021") == 4
    assert hub.value("agencies_on_documents_share", "2021") == 75
    assert hub.value("agencies_on_documents_share", "2021", HA_TRUNG, "2020") == 100
    # The department ended with February 2025, district and commune with June.
    ends = {"2020-07": None, "2020-08": 4, "2025-02-28": 4, "2025-03-01": 3, "2025-06-30": 3, "2025-07-01": 1}
    assert {day: hub.value("agencies_registered", day) for day in ends} == ends


def test_an_agency_outside_the_list_is_none_of_those_that_are_held_against_it(hub: NativeHub) -> None:
    """Three of the four listed sent something; seven others of the province do too. 100 % is the most."""
    hub.send(*ALL)
    hub.send(*(letter(sender=f"H56.{number}", name=f"N{number}") for number in range(71, 78)))
    assert hub.value("documents_outgoing", "2021") == 10
    assert hub.value("agencies_on_documents", "2021") == 3
    assert hub.value("agencies_on_documents_share", "2021") == 75
    assert hub.value("agencies_on_documents_share", "2021-03-04") == 25
    assert hub.ask("agencies_on_documents", "2021-02").state == "no_data", "nobody had sent anything yet"


def test_every_agency_of_the_demo_province_that_sends_is_on_its_list(hub: NativeHub) -> None:
    """By their registers: three working days of them name every sender."""
    hub.send(*(post.body for post in documents.opening(YEAR_2021)))
    assert hub.value("agencies_registered", "2021") == len(agencies(YEAR_2021.map_name))
    for day in (date(2021, 3, 1), date(2021, 3, 2), date(2021, 3, 3)):
        posts = documents.posts(YEAR_2021, day)
        hub.send(*(post.body for post in posts if post.content_type == "application/json"))
    assert hub.value("agencies_on_documents_share", "2021") == 100


def test_late_and_open_follow_statuses_and_registers(hub: NativeHub) -> None:
    """Due on 10/3 and 12/3, both unfinished. The last receiver of the first is done with it on 15/3."""
    hub.send(*ALL)
    shares = {"2021-03-04": 0, "2021-03-05": 0, "2021-03": 100}
    assert {day: hub.value("documents_late_share", day) for day in shares} == shares
    opened = {"2021-03-01": None, "2021-03-02": 1, "2021-03-04": 2, "2021-03-05": 3, "2021-03-31": 3}
    assert {day: hub.value("documents_open", day) for day in opened} == opened
    hub.send(status("06", "2021/03/15 10:00:00", "G22", THE_LETTER))
    assert hub.value("documents_open", "2021-03-14") == 3
    assert hub.value("documents_open", "2021-03-15") == 2
    assert hub.value("documents_late_share", "2021-03") == 100, "finished, and too late"


def test_a_document_finished_in_time_is_never_late(hub: NativeHub) -> None:
    hub.send(letter(due="2021/03/10"), letter(due="2021/03/10", name="A2"))
    assert hub.value("documents_late_share", "2021-03") == 100
    hub.send(status("06", "2021/03/10 23:00:00"))
    assert hub.value("documents_late_share", "2021-03") == 50


@pytest.mark.parametrize("order", [(3, 2, 1, 0), (1, 2, 0, 3)], ids=str)
def test_no_order_and_no_repetition_moves_a_figure(hub: NativeHub, order: tuple[int, ...]) -> None:
    hub.send(*(ALL[place] for place in order), *ALL)
    asked = ("documents_exchanged", "documents_signed_agency_share", "agencies_on_documents_share")
    assert [hub.value(name, "2021") for name in asked] == [7, 100, 75]
    assert hub.value("documents_open", "2021-03-31") == 3


def test_revoked_documents_count_and_withdrawn_ones_do_not(hub: NativeHub) -> None:
    hub.send(*ALL, revocation(THE_LETTER))
    assert hub.value("documents_exchanged", "2021") == 7
    hub.withdraw("000.00.30.H56|H56.30,2021/03/05,12/UBND-VP")
    assert hub.value("documents_exchanged", "2021") == 5
    assert hub.value("documents_saving", "2021") == Decimal(5 * 35_616)
    assert hub.value("documents_exchanged", "2021-03-05") == 0
