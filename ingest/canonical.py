"""A record's content as bytes that stay the same when only keys change places or spaces change."""

import msgspec

from iochub.errors import RecordRejected

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(content: object) -> bytes:
    """Write a parsed JSON record in one fixed way.

    It is the publisher's record and not our reading of it: an upgrade of the parser must not make old
    records look new.

    Raises: RecordRejected for a record nested beyond any format; the publisher acts.
    """
    try:
        return _encoder.encode(content)
    except RecursionError:
        raise RecordRejected("not_a_record:depth", "depth") from None
