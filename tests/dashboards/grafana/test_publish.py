"""Publishing against a stand-in that checks what it is given as Grafana does."""

from collections.abc import Iterator, Sequence
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


def changes(grafana: FakeGrafana, some: Sequence[Board] = BOARDS, overwrite: bool = False) -> dict[str, str]:
    published = publish(told(grafana), some, overwrite=overwrite)
    return {outcome.uid: outcome.change for outcome in published.outcomes}


def later(board: Board) -> Board:
    """As another version of the hub writes it."""
    return replace(board, model={**board.model, "description": "newer"})


def test_an_empty_grafana_gets_the_folder_and_one_dashboard_per_desk(grafana: FakeGrafana) -> None:
    outcomes = publish(told(grafana), BOARDS).outcomes
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
    assert {method for method, _ in grafana.requests[-3 - len(BOARDS) :]} == {"GET"}


@pytest.mark.parametrize("lists_bare", [False, True])
def test_what_nobody_changed_is_renewed_again_and_again(grafana: FakeGrafana, lists_bare: bool) -> None:
    grafana.lists_bare = lists_bare
    changes(grafana)
    assert changes(grafana, [later(BOARDS[0])])[BOARDS[0].uid] == "changed"
    assert grafana.dashboards[BOARDS[0].uid]["dashboard"]["description"] == "newer"
    assert changes(grafana)[BOARDS[0].uid] == "changed"
    assert grafana.messages[BOARDS[0].uid] == ["iochub grafana publish"] * 3


def test_what_people_changed_is_told_and_left_alone_until_it_is_to_be_overwritten(
    grafana: FakeGrafana,
) -> None:
    changes(grafana)
    grafana.save(BOARDS[0].uid, title="mine")
    grafana.folders[FOLDER_UID] |= {"title": "ours", "version": 4}
    before = grafana.state()
    for some in (BOARDS, [later(board) for board in BOARDS[:1]]):
        told_of = {uid for uid, change in changes(grafana, some).items() if change == "edited"}
        assert told_of == {FOLDER_UID, BOARDS[0].uid}
        assert grafana.state() == before
    put_back = {uid for uid, change in changes(grafana, overwrite=True).items() if change == "changed"}
    assert put_back == {FOLDER_UID, BOARDS[0].uid}
    assert grafana.dashboards[BOARDS[0].uid]["dashboard"]["title"] == BOARDS[0].title
    assert grafana.folders[FOLDER_UID]["title"] == FOLDER_TITLE
    assert set(changes(grafana).values()) == {"unchanged"}


def test_a_board_that_people_moved_is_renewed_where_they_put_it(grafana: FakeGrafana) -> None:
    changes(grafana)
    uid = BOARDS[0].uid
    grafana.folders["theirs"] = {"uid": "theirs", "title": "theirs", "version": 1}
    grafana.dashboards[uid]["meta"]["folderUid"] = "theirs"
    assert changes(grafana)[uid] == "unchanged"
    assert changes(grafana, [later(BOARDS[0])])[uid] == "changed"
    assert grafana.dashboards[uid]["meta"]["folderUid"] == "theirs"
    assert changes(grafana, overwrite=True)[uid] == "changed"
    assert grafana.dashboards[uid]["meta"]["folderUid"] == FOLDER_UID


def test_what_somebody_saves_at_the_same_moment_is_not_written_over(grafana: FakeGrafana) -> None:
    changes(grafana)
    grafana.saved_meanwhile = BOARDS[0].uid
    with pytest.raises(NotPublished, match="at the same moment"):
        publish(told(grafana), [later(BOARDS[0])])
    assert grafana.dashboards[BOARDS[0].uid]["dashboard"]["title"] == "meanwhile"


def test_a_board_from_a_file_is_said_to_be_one(grafana: FakeGrafana) -> None:
    changes(grafana)
    grafana.dashboards[BOARDS[0].uid]["meta"]["provisioned"] = True
    with pytest.raises(NotPublished, match="from a file"):
        publish(told(grafana), [later(BOARDS[0])])


def test_a_lacking_data_source_is_told(grafana: FakeGrafana) -> None:
    assert publish(told(grafana), BOARDS).has_source is True
    grafana.sources.clear()
    assert publish(told(grafana), BOARDS).has_source is False
    grafana.role = "Viewer"
    assert publish(told(grafana), BOARDS).has_source is None


def test_a_write_that_is_answered_with_nothing_was_done_all_the_same(grafana: FakeGrafana) -> None:
    grafana.silent_writes = True
    assert set(changes(grafana).values()) == {"made"}
    assert set(changes(grafana).values()) == {"unchanged"}


def test_a_name_and_a_password_do_where_there_is_no_token(grafana: FakeGrafana) -> None:
    plain = told(grafana, token=SecretStr(""), user=USER, password=SecretStr(PASSWORD))
    assert len(publish(plain, BOARDS).outcomes) == 1 + len(BOARDS)
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
