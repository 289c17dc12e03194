"""A running tower and headless Chromium to look at it with.

Every test has a database of its own, committed to, because the server answers in another thread.
Nothing here sleeps: pages are waited for by what they are to show.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connection
from django.test.testcases import LiveServerThread
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.plugin import DjangoDbBlocker

from exceptions.models import User
from tests.conftest import build_tower, standing_tower
from tests.making import Tower
from tests.races import database

HERE = Path(__file__).parent
PASSWORD = "correct horse battery"
PEOPLE = ("lead.rtm", "procurement.rtm")
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
TALL_ENOUGH = 36  # CSS pixels; on a phone everything that is pressed is at least so high
PATIENCE = 20_000  # milliseconds; pages ask for news every five seconds
# Chromium says this of every 4xx answer, and refusals are 4xx answers.
ANSWERED = "Failed to load resource: the server responded with a status of 4"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@dataclass
class Visitor:
    """Somebody with a browser. `troubles` are errors of scripts and violations of the policy."""

    page: Page
    url: str
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.troubles.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not message.text.startswith(ANSWERED):
            self.troubles.append(message.text)

    def go(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page

    def sign_in(self, username: str) -> "Visitor":
        self.go("/sign-in/")
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("button.primary")
        self.page.wait_for_url(f"{self.url}/")
        return self


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Closed with the module: while it is open, an event loop runs in this thread.

    Django takes that for asynchronous code, in which it would refuse to touch the database.
    """
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("Chromium is not installed")
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        expect.set_options(timeout=PATIENCE)
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def template(
    django_test_environment: None, django_db_blocker: DjangoDbBlocker, worker_id: str
) -> Iterator[str]:
    """The small tower of the other tests; two of its people have a password.

    Named after the process: before its first other test, all of them share one database name.
    """
    name = f"{connection.settings_dict['NAME'].removeprefix('test_')}_browser_{worker_id}"
    with django_db_blocker.unblock(), database.empty(name):
        with database.pointed_at(NAME=name):
            build_tower()
            password = make_password(PASSWORD)
            User.objects.filter(username__in=PEOPLE).update(password=password)
        yield name


@pytest.fixture
def tower(chromium: Browser, template: str, django_db_blocker: DjangoDbBlocker) -> Iterator[Tower]:
    """A copy of the template for one test."""
    with django_db_blocker.unblock(), database.copy_of(template):
        yield standing_tower()


class Server(ThreadedWSGIServer):
    def serve_forever(self, poll_interval: float = 0.02) -> None:
        """Asked to end, it does so at once; by itself it looks every half second."""
        super().serve_forever(poll_interval)


class ServerThread(LiveServerThread):
    server_class = Server


@pytest.fixture
def server(tower: Tower) -> Iterator[str]:
    """The address of the running tower."""
    thread: Any = ServerThread("127.0.0.1", StaticFilesHandler)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    assert thread.error is None, thread.error
    yield f"http://127.0.0.1:{thread.port}"
    thread.terminate()


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, server: str) -> Iterator[Visit]:
    """Opens a browser window of its own: `visit("lead.rtm", viewport=PHONE)`."""
    contexts = []

    def opened(username: str = "", **how: Any) -> Visitor:
        context = chromium.new_context(**({"viewport": DESK} | how))
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        visitor = Visitor(context.new_page(), server)
        return visitor.sign_in(username) if username else visitor

    yield opened
    for context in contexts:
        context.close()
