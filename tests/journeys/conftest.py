"""A real Chromium, signed in as whoever a test names, that reports what no page may do.

`page_for(user)` opens a page in a browser of this person's own. When the test ends, a page that broke its content
security policy or raised an error in a script fails it.
"""

import os
import shutil
import time
from collections.abc import Callable, Generator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import get_resolver
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, expect, sync_playwright

from accounts.models import User
from projects.access import Place
from tests.journeys.house import House
from ui import assets
from ui.rendering import warm

# Machines that run tests are busy; a page that is right a little later is right.
PATIENCE = 20_000
expect.set_options(timeout=PATIENCE)

# A page of Chromium's own for each list below the address bar costs every window more than our page does. Chromium
# heeds the last such list alone, so what Playwright switches off is named here too.
SWITCHED_OFF = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsUpgrades", "LensOverlay"),
    *("HttpsFirstBalancedModeAutoEnable", "MediaRouter", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidCorsURLLoaderRestartOnRedirect", "OptimizationHints", "NetworkTimeServiceQuerying", "AimEnabled"),
    "PreconnectToSearch",
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--font-render-hinting=none",
    f"--disable-features={','.join(SWITCHED_OFF)}",
]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    """CHROMIUM, else one on the path, else None for the one that Playwright brought."""
    named = os.environ.get("CHROMIUM")
    return named or next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Generator[Browser, None, None]:
    # Playwright keeps an event loop in this thread, which Django would take for a reason to refuse queries. Only from
    # here on: programs that other tests start refuse to run under this setting, so journeys come last.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session", autouse=True)
def _warm() -> None:
    """What a process does once, before a test waits for a page: on a busy machine it takes longer than our patience."""
    assets.served()
    warm()
    get_resolver().url_patterns  # noqa: B018  imports every view


@pytest.fixture
def house(transactional_db: None) -> House:
    """Olga's project with Ana and Ben in it, and ways to add items."""
    return House.build()


@pytest.fixture
def ana(house: House) -> Place:
    return house.place("Ana")


def sign_in(context: BrowserContext, user: User, address: str) -> None:
    """Give a browser the session of this person, as if they had signed in at any page of the site."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    origin = "/".join(address.split("/", 3)[:3])
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])


@pytest.fixture
def page_for(browser: Browser, live_server: Any) -> Generator[Callable[..., Page], None, None]:
    """`page_for(user, path="/", theme="light", width=1440, height=900, context=None, **options)`: a page, opened.

    Pass `context` to open a second tab of the same browser; with None as the user nobody is signed in.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_page(
        user: User | None,
        path: str = "/",
        *,
        theme: str = "light",
        width: int = 1440,
        height: int = 900,
        context: BrowserContext | None = None,
        **options: Any,
    ) -> Page:
        if context is None:
            options.setdefault("has_touch", width < 500)
            options.setdefault("reduced_motion", "reduce")
            size: Any = {"width": width, "height": height}
            scheme: Any = theme
            context = browser.new_context(viewport=size, color_scheme=scheme, base_url=live_server.url, **options)
            context.set_default_timeout(PATIENCE)
            contexts.append(context)
        if user is not None:
            sign_in(context, user, live_server.url)
        page = context.new_page()
        _press_when_there(page)
        page.on("pageerror", lambda error: faults.append(f"{path}: {error}"))
        page.on("console", lambda message: faults.extend(_policy_faults(path, message)))
        page.goto(path)
        return page

    yield open_page
    _close(contexts)
    assert faults == []


def _press_when_there(page: Page) -> None:
    """Nobody presses a key for a page before it is there. A test may: an address is in force before its scripts are."""
    keyboard = page.keyboard
    for name in ("press", "type", "insert_text"):
        setattr(keyboard, name, _loaded_first(page, getattr(keyboard, name)))


def _loaded_first(page: Page, act: Callable[..., None]) -> Callable[..., None]:
    def wait_and_act(*args: Any, **options: Any) -> None:
        page.wait_for_load_state("load")
        act(*args, **options)

    return wait_and_act


def _close(contexts: list[BrowserContext]) -> None:
    """Leave every page first: Chromium may never close one that is still sending what it sends on leaving."""
    for page in [page for context in contexts for page in context.pages]:
        with suppress(Error):  # one that a test let crash
            page.goto("about:blank", timeout=5_000)
    _wait_until_the_server_rests()
    for context in contexts:
        context.close()


def _wait_until_the_server_rests() -> None:
    """Let requests that a closed page left behind end, so that they are not in the way of emptying the database."""
    busy = """
        SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'
    """
    rests = 0
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(busy)
            rests = rests + 1 if cursor.fetchone() == (0,) else 0
        if rests == 4:  # a request may be between two queries
            return
        time.sleep(0.03)


def _policy_faults(path: str, message: ConsoleMessage) -> list[str]:
    """What the browser refused because of our content security policy."""
    return [f"{path}: {message.text}"] if "Content Security Policy" in message.text else []
