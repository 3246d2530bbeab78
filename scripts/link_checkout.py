"""Makes the checkout importable in the environment this runs in, and `goldpan` a command there.

The same as an editable install, without a build tool to download first.

link_checkout.py [PACKAGES...]: folders of packages that another environment has and this one shall see behind its own.
"""

import shlex
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
COMMAND = "from config.cli import main; main()"


def link(packages: list[str]) -> None:
    """Write the path file and the command. Safe to repeat; follows a checkout that has moved."""
    # addsitedir reads the path files in there too, which a plain line would not.
    roots = [str(ROOT), str(ROOT / "platform"), *(f"import site; site.addsitedir({one!r})" for one in packages)]
    named = Path(sysconfig.get_path("purelib")) / "goldpan.pth"
    if (
        not named.exists() or named.read_text().splitlines()[: len(roots)] != roots
    ):  # else whatever somebody added below stays
        named.write_text("".join(f"{root}\n" for root in roots))
    command = Path(sysconfig.get_path("scripts")) / "goldpan"
    # A shell script, because a #! line takes neither spaces nor long paths.
    command.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -c {shlex.quote(COMMAND)} "$@"\n')
    command.chmod(0o755)


if __name__ == "__main__":
    link(sys.argv[1:])
