"""A stand-in for Grafana's API of folders and dashboards: it checks what it is given as Grafana does.

Source: Grafana, pkg/api/dashboard.go, pkg/api/folder.go and pkg/services/dashboards/errors.go.
"""

import base64
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN, USER, PASSWORD = "glsa_fake", "admin", "not a secret"
UID = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
LONGEST_UID = 40
MOVED = "/moved"
"""What is asked under this path is redirected to where it is now."""

Answer = tuple[int, Any]


class FakeGrafana:
    """What it holds, and how it answers; a test changes either."""

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.folders: dict[str, dict[str, Any]] = {}
        self.dashboards: dict[str, dict[str, Any]] = {}
        self.messages: dict[str, list[str]] = {}
        """What was said with each version of a dashboard, oldest first."""
        self.sources = {"iochub-clickhouse"}
        self.role = "Editor"
        self.lists_bare = False
        """Whether versions are a bare list, as before Grafana 11."""
        self.saved_meanwhile = ""
        """The uid of a dashboard that somebody saves just before it is written next."""
        self.silent_writes = False
        """Whether a write that was done is answered with nothing at all, as some proxies make of it."""
        self.instead: tuple[int, bytes] | None = None
        """An answer to everything, from whatever stands where Grafana should."""
        self.requests: list[tuple[str, str]] = []
        self._server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}{self.prefix}"

    @property
    def moved_url(self) -> str:
        """An old address, from which it redirects."""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.server_address[1]}{MOVED}{self.prefix}"

    def state(self) -> tuple[object, object]:
        """All that it holds."""
        return json.loads(json.dumps(self.folders)), json.loads(json.dumps(self.dashboards))

    def save(self, uid: str, **changes: object) -> None:
        """Change a dashboard as a person does in the screen."""
        model = self.dashboards[uid]["dashboard"]
        model |= {**changes, "version": model["version"] + 1}
        self.messages[uid].append("")

    @contextmanager
    def running(self) -> Iterator["FakeGrafana"]:
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def _handle(self) -> None:
                fake.requests.append((self.command, self.path))
                if self.path.startswith(MOVED):
                    self.send_response(301)
                    self.send_header("Location", self.path.removeprefix(MOVED))
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                    return
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if fake.instead is not None:
                    self._send(*fake.instead)
                    return
                status, answer = fake._answer(self.command, self.path, self.headers, body)
                is_silent = fake.silent_writes and self.command != "GET" and status == 200
                self._send(status, b"" if is_silent else json.dumps(answer).encode())

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_POST = do_PUT = _handle  # noqa: N815 - named by http.server

            def log_message(self, *_: object) -> None:
                pass

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as self._server:
            thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield self
            finally:
                self._server.shutdown()
                thread.join()

    def _answer(self, method: str, path: str, headers: Any, body: bytes) -> Answer:
        if not path.startswith(f"{self.prefix}/api/"):
            return 404, {"message": "Not found"}
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if headers.get("Authorization") not in (f"Bearer {TOKEN}", f"Basic {basic}"):
            return 401, {"message": "Invalid API key", "messageId": "api-key.invalid", "statusCode": 401}
        if method != "GET" and self.role == "Viewer":
            return 403, {"message": "You'll need additional permissions to perform this action."}
        given = json.loads(body) if body else {}
        *_, kind, uid = path.removeprefix(f"{self.prefix}/api").rsplit("/", 2)
        match method, path.removeprefix(f"{self.prefix}/api"):
            case "GET", asked if asked.startswith("/datasources/uid/"):
                if self.role == "Viewer":
                    return 403, {"message": "You'll need additional permissions to perform this action."}
                return (200, {"uid": uid}) if uid in self.sources else (404, {"message": "Not found"})
            case "GET", _ if uid == "versions?limit=1" and kind in self.messages:
                versions = [{"version": len(self.messages[kind]), "message": self.messages[kind][-1]}]
                return 200, versions if self.lists_bare else {"continueToken": "", "versions": versions}
            case "GET", "/folders":
                return 200, list(self.folders.values())
            case "GET", _ if kind == "folders" and uid in self.folders:
                return 200, self.folders[uid]
            case "GET", _ if kind == "uid" and uid in self.dashboards:
                return 200, self.dashboards[uid]
            case "GET", _:
                return 404, {"message": "Not found", "status": "not-found"}
            case "POST", "/folders":
                return self._new_folder(given)
            case "PUT", _ if kind == "folders":
                return self._old_folder(uid, given)
            case "POST", "/dashboards/db":
                return self._dashboard(given)
        return 404, {"message": "Not found"}

    def _new_folder(self, given: dict[str, Any]) -> Answer:
        uid, title = given.get("uid", ""), given.get("title", "")
        if fault := _uid_fault(uid):
            return 400, {"message": fault}
        if not title:
            return 400, {"message": "folder title cannot be empty"}
        if uid in self.folders:
            return 412, {
                "message": "The folder has been changed by someone else",
                "status": "version-mismatch",
            }
        self.folders[uid] = {"id": len(self.folders) + 1, "uid": uid, "title": title, "version": 1}
        return 200, self.folders[uid]

    def _old_folder(self, uid: str, given: dict[str, Any]) -> Answer:
        kept = self.folders.get(uid)
        if kept is None:
            return 404, {"message": "folder not found", "status": "not-found"}
        if not given.get("overwrite") and given.get("version") != kept["version"]:
            return 412, {
                "message": "The folder has been changed by someone else",
                "status": "version-mismatch",
            }
        self.folders[uid] = {**kept, "title": given["title"], "version": kept["version"] + 1}
        return 200, self.folders[uid]

    def _dashboard(self, given: dict[str, Any]) -> Answer:
        model = given.get("dashboard")
        if not isinstance(model, dict) or not model.get("title"):
            return 400, {"message": "Dashboard title cannot be empty", "status": "empty-name"}
        uid = model.get("uid") or ""
        if fault := _uid_fault(uid):
            return 400, {"message": fault}
        if given.get("folderUid") and given["folderUid"] not in self.folders:
            return 400, {"message": "folder not found", "status": "not-found"}
        if self.saved_meanwhile == uid:
            self.save(uid, title="meanwhile")
        kept = self.dashboards.get(uid)
        if kept and kept["meta"]["provisioned"]:
            return 400, {"message": "Cannot save provisioned dashboard"}
        version = 0 if kept is None else kept["dashboard"]["version"]
        if kept and not given.get("overwrite") and model.get("version") != version:
            return 412, {
                "message": "The dashboard has been changed by someone else", "status": "version-mismatch"
            }  # fmt: skip
        number = kept["dashboard"]["id"] if kept else len(self.dashboards) + 1
        self.dashboards[uid] = {
            "dashboard": {**model, "id": number, "version": version + 1},
            "meta": {"folderUid": given.get("folderUid", ""), "provisioned": False},
        }
        self.messages.setdefault(uid, []).append(given.get("message", ""))
        return 200, {
            "id": number,
            "uid": uid,
            "status": "success",
            "version": version + 1,
            "url": f"/d/{uid}",
        }


def _uid_fault(uid: str) -> str:
    if len(uid) > LONGEST_UID:
        return "uid too long, max 40 characters"
    return "" if UID.fullmatch(uid) else "uid contains illegal characters"
