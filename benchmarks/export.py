"""Export: rows a second from PostgreSQL into the files of a release, per format, and the memory of the process.

    python benchmarks/export.py [ROWS] [VOTES]

Items are about 1 kB each, with prompts of 112 characters that are all different, labeled by VOTES people (default 1), in a process with
the environment of workers. Each release is made by its job, from claim to commit:
read, decided, written, fsynced, read back for its checksum, put in place.
"""

import os
import random
import sys
import time

import ground
import importing

TEXTS = 5_000
FILL = r"""
WITH items AS (
    INSERT INTO annotation_item (project_id, key, digest, "group", messages, responses, principle, language, tags, source)
    SELECT %(project)s, 'fill-' || n, decode(md5(n::text) || md5(n::text), 'hex'), md5((n / 2)::text),
        jsonb_build_array(jsonb_build_object('role', 'user', 'content',
            regexp_replace(md5('a' || n) || md5('b' || n) || md5('c' || n), '(.{6})', '\1 ', 'g'))),
        jsonb_build_array(
            jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'assistant', 'content', a.words))),
            jsonb_build_object('messages', jsonb_build_array(jsonb_build_object('role', 'assistant', 'content', b.words)))),
        '', '', '{}', '{"dataset": "bench", "license": "cc-by-4.0"}'
    FROM generate_series(1, %(count)s) n
    JOIN texts a ON a.id = n * 7 %% %(texts)s JOIN texts b ON b.id = n * 11 %% %(texts)s
    ORDER BY n RETURNING id
)
INSERT INTO annotation_annotation (project_id, item_id, form_id, author_id, answers, shown, seconds, guideline_version)
SELECT %(project)s, id, %(form)s, person,
    CASE WHEN id %% 50 = 0 THEN '{"better": {"winner": "tie", "strength": 0}}'::jsonb
         WHEN id %% 3 = 0 THEN '{"better": {"winner": "a", "strength": 2}, "why": "It answers the question."}'::jsonb
         ELSE '{"better": {"winner": "b", "strength": 1}}'::jsonb END,
    '{1,0}', 12.5, 1
FROM items, unnest(%(people)s::bigint[]) person
"""


def fill(place, count: int, votes: int) -> None:  # type: ignore[no-untyped-def]
    """Labeled items made inside PostgreSQL."""
    from django.db import connection

    from accounts.models import User
    from annotation.models import Form

    draw = random.Random(5)
    people = [User.objects.create_user(f"person-{n}@example.org", None).pk for n in range(votes)]
    form = Form.objects.get(project=place.project)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("CREATE TEMP TABLE texts (id int PRIMARY KEY, words text)")
        words = [(n, " ".join(draw.choices(importing.WORDS, k=80))) for n in range(TEXTS)]
        cursor.executemany("INSERT INTO texts VALUES (%s, %s)", words)
        asked = {"project": place.project.pk, "count": count, "texts": TEXTS, "form": form.pk, "people": people}
        cursor.execute(FILL, asked)
        cursor.execute("ANALYZE annotation_item, annotation_annotation")
        cursor.execute("RESET statement_timeout")


def release(place, recipes: list[str], formats: list[str]) -> tuple[float, float, int, int]:  # type: ignore[no-untyped-def]
    """Make one; its seconds, CPU seconds of this process, rows and bytes."""
    from curation.models import Release
    from curation.services import releases
    from jobs import runner

    made, _ = releases.freeze(place, recipes=[{"name": name} for name in recipes], formats=formats)
    begin, cpu = time.perf_counter(), time.process_time()
    runner.execute(str(made.job_id))
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    done = Release.objects.select_related("job").get(pk=made.pk)
    assert done.manifest, done.job.message
    rows = sum(recipe["rows"] + sum(recipe["items_dropped"].values()) for recipe in done.manifest["recipes"])
    return seconds, cpu, rows, sum(file["bytes"] for file in done.manifest["files"])


def main(rows: int, votes: int = 1) -> None:
    place = importing.project("export")
    fill(place, rows, votes)
    before = ground.peak_mb()
    for recipes, formats in (
        (["rm_pairs"], ["jsonl"]),
        (["rm_pairs"], ["parquet"]),
        (["rm_pairs"], ["jsonl.gz"]),
        (["rm_pairs"], ["jsonl.zst"]),
        (["rm_pairs", "dpo_pairs", "raw"], ["jsonl", "parquet"]),
    ):
        seconds, cpu, done, size = release(place, recipes, formats)
        name = f"export, {rows:,} items × {votes}, {'+'.join(recipes)} as {'+'.join(formats)}"
        figure = f"{done / seconds:,.0f} rows/s ({cpu / done * 1e6:.0f} µs CPU, {size / done:,.0f} B a row)"
        is_budgeted = len(recipes) == 1 and formats[0] in {"jsonl", "parquet"}
        budget = "≥ 20,000 rows/s" if is_budgeted else ""
        ground.row(name, figure, budget, is_met=done / seconds >= 20_000 if is_budgeted else None)
        if formats == ["parquet"]:  # the budget is one recipe in one format; several at once have files open for each
            told = f"{ground.peak_mb():.0f} MB (before: {before:.0f})"
            ground.row("export, memory", told, "≤ 250 MB", is_met=ground.peak_mb() <= 250)
    told = f"{ground.peak_mb():.0f} MB (before: {before:.0f})"
    ground.row("export, memory, all of these", told, "≤ 250 MB", is_met=ground.peak_mb() <= 250)


def as_a_worker() -> None:
    """Start this program anew with what `goldpan up` gives to workers, which is read when a process begins."""
    from stack.up import OF_WORKERS

    if not os.environ.items() >= OF_WORKERS.items():
        os.execve(sys.executable, [sys.executable, *sys.argv], {**os.environ, **OF_WORKERS})


if __name__ == "__main__":
    as_a_worker()
    with ground.database():
        print(ground.machine())
        main(*(int(number) for number in sys.argv[1:] or ("200000",)))
        print(ground.machine())
