import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
from fastapi import FastAPI

from iochub.api.keys import Keys
from iochub.api.query.app import create_api
from iochub.api.query.period import Step, steps
from iochub.api.query.ports import Answer, Declared, FeedHealth, MapName, Place, Question, Target
from iochub.errors import StoreUnavailable
from iochub.text import Text

NOW = datetime(2026, 11, 23, 7, 5, 7, tzinfo=UTC)

ON_TIME = Declared(
    name="dossiers_on_time_share",
    title=Text("Tỷ lệ giải quyết trước và đúng hạn", "Dossiers settled on time"),
    measure="%",
    feed="dossiers",
    desk="dossiers",
    desk_title=Text("Hồ sơ dịch vụ công", "Public service dossiers"),
    definition=Text("Hồ sơ không quá hạn trên hồ sơ tiếp nhận", "Dossiers not late over those received"),
    formula="(received - late) / received",
    kind="period_end",
    window="year",
    dimensions=("channel", "field"),
    targets=(Target(Decimal(98), "2025", source="06-NQ/TU"), Target(Decimal(99), "2030")),
    owner=Text("Văn phòng UBND tỉnh", "Provincial office"),
    source="QĐ 766/QĐ-TTg",
    version="1",
)
TURNOVER = replace(
    ON_TIME,
    name="einvoice_turnover",
    title=Text("Doanh thu", "Turnover"),
    measure="đ",
    feed="einvoices",
    desk="einvoices",
    kind="flow",
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


class Catalogue:
    def listed(self) -> Sequence[Declared]:
        return (ON_TIME, TURNOVER)

    def find(self, name: str) -> Declared | None:
        return {one.name: one for one in self.listed()}.get(name)


class Places:
    units: ClassVar = {
        "38": Place("38", Text("Tỉnh Thanh Hóa", "Thanh Hoa province"), "province", ""),
        "14797": Place("14797", Text("Phường Hạc Thành", "Hac Thanh ward"), "commune", "38"),
        "14758": Place("14758", Text("Phường Hàm Rồng", "Ham Rong ward"), "commune", "38"),
    }

    def province(self) -> Place:
        return self.units["38"]

    def find(self, code: str, map_name: MapName) -> Place | None:
        return self.units.get(code) if map_name == "current" else None

    def listed(self, map_name: MapName, on: date | None) -> Sequence[Place]:
        return tuple(self.units.values())

    def contains(self, outer: str, inner: str) -> bool:
        return outer == inner or (inner in self.units and self.units[inner].parent == outer)


class Answers:
    """A warehouse that says what the test tells it, and remembers what it was asked."""

    def __init__(self) -> None:
        self.value: Decimal | None = Decimal("98.2899971")
        self.state = "ok"
        self.away = False
        self.computed_at = NOW
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
            last_received_at=NOW,
            next_change_at=datetime(2026, 11, 24, 17, tzinfo=UTC),
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
        return [
            FeedHealth(
                "dossiers", title, title, 3600, "ok", NOW, NOW, 12, 0.5, 98, 2, (("missing:MaHoSo", 2),)
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
        Catalogue(),
        Places(),
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
def holder(app: FastAPI, keys: Keys) -> Callable[[str], Caller]:
    """A caller with a fresh token for a unit."""
    return lambda unit: Caller(app, keys.create_viewer_token("leader", unit))


@pytest.fixture
def leader(holder: Callable[[str], Caller]) -> Caller:
    """A caller who may see the province."""
    return holder("38")


@pytest.fixture
def ward(holder: Callable[[str], Caller]) -> Caller:
    """A caller who may see one ward."""
    return holder("14797")
