"""Looking at all labels of a project: the first time, and again after some more, with the memory of the process.

    python benchmarks/analyzing.py [LABELS] [VOTES] [MORE]

Items are about 1 kB each, each labeled by VOTES people of twenty (default 5), who are right in 60 to 95 of a hundred; then MORE labels
(default 1,000) are added and all is looked at again. An analysis is made by its job, from claim to commit.
"""

import random
import sys
import time

import export
import ground
import importing

PEOPLE = 20
LABEL = """
INSERT INTO annotation_annotation (project_id, item_id, form_id, author_id, answers, shown, seconds, guideline_version)
SELECT %(project)s, item.id, %(form)s, (%(people)s::bigint[])[1 + (item.id * 7 + vote * 3) %% %(count)s],
    jsonb_build_object('better', jsonb_build_object('strength', 1, 'winner',
        CASE WHEN (hashint8((item.id * 31 + vote)::bigint) & 1023) < 614 + 18 * ((item.id * 7 + vote * 3) %% %(count)s)
             THEN (CASE WHEN item.id %% 2 = 0 THEN 'a' ELSE 'b' END) ELSE (CASE WHEN item.id %% 2 = 0 THEN 'b' ELSE 'a' END) END)),
    '{1,0}', 12.5, 1
FROM annotation_item item, generate_series(%(first)s::int, %(last)s::int) vote
WHERE item.project_id = %(project)s AND item.id %% %(every)s = 0
ORDER BY item.id
"""


def label(place, people: list[int], votes: range, every: int = 1) -> int:  # type: ignore[no-untyped-def]
    """Label every so many items by so many of the twenty, each of whom has answered an item at most once."""
    from django.db import connection

    from annotation.models import Form

    wanted = {"project": place.project.pk, "form": Form.objects.get(project=place.project).pk, "people": people}
    with connection.cursor() as cursor:
        cursor.execute(LABEL, {**wanted, "count": PEOPLE, "first": votes[0], "last": votes[-1], "every": every})
        added: int = cursor.rowcount
        cursor.execute("ANALYZE annotation_annotation")
    return added


def look(place) -> tuple[float, float, dict]:  # type: ignore[no-untyped-def, type-arg]
    """One analysis; its seconds, CPU seconds and what it says of itself."""
    from curation.models import Analysis
    from curation.services import analyses
    from jobs import runner

    asked = analyses.start(place)
    begin, cpu = time.perf_counter(), time.process_time()
    runner.execute(str(asked.job_id))
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    done = Analysis.objects.select_related("job").get(pk=asked.pk)
    assert done.finished_at, done.job.message
    return seconds, cpu, {**done.summary, "detectors": _detectors(done)}


def _detectors(analysis) -> dict[str, float]:  # type: ignore[no-untyped-def]
    """Seconds of each detector."""
    return dict(analysis.detections.order_by("-seconds").values_list("detector", "seconds"))


def main(labels: int, votes: int = 5, more: int = 1_000) -> None:
    from accounts.models import User

    random.seed(5)
    place = importing.project("analyzing")
    export.fill(place, labels // votes, 0)
    people = [User.objects.create_user(f"annotator-{n}@example.org", None).pk for n in range(PEOPLE)]
    count = label(place, people, range(votes))
    before = ground.peak_mb()
    for name, added in (("the first look", count), ("again, nothing new", 0), ("again, after more", None)):
        found = (
            label(place, people, range(votes, votes + 1), max(1, labels // votes // more)) if added is None else added
        )
        seconds, cpu, told = look(place)
        changed = told["consensus"]
        figure = f"{seconds:.1f} s, {cpu:.1f} CPU s, {changed['added']:,} rows written"
        ground.row(f"{name}: {told['labels']:,} labels, {found:,} new", figure, "")
        ground.row("  of it detectors", f"{sum(told['detectors'].values()):.1f} s: {told['detectors']}", "")
    ground.row("memory", f"{before:.0f} MB before, {ground.peak_mb():.0f} MB at most", "")
    print(ground.machine())


if __name__ == "__main__":
    with ground.database():
        main(*map(int, sys.argv[1:] or ["100000"]))
