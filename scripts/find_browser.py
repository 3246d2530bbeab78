"""Prints the path of a Chromium for the tests, and installs the distribution's where that is ours to do."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def named() -> str:
    """The one that CHROMIUM names; a wrong name is an error, not a reason to take another."""
    path = os.environ.get("CHROMIUM", "")
    if path and not shutil.which(path):
        raise SystemExit(f"CHROMIUM names {path}, which is not a program.")
    return path


def on_path() -> str:
    """The distribution's."""
    return next((found for name in NAMES if (found := shutil.which(name))), "")


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
    for command in (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "chromium"]):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(command, check=False, stdout=sys.stderr, env=quiet)  # noqa: S603
    return on_path()


def main() -> None:
    found = named() or on_path() or playwrights_own() or from_distribution()
    if not found:
        raise SystemExit(
            "No Chromium was found; install one, name it in CHROMIUM, or run: .venv/bin/playwright install chromium"
        )
    print(found)


if __name__ == "__main__":
    main()
