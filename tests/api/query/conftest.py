import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from iochub.api.keys import Keys
from iochub.api.query.app import create_api
from iochub.api.query.ports import AgencyHealth, FeedHealth
from iochub.errors import StoreUnavailable
from iochub.ingest.feed import Column, DateRole, Feed
from iochub.ingest.silence import Silence
from iochub.ingest.units import Units
from iochub.text import Text
from iochub.warehouse.aggregates import InTime, Sum
from iochub.warehouse.indicator import Desk, Indicator, Target
from iochub.warehouse.kinds import Flow, PeriodEnd
from iochub.warehouse.period import Step, steps
from iochub.warehouse.question import Answer, Question
from iochub.warehouse.score_lines import Line
from iochub.warehouse.tally import Tally

NOW = datetime(2026, 11, 23, 7, 5, 7, tzinfo=UTC)


class Toy(Feed):
    """A feed that only names what the indicators below count."""

    name = "dossiers"
    title = publisher = Text("Hồ sơ", "Dossiers")
    source = "none"
    every = timedelta(hours=1)
    kinds = ()
    roles = (DateRole("received", Text("Tiếp nhận", "Received")),)
    columns = (
        Column("channel", "LowCardinality(String)", Text("Kênh", "Channel")),
        Column("late_at", "Nullable(DateTime64(3, 'UTC'))", Text("Trễ từ", "Late from")),
        Column("net", "Decimal(38, 6)", Text("Tiền", "Amount")),
    )
    content_types = ()


ON_TIME = Indicator(
    name="dossiers_on_time_share",
    title=Text("Tỷ lệ giải quyết trước và đúng hạn", "Dossiers settled on time"),
    feed=Toy,
    desk=Desk("dossiers", Text("Hồ sơ dịch vụ công", "Public service dossiers")),
    kind=PeriodEnd("received"),
    value=InTime("late_at"),
    measure="%",
    definition=Text("Hồ sơ không quá hạn trên hồ sơ tiếp nhận", "Dossiers not late over those received"),
    formula="(received - late) / received",
    owner=Text("Văn phòng UBND tỉnh", "Provincial office"),
    source="QĐ 766/QĐ-TTg",
    version=1,
    better="higher",
    dimensions=("channel",),
    targets=(Target(Decimal(98), "2025", "06-NQ/TU"), Target(Decimal(99), "2030", "06-NQ/TU")),
)
TURNOVER = replace(
    ON_TIME,
    name="einvoice_turnover",
    title=Text("Doanh thu", "Turnover"),
    measure="đ",
    kind=Flow("received"),
    value=Sum("net"),
    targets=(),
)


class Caller:
    """Somebody who asks the app over HTTP, without a network in between."""

    def __init__(self, app: FastAPI, token: str = "") -> None:
        self._app = app
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def get(self, path: str, headers: dict[str, str] | None = None) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
                return await client.get(path, headers={**self._headers, **(headers or {})})

        return asyncio.run(ask())


class Answers:
    """A warehouse that says what the test tells it, and remembers what it was asked."""

    def __init__(self) -> None:
        self.value: Decimal | None = Decimal("98.2899971")
        self.state = "ok"
        self.away = False
        self.computed_at = NOW
        self.lines: tuple[Line, ...] = ()
        self.asked: list[Question] = []

    def figure(self, question: Question) -> Answer:
        self.asked.append(question)
        if self.away:
            raise StoreUnavailable("ClickHouse is away.")
        return Answer(
            period=question.period,
            value=self.value,
            numerator=Decimal("233824.000000"),
            denominator=Decimal("237892.000000"),
            rows=237892,
            state=self.state,
            computed_at=self.computed_at,
            definition_version="1-cafe",
            last_received_at=NOW,
            next_change_at=datetime(2026, 11, 24, 17, tzinfo=UTC),
            lines=self.lines,
        )

    def series(self, question: Question, every: Step | None, by: str | None) -> Sequence[Answer]:
        periods = steps(question.period, every) if every else [question.period]
        members = {"unit": ("14797", "14758", "unknown"), None: ("",)}.get(by, ("direct", "=online"))
        return [
            replace(
                self.figure(replace(question, period=period)),
                unit=member if by == "unit" else "",
                member="" if by == "unit" else member,
            )
            for period in periods
            for member in members
        ]


class FeedsHealth:
    def read(self) -> Sequence[FeedHealth]:
        title = Text("Hồ sơ", "Dossiers")
        spoken = Silence(NOW, timedelta(), timedelta(hours=1))
        return [
            FeedHealth(
                "dossiers",
                title,
                title,
                3600,
                "ok",
                NOW,
                NOW,
                12,
                0.5,
                98,
                2,
                (("missing:MaHoSo", 2),),
                "office",
                spoken,
                Tally(98, 2, declared=200, found=98),
                (
                    AgencyHealth("H56.2", Tally(50, 0, 5, 50, 1), spoken),
                    AgencyHealth("H56", Tally(48, 2, declared=200, found=98), spoken),
                    AgencyHealth("H56.9", Tally(), None),
                ),
            ),
            FeedHealth("einvoices", title, title, 3600, "no_data", None, None, 0, None, 0, 0),
        ]


@pytest.fixture
def answers() -> Answers:
    return Answers()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys.sqlite")


@pytest.fixture
def missing() -> list[str]:
    """What the API leans on and that is away."""
    return []


@pytest.fixture
def app(answers: Answers, keys: Keys, missing: list[str]) -> FastAPI:
    return create_api(
        answers,
        {one.name: one for one in (ON_TIME, TURNOVER)},
        Units.load(),
        FeedsHealth(),
        keys,
        ready=lambda: tuple(missing),
        clock=lambda: NOW,
    )


@pytest.fixture
def stranger(app: FastAPI) -> Caller:
    """A caller without a token."""
    return Caller(app)


@pytest.fixture
def calling() -> type[Caller]:
    """Make a caller of any app."""
    return Caller


@pytest.fixture
def holder(app: FastAPI, keys: Keys) -> Callable[..., Caller]:
    """A caller with a fresh token for a unit."""

    def with_token(unit: str, role: str = "leader") -> Caller:
        return Caller(app, keys.create_viewer_token(role, unit))

    return with_token


@pytest.fixture
def leader(holder: Callable[..., Caller]) -> Caller:
    """A caller who may see the province."""
    return holder("38")


@pytest.fixture
def ward(holder: Callable[..., Caller]) -> Caller:
    """A caller who may see one ward."""
    return holder("14797")


@pytest.fixture
def district(holder: Callable[..., Caller]) -> Caller:
    """A caller who may see what was a district."""
    return holder("380")
