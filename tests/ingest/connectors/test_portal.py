import json
import random
import threading
from contextlib import suppress
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from published import outcomes, published
from stand_in_gateway import KEY, StandInGateway
from stand_in_pages import TOKEN, StandInPages

from iochub.clock import local_day, now
from iochub.errors import SourceUnavailable
from iochub.ingest.connectors.checkpoint import Checkpoint
from iochub.ingest.connectors.portal import Portal
from iochub.ingest.connectors.running import Running
from iochub.ingest.connectors.web import Web
from iochub.ingest.pauses import Pauses
from iochub.ingest.push import Gateway

SOLD, CASH = "query/invoices/sold", "sco-query/invoices/sold"


def row(number: int, state: int = 1) -> dict[str, object]:
    return {"nbmst": "9900000383", "khmshdon": 1, "khhdon": "C26TSG", "shdon": number, "tthai": state}


class Taxpayer:
    """A portal, a gateway, and the connector between them, made anew for each round as after a kill."""

    def __init__(self, memory: Path, portal: StandInPages, gateway: StandInGateway, **how: object) -> None:
        self.memory, self.portal, self.gateway, self.how = memory, portal, gateway, how
        self.token = TOKEN

    def running(self, checkpoint: Checkpoint, stop: threading.Event | None = None) -> Running:
        headers = lambda: {"Authorization": f"Bearer {self.token}"}  # noqa: E731
        how = {"size": 3, "look_back_days": 2, **self.how}
        self.connector = Portal("tax", "einvoices", Web(self.portal.url, seconds=5.0), headers, **how)  # type: ignore[arg-type]
        self.line = Gateway(self.gateway.url, KEY)
        return Running(
            self.connector, self.line, checkpoint, stop or threading.Event(), pauses=Pauses(0.001, 0.005)
        )

    def round(self) -> bool:
        checkpoint = Checkpoint(self.memory / "tax.checkpoint")
        try:
            return self.running(checkpoint).round()
        finally:
            checkpoint.close()
            self.connector.close()
            self.line.close()

    def backfill(self, since: date, until: date, days: int = 10_000) -> list[date]:
        checkpoint, stop, done = Checkpoint(self.memory / "tax.checkpoint"), threading.Event(), []
        try:
            for day, _ in self.running(checkpoint, stop).backfill(since, until):
                done.append(day)
                if len(done) == days:
                    stop.set()
        finally:
            checkpoint.close()
            self.connector.close()
            self.line.close()
        return done

    def rows(self) -> list[dict[str, object]]:
        return [row for body in self.gateway.bodies("einvoices") for row in json.loads(body)["datas"]]


@pytest.fixture
def taxpayer(tmp_path: Path):
    portal, gateway = StandInPages(), StandInGateway()
    with portal.server.running(), gateway.server.running():
        yield Taxpayer(tmp_path, portal, gateway)


def today(back: int = 0) -> str:
    return (local_day(now()) - timedelta(days=back)).isoformat()


def test_both_lists_are_read_page_by_page_through_the_cursor(taxpayer: Taxpayer) -> None:
    taxpayer.portal.put(SOLD, today(), *(row(number) for number in range(8)))
    taxpayer.portal.put(CASH, today(1), row(100))
    assert taxpayer.round()
    assert sorted(int(str(each["shdon"])) for each in taxpayer.rows()) == [*range(8), 100]
    assert [len(json.loads(body)["datas"]) for _, body in taxpayer.gateway.kept] == [1, 3, 3, 2]


def test_a_page_that_says_what_it_said_is_not_pushed_again_and_a_late_state_is(taxpayer: Taxpayer) -> None:
    taxpayer.portal.put(SOLD, today(1), row(1), row(2))
    taxpayer.round()
    taxpayer.round()
    assert taxpayer.gateway.pushes == 1
    taxpayer.portal.rows[SOLD, today(1)][0] = row(1, state=4)
    taxpayer.round()
    assert taxpayer.gateway.pushes == 2
    assert row(1, state=4) in taxpayer.rows()


def test_a_page_that_returns_to_what_it_once_said_is_a_new_delivery(taxpayer: Taxpayer) -> None:
    """The hub knows a delivery by its bytes: the same bytes would be taken for the old one, and ignored."""
    for state in (1, 4, 1, 4, 1):
        taxpayer.portal.rows[SOLD, today()] = [row(1, state)]
        taxpayer.round()
    bodies = [body for _, body in taxpayer.gateway.kept]
    assert len(set(bodies)) == 5
    assert [json.loads(body)["datas"][0]["tthai"] for body in bodies] == [1, 4, 1, 4, 1]


@pytest.mark.parametrize("states", [(1, 4, 1), (1, 4, 4), (4, 1, 4), (1, 1, 1)])
def test_killed_before_the_answer_what_the_page_says_last_is_what_arrived_last(taxpayer, states) -> None:
    """Pushed, then killed: the hub may have it, and a page that went back meanwhile must be heard again."""

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for state, dies in zip(states, (False, True, False), strict=True):
        taxpayer.portal.rows[SOLD, today()] = [row(1, state)]
        with pytest.MonkeyPatch.context() as patch:
            if dies:
                patch.setattr(Portal, "remember", killed)
            with suppress(KeyboardInterrupt):
                taxpayer.round()
    first_arrivals = list(dict.fromkeys(body for _, body in taxpayer.gateway.kept))
    assert json.loads(first_arrivals[-1])["datas"][0]["tthai"] == states[-1]
    assert len(first_arrivals) == 1 + sum(old != new for old, new in pairwise(states))
    pushes = taxpayer.gateway.pushes
    taxpayer.round()
    assert taxpayer.gateway.pushes == pushes


