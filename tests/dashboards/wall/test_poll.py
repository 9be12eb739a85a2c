import asyncio
from datetime import UTC, datetime

import httpx
import pytest

from iochub.dashboards.wall.answers import Viewer
from iochub.dashboards.wall.poll import Ask, Poller

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
BODY = {"role": "leader", "unit": {"code": "38", "name": "Tỉnh Thanh Hóa"}}


class Api:
    """Answers what the test says, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[httpx.Request] = []
        self.status = 200
        self.broken = False
        self.late = ""
        self.text: str | None = None

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.broken:
            raise httpx.ConnectError("away")
        if self.late and request.headers["authorization"] == self.late:
            raise httpx.ReadTimeout("late")
        if self.text is not None:
            return httpx.Response(200, text=self.text)
        if self.status == 200 and request.headers.get("if-none-match") == "one":
            return httpx.Response(304)
        return httpx.Response(self.status, json=BODY, headers={"etag": "one"})


class Time:
    """Seconds that pass only when the test lets them."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def poller(api: Api, time: Time) -> Poller:
    client = httpx.AsyncClient(transport=httpx.MockTransport(api.answer), base_url="http://api")
    return Poller(client, lambda: NOW, time)


def ask(token: str = "secret") -> Ask[Viewer]:
    return Ask(token, "vi", "/v1/viewer", Viewer, 2.0)


def turn(poller: Poller) -> None:
    asyncio.run(poller.ask_due())


def test_however_many_screens_look_the_api_is_asked_once(poller, api) -> None:
    for _ in range(50):
        poller.watch([ask()])
    turn(poller)
    assert len(api.asked) == 1
    assert poller.read(ask()).unit.code == "38"
    assert api.asked[0].headers["authorization"] == "Bearer secret"


def test_nothing_is_asked_before_its_turn_or_for_a_closed_screen(poller, api, time) -> None:
    poller.watch([ask()])
    turn(poller)
    turn(poller)
    assert len(api.asked) == 1
    time.seconds = 2.5
    turn(poller)
    assert len(api.asked) == 2
    poller.unwatch([ask()])
    time.seconds = 5
    turn(poller)
    assert len(api.asked) == 2


def test_an_answer_that_did_not_change_keeps_what_was_read(poller, api, time) -> None:
    poller.watch([ask()])
    turn(poller)
    before = poller.read(ask())
    time.seconds = 2.5
    turn(poller)
    assert api.asked[1].headers["if-none-match"] == "one"
    assert poller.read(ask()) is before


def test_two_viewers_never_share_an_answer(poller, api) -> None:
    poller.watch([ask("one"), ask("two")])
    turn(poller)
    assert {request.headers["authorization"] for request in api.asked} == {"Bearer one", "Bearer two"}
    poller.unwatch([ask("two")])
    assert poller.read(ask("three")) is None


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda api: setattr(api, "broken", True), "away"),
        (lambda api: setattr(api, "status", 503), "away"),
        (lambda api: setattr(api, "text", "<html>"), "away"),
        (lambda api: setattr(api, "text", '{"role": 1}'), "away"),
        (lambda api: setattr(api, "status", 401), "refused"),
    ],
)
def test_without_answers_the_last_one_stays_and_the_trouble_is_known_until_it_ends(
    poller, api, time, change, kind
) -> None:
    poller.watch([ask()])
    turn(poller)
    assert poller.trouble([ask()]) is None
    change(api)
    time.seconds = 2.5
    turn(poller)
    assert poller.trouble([ask()]) == (kind, NOW)
    assert poller.read(ask()).unit.code == "38"
    api.broken, api.status, api.text = False, 200, None
    time.seconds = 5
    turn(poller)
    assert poller.trouble([ask()]) is None


def test_an_api_that_answers_some_questions_in_time_is_slow_and_not_away(poller, api, time) -> None:
    late, other = ask("late"), ask("other")
    poller.watch([late, other])
    api.late = "Bearer late"
    turn(poller)
    assert poller.trouble([late, other]) == ("slow", NOW)
    assert poller.trouble([other]) is None
    assert poller.trouble([late]) == ("away", NOW), "nothing that this screen asks is answered"
    api.broken, time.seconds = True, 2.5
    turn(poller)
    assert poller.trouble([late, other]) == ("away", NOW)
    api.broken, api.late, time.seconds = False, "", 5
    turn(poller)
    assert poller.trouble([late, other]) is None


def test_what_is_asked_rarely_is_asked_again_soon_after_a_failure(poller, api, time) -> None:
    rarely = Ask("secret", "vi", "/v1/viewer", Viewer, 600.0)
    poller.watch([rarely])
    api.status = 503
    turn(poller)
    api.status, time.seconds = 200, 2.5
    turn(poller)
    assert poller.read(rarely) is not None
    time.seconds = 500
    turn(poller)
    assert len(api.asked) == 2


def test_what_does_not_exist_is_no_trouble(poller, api) -> None:
    api.status = 404
    poller.watch([ask()])
    turn(poller)
    assert poller.trouble([ask()]) is None
    assert (poller.read(ask()), poller.status(ask())) == (None, 404)


def test_a_new_screen_is_answered_without_waiting_for_the_next_turn(poller) -> None:
    async def look() -> Viewer | None:
        running = asyncio.create_task(poller.run())
        await asyncio.sleep(0)
        poller.watch([ask()])
        await poller.first([ask()], 5)
        running.cancel()
        return poller.read(ask())

    found = asyncio.run(look())
    assert found is not None


def test_a_screen_does_not_wait_for_ever_for_its_first_answer(poller) -> None:
    asyncio.run(poller.first([ask()], 0.01))
    assert poller.read(ask()) is None
