"""Who may ask, and under which limits: the writer may do everything, the reader may read the hub's tables."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from iochub.warehouse.engine.failures import REQUIRED_PASSWORD, SETTING_REFUSED, WRONG_PASSWORD, Refusal

READER_MEMORY = 1_000_000_000
READER_SECONDS = 30.0
READER_ROWS = 1_000_000
RESULT_BYTES = 512 * 1024 * 1024
READER_DATABASES = ("", "iochub", "default")

# A reader may ask for less than these, never for more; 0 would mean "no limit" to the engine.
READER_LIMITS: dict[str, float] = {
    "max_memory_usage": READER_MEMORY,
    "max_execution_time": READER_SECONDS,
    "max_result_rows": READER_ROWS,
    "max_result_bytes": RESULT_BYTES // 4,
    "max_threads": 2,
}
READER_FIXED = {
    "max_bytes_before_external_group_by": str(READER_MEMORY // 2),
    "max_bytes_before_external_sort": str(READER_MEMORY // 2),
    "max_temporary_data_on_disk_size_for_query": str(2 * READER_MEMORY),
    "max_ast_elements": "50000",
    "max_subquery_depth": "100",
    "readonly": "1",
}
READER_MAY_SET = frozenset(
    {
        "cast_string_to_dynamic_use_inference", "cast_string_to_variant_use_inference",
        "date_time_input_format", "date_time_output_format", "extremes", "final", "group_by_use_nulls",
        "join_use_nulls",
        "limit", "log_comment", "max_block_size", "max_bytes_to_read", "max_rows_to_read", "offset",
        "output_format_decimal_trailing_zeros", "output_format_write_statistics",
        "read_overflow_mode", "result_overflow_mode", "session_timezone", "timeout_overflow_mode",
        "totals_mode", "transform_null_in", "use_query_cache",
    }
)  # fmt: skip
# `output_format_schema` names a file to write, so only these families, never every `output_format_…`.
READER_MAY_SET_FAMILIES = tuple(
    f"output_format_{family}_" for family in ("arrow", "csv", "json", "native", "parquet", "pretty", "tsv")
)


@dataclass(frozen=True)
class Account:
    """One of the two who may ask."""

    name: str
    password: str = field(repr=False)
    may_write: bool


def admitted(accounts: Mapping[str, Account], user: str, password: str) -> Account:
    """Know the account by name and password; nobody comes in without one.

    Raises: Refusal 194 without a password, 516 with a wrong one; the caller acts.
    """
    if not password:
        raise Refusal(
            REQUIRED_PASSWORD, "The warehouse answers nobody without a password. (REQUIRED_PASSWORD)"
        )
    account = accounts.get(user)
    expected = account.password if account else ""
    if not hmac.compare_digest(expected.encode(), password.encode()) or account is None or not expected:
        raise Refusal(
            WRONG_PASSWORD,
            "Authentication failed: password is incorrect, or there is no user with such name. "
            "(AUTHENTICATION_FAILED)",
        )
    return account


def writer_settings(asked: Mapping[str, str], *, safe_method: bool) -> dict[str, str]:
    """Give the writer what it asked for; a GET only reads, as on a ClickHouse server."""
    settings = {"max_result_bytes": str(RESULT_BYTES), **asked}
    if safe_method:
        settings["readonly"] = "2"
    return settings


def reader_settings(asked: Mapping[str, str]) -> dict[str, str]:
    """Give the reader what it asked for within its limits, and shut the door behind it.

    Raises: Refusal 452 for a setting that is not on the list; the caller acts.
    """
    settings = {name: str(int(most)) for name, most in READER_LIMITS.items()}
    for name, value in asked.items():
        if name in READER_LIMITS:
            settings[name] = within(value, READER_LIMITS[name])
        elif name in READER_MAY_SET or name.startswith(READER_MAY_SET_FAMILIES):
            settings[name] = value
        elif name != "readonly":
            raise Refusal(SETTING_REFUSED, f"The reader may not set {name}. (SETTING_CONSTRAINT_VIOLATION)")
    return {**settings, **READER_FIXED}


def within(value: str, most: float) -> str:
    """Keep a limit between nothing and the most that is allowed; nonsense becomes the most."""
    try:
        number = float(value)
    except ValueError:
        return str(int(most))
    return value if 0 < number <= most else str(int(most))
