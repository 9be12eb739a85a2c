"""How the engine's refusals look to a client: ClickHouse's code, its text and the HTTP status."""

import re

CODE = re.compile(r"Code:\s*(\d+)")

SYNTAX_ERROR = 62
UNKNOWN_SETTING_VALUE = 36
NOT_ALLOWED = 497
READ_ONLY = 164
SETTING_REFUSED = 452
REQUIRED_PASSWORD = 194
WRONG_PASSWORD = 516
TOO_BUSY = 202
TOO_LARGE = 229
CLIENT_GONE = 210
ABORTED = 236
CANNOT_DECOMPRESS = 271
UNKNOWN_FAILURE = 1002

# Source: exceptionCodeToHTTPStatus in ClickHouse's src/Server/HTTPHandler.cpp; 497 and 164 are ours,
# because a refusal that reads as "internal error" sends people looking in the wrong place.
STATUS: dict[int, int] = {
    REQUIRED_PASSWORD: 401,
    192: 403,
    193: 403,
    WRONG_PASSWORD: 403,
    NOT_ALLOWED: 403,
    READ_ONLY: 403,
    SETTING_REFUSED: 403,
    **dict.fromkeys(
        (6, 25, 26, 27, 34, 36, 38, 41, 42, 43, 53, 62, 69, 70, 72, 117, 130, 167, 168, 271, 456, 457), 400
    ),
    **dict.fromkeys((16, 20, 46, 47, 50, 56, 60, 63, 73, 78, 81, 115), 404),
    159: 408,
    394: 499,
    TOO_LARGE: 413,
    48: 501,
    TOO_BUSY: 503,
    209: 503,
    CLIENT_GONE: 503,
    439: 503,
}


class Refusal(Exception):
    """A request that gets an answer in ClickHouse's words instead of rows: no failure of the hub."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message

    @property
    def status(self) -> int:
        """The HTTP status that a ClickHouse server gives for this code."""
        return STATUS.get(self.code, 500)

    @property
    def text(self) -> str:
        """The body: `Code: N. DB::Exception: …`."""
        if self.message.startswith("Code:"):
            return self.message
        return f"Code: {self.code}. DB::Exception: {self.message}"


def refusal(error: Exception) -> Refusal:
    """Read the engine's own code out of what chDB raised."""
    text = str(error)
    found = CODE.search(text)
    if found is None:
        return Refusal(UNKNOWN_FAILURE, text.strip())
    return Refusal(int(found.group(1)), text[found.start() :].strip())
