from contextlib import nullcontext
from pathlib import Path

import pytest
from certificates import made
from hypothesis import given, settings
from hypothesis import strategies as st
from stand_in_gateway import StandInGateway
from stand_in_server import Server

from iochub.errors import DeclarationError, StoreUnavailable
from iochub.ingest.connectors.crew import Hub
from iochub.ingest.connectors.declared import declarations_in, read_declaration
from iochub.ingest.connectors.secrets import Secret
from iochub.ingest.send_agent.declared import read_agent_file

KEY_TEXT = "ioc_stand_in"
KEY = 'key = {file = "a.key"}\n'
HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ6DEEsnsbmvZtQCfgNc1GwvZ8rJCq2L3C2z6yGX0000"
FILES = {
    "axis": 'kind = "axis"\nfeed = "documents"\nurl = "https://axis.example"\nsystem = "vxp.ioc"\n'
    'secret = {file = "a.key"}\n',
    "folder": 'kind = "folder"\nfeed = "dossiers"\nfolder = "drop"\ndone_markers = true\n',
    "portal": 'kind = "portal"\nfeed = "einvoices"\ntoken = {file = "a.key"}\n',
    "http": 'kind = "http"\nfeed = "dossiers"\nurl = "https://api.example/ho-so?loai=1"\n'
    'secret_headers = {Authorization = {file = "a.key", prefix = "Bearer "}}\n'
    '[pages]\nstyle = "cursor"\nparameter = "state"\nat = "state"\nitems = "data"\n'
    '[dates]\nfrom = "tuNgay"\nto = "denNgay"\nformat = "%d/%m/%Y"\n',
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    secret = tmp_path / "a.key"
    secret.write_text(f"{KEY_TEXT}\n")
    secret.chmod(0o600)
    return tmp_path


def declared(folder: Path, text: str, name: str = "one.toml") -> Path:
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.parametrize("kind", FILES)
def test_each_kind_is_made_from_its_file(folder: Path, kind: str) -> None:
    path = declared(folder, KEY + FILES[kind])
    made = read_declaration(path).made("one", folder)
    assert (made.name, made.kind) == ("one", kind)
    made.close()


@pytest.mark.parametrize("kind", FILES)
def test_a_misspelt_field_is_refused_by_name(folder: Path, kind: str) -> None:
    path = declared(folder, "every_second = 5\n" + KEY + FILES[kind])
    with pytest.raises(DeclarationError, match="every_second"):
        read_declaration(path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("kind = ", "no TOML"),
        ('kind = "ftp"\n', "ftp"),
        (FILES["folder"], "key"),
        (KEY + FILES["axis"].replace("https://axis.example", "file:///etc/passwd"), "url"),
        (KEY + FILES["folder"] + "every_seconds = 0\n", "every_seconds"),
    ],
)
def test_what_is_wrong_in_a_file_is_said_with_its_name(folder: Path, text: str, said: str) -> None:
    with pytest.raises(DeclarationError, match=said) as refused:
        read_declaration(declared(folder, text))
    assert "one.toml" in refused.value.message


def test_a_cursor_without_a_place_and_a_server_without_a_key_are_refused(folder: Path) -> None:
    text = KEY + FILES["http"].replace('at = "state"\n', "")
    with pytest.raises(DeclarationError, match=r"pages\.at"):
        read_declaration(declared(folder, text)).made("one", folder)
    sftp = (
        f'kind = "sftp"\nfeed = "dossiers"\nhost = "h"\nuser = "u"\nfolder = "/"\nhost_key = "{HOST_KEY}"\n'
    )
    with pytest.raises(DeclarationError, match="either password or key_file"):
        read_declaration(declared(folder, KEY + sftp)).made("one", folder)


def test_a_secret_that_others_may_read_is_refused_and_none_is_ever_shown(folder: Path, monkeypatch) -> None:
    assert Secret(file="a.key").read(folder) == KEY_TEXT
    assert Secret(file="a.key", prefix="Bearer ").read(folder) == f"Bearer {KEY_TEXT}"
    (folder / "a.key").chmod(0o644)
    with pytest.raises(DeclarationError, match="chmod 600") as refused:
        Secret(file="a.key").read(folder)
    assert KEY_TEXT not in refused.value.message
    monkeypatch.setenv("A_SECRET", "x\ny")
    for wrong in (Secret(), Secret(env="A", file="b"), Secret(env="NOT_THERE"), Secret(env="A_SECRET")):
        with pytest.raises(DeclarationError):
            wrong.read(folder)


