"""How a set-aside record is sealed, so that only its own sender reads it again."""

import hashlib
import os

import zstandard
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from iochub.errors import DeclarationError

NONCE_BYTES = 12
"""Source: NIST SP 800-38D §8.2.2, a random nonce of 96 bits."""


class Seal:
    """Compresses and encrypts records under one key; a record opens only under the id it was sealed for."""

    def __init__(self, key: SecretStr) -> None:
        secret = key.get_secret_value()
        if not secret:
            raise DeclarationError(
                "IOCHUB_SEALING_KEY is empty: records that were set aside could not be kept sealed. "
                "`iochub up` makes one; keep it with the backups.",
                setting="IOCHUB_SEALING_KEY",
            )
        self._cipher = AESGCM(
            hashlib.blake2b(secret.encode(), digest_size=32, person=b"iochub.seal").digest()
        )

    def close(self, record: bytes, name: str) -> bytes:
        """Seal a record for the dead letter of this id."""
        nonce = os.urandom(NONCE_BYTES)
        packed = zstandard.ZstdCompressor(level=3).compress(record)
        return nonce + self._cipher.encrypt(nonce, packed, name.encode())

    def open(self, sealed: bytes, name: str) -> bytes:
        """The record again.

        Raises: DeclarationError when the hub runs with another sealing key; the operator acts.
        """
        try:
            packed = self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode())
        except InvalidTag as error:
            raise DeclarationError(
                "A sealed record does not open: IOCHUB_SEALING_KEY is not the key it was sealed with.",
                setting="IOCHUB_SEALING_KEY",
            ) from error
        return zstandard.ZstdDecompressor().decompress(packed)
