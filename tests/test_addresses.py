"""Whom our programs trust at the other end of a line, and to whom they say nothing."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from certificates import Made, made
from hypothesis import given
from hypothesis import strategies as st
from stand_in_server import Asked, Server, Told

from iochub.addresses import check_plain_http, trust
from iochub.errors import DeclarationError

HERE, ELSEWHERE = "127.0.0.1", "ioc.example.vn"


@pytest.fixture(scope="module")
def authority() -> Made:
    return made("province authority", is_authority=True)


@contextmanager
def server(folder: Path, own: Made, *chain: Made) -> Iterator[tuple[str, list[Asked]]]:
    """A real TLS server, and what it was asked."""
    asked: list[Asked] = []

    def answer(one: Asked) -> Told:
        asked.append(one)
        return Told(200, b"{}")

    with Server(answer, own.pair(folder, "server", *chain)).running() as running:
        yield running.url, asked


def file_of(folder: Path, *certificates: Made) -> str:
    path = folder / "trusted.crt"
    path.write_bytes(b"".join(each.pem for each in certificates))
    return str(path)


def is_trusted(url: str, **how: str) -> bool:
    """Whether a client says anything; asyncio's way to TLS must judge like the plain one."""
    trusted = trust(how.get("certificate", ""), how.get("authority", ""))
    headers = {"Authorization": "Bearer secret"}

    async def asynchronous() -> bool:
        async with httpx.AsyncClient(verify=trusted, trust_env=False) as client:
            return await _answers(client.get(url, headers=headers))

    with httpx.Client(verify=trusted, trust_env=False) as client:
        try:
            told = client.get(url, headers=headers).status_code == 200
        except httpx.ConnectError:
            told = False
    assert told == asyncio.run(asynchronous())
    return told


async def _answers(asking) -> bool:
    try:
        return (await asking).status_code == 200
    except httpx.ConnectError:
        return False


@pytest.mark.parametrize("name", [HERE, ELSEWHERE])
@pytest.mark.parametrize("kind", ["its own signature", "openssl req -x509", "an authority", "a chain"])
def test_a_pinned_certificate_is_trusted_whatever_its_name(tmp_path, authority, name, kind) -> None:
    own, chain = {
        "its own signature": (made(name), []),
        "openssl req -x509": (made(name, is_authority=True), []),
        "an authority": (made(name, by=authority), []),
        "a chain": (made(name, by=authority), [authority]),
    }[kind]
    with server(tmp_path, own, *chain) as (url, asked):
        assert is_trusted(url, certificate=file_of(tmp_path, own, *chain))
    assert len(asked) == 2


def test_who_shows_another_certificate_than_the_pinned_one_hears_no_key(tmp_path, authority) -> None:
    own = made(HERE, by=authority)
    renewed = made(HERE, by=authority, key=own.key)
    for shown in (made(HERE), made(HERE, by=authority), renewed):
        with server(tmp_path, shown, authority) as (url, asked):
            # The pinned file may hold the chain too, as a server's does: it is the first that counts.
            assert not is_trusted(url, certificate=file_of(tmp_path, own, authority))
        assert asked == []


@pytest.mark.parametrize("name", [HERE, ELSEWHERE])
def test_an_authority_that_is_given_as_the_certificate_lets_nobody_in(tmp_path, authority, name) -> None:
    with server(tmp_path, made(name, by=authority)) as (url, asked):
        assert not is_trusted(url, certificate=file_of(tmp_path, authority))
    assert asked == []


def test_an_authority_vouches_for_the_name_in_the_address_and_no_other(tmp_path, authority) -> None:
    trusted = file_of(tmp_path, authority)
    for name in (HERE, ELSEWHERE):
        with server(tmp_path, made(name, by=authority)) as (url, asked):
            assert is_trusted(url, authority=trusted) == (name == HERE)
        assert bool(asked) == (name == HERE)
    with server(tmp_path, made(HERE, by=made("another", is_authority=True))) as (url, asked):
        assert not is_trusted(url, authority=trusted)


def test_with_neither_the_machine_decides(tmp_path) -> None:
    with server(tmp_path, made(HERE)) as (url, _):
        assert not is_trusted(url)


@pytest.mark.parametrize(
    "text", ["", "nonsense", "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_holds_no_certificate_is_refused_by_name(tmp_path: Path, text: str) -> None:
    path = tmp_path / "no.crt"
    path.write_text(text)
    for how in ((str(path), ""), ("", str(path)), (str(tmp_path / "away"), "")):
        with pytest.raises(DeclarationError, match="certificate"):
            trust(*how)


def test_both_at_once_say_nothing_clear(tmp_path: Path) -> None:
    path = file_of(tmp_path, made(HERE))
    with pytest.raises(DeclarationError, match="either"):
        trust(path, path)


@pytest.mark.parametrize(
    "address",
    [
        "https://hub.example", "http://127.0.0.1:8100", "http://localhost/x", "http://[::1]:1", "http://127.9.9.9",
        "http://axis.lan:8080/api", "http://AXIS.lan",
    ],
)  # fmt: skip
def test_plain_http_stays_on_the_machine_or_goes_where_it_was_allowed(address: str) -> None:
    check_plain_http(address, ("axis.lan",), "url")


@pytest.mark.parametrize(
    "address",
    [
        "http://hub.example", "http://10.1.2.3:8100", "http://127.0.0.1.example.vn", "http://127.0.0.1@10.1.2.3",
        "http://localhost.example", "http://[2001:db8::1]/", "http://axis.lan.example", "http://0.0.0.0",
    ],
)  # fmt: skip
def test_plain_http_beyond_the_machine_is_refused_with_what_to_do(address: str) -> None:
    with pytest.raises(DeclarationError, match=r"allow_plain_http = \[") as refused:
        check_plain_http(f"{address}?token=secret", ("axis.lan",), "url")
    assert "mã hoá" in refused.value.message
    assert "secret" not in refused.value.message


@given(rest=st.text(max_size=40) | st.text("127.0@:/\\[]?#locahst", max_size=25))
def test_no_text_after_the_scheme_is_plain_http_to_a_host_that_was_not_allowed(rest: str) -> None:
    address = f"http://{rest}"
    try:
        check_plain_http(address, (), "url")
    except DeclarationError:
        return
    host = httpx.URL(address).host
    assert host in ("localhost", "::1") or host.startswith("127.")
