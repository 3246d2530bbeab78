"""Makes the checkout importable in the environment this runs in, and `goldpan` a command there.

The same as an editable install, without a build tool to download first.
"""

import shlex
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "from config.cli import main; main()"


def link() -> None:
    """Write the path file and the command. Safe to repeat; follows a checkout that has moved."""
    roots = [ROOT, ROOT / "platform"]
    (Path(sysconfig.get_path("purelib")) / "goldpan.pth").write_text("".join(f"{root}\n" for root in roots))
    command = Path(sysconfig.get_path("scripts")) / "goldpan"
    # A shell script, because a #! line takes neither spaces nor long paths.
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(COMMAND)} "$@"\n')
    command.chmod(0o755)


if __name__ == "__main__":
    link()
