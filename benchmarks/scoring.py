"""Scoring: Goldpan's packed rows beside transformers' pipeline and padded batches, on one CPU thread, in one run.

python benchmarks/scoring.py [GROUPS]

Needs `make models`: the Python that has torch does the work. All arms and other shapes: docs/performance.md.
"""

import json
import os
import subprocess
import sys

import ground

PYTHON = ground.ROOT / ".venv-models/bin/python"
MEASURE = """
import json, sys
from modelhooks.backends.benchmark import report, running
mix, groups = sys.argv[1:]
found = running.run(shape="small", mix=mix, groups=int(groups), device="cpu", dtype="float32", repeats=3, threads=1,
                    arms="1,2,5", row_tokens=0, seed=0, told=lambda line: None)
print(json.dumps(report.summary(found)))
"""


def gates(mix: str, groups: int) -> list[dict[str, str | bool]]:
    """What `bench_scoring` promises of this mix, measured."""
    paths = os.pathsep.join([str(ground.ROOT), str(ground.ROOT / "platform")])
    done = subprocess.run(
        [PYTHON, "-c", MEASURE, mix, str(groups)],
        env={**os.environ, "PYTHONPATH": paths},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: list[dict[str, str | bool]] = json.loads(done.stdout)["gates"]
    return found


def main(groups: int) -> None:
    if not PYTHON.exists():
        print("No .venv-models here; `make models` installs it.")
        return
    for mix, count in (("pairs", groups), ("best-of-8", max(1, groups // 4))):
        for gate in gates(mix, count):
            if not str(gate["name"]).startswith("arm "):
                name = str(gate["name"]) if str(gate["name"]).startswith(mix) else f"{mix}, {gate['name']}"
                ground.row(name[:58], str(gate["figure"]), str(gate["budget"]), is_met=bool(gate["is_met"]))


if __name__ == "__main__":
    print(ground.machine())
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)
