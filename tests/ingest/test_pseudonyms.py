"""What hiding a person promises."""

import pytest

from iochub.errors import DeclarationError
from iochub.ingest.pseudonyms import Pseudonyms

NUMBER = "038000000009"


def test_an_identity_survives_the_rotation_of_the_other_key() -> None:
    before, after = Pseudonyms("i" * 32, "p" * 32), Pseudonyms("i" * 32, "q" * 32)
    assert before.identity(NUMBER) == after.identity(NUMBER)
    assert before.record(b"x") == after.record(b"x")
    assert before.fingerprint() == after.fingerprint()
    assert before.person(NUMBER) != after.person(NUMBER)


def test_another_identity_key_is_told_by_its_fingerprint() -> None:
    assert Pseudonyms("i" * 32, "p" * 32).fingerprint() != Pseudonyms("j" * 32, "p" * 32).fingerprint()
    assert Pseudonyms("i" * 100, "p" * 32).fingerprint() != Pseudonyms("i" * 101, "p" * 32).fingerprint()


def test_no_two_uses_of_a_key_give_the_same_hash() -> None:
    hidden = Pseudonyms("k" * 32, "k" * 32)
    uses = {hidden.identity(""), hidden.person(""), hidden.record(b""), hidden.fingerprint()}
    assert len(uses) == 4
    assert not any(NUMBER in hidden.identity(NUMBER) for _ in uses)


def test_a_key_that_can_be_guessed_is_refused() -> None:
    for keys in (("", "p" * 32), ("i" * 32, "short")):
        with pytest.raises(DeclarationError):
            Pseudonyms(*keys)
