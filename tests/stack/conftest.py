import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from stack.home import Home, short_root
from stack.postgres import Postgres, Server, ephemeral


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that every account may walk through; pytest's own is closed to all but us."""
    path = Path(tempfile.mkdtemp(prefix="goldpan-stack-", dir=short_root()))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def home(folder: Path) -> Home:
    return Home(folder / "home").open()


@pytest.fixture(scope="session")
def blank() -> Iterator[Path]:
    """A data folder that was just made, to be copied: a fifth of the time of making one."""
    server = ephemeral().start()
    server.stop()
    yield server.place.folder
    server.remove()


@pytest.fixture
def database(blank: Path) -> Iterator[Callable[..., Server]]:
    """Makes embedded databases that forget quickly, and removes them again."""
    made: list[Server] = []

    def make(home: Home, *, durable: bool = False, anew: bool = False) -> Server:
        server = Postgres(home, durable=durable).server()
        if not anew and not server.place.folder.exists():
            subprocess.run(["cp", "-a", blank, server.place.folder], check=True)
        made.append(server)
        return server

    yield make
    for server in made:
        server.thaw()
        server.remove()


as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has to run PostgreSQL as somebody else")
