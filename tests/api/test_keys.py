import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iochub.api.keys import Keys


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "keys.sqlite"


def test_a_key_opens_what_it_was_made_for(path: Path) -> None:
    keys = Keys(path)
    key = keys.verify_agency(keys.create_agency_key("H56.01", ["dossiers", "einvoices"]))
    assert key is not None
    assert (key.agency, key.feeds) == ("H56.01", ("dossiers", "einvoices"))
    token = keys.verify_viewer(keys.create_viewer_token("leader", "38"))
    assert token is not None
    assert (token.role, token.unit) == ("leader", "38")


def test_an_agency_key_is_no_viewer_token_and_the_other_way_round(path: Path) -> None:
    keys = Keys(path)
    assert keys.verify_viewer(keys.create_agency_key("H56.01", ["dossiers"])) is None
    assert keys.verify_agency(keys.create_viewer_token("leader", "38")) is None


def test_only_hashes_are_kept_and_only_for_the_owner(path: Path) -> None:
    secret = Keys(path).create_agency_key("H56.01", ["dossiers"]).split("_", 2)[2]
    assert secret.encode() not in path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_key_made_by_another_process_works_at_once(path: Path) -> None:
    here, there = Keys(path), Keys(path)
    assert here.verify_agency("ioc_000000000000_x") is None
    assert here.verify_agency(there.create_agency_key("H56.01", ["dossiers"])) is not None


def test_a_key_revoked_by_another_process_stops_within_seconds(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, there = Keys(path), Keys(path)
    text = here.create_agency_key("H56.01", ["dossiers"])
    key = here.verify_agency(text)
    assert key is not None
    assert there.revoke(key.id)
    monkeypatch.setattr("iochub.api.keys.LOOK_SECONDS", 0.0)
    assert here.verify_agency(text) is None
    assert [listed.revoked_at is None for listed in here.agency_keys()] == [False]


def test_who_only_reads_leaves_the_file_as_it_is(path: Path) -> None:
    """A file that looked changed after each look would be read again by everyone, every second, for ever."""
    text = Keys(path).create_agency_key("H56", ["dossiers"])
    before = path.stat()
    for _ in range(2):
        assert Keys(path).verify_agency(text) is not None
    after = path.stat()
    assert (after.st_mtime_ns, after.st_ctime_ns) == (before.st_mtime_ns, before.st_ctime_ns)


def test_revoking_twice_or_nothing_says_so(path: Path) -> None:
    keys = Keys(path)
    keys.create_viewer_token("leader", "38")
    (token,) = keys.viewer_tokens()
    assert keys.revoke(token.id)
    assert not keys.revoke(token.id)
    assert not keys.revoke("nobody")


def test_another_secret_under_a_known_id_opens_nothing(path: Path) -> None:
    keys = Keys(path)
    mark, identifier, secret = keys.create_agency_key("H56.01", ["dossiers"]).split("_", 2)
    assert keys.verify_agency(f"{mark}_{identifier}_{secret[:-1]}") is None
    assert keys.verify_agency(f"{mark}_{identifier}_") is None


@given(text=st.text(max_size=60))
def test_no_text_that_was_not_issued_opens_anything(
    text: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    keys = Keys(tmp_path_factory.getbasetemp() / "none.sqlite")
    assert keys.verify_agency(text) is None
    assert keys.verify_viewer("iov_" + text) is None