def test_details_are_asked_for_where_they_are_wanted(taxpayer: Taxpayer) -> None:
    taxpayer.how = {"details": True}
    taxpayer.portal.put(SOLD, today(), row(1), row(2))
    taxpayer.round()
    (body,) = taxpayer.gateway.bodies("einvoices")
    assert [each["hdhhdvu"] for each in json.loads(body)] == [[{"ten": "mẫu"}]] * 2


@pytest.mark.parametrize("details", [False, True])
def test_what_is_delivered_is_read_by_the_feed_as_the_portal_s_own_answer_is(taxpayer, details) -> None:
    answer = published("einvoice", "gdt_sold_list.json")
    taxpayer.how = {"details": details}
    taxpayer.portal.put(SOLD, today(), *json.loads(answer)["datas"])
    taxpayer.round()
    direct = outcomes("einvoices", answer)
    fetched = [each for body in taxpayer.gateway.bodies("einvoices") for each in outcomes("einvoices", body)]
    assert [type(each) for each in fetched] == [type(each) for each in direct]
    assert [each.entity for each in fetched] == [each.entity for each in direct]


def test_a_token_that_ran_out_is_said_and_the_next_one_is_read_from_its_place(taxpayer: Taxpayer) -> None:
    taxpayer.portal.put(SOLD, today(), row(1))
    taxpayer.token = "old"
    checkpoint = Checkpoint(taxpayer.memory / "tax.checkpoint")
    running = taxpayer.running(checkpoint)
    assert not running.round()
    assert "log in there" in checkpoint.mark("stands")
    taxpayer.token = TOKEN
    assert running.round()
    assert checkpoint.mark("stands") == "ok"
    checkpoint.close()
    taxpayer.connector.close()
    taxpayer.line.close()


def test_a_cursor_that_leads_in_a_circle_ends_the_round_with_words(taxpayer: Taxpayer) -> None:
    taxpayer.portal.circle = True
    taxpayer.portal.put(SOLD, today(), *(row(number) for number in range(8)))
    web = Web(taxpayer.portal.url)
    connector = Portal("tax", "einvoices", web, lambda: {"Authorization": f"Bearer {TOKEN}"}, size=3)
    with pytest.raises(SourceUnavailable, match="circle"):
        list(connector.fetched(local_day(now())))
    connector.close()


def test_a_backfill_that_was_stopped_goes_on_with_the_next_day(taxpayer: Taxpayer) -> None:
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(6)]
    for number, day in enumerate(days):
        taxpayer.portal.put(SOLD, day.isoformat(), row(number))
    assert taxpayer.backfill(days[0], days[-1], days=2) == days[:2]
    taxpayer.portal.questions.clear()
    assert taxpayer.backfill(days[0], days[-1]) == days[2:]
    assert not any("01%2F01%2F2026" in question for question in taxpayer.portal.questions)
    assert [each["shdon"] for each in taxpayer.rows()] == [*range(6)]


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 2**32), faults=st.floats(0.0, 0.25), number=st.integers(0, 12))
def test_whatever_the_line_loses_every_row_arrives(tmp_path_factory, seed, faults, number) -> None:
    print(f"seed {seed}, faults {faults}, number {number}")
    portal = StandInPages(faults=faults, dice=random.Random(seed))
    gateway = StandInGateway(faults=faults, dice=random.Random(seed + 1))
    portal.put(SOLD, today(), *(row(each) for each in range(number)))
    with portal.server.running(), gateway.server.running():
        taxpayer = Taxpayer(tmp_path_factory.mktemp("tax"), portal, gateway)
        for _ in range(400):
            if taxpayer.round():
                break
        assert sorted(int(str(each["shdon"])) for each in taxpayer.rows()) == [*range(number)]


def test_a_day_that_fails_keeps_no_other_day_from_being_fetched(tmp_path: Path) -> None:
    portal, gateway = StandInPages(), StandInGateway()
    today = local_day(now())
    days = [today - timedelta(days=number) for number in range(5, -1, -1)]
    for number, day in enumerate(days):
        portal.put(SOLD, day.isoformat(), row(number))
    portal.broken = tuple(f"{day:%d/%m/%Y}" for day in days[1:3])
    with portal.server.running(), gateway.server.running():
        taxpayer = Taxpayer(tmp_path, portal, gateway, look_back_days=6)
        assert not taxpayer.round()
        assert sorted(each["shdon"] for each in taxpayer.rows()) == [0, 3, 4, 5]
        portal.broken = ()
        assert taxpayer.round()
        assert sorted(each["shdon"] for each in taxpayer.rows()) == [0, 1, 2, 3, 4, 5]


def test_a_portal_that_fails_day_after_day_is_left_until_the_next_round(tmp_path: Path) -> None:
    portal, gateway = StandInPages(token="another"), StandInGateway()
    with portal.server.running(), gateway.server.running():
        assert not Taxpayer(tmp_path, portal, gateway, look_back_days=6).round()
    assert len(portal.questions) == 3
