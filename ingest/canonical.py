"""A record's content as bytes that stay the same when only keys change places or spaces change."""

import msgspec

_encoder = msgspec.json.Encoder(order="sorted")


def canonical(content: object) -> bytes:
    """Write a parsed JSON record in one fixed way.

    It is the publisher's record and not our reading of it: an upgrade of the parser must not make old
    records look new.
    """
    return _encoder.encode(content)
