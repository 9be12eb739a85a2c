"""How persons are hidden at the door: keyed hashes that nobody without the key can turn back."""

import hashlib

from iochub.errors import DeclarationError

KEY_CHARACTERS = 16
"""A 12-digit number is guessed in minutes; what keeps its hash shut is only the key."""

DIGEST_BYTES = 16


class Pseudonyms:
    """Two keys: one for what is part of an entity's name, never rotated; one for all other persons."""

    def __init__(self, identity_key: str, pseudonym_key: str) -> None:
        if min(len(identity_key), len(pseudonym_key)) < KEY_CHARACTERS:
            raise DeclarationError(
                f"The identity key and the pseudonym key need at least {KEY_CHARACTERS} characters each."
            )
        self._identity = _keyed(identity_key, b"identity")
        self._person = _keyed(pseudonym_key, b"person")
        self._record = _keyed(identity_key, b"record")
        self._fingerprint = _keyed(identity_key, b"fingerprint")

    def identity(self, value: str) -> str:
        """Hide a personal part of an entity key; the same for ever."""
        return _finished(self._identity, value.encode())

    def person(self, value: str) -> str:
        """Hide any other personal value; changes when the pseudonym key is rotated."""
        return _finished(self._person, value.encode())

    def record(self, canonical: bytes) -> str:
        """Name a record by its content: equal records have equal names, and a name betrays no content."""
        return _finished(self._record, canonical)

    def fingerprint(self) -> str:
        """Tell identity keys apart without showing them."""
        return _finished(self._fingerprint, b"")


def _keyed(key: str, use: bytes) -> "hashlib.blake2b":
    """BLAKE2b takes keys up to 64 bytes, so longer ones are hashed first."""
    return hashlib.blake2b(key=hashlib.blake2b(key.encode()).digest(), person=use, digest_size=DIGEST_BYTES)


def _finished(keyed: "hashlib.blake2b", message: bytes) -> str:
    """Copying a prepared hash is twice as fast as building it, and this runs for every record."""
    copied = keyed.copy()
    copied.update(message)
    return copied.hexdigest()
