"""The one door to grafana-api: puts a folder and its dashboards into Grafana, by uid, harmless to repeat.

What people changed in Grafana since is theirs: it is told and left alone, unless whoever publishes says
otherwise. Grafana's own history of versions knows who saved last: ours carry `MESSAGE`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from grafana_api.grafana_api import GrafanaClientError, GrafanaException
from grafana_api.grafana_face import GrafanaFace

from iochub.dashboards.grafana.boards import Board
from iochub.dashboards.grafana.panels import DATA_SOURCE, Json
from iochub.errors import DeclarationError, HubError
from iochub.settings import GrafanaSettings

FOLDER_UID, FOLDER_TITLE = "iochub", "Trung tâm Điều hành thông minh"

ANSWER_SECONDS = 20.0
NOT_FOUND = 404
OWN_MARKS = ("id", "version")
"""What Grafana itself writes into a dashboard."""

MISSING = object()

MESSAGE = "iochub grafana publish"
"""What Grafana's history shows beside each version that was published."""

CHANGED_MEANWHILE = 412
"""Source: Grafana, HTTP API, dashboard: somebody else saved another version."""

Change = Literal["made", "changed", "unchanged", "edited"]
"""`edited` is what people changed, and was left to them."""


class NotPublished(HubError):
    """Grafana did not take the boards; whoever published them acts."""

    remedy = "tell_caller"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one folder or dashboard."""

    uid: str
    title: str
    change: Change
    url: str


@dataclass(frozen=True, slots=True)
class Published:
    """What became of all, and whether Grafana has the data source that the panels ask; None if unknown."""

    outcomes: tuple[Outcome, ...]
    has_source: bool | None


def publish(settings: GrafanaSettings, boards: Sequence[Board], *, overwrite: bool = False) -> Published:
    """Make or renew the folder and its dashboards; what is already so is left alone, without a new version.

    With `overwrite` also what people changed, whose versions Grafana keeps in its history.

    Raises: DeclarationError for settings that cannot work, NotPublished when Grafana does not answer or
    refuses; whoever published acts.
    """
    grafana = _Grafana(settings, overwrite)
    outcomes = (grafana.folder(), *(grafana.board(board) for board in boards))
    return Published(outcomes, grafana.has_source())


class _Grafana:
    """One Grafana, with whom it is asked as."""

    def __init__(self, settings: GrafanaSettings, overwrite: bool) -> None:
        parts = urlsplit(settings.url)
        if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
            raise DeclarationError(
                "IOCHUB_GRAFANA__URL must look like http://grafana:3000 or https://host/grafana, "
                "without a name or password in it.",
                setting="IOCHUB_GRAFANA__URL",
            )
        self._overwrite = overwrite
        self._url = settings.url.rstrip("/")
        prefix = parts.path.strip("/")
        self._face = GrafanaFace(
            auth=_auth(settings),
            host=parts.netloc,
            protocol=parts.scheme,
            url_path_prefix=f"{prefix}/" if prefix else "",
            timeout=ANSWER_SECONDS,
        )

    def folder(self) -> Outcome:
        """Make the folder; one that people named otherwise keeps its name."""
        api, what = self._face.folder, "folder"
        kept = self._found(what, lambda: api.get_folder(FOLDER_UID))
        same = kept is not None and kept.get("title") == FOLDER_TITLE
        if kept is None:
            self._put(what, FOLDER_UID, lambda: api.create_folder(FOLDER_TITLE, uid=FOLDER_UID))
        elif not same and self._overwrite:
            self._put(what, FOLDER_UID, lambda: api.update_folder(FOLDER_UID, FOLDER_TITLE, overwrite=True))
        change = _change(kept is None, same, is_theirs=not self._overwrite)
        return Outcome(FOLDER_UID, FOLDER_TITLE, change, f"{self._url}/dashboards/f/{FOLDER_UID}")

    def board(self, board: Board) -> Outcome:
        """Make a dashboard, or renew the one that has its uid where it differs and nobody changed it."""
        what = f"dashboard {board.uid}"
        kept = self._found(what, lambda: self._face.dashboard.get_dashboard(board.uid))
        same = kept is not None and self._is_kept(board, kept)
        is_theirs = not (kept is None or same or self._overwrite or self._saved_by_us(what, board.uid))
        if not same and not is_theirs:
            model = self._written(board, kept)
            self._put(what, board.uid, lambda: self._face.dashboard.update_dashboard(model))
        change = _change(kept is None, same, is_theirs)
        return Outcome(board.uid, board.title, change, f"{self._url}/d/{board.uid}")

    def has_source(self) -> bool | None:
        """Whether there is the data source that the panels ask; an account may not be let look."""
        uid = DATA_SOURCE["uid"]
        try:
            found = self._found("data source", lambda: self._face.api.GET(f"/datasources/uid/{uid}"))
        except NotPublished:
            return None
        return found is not None

    def _is_kept(self, board: Board, kept: Json) -> bool:
        """Whether Grafana has exactly this dashboard; where people put it, it may stay."""
        model, meta = kept.get("dashboard"), kept.get("meta")
        if not isinstance(model, dict) or not isinstance(meta, dict):
            return False
        is_in_place = meta.get("folderUid") == FOLDER_UID or not self._overwrite
        return is_in_place and _bare(model) == _bare(board.model)

    def _saved_by_us(self, what: str, uid: str) -> bool:
        """Whether the newest version is one that was published; before Grafana 11 they are a bare list."""
        answer = self._asked(what, lambda: self._face.api.GET(f"/dashboards/uid/{uid}/versions?limit=1"))
        versions = answer.get("versions") if isinstance(answer, dict) else answer
        if not isinstance(versions, list):
            raise self._strange(what)
        return any(isinstance(one, dict) and one.get("message") == MESSAGE for one in versions[:1])

    def _written(self, board: Board, kept: Json | None) -> Json:
        """What Grafana is told; over a version that somebody saves meanwhile it refuses to write."""
        model, meta = (kept or {}).get("dashboard"), (kept or {}).get("meta")
        version = model.get("version") if isinstance(model, dict) else None
        folder = meta.get("folderUid") if isinstance(meta, dict) and not self._overwrite else FOLDER_UID
        return {
            "dashboard": {**board.model, **({} if version is None else {"version": version})},
            "folderUid": folder,
            "overwrite": self._overwrite,
            "message": MESSAGE,
        }

    def _found(self, what: str, ask: Callable[[], object]) -> Json | None:
        """What Grafana has, or nothing."""

        def ask_or_nothing() -> object:
            try:
                return ask()
            except GrafanaClientError as error:
                if error.status_code == NOT_FOUND:
                    return MISSING
                raise

        found = self._asked(what, ask_or_nothing)
        if found is MISSING:
            return None
        if not isinstance(found, dict):
            raise self._strange(what)
        return found

    def _put(self, what: str, uid: str, ask: Callable[[], object]) -> None:
        """Write, and see that it was written: a redirect turns a POST into a GET, which changes nothing."""
        answer = self._asked(what, ask)
        if answer is not None and not (isinstance(answer, dict) and answer.get("uid") == uid):
            raise self._strange(what)

    def _asked(self, what: str, ask: Callable[[], object]) -> object:
        """Ask once, and say in one sentence what went wrong.

        Raises: NotPublished; whoever published acts.
        """
        try:
            return ask()
        except GrafanaException as error:
            raise NotPublished(self._in_words(what, error), status=str(error.status_code)) from error
        except ValueError as error:
            # grafana-api parses every answer as JSON, also an empty one, which only says that it was done.
            if not getattr(error, "doc", "?").strip():
                return None
            raise self._strange(what) from error
        except TypeError as error:
            # It looks for "message" in the text of an error page and then takes the text for a dictionary.
            raise self._strange(what) from error
        except OSError as error:
            raise NotPublished(
                f"Grafana does not answer at {self._url} ({type(error).__name__}). "
                "Start it, or set IOCHUB_GRAFANA__URL.",
                status="none",
            ) from error

    def _strange(self, what: str) -> NotPublished:
        return NotPublished(
            f"What answers at {self._url} for the {what} is not Grafana's API. Set IOCHUB_GRAFANA__URL to "
            "Grafana itself, with its sub-path if it has one, past any login page.",
            status="strange",
        )

    def _in_words(self, what: str, error: GrafanaException) -> str:
        said = "; ".join(_said(error.response))
        if error.status_code == 401:
            return (
                f"Grafana at {self._url} refuses the token or password ({said}). Make a service account with "
                "the role Editor in Grafana, and set IOCHUB_GRAFANA__TOKEN to a token of it."
            )
        if error.status_code == 403:
            return (
                f"Grafana at {self._url} does not let this account write the {what} ({said}). "
                "Its service account needs the role Editor."
            )
        if error.status_code == CHANGED_MEANWHILE:
            return f"Somebody saved the {what} in Grafana at the same moment. Publish again."
        if error.status_code == 400 and "provisioned" in said:
            return (
                f"Grafana at {self._url} has the {what} from a file, which its API does not change ({said}). "
                "Write the file with `iochub grafana publish --folder DIR`, or take it away."
            )
        return f"Grafana at {self._url} answers {error.status_code} for the {what} ({said})."


def _auth(settings: GrafanaSettings) -> str | tuple[str, str]:
    token, password = settings.token.get_secret_value(), settings.password.get_secret_value()
    if token:
        return token
    if settings.user and password:
        return settings.user, password
    raise DeclarationError(
        "Set IOCHUB_GRAFANA__TOKEN to a token of a Grafana service account with the role Editor "
        "(or IOCHUB_GRAFANA__USER and IOCHUB_GRAFANA__PASSWORD).",
        setting="IOCHUB_GRAFANA__TOKEN",
    )


def _bare(model: Json) -> Json:
    return {name: value for name, value in model.items() if name not in OWN_MARKS}


def _change(is_new: bool, is_same: bool, is_theirs: bool) -> Change:
    if is_new:
        return "made"
    if is_same:
        return "unchanged"
    return "edited" if is_theirs else "changed"


def _said(response: object) -> Iterator[str]:
    """Grafana's own words, short: they name what is wrong, and carry nobody's data."""
    if isinstance(response, dict):
        yield from (str(response[name])[:200] for name in ("message", "status") if response.get(name))
    else:
        yield "no reason given"
