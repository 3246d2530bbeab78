"""Prints the path of a Chromium for the tests, and installs the distribution's where that is ours to do."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

# The same engine without windows and all that belongs to them: a fifth less work for the machine that runs tests.
SHELL = "chromium-headless-shell"
WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
NAMES = (SHELL, *WITH_WINDOWS)


def named() -> str:
    """The one that CHROMIUM names; a wrong name is an error, not a reason to take another."""
    path = os.environ.get("CHROMIUM", "")
    if path and not shutil.which(path):
        raise SystemExit(f"CHROMIUM names {path}, which is not a program.")
    return path


def on_path(names: Sequence[str] = NAMES) -> str:
    """The distribution's; the first of these names that is there."""
    return next((found for name in names if (found := shutil.which(name))), "")


def playwrights_own() -> str:
    """The one that `playwright install chromium` fetched."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else ""


def from_distribution() -> str:
    """Debian's or Ubuntu's package, if we are root there."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return ""
    print("Installing chromium …", file=sys.stderr)
    _apt_get("update")
    for package in (SHELL, "chromium"):  # not every release of the distribution has the first
        _apt_get("install", "-y", package)
        if found := on_path():
            return found
    return ""


def _apt_get(*words: str) -> None:
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "-qq", *words], check=False, stdout=sys.stderr, env=quiet)  # noqa: S603, S607


def main() -> None:
    found = named() or on_path() or playwrights_own() or from_distribution()
    if not found:
        raise SystemExit(
            "No Chromium was found; install one, name it in CHROMIUM, or run: .venv/bin/playwright install chromium"
        )
    print(found)


if __name__ == "__main__":
    main()
