import logging

import httpx
import pytest
from fastapi import FastAPI

from iochub.api.problems import Fault, Problem, answer_with_problems, language_of, problem_of
from iochub.errors import DeclarationError, InvalidPeriod, StoreUnavailable, UnknownIndicator
from iochub.text import Text

pytestmark = pytest.mark.anyio
SECRET = "Nguyễn Văn Bí Mật 038099001234"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()
    answer_with_problems(app)

    @app.get("/count")
    async def count(n: int) -> int:
        return n

    @app.get("/bug")
    async def bug() -> None:
        raise ValueError(SECRET)

    @app.get("/refused")
    async def refused() -> None:
        raise Problem(
            400, "mixed_feeds", Text("Sai", "Wrong"), [Fault("type", Text("Lẫn", "Mixed"))], {"X-Why": "1"}
        )

    return app


async def get(app: FastAPI, path: str, language: str | None = None) -> httpx.Response:
    headers = {} if language is None else {"Accept-Language": language}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        return await client.get(path, headers=headers)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "vi"),
        ("", "vi"),
        ("vi", "vi"),
        ("en-GB,en;q=0.9", "en"),
        ("fr, en;q=0.5", "en"),
        ("vi-VN,en;q=0.8", "vi"),
        ("fr", "vi"),
    ],
)
def test_vietnamese_is_spoken_unless_english_is_asked_for_first(header: str | None, language: str) -> None:
    assert language_of(header) == language


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (StoreUnavailable("x"), 503),
        (UnknownIndicator("x"), 404),
        (InvalidPeriod("x"), 422),
        (DeclarationError("x"), 500),
    ],
)
def test_every_error_of_a_lower_room_has_its_status(error: Exception, status: int) -> None:
    problem = problem_of(error)  # type: ignore[arg-type]
    assert problem.status == status
    assert ("Retry-After" in problem.headers) == (status == 503)


async def test_a_problem_has_the_members_of_the_standard_in_both_languages(app: FastAPI) -> None:
    vietnamese, english = await get(app, "/refused"), await get(app, "/refused", "en")
    assert vietnamese.headers["content-type"] == "application/problem+json"
    assert vietnamese.headers["x-why"] == "1"
    assert vietnamese.json() == {
        "type": "urn:iochub:problem:mixed_feeds",
        "title": "Yêu cầu sai quy cách",
        "status": 400,
        "detail": "Sai",
        "errors": [{"field": "type", "message": "Lẫn"}],
    }
    assert english.json()["detail"] == "Wrong"
    assert english.json()["errors"] == [{"field": "type", "message": "Mixed"}]


async def test_what_is_not_there_is_a_problem_too(app: FastAPI) -> None:
    vietnamese, english = await get(app, "/nowhere"), await get(app, "/nowhere", "en")
    assert vietnamese.json()["title"] == "Không tìm thấy"
    assert english.json()["title"] == "Not found"


async def test_a_wrong_parameter_is_named_and_its_value_is_not(app: FastAPI) -> None:
    answer = await get(app, f"/count?n={SECRET}")
    assert answer.status_code == 422
    assert [fault["field"] for fault in answer.json()["errors"]] == ["n"]
    assert SECRET not in answer.text


async def test_a_bug_is_answered_without_detail_and_logged_without_values(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        answer = await get(app, "/bug")
    assert answer.status_code == 500
    assert answer.json()["type"] == "urn:iochub:problem:unforeseen"
    assert SECRET not in answer.text
    assert SECRET not in caplog.text
    assert "unforeseen ValueError" in caplog.text
