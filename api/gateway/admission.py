"""Who knocks: the agency key of a request, how much it may still send, and which feed it may use."""

from starlette.requests import Request
from starlette.responses import Response

from iochub.api.gateway.acceptance import Gateway
from iochub.api.gateway.cloudevents import unknown_feed
from iochub.api.gateway.limits import Allowance
from iochub.api.keys import AgencyKey
from iochub.api.problems import Problem
from iochub.ingest.feed import Feed
from iochub.text import Text


def admit(gateway: Gateway, request: Request) -> tuple[AgencyKey, Allowance]:
    """The key of a request and what is left of its allowance.

    Raises: Problem 401, 429; the publisher acts.
    """
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    key = gateway.keys.verify_agency(text.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise Problem(
            401,
            "unknown_key",
            Text(
                "Gửi kèm Authorization: Bearer <khoá cơ quan>. Khoá do quản trị cấp (iochub keys create).",
                "Send Authorization: Bearer <agency key>. The hub's operator makes it (iochub keys create).",
            ),
            headers={"WWW-Authenticate": 'Bearer realm="iochub"'},
        )
    allowance = gateway.buckets.take(key.id)
    if not allowance.allowed:
        raise Problem(
            429,
            "too_many_requests",
            Text(
                f"Vượt mức {allowance.limit} yêu cầu; gửi tiếp sau {allowance.reset_seconds} giây.",
                f"More than {allowance.limit} requests; go on after {allowance.reset_seconds} seconds.",
            ),
            headers=allowance.headers(),
        )
    return key, allowance


def feed_for(gateway: Gateway, key: AgencyKey, name: str) -> Feed:
    """The feed of this name, if the key may use it.

    Raises: Problem 404, 403; the publisher or the operator acts.
    """
    feed = gateway.feeds.get(name)
    if feed is None:
        raise unknown_feed(", ".join(sorted(gateway.feeds)))
    refuse_other_feeds(key, name)
    return feed


def refuse_other_feeds(key: AgencyKey, name: str) -> None:
    """A key is for the feeds that it names: others of its agency it neither sends to nor looks into.

    Raises: Problem 403; the operator acts.
    """
    if name not in key.feeds:
        raise Problem(
            403,
            "feed_not_allowed",
            Text(
                f"Khoá này không dùng được cho nguồn {name}. Quản trị hub cấp khoá mới cho nguồn đó.",
                f"This key is not for feed {name}. The hub's operator makes one that is.",
            ),
        )


def with_allowance(answer: Response, allowance: Allowance) -> Response:
    """Tell the sender what is left."""
    answer.headers.update(allowance.headers())
    return answer
