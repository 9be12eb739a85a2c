import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, closing, contextmanager

import httpx
import pytest
from fake_api import TOKEN, FakeApi
from playwright.sync_api import Browser, Page, sync_playwright

INSTALL = (
    "no Chromium here; `apt-get install -y chromium` (or set CHROMIUM to one) lets the wall be looked at"
)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WITHIN = ("http://127.0.0.1:", "ws://127.0.0.1:", "data:", "blob:")
START_SECONDS = 60
PATIENCE_MS = 20_000
"""How long a claim about the screen may take to come true on a busy machine."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser, for these tests alone: as long as it is there its event loop runs in their thread."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        if os.environ.get("CI") == "true":
            pytest.fail(INSTALL)
        pytest.skip(INSTALL)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served_api() -> Iterator[FakeApi]:
    fake = FakeApi()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture
def api(served_api: FakeApi) -> FakeApi:
    """The fake API, with all well at the start of each test."""
    served_api.reset()
    return served_api


@pytest.fixture(scope="module")
def wall(served_api: FakeApi) -> Iterator[str]:
    """A wall in a process of its own, asking the fake API; its address."""
    with running_wall(served_api) as address:
        yield address


@pytest.fixture(scope="module")
def start_wall() -> Callable[..., AbstractContextManager[str]]:
    """What runs a wall that asks an API, for a module with needs of its own."""
    return running_wall


@pytest.fixture
def new_wall(api: FakeApi) -> Iterator[Callable[..., str]]:
    """Start another wall, one that has not asked anything yet; settings by the names of the environment."""
    with ExitStack() as started:
        yield lambda **settings: started.enter_context(running_wall(api, **settings))


@contextmanager
def running_wall(api: FakeApi, **settings: str) -> Iterator[str]:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("IOCHUB_")}
    environment |= {
        "IOCHUB_DEMO": "true",
        "IOCHUB_API__URL": api.url,
        "IOCHUB_WALL__PORT": str(port),
        "IOCHUB_WALL__TOKEN": TOKEN,
        "IOCHUB_WALL__POLL_SECONDS": "0.5",
        **settings,
    }
    # pytest names its present test there, and NiceGUI then takes the process for a test of its own.
    environment.pop("PYTEST_CURRENT_TEST", None)
    serve = "from iochub.dashboards.wall.app import run_wall; from iochub.settings import read_settings; "
    process = subprocess.Popen([sys.executable, "-c", f"{serve}run_wall(read_settings())"], env=environment)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture
def look(browser: Browser, wall: str, api: FakeApi) -> Iterator[Callable[..., Page]]:
    """Open a page of the wall; at the end nothing may have been asked from outside or complained about."""
    context = browser.new_context(viewport={"width": 1920, "height": 1080})
    context.set_default_timeout(PATIENCE_MS)
    asked: list[str] = []
    complaints: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("websocket", lambda socket: asked.append(socket.url))
    page.on("response", lambda answer: complaints.append(answer.url) if answer.status >= 400 else None)
    page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def open_page(path: str, address: str = wall) -> Page:
        page.goto(f"{address}{path}")
        return page

    yield open_page
    context.close()
    assert [url for url in asked if not url.startswith(WITHIN)] == []
    assert complaints == []


def _wait_for(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, "the wall ended before it was ready"
        try:
            if httpx.get(url, trust_env=False).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    pytest.fail("the wall was not ready in time")
