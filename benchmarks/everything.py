"""The table of budgets that `make bench` prints, one benchmark after the other, each in a process of its own.

python benchmarks/everything.py [--quick]
"""

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
FULL = (
    ("importing.py", "200000"),
    ("collecting.py", "10", "10000", "1000000"),
    ("pages.py", "100000"),
    ("labeling.py", "30"),
    ("gold.py", "10000"),
    ("export.py", "200000"),
    ("methods.py", "1000000"),
    ("scoring.py", "30"),
)
QUICK = (
    ("importing.py", "20000"),
    ("collecting.py", "3", "1000", "10000"),
    ("pages.py", "5000"),
    ("labeling.py", "8"),
    ("gold.py", "3000"),
    ("export.py", "20000"),
    ("methods.py", "20000"),
    ("scoring.py", "4"),
)


def main(*, quick: bool) -> int:
    """Run all; the number of those that broke. A missed budget is printed, not an error."""
    broken = 0
    for name, *arguments in QUICK if quick else FULL:
        print(f"\n{name.removesuffix('.py')}", flush=True)
        broken += subprocess.run([sys.executable, HERE / name, *arguments], check=False).returncode != 0
    return broken


if __name__ == "__main__":
    raise SystemExit(main(quick="--quick" in sys.argv[1:]))