def test_an_authority_that_is_no_certificate_is_refused(folder: Path) -> None:
    path = declared(folder, 'authority = "a.key"\n' + KEY + FILES["axis"])
    with pytest.raises(DeclarationError, match="holds no certificates"):
        read_declaration(path).made("one", folder)


def plain(kind: str) -> str:
    """The same declaration, over plain http to another machine."""
    source = 'url = "http://tax.lan:30000/"\n' if kind == "portal" else ""
    return KEY + source + FILES[kind].replace("https://", "http://")


@pytest.mark.parametrize(
    ("kind", "host"), [("axis", "axis.example"), ("portal", "tax.lan"), ("http", "api.example")]
)
def test_keys_and_records_travel_unencrypted_only_where_that_is_declared(folder: Path, kind, host) -> None:
    with pytest.raises(DeclarationError, match=host) as refused:
        read_declaration(declared(folder, plain(kind)))
    assert "one.toml: url is http://" in refused.value.message
    line = f'allow_plain_http = ["{host}"]'
    assert line in refused.value.message
    read_declaration(declared(folder, f"{line}\n{plain(kind)}")).made("one", folder).close()


def test_the_gateway_is_an_address_and_no_open_door_either(folder: Path) -> None:
    for gateway, said in (
        ("http://hub.example", "allow_plain_http"),
        ("ftp://hub.example", "gateway"),
        ("https://hub.example:99999", "no address"),
    ):
        with pytest.raises(DeclarationError, match=said):
            read_declaration(declared(folder, f'gateway = "{gateway}"\n{KEY}{FILES["folder"]}'))
        agent = declared(folder, f'gateway = "{gateway}"\n{KEY}', "agent.toml")
        with pytest.raises(DeclarationError, match=said):
            read_agent_file(agent)
    allowed = f'gateway = "http://hub.example"\nallow_plain_http = ["hub.example"]\n{KEY}'
    assert read_agent_file(declared(folder, allowed, "agent.toml")).gateway == "http://hub.example"
    assert read_declaration(declared(folder, allowed + FILES["folder"])).gateway == "http://hub.example"


def test_the_gateway_and_the_source_are_trusted_as_each_is_declared(folder: Path) -> None:
    own, authority = made("127.0.0.1"), made("an authority", is_authority=True)
    signed = made("127.0.0.1", by=authority)
    (folder / "own.crt").write_bytes(own.pem)
    (folder / "authority.crt").write_bytes(authority.pem)
    for server, how, is_ours in (
        (own, 'certificate = "own.crt"', True),
        (signed, 'gateway_authority = "authority.crt"', True),
        (signed, 'certificate = "authority.crt"', False),
        (signed, 'authority = "authority.crt"', False),
    ):
        stand_in = StandInGateway()
        stand_in.server = Server(stand_in._answer, server.pair(folder, "server"))
        with stand_in.server.running():
            text = f'gateway = "{stand_in.url}"\n{how}\n{KEY}{FILES["folder"]}'
            declaration = read_declaration(declared(folder, text))
            line = Hub("", "", folder).door(declaration, folder)
            with nullcontext() if is_ours else pytest.raises(StoreUnavailable, match="not trusted"):
                line.push("dossiers", "application/json", b"[]", dry_run=True)
            line.close()
            assert stand_in.pushes == int(is_ours)


def test_a_name_that_is_none_is_refused(folder: Path) -> None:
    with pytest.raises(DeclarationError, match="small letters"):
        read_declaration(declared(folder, KEY + FILES["folder"], "Một.toml"))
    assert [path.name for path in declarations_in(folder)] == ["Một.toml"]


@settings(deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_is_a_declaration_or_refused(tmp_path_factory, text: str) -> None:
    path = tmp_path_factory.mktemp("d") / "one.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(DeclarationError):
        read_declaration(path)
