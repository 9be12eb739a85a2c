"""The gateway's OpenAPI document, from the same declarations that the gateway works by."""

from collections.abc import Mapping
from typing import Any

import msgspec

from iochub.api.gateway.acceptance import ReceiptAnswer
from iochub.api.gateway.cloudevents import BATCH, STRUCTURED, TYPE_PREFIX
from iochub.api.gateway.pushing import DeclarationBody, WithdrawalBody
from iochub.api.gateway.replaying import ReplaysBody
from iochub.ingest.dead_letters import STATES
from iochub.ingest.feed import Feed

Json = dict[str, Any]

PROBLEMS = {
    "400": "Yêu cầu sai quy cách · not well formed",
    "401": "Thiếu khoá hoặc khoá không hợp lệ · no or unknown key",
    "403": "Khoá không được dùng cho nguồn này · key not allowed for this feed",
    "404": "Không có · not found",
    "413": "Quá lớn · too large",
    "415": "Kiểu dữ liệu không được nhận · type not taken",
    "409": "Không có đề xuất sửa nào chắc chắn · no correction is certain",
    "429": "Quá nhiều yêu cầu, hoặc quá nhiều bản ghi bị từ chối; xem Retry-After · too many "
    "requests or rejects; see Retry-After",
    "503": "Chưa xác nhận: gửi lại, phần đã giữ chỉ tính một lần · not confirmed: send it again, "
    "whatever was kept counts once",
}
PUSH_WORDS = (
    "Biên nhận chỉ được trả lời sau khi Kafka đã xác nhận giữ. Gửi lại cùng nội dung là cùng một lần gửi "
    "và chỉ tính một lần. · The receipt is answered only after Kafka has acknowledged. The same bytes are "
    "the same delivery and count once, whatever the CloudEvents id and source are."
)
DRY_RUN = ("dry_run", "query", "1: chỉ kiểm tra, không giữ · 1: the verdicts without keeping anything")
SUGGESTION = ("suggestion", "query", "1: gửi bản sửa được đề xuất · 1: send the suggested correction")
FEED = ("feed", "path", "Tên nguồn · the feed's name")


def described(feeds: Mapping[str, Feed]) -> Json:
    """Write the OpenAPI 3.1 document for these feeds."""
    shapes = (ReceiptAnswer, WithdrawalBody, DeclarationBody, ReplaysBody)
    schemas, components = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    receipt, withdrawal, declaration, replays = schemas
    kinds: Json = {kind: {} for feed in feeds.values() for kind in feed.content_types}
    events: Json = {STRUCTURED: {}, BATCH: {}, **kinds}
    names = ", ".join(f"{TYPE_PREFIX}{name}" for name in sorted(feeds))
    kept = {
        "202": _answer("Biên nhận · receipt", receipt),
        "422": _answer("Mọi bản ghi bị loại · all rejected", receipt),
    }
    paths: Json = {
        "/v1/events": {
            "post": _operation(f"CloudEvents 1.0: type = {names}", events, kept, (DRY_RUN,), PUSH_WORDS)
        },
        "/v1/feeds/{feed}/deliveries": {
            "post": _operation(
                "Tệp gốc của cơ quan · the publisher's file as it is",
                kinds,
                kept,
                (FEED, DRY_RUN),
                PUSH_WORDS,
            )
        },
        "/v1/feeds/{feed}/withdrawals": {
            "post": _operation(
                "Rút bản ghi gửi nhầm · take back records sent by mistake",
                _json(withdrawal),
                kept,
                (FEED, DRY_RUN),
            )
        },
        "/v1/feeds/{feed}/declarations": {
            "post": _operation(
                "Khai tổng số đã gửi · control totals of what was sent",
                _json(declaration),
                _plain("202"),
                (FEED,),
            )
        },
        **_looking(kept, replays),
    }
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "IOC Hub – cổng tiếp nhận · gateway",
            "version": "1",
            "description": "Authorization: Bearer <khoá cơ quan · agency key>. Content-Encoding: gzip, zstd. "
            "Accept-Language: vi (mặc định · default), en.",
        },
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {"agency": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"agency": []}],
    }


