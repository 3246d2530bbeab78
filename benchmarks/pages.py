"""Pages at 100,000 items: server time and number of queries, as the owner sees them.

python benchmarks/pages.py [ITEMS]
"""

import statistics
import sys
import time
from typing import Any

import collecting
import ground
import importing

LABEL_SOME = """
INSERT INTO annotation_annotation (project_id, item_id, form_id, imported_name, answers, shown)
SELECT project_id, id, %(form)s, 'bench', '{"better": {"winner": "a", "strength": 2}}', '{0,1}'
FROM annotation_item WHERE project_id = %(project)s AND id %% 3 = 0
"""


SETTLE = """
INSERT INTO curation_consensus
    (project_id, item_id, question, facet, place, value, confidence, posterior, labels, since_id)
SELECT project_id, id, 'better', '', '', 'a', 0.4 + (id * 7919 %% 600) / 1000.0, '[0.9, 0.1]', 3, %(analysis)s
FROM annotation_item WHERE project_id = %(project)s
"""
DETECT = """
INSERT INTO curation_finding
    (project_id, detector, version, question, facet, about, item_id, strength, suggestion, words, evidence, first_id,
     last_id)
SELECT project_id, 'detector_' || id %% 6, '1', 'better', '', 'item:' || id, id, (id * 7919 %% 1000) / 1000.0, 'review',
    'The rest of the labels says the opposite.', '{}', %(analysis)s, %(analysis)s
FROM annotation_item WHERE project_id = %(project)s AND id %% 5 = 0
"""
ANNOTATORS = 400


def look(place: Any, items: int) -> None:
    """What an analysis of these many items leaves: a consensus for each, findings for a fifth, 400 annotators."""
    from django.db import connection
    from django.utils import timezone

    from curation.models import Analysis, Measure, Standing
    from curation.snapshot import last_annotation
    from jobs.models import Job, State

    now = timezone.now()
    analysis = Analysis.objects.create(
        project=place.project,
        number=1,
        job=Job.objects.create(kind="analysis", state=State.DONE, finished_at=now),
        reason="asked",
        last_annotation=last_annotation(place.project),
        summary={"labels": items, "annotators": ANNOTATORS, "items": items},
        finished_at=now,
    )
    estimate = {"value": 0.61, "low": 0.58, "high": 0.64}
    measures = ("plain", "alpha", "nominal_alpha", "gwet", "fleiss")
    agreement = {**dict.fromkeys(measures, estimate), "units": items, "labels": items, "annotators": ANNOTATORS}
    counts = {"units": items, "items": items, "settled": items, "sure": items // 2}
    for part in ("", *(f"tag:part-{number}" for number in range(12))):
        facet = {"analysis": analysis, "question": "better", "facet": "", "slice": part}
        Measure.objects.create(**facet, topic="agreement", figures={**agreement, "prevalence": [], "models": []})
        Measure.objects.create(**facet, topic="consensus", figures=counts)
    Standing.objects.bulk_create(
        Standing(
            analysis=analysis,
            question="better",
            facet="",
            imported_name=f"worker {number}",
            labels=number,
            figures={"accuracy": 0.8, "low": 0.7, "high": 0.9, "is_spammer": number % 50 == 0, "is_adversary": False},
        )
        for number in range(ANNOTATORS)
    )
    with connection.cursor() as cursor:
        values = {"project": place.project.pk, "analysis": analysis.pk}
        cursor.execute(SETTLE, values)
        cursor.execute(DETECT, values)
        cursor.execute("ANALYZE")


def main(items: int = 100_000) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from annotation.models import Form, Item
    from curation.queries.review_queue import Filters, queue

    place = importing.project("pages")
    collecting.fill(place, items)
    with connection.cursor() as cursor:
        cursor.execute(LABEL_SOME, {"project": place.project.pk, "form": Form.objects.get(project=place.project).pk})
        cursor.execute("ANALYZE")
    look(place, items)
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    first = Item.objects.filter(project=place.project).first()
    worst = queue(place.project, Filters(), limit=1)[0].item_id
    project = "/projects/pages/"
    for name, path in (
        ("projects", "/"),
        ("overview", project),
        ("items", f"{project}items/"),
        ("items, open", f"{project}items/?state=open"),
        ("item", f"{project}items/{first.pk}/"),
        ("label", f"{project}label/"),
        ("form", f"{project}form/"),
        ("imports", f"{project}imports/"),
        ("members", f"{project}members/"),
        ("releases", f"{project}releases/"),
        ("quality", f"{project}quality/"),
        ("quality of a slice", f"{project}quality/?question=better&slice=tag:part-3"),
        ("quality, items", f"{project}quality/items/?question=better&why=unsure"),
        ("quality, findings", f"{project}quality/findings/"),
        ("people", f"{project}quality/people/"),
        ("person", f"{project}quality/people/imported-worker%207/"),
        ("judges", f"{project}quality/judges/"),
        ("known answers", f"{project}gold/"),
        ("new release", f"{project}releases/new/"),
        ("review", f"{project}review/"),
        ("review, second page", f"{project}review/?after={worst}"),
        ("review of a detector", f"{project}review/?detector=detector_3"),
        ("review of an item", f"{project}review/{worst}/"),
        ("review, the form", f"{project}review/{worst}/answer/"),
    ):
        client.get(path)
        times = []
        for _ in range(5):
            with CaptureQueriesContext(connection) as queries:
                begin = time.perf_counter()
                answer = client.get(path)
                times.append((time.perf_counter() - begin) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
        middle = statistics.median(times)
        asked = sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in queries.captured_queries)
        ground.row(
            f"page {name} at {items:,} items",
            f"{middle:.0f} ms, {asked} queries, {len(answer.content) / 1024:.0f} kB",
            "≤ 100 ms, ≤ 12 queries",
            is_met=middle <= 100 and asked <= 12,
        )


if __name__ == "__main__":
    with ground.database():
        print(ground.machine())
        main(*(int(argument) for argument in sys.argv[1:]))
