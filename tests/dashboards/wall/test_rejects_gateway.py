"""An agency that has much to mend is not asked to press until it finds what can be mended."""

import asyncio
import json

import httpx
import pytest

from iochub.clock import now
from iochub.dashboards.wall.rejects_gateway import PAGES_AT_ONCE, AgencyGateway, Opened, Outcomes, Refused


def sent_at_once(pages: int, failing: int = -1) -> tuple[Outcomes, list[str]]:
    """What came of sending all, where the gateway holds so many pages, and what was asked for in turn."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        wanted = json.loads(request.content)["filter"]
        number = int(wanted.get("before", "0"))
        asked.append(wanted["feed"])
        if number == failing:
            return httpx.Response(
                503, json={"detail": "away"}, headers={"Content-Type": "application/problem+json"}
            )
        more = {"more": True, "next": str(number + 1)} if number + 1 < pages else {"more": False}
        outcome = "corrected" if number + 1 == pages else "no_suggestion"
        return httpx.Response(200, json={"replays": [{"outcome": outcome}], **more})

    async def send() -> Outcomes:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(answer), base_url="http://gateway"
        ) as client:
            return await AgencyGateway(client, lambda: "key", "vi").replay_many({"feed": "dossiers"})

    return asyncio.run(send()), asked


def test_what_can_be_mended_is_sent_however_much_lies_above_it() -> None:
    outcomes, asked = sent_at_once(4)
    assert [one.outcome for one in outcomes.replays] == ["no_suggestion"] * 3 + ["corrected"]
    assert not outcomes.more
    assert asked == ["dossiers"] * 4


def test_only_so_many_pages_are_sent_at_once_and_what_was_sent_is_told() -> None:
    outcomes, asked = sent_at_once(100)
    assert (len(asked), len(outcomes.replays), outcomes.more) == (PAGES_AT_ONCE, PAGES_AT_ONCE, True)
    outcomes, _ = sent_at_once(4, failing=2)
    assert (len(outcomes.replays), outcomes.more) == (2, True)


def test_an_emptied_editor_sends_nothing() -> None:
    def asked(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    letter = Opened(
        dead_letter="01",
        feed="dossiers",
        index=0,
        reason="bad_date",
        field="",
        message="",
        at=now(),
        state="open",
        record="{}",
        content_type="application/json",
        exact=True,
        marks=[],
    )

    async def send() -> None:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(asked), base_url="http://gateway"
        ) as client:
            await AgencyGateway(client, lambda: "key", "vi").replay(letter, "", dry_run=False)

    with pytest.raises(Refused, match="trống"):
        asyncio.run(send())