def _looking(kept: Json, replays: object) -> Json:
    """The addresses that answer about what was pushed."""
    letter = ("dead_letter", "path", "Mã bản ghi lỗi · the dead letter's id")
    return {
        "/v1/feeds/{feed}/holdings": {
            "get": _operation(
                "Hub đang giữ gì, theo ngày · what the hub holds of this sender, per day",
                {},
                _plain("200"),
                (
                    FEED,
                    ("from", "query", "Từ ngày · from"),
                    ("to", "query", "Đến trước ngày · to, exclusive"),
                ),
            )
        },
        "/v1/feeds/reports/template": {
            "get": _operation(
                "Biểu mẫu báo cáo để điền và gửi lại · the table of reports to fill in and send",
                {},
                _plain("200"),
                (
                    ("period", "query", "Kỳ: 2021, 2021-H1, 2021-Q3, 2021-07, 2021-07-15 · period"),
                    (
                        "unit",
                        "query",
                        "Mã hoặc tên đơn vị, lặp lại được · code or name of a unit, repeatable",
                    ),
                    ("format", "query", "xlsx (mặc định · default), csv"),
                ),
            )
        },
        "/v1/feeds": {
            "get": _operation(
                "Các nguồn của khoá này, có tạm dừng không · this key's feeds, and whether one is stopped",
                {},
                _plain("200"),
            )
        },
        "/v1/receipts/{receipt}": {
            "get": _operation(
                "Theo dõi biên nhận: accepted → stored → counted · follow a receipt",
                {},
                _plain("200"),
                (("receipt", "path", "Mã biên nhận · the receipt's id"),),
            )
        },
        "/v1/dead-letters": {
            "get": _operation(
                "Bản ghi lỗi của mình · the sender's own dead letters",
                {},
                _plain("200"),
                (
                    ("feed", "query", FEED[2]),
                    ("reason", "query", "Mã lý do · reason"),
                    ("since", "query", "Từ lúc · since"),
                    ("state", "query", "Trạng thái · one of " + ", ".join(STATES)),
                    ("limit", "query", "Số dòng mỗi trang · rows of a page"),
                    ("before", "query", "Trang sau: giá trị next · the next page: the value of next"),
                ),
            )
        },
        "/v1/dead-letters/replay": {
            "post": _operation(
                "Gửi lại nhiều bản ghi lỗi · replay many, as suggested or as they were",
                _json(replays),
                _plain("200"),
                (DRY_RUN,),
            )
        },
        "/v1/dead-letters/{dead_letter}/history": {
            "get": _operation(
                "Ai đã sửa gì, lúc nào · who changed what, and when", {}, _plain("200"), (letter,)
            )
        },
        "/v1/dead-letters/{dead_letter}": {
            "get": _operation(
                "Một bản ghi lỗi, chỗ sai và đề xuất sửa · one, its faults and a correction",
                {},
                _plain("200"),
                (letter,),
            )
        },
        "/v1/dead-letters/{dead_letter}/replay": {
            "post": _operation(
                "Gửi lại, kèm bản đã sửa nếu có · replay, with the corrected record if there is one",
                {},
                kept,
                (letter, SUGGESTION, DRY_RUN),
            )
        },
    }


def _operation(
    summary: str, body: Json, answers: Json, parameters: tuple[tuple[str, ...], ...] = (), words: str = ""
) -> Json:
    problems = {
        status: {
            "description": text,
            "content": {"application/problem+json": {"schema": {"type": "object"}}},
        }
        for status, text in PROBLEMS.items()
    }
    operation: Json = {
        "summary": summary,
        "parameters": [
            {
                "name": name,
                "in": place,
                "required": place == "path",
                "description": text,
                "schema": {"type": "string"},
            }
            for name, place, text in parameters
        ],
        "responses": answers | problems,
    }
    if words:
        operation["description"] = words
    if body:
        operation["requestBody"] = {"required": True, "content": body}
    return operation


def _json(schema: object) -> Json:
    return {"application/json": {"schema": schema}}


def _answer(text: str, schema: object) -> Json:
    return {"description": text, "content": _json(schema)}


def _plain(status: str) -> Json:
    return {status: _answer("Được · done", {"type": "object"})}
