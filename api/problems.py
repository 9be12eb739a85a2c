"""How a request that cannot be served is answered: RFC 9457, in Vietnamese unless English is asked for."""

import logging
import traceback
from collections.abc import Mapping, Sequence
from typing import ClassVar

import msgspec
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from iochub.errors import HubError, InvalidPeriod, Remedy, StoreUnavailable, UnknownIndicator
from iochub.text import Language, Text

log = logging.getLogger(__name__)

PROBLEM_JSON = "application/problem+json"
RETRY_SECONDS = "5"

TITLES: dict[int, Text] = {
    400: Text("Yêu cầu sai quy cách", "The request is not well formed"),
    401: Text("Thiếu khoá hoặc khoá không hợp lệ", "No key, or a key that is not known"),
    403: Text("Khoá không có quyền này", "The key does not allow this"),
    404: Text("Không tìm thấy", "Not found"),
    405: Text("Phương thức không được dùng ở đây", "This method is not served here"),
    406: Text("Không có định dạng được yêu cầu", "The asked format is not served"),
    409: Text("Không làm được ở trạng thái hiện tại", "Not possible in the present state"),
    413: Text("Dữ liệu quá lớn", "Too large"),
    415: Text("Kiểu dữ liệu không được nhận", "This type is not taken"),
    422: Text("Nội dung không dùng được", "The content cannot be used"),
    429: Text("Quá nhiều yêu cầu", "Too many requests"),
    500: Text("Lỗi của hệ thống", "An error of the hub"),
    503: Text("Tạm thời chưa phục vụ được", "Not served for now"),
}

STATUS: dict[type[HubError], int] = {
    StoreUnavailable: 503,
    UnknownIndicator: 404,
    InvalidPeriod: 422,
}
"""Lower rooms do not know that HTTP exists; what is not named here is an error of ours: 500, no detail."""


class Fault(msgspec.Struct, frozen=True):
    """One thing to mend in a request: where, and what is wrong there."""

    field: str
    message: Text


class Problem(HubError):
    """A request that is answered with a problem; `kind` is a bounded code, such as `unknown_feed`."""

    remedy: ClassVar[Remedy] = "tell_caller"

    def __init__(
        self,
        status: int,
        kind: str,
        detail: Text,
        faults: Sequence[Fault] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail.en, kind=kind)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.faults = tuple(faults)
        self.headers = dict(headers or {})


def language_of(accept_language: str | None) -> Language:
    """Vietnamese unless English is asked for before it."""
    for choice in (accept_language or "").lower().split(","):
        name = choice.split(";")[0].strip()
        if name.startswith("en"):
            return "en"
        if name.startswith("vi"):
            return "vi"
    return "vi"


def problem_of(error: HubError) -> Problem:
    """From an error of a lower room to its answer; the fact `vi`, if given, is its Vietnamese message."""
    if isinstance(error, Problem):
        return error
    status = STATUS.get(type(error), 500)
    if status == 500:
        return _ours()
    detail = Text(error.facts.get("vi", TITLES[status].vi + "."), error.message)
    kind = "".join("_" + letter.lower() if letter.isupper() else letter for letter in type(error).__name__)
    return Problem(
        status, kind.strip("_"), detail, headers={"Retry-After": RETRY_SECONDS} if status == 503 else None
    )


def answer(problem: Problem, language: Language) -> Response:
    """Write the problem as `application/problem+json`."""
    body = {
        "type": f"urn:iochub:problem:{problem.kind}",
        "title": TITLES.get(problem.status, TITLES[500]).to(language),
        "status": problem.status,
        "detail": problem.detail.to(language),
        "errors": [{"field": fault.field, "message": fault.message.to(language)} for fault in problem.faults],
    }
    return Response(
        msgspec.json.encode(body),
        problem.status,
        headers={"Content-Language": language, **problem.headers},
        media_type=PROBLEM_JSON,
    )


def answer_with_problems(app: FastAPI) -> None:
    """Let every failure of an app leave as a problem answer in the language that was asked for."""
    app.add_exception_handler(HubError, _hub_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_middleware(Outermost)


async def _hub_error(request: Request, error: Exception) -> Response:
    problem = problem_of(error) if isinstance(error, HubError) else _ours()
    if problem.status == 500:
        log_without_values(error)
    return answer(problem, language_of(request.headers.get("accept-language")))


async def _http_error(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    headers = error.headers if isinstance(error, HTTPException) else None
    title = TITLES.get(status, TITLES[400])
    problem = Problem(status, f"http_{status}", Text(title.vi + ".", title.en + "."), headers=headers)
    return answer(problem, language_of(request.headers.get("accept-language")))


async def _validation_error(request: Request, error: Exception) -> Response:
    """Name the fields, never their values: they may be personal data."""
    found = error.errors() if isinstance(error, RequestValidationError) else []
    faults = [
        Fault(
            ".".join(str(part) for part in fault["loc"][1:]),
            Text(f"Giá trị không hợp lệ ({fault['type']}).", f"Not a valid value ({fault['type']})."),
        )
        for fault in found
    ]
    detail = Text("Một số tham số không hợp lệ.", "Some parameters are not valid.")
    problem = Problem(422, "invalid_parameters", detail, faults)
    return answer(problem, language_of(request.headers.get("accept-language")))


class Outermost:
    """Answers what nobody foresaw with 500 and no detail, and logs where it happened without any value."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on; an exception ends here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:  # noqa: BLE001 - the outermost loop: a bug must not print people's data
            log_without_values(error)
            if not started:
                language = language_of(Request(scope).headers.get("accept-language"))
                await answer(_ours(), language)(scope, receive, send)


def log_without_values(error: BaseException) -> None:
    """Log the class and the lines of code; a message may carry what a record held."""
    places = "".join(traceback.format_tb(error.__traceback__))
    log.critical("unforeseen %s\n%s", type(error).__name__, places)


def _ours() -> Problem:
    detail = Text(
        "Lỗi nằm ở hệ thống, không phải ở dữ liệu gửi lên. Xin gửi lại sau.",
        "The fault is the hub's, not the data's. Please send again later.",
    )
    return Problem(500, "unforeseen", detail)
