"""Static files under an address that names their content: /assets/<digest of them all>/ui/base.css.

One digest for all, so that a module finds its neighbors by relative paths and nothing has to be rewritten. Whatever
lies under such an address never changes, and browsers keep it for good. There is nothing to collect beforehand:
the first process that needs them puts compressed copies below GOLDPAN_HOME, or serves the originals where it may not.
"""

import hashlib
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import StaticFilesStorage
from django.http import HttpRequest, HttpResponseBase
from whitenoise import WhiteNoise
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

PREFIX = "/assets/"
# Pages of operators only. Compressing these takes seconds, which the first start would wait for.
RARELY_ASKED = ("admin/", "rest_framework/", "drf_spectacular")
KEPT = 3  # collections of older versions: pages opened before an upgrade still ask for them


class HashedAssets(StaticFilesStorage):
    """What `{% static %}` asks for addresses."""

    def url(self, name: str | None) -> str:
        return f"{PREFIX}{digest()}/{name}"


class AssetsMiddleware(WhiteNoiseMiddleware):  # type: ignore[misc]
    """Answers for static files before anything else is asked."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        nothing = SimpleNamespace(DEBUG=False, STATIC_URL=PREFIX, STATIC_ROOT=None, FORCE_SCRIPT_NAME=None)
        super().__init__(get_response, nothing)
        self.files = served()


@cache
def sources() -> dict[str, Path]:
    """Every static file of every app by its name; the first app that brings a name has it."""
    found: dict[str, Path] = {}
    for finder in finders.get_finders():
        for name, storage in finder.list(None):
            found.setdefault(name, Path(storage.path(name)))
    return found


@cache
def digest() -> str:
    """Names the content of all static files together."""
    sha = hashlib.sha256()
    for name, path in sorted(sources().items()):
        sha.update(f"{name}\0{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return sha.hexdigest()[:16]


@cache
def served() -> dict[str, StaticFile]:
    """WhiteNoise's answers by address, for this version of the files."""
    answers = WhiteNoise(None, immutable_file_test=lambda path, url: True, allow_all_origins=False)
    prefix = f"{PREFIX}{digest()}/"
    try:
        answers.add_files(str(collected()), prefix=prefix)
    except OSError:  # no home, or one that we may not write
        for name, path in sources().items():
            answers.add_file_to_dictionary(prefix + name, str(path))
    files: dict[str, StaticFile] = answers.files
    return files


def collected() -> Path:
    """The folder with copies of all static files, compressed where that pays. Raises OSError."""
    folder: Path = settings.HOME / "assets" / digest()
    if not folder.is_dir():
        _collect(folder)
    return folder


def _collect(folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=folder.parent))
    try:
        compressor = Compressor(quiet=True)
        for name, path in sources().items():
            copy = draft / name
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copy)
            if not name.startswith(RARELY_ASKED) and compressor.should_compress(name):
                compressor.compress(str(copy))
        _put(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    _forget_old(folder.parent)


def _put(draft: Path, folder: Path) -> None:
    """Whole or not at all; a process beside us may have been quicker, and put the same."""
    try:
        os.replace(draft, folder)
    except OSError:
        if not folder.is_dir():
            raise


def _forget_old(parent: Path) -> None:
    versions = sorted(
        (path for path in parent.iterdir() if not path.name.startswith(".")), key=lambda path: path.stat().st_mtime
    )
    for path in versions[:-KEPT]:
        shutil.rmtree(path, ignore_errors=True)
