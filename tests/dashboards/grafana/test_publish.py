"""Publishing against a stand-in that checks what it is given as Grafana does."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from fake_grafana import PASSWORD, TOKEN, USER, FakeGrafana
from pydantic import SecretStr

from iochub.dashboards.grafana.boards import Board, boards
from iochub.dashboards.grafana.publish import FOLDER_TITLE, FOLDER_UID, NotPublished, publish
from iochub.errors import DeclarationError
from iochub.settings import GrafanaSettings
from iochub.warehouse.indicators.registry import INDICATORS

BOARDS = boards(INDICATORS.values(), date(2026, 11, 26))


@pytest.fixture(params=["", "/sub/grafana"])
def grafana(request: pytest.FixtureRequest) -> Iterator[FakeGrafana]:
    with FakeGrafana(request.param).running() as fake:
        yield fake


def told(grafana: FakeGrafana, **how: object) -> GrafanaSettings:
    return GrafanaSettings(url=grafana.url).model_copy(update={"token": SecretStr(TOKEN), **how})


def changes(grafana: FakeGrafana, some: tuple[Board, ...] = BOARDS) -> dict[str, str]:
    return {outcome.uid: outcome.change for outcome in publish(told(grafana), some)}


def test_an_empty_grafana_gets_the_folder_and_one_dashboard_per_desk(grafana: FakeGrafana) -> None:
    outcomes = publish(told(grafana), BOARDS)
    assert [outcome.change for outcome in outcomes] == ["made"] * (1 + len(BOARDS))
    assert grafana.folders[FOLDER_UID]["title"] == FOLDER_TITLE
    assert list(grafana.dashboards) == [board.uid for board in BOARDS]
    for board, outcome in zip(BOARDS, outcomes[1:], strict=True):
        kept = grafana.dashboards[board.uid]
        assert kept["meta"]["folderUid"] == FOLDER_UID
        assert kept["dashboard"]["panels"] == board.model["panels"]
        assert outcome.url == f"{grafana.url}/d/{board.uid}"


def test_publishing_twice_is_publishing_once(grafana: FakeGrafana) -> None:
    changes(grafana)
    before = grafana.state()
    assert set(changes(grafana).values()) == {"unchanged"}
    assert grafana.state() == before
    assert {method for method, _ in grafana.requests[-3:]} == {"GET"}


def test_what_was_changed_in_the_screen_is_put_back_whatever_its_version(grafana: FakeGrafana) -> None:
    changes(grafana)
    changed, moved = (grafana.dashboards[board.uid] for board in BOARDS[:2])
    changed["dashboard"] |= {"title": "mine", "version": 17}
    moved["meta"]["folderUid"] = ""
    grafana.folders[FOLDER_UID] |= {"title": "ours", "version": 4}
    put_back = {uid for uid, change in changes(grafana).items() if change == "changed"}
    assert put_back == {FOLDER_UID, BOARDS[0].uid, BOARDS[1].uid}
    assert grafana.dashboards[BOARDS[0].uid]["dashboard"]["title"] == BOARDS[0].title
    assert grafana.dashboards[BOARDS[1].uid]["meta"]["folderUid"] == FOLDER_UID
    assert grafana.folders[FOLDER_UID]["title"] == FOLDER_TITLE


def test_a_write_that_is_answered_with_nothing_was_done_all_the_same(grafana: FakeGrafana) -> None:
    grafana.silent_writes = True
    assert set(changes(grafana).values()) == {"made"}
    assert set(changes(grafana).values()) == {"unchanged"}


def test_a_name_and_a_password_do_where_there_is_no_token(grafana: FakeGrafana) -> None:
    plain = told(grafana, token=SecretStr(""), user=USER, password=SecretStr(PASSWORD))
    assert len(publish(plain, BOARDS)) == 1 + len(BOARDS)
    with pytest.raises(DeclarationError, match="IOCHUB_GRAFANA__TOKEN"):
        publish(told(grafana, token=SecretStr("")), BOARDS)


def test_a_refused_token_is_said_with_the_way_out_and_without_the_token(grafana: FakeGrafana) -> None:
    with pytest.raises(NotPublished, match="IOCHUB_GRAFANA__TOKEN") as refused:
        publish(told(grafana, token=SecretStr("glsa_stolen")), BOARDS)
    assert "Invalid API key" in refused.value.message
    assert "glsa_stolen" not in refused.value.message
    assert grafana.state() == ({}, {})


def test_a_token_that_may_only_look_is_said(grafana: FakeGrafana) -> None:
    grafana.role = "Viewer"
    with pytest.raises(NotPublished, match="role Editor"):
        publish(told(grafana), BOARDS)


def test_grafanas_own_reason_is_passed_on(grafana: FakeGrafana) -> None:
    long = replace(BOARDS[0], uid="x" * 41, model={**BOARDS[0].model, "uid": "x" * 41})
    with pytest.raises(NotPublished, match=r"400 .*uid too long"):
        publish(told(grafana), [long])


def test_a_grafana_that_is_away_is_said_with_its_address() -> None:
    with FakeGrafana().running() as grafana:
        away = told(grafana)
    with pytest.raises(NotPublished, match="does not answer") as unanswered:
        publish(away, BOARDS)
    assert away.url in unanswered.value.message


@pytest.mark.parametrize(
    ("status", "page", "reason"),
    [
        (200, b"<html>Please log in</html>", "not Grafana's API"),
        (200, b"", "not Grafana's API"),
        (200, b"[]", "not Grafana's API"),
        # grafana-api looks for "message" in any text, and then takes the text for a dictionary.
        (502, b"<html>Bad gateway: a message from nginx</html>", "not Grafana's API"),
        (502, b"<html>Bad gateway</html>", "502"),
        (500, b'{"message": "database is locked"}', "500 .*database is locked"),
    ],
)
def test_whatever_else_answers_is_told_in_one_sentence(status: int, page: bytes, reason: str) -> None:
    with FakeGrafana().running() as grafana:
        grafana.instead = (status, page)
        with pytest.raises(NotPublished, match=reason):
            publish(told(grafana), BOARDS)


def test_a_redirect_that_swallows_a_write_is_not_taken_for_success(grafana: FakeGrafana) -> None:
    with pytest.raises(NotPublished, match="not Grafana's API"):
        publish(told(grafana, url=grafana.moved_url), BOARDS)
    assert grafana.folders == {}
    assert [method for method, _ in grafana.requests] == ["GET", "GET", "POST", "GET"]


@pytest.mark.parametrize("url", ["grafana:3000", "http://admin:hunter2@grafana:3000", "http://", "ftp://g"])
def test_an_address_that_cannot_work_is_refused_before_anything_is_asked(url: str) -> None:
    settings = GrafanaSettings(url=url, token=SecretStr(TOKEN))
    with pytest.raises(DeclarationError, match="IOCHUB_GRAFANA__URL") as refused:
        publish(settings, BOARDS)
    assert "hunter2" not in refused.value.message
