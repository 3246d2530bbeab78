"""Import: rows a second into PostgreSQL with every row accounted for, and the memory of the process that does it.

python benchmarks/importing.py [ROWS]
"""

import json
import random
import sys
import tempfile
import time
from pathlib import Path

import ground

WORDS = [
    "the",
    "answer",
    "depends",
    "on",
    "what",
    "you",
    "measure",
    "and",
    "why",
    "a",
    "careful",
    "reader",
    "asks",
    "first",
    "for",
    "numbers",
    "then",
    "for",
    "names",
]
BROKEN = (
    b'{"key": "cut',
    b'{"prompt": "no responses"}',
    b'{"key": "n", "prompt": "p", "responses": [true, "b"]}',
    b"\xff",
)


def write_file(path: Path, rows: int, seed: int = 1) -> int:
    """About 1 kB a row, one row in a hundred broken; returns how many are."""
    draw, broken = random.Random(seed), 0
    with path.open("wb") as file:
        for number in range(rows):
            if number % 100 == 37:
                file.write(BROKEN[number // 100 % len(BROKEN)] + b"\n")
                broken += 1
                continue
            text = " ".join(draw.choices(WORDS, k=75))
            row = {"key": f"row-{number}", "prompt": f"{text[:80]} {number}?", "responses": [text, text[::-1]]}
            file.write(json.dumps(row).encode() + b"\n")
    return broken


def project(slug: str = "bench", overlap: int = 1):  # type: ignore[no-untyped-def]
    """A project with an owner and a form, as a place."""
    from accounts.models import User
    from annotation.models import Form, Question
    from projects.access import Place
    from projects.models import Membership, Project

    olga = User.objects.filter(email="olga@example.org").first() or User.objects.create_user("olga@example.org", None)
    made = Project.objects.create(slug=slug, name=slug, created_by=olga, overlap=overlap)
    Membership.objects.create(project=made, user=olga, role="owner")
    form = Form.objects.create(project=made, version=1, created_by=olga)
    Question.objects.create(form=form, position=0, key="better", kind="preference", title="Which is better?")
    Question.objects.create(form=form, position=1, key="why", kind="text", title="Why?", is_required=False)
    return Place(user=olga, project=made, role="owner")


def bring(place, path: Path) -> float:  # type: ignore[no-untyped-def]
    """Import a file through its job; returns the job's seconds."""
    from annotation.models import Import
    from annotation.services import imports
    from jobs import runner

    with path.open("rb") as file:
        started = imports.start(place, upload=file, file_name="rows.jsonl", adapter="goldpan")
    begin = time.perf_counter()
    runner.execute(str(started.job_id))
    seconds = time.perf_counter() - begin
    done = Import.objects.get(pk=started.pk)
    assert done.ok + done.duplicate + done.refused == done.rows_read, "a row is not accounted for"
    return seconds


def main(rows: int) -> None:
    from annotation.models import Import

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.jsonl"
        broken = write_file(path, rows)
        before = ground.peak_mb()
        seconds = bring(project(), path)
    done = Import.objects.latest("created_at")
    assert (done.ok, done.refused) == (rows - broken, broken), (done.ok, done.refused)
    rate = rows / seconds
    ground.row(f"import, {rows:,} rows of 1 kB", f"{rate:,.0f} rows/s", "≥ 20,000 rows/s", is_met=rate >= 20_000)
    ground.row(
        "import, memory",
        f"{ground.peak_mb():.0f} MB (before: {before:.0f})",
        "≤ 250 MB",
        is_met=ground.peak_mb() <= 250,
    )


if __name__ == "__main__":
    with ground.database():
        print(ground.machine())
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 200_000)
