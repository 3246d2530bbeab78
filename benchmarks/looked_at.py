"""A project of pairs as it stands after months of work, made inside PostgreSQL, for benchmarks of what reads it.

Every item has the labels of two of twenty people and of a judge, a third of them that of one imported name besides; one
look has settled them all and found something about a fifth; a thousand answers are known, a sample of 500 is half
checked, one release is frozen and another asked for.
"""

from typing import Any

import collecting

PEOPLE = 20
NAMES = 400  # that came with imports, of whom the look has something to say
KNOWN = 1_000
BUSY = "bench"  # the imported name that labeled a third of everything
LABEL = """
INSERT INTO annotation_annotation (project_id, item_id, form_id, author_id, answers, shown, seconds, guideline_version)
SELECT %(project)s, id, %(form)s, (%(people)s::bigint[])[1 + (id + vote * (1 + id %% 19)) %% %(count)s],
    jsonb_build_object('better', jsonb_build_object('winner', CASE WHEN (id + vote) %% 5 < 3 THEN 'a' ELSE 'b' END,
        'strength', 2), 'why', 'It answers what was asked.'), '{0,1}', 12.5, 1
FROM annotation_item, generate_series(0, 1) vote WHERE project_id = %(project)s
"""
IMPORT_SOME = """
INSERT INTO annotation_annotation (project_id, item_id, form_id, imported_name, answers, shown)
SELECT project_id, id, %(form)s, %(name)s, '{"better": {"winner": "a", "strength": 2}}', '{0,1}'
FROM annotation_item WHERE project_id = %(project)s AND id %% 3 = 0
"""
JUDGE = """
INSERT INTO annotation_annotation (project_id, item_id, form_id, run_id, answers, shown, source)
SELECT project_id, id, %(form)s, %(run)s, '{"better": {"winner": "a", "strength": null}}', '{0,1}',
    jsonb_build_object('p_first', 0.5 + (id * 7919 %% 500) / 1000.0, 'consistent_under_swap', TRUE)
FROM annotation_item WHERE project_id = %(project)s
"""
SETTLE = """
INSERT INTO curation_consensus
    (project_id, item_id, question, facet, place, value, confidence, posterior, labels, since_id)
SELECT project_id, id, 'better', '', '', 'a', 0.4 + (id * 7919 %% 600) / 1000.0, '[0.9, 0.1]', 3, %(analysis)s
FROM annotation_item WHERE project_id = %(project)s
"""
DETECT = """
INSERT INTO curation_finding
    (project_id, detector, version, question, facet, about, item_id, annotation_id, strength, suggestion, words,
     evidence, first_id, last_id)
SELECT i.project_id, 'detector_' || i.id %% 6, '1', 'better', '', 'annotation:' || a.id, i.id, a.id,
    (i.id * 7919 %% 1000) / 1000.0, 'review', 'The rest of the labels says the opposite.',
    '{"others": ["b", "b", "a"], "odds": 0.12}', %(analysis)s, %(analysis)s
FROM annotation_item i
JOIN LATERAL (SELECT id FROM annotation_annotation WHERE item_id = i.id ORDER BY id LIMIT 1) a ON TRUE
WHERE i.project_id = %(project)s AND i.id %% 5 = 0
"""
KNOW = """
INSERT INTO annotation_gold (project_id, item_id, form_id, version, answers, note, is_withdrawn, created_by_id)
SELECT project_id, id, %(form)s, 1, '{"better": {"accepted": [{"winner": "a", "strength": 2}], "within": 0}}',
    'It answers what was asked.', FALSE, %(owner)s
FROM annotation_item WHERE project_id = %(project)s ORDER BY id DESC LIMIT %(known)s
"""
CHECK = """
WITH drawn AS (SELECT id, item_id FROM curation_sampleditem WHERE position %% 2 = 0), said AS (
    INSERT INTO annotation_annotation (project_id, item_id, form_id, author_id, answers, shown, seconds)
    SELECT %(project)s, item_id, %(form)s, %(owner)s, '{"better": {"winner": "b", "strength": 1}}', '{0,1}', 9
    FROM drawn RETURNING id, item_id
)
UPDATE curation_sampleditem s SET annotation_id = said.id FROM said WHERE said.item_id = s.item_id
"""


def share(value: float, of: int = 1_000) -> dict[str, Any]:
    """A share as an analysis tells it."""
    return {"value": value, "low": value - 0.04, "high": value + 0.04, "hits": round(of * value), "of": of}


def prepare(slug: str, items: int) -> Any:
    """The project, as a place of its owner."""
    import importing

    from annotation.models import Form

    place = importing.project(slug)
    collecting.fill(place, items)
    values = {"project": place.project.pk, "form": Form.objects.get(project=place.project).pk, "owner": place.user.pk}
    run = _judge(place)
    _run(LABEL, values, people=_people(place), count=PEOPLE)
    _run(IMPORT_SOME, values, name=BUSY)
    _run(JUDGE, values, run=run.pk)
    _run(KNOW, values, known=min(KNOWN, items // 10))
    analysis = _look(place, items, run)
    _run(SETTLE, values, analysis=analysis.pk)
    _run(DETECT, values, analysis=analysis.pk)
    _run("ANALYZE", {})
    _after(place, values, run, analysis)
    return place


def _run(statement: str, values: dict[str, Any], **more: Any) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(statement, {**values, **more} or None)
        cursor.execute("RESET statement_timeout")


def _people(place: Any) -> list[int]:
    from accounts.models import User
    from projects.models import Membership

    people = [User.objects.create_user(f"person-{n}@example.org", None, name=f"Person {n}") for n in range(PEOPLE)]
    Membership.objects.bulk_create(Membership(project=place.project, user=one, role="annotator") for one in people)
    return [one.pk for one in people]


def _judge(place: Any) -> Any:
    from jobs.models import Job
    from modelhooks.models import Checkpoint, Run

    judge = Checkpoint.objects.create(name="A judge of eight billion", contract="preference", backend="fake")
    job = Job.objects.create(kind="run")
    asked = {"hook": "prelabel", "checkpoint": judge, "question": "better", "job": job, "created_by": place.user}
    return Run.objects.create(project=place.project, **asked)


def _look(place: Any, items: int, run: Any) -> Any:
    """What a look tells: figures for all and twelve slices, and of everybody who labeled."""
    from django.utils import timezone

    from accounts.models import User
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
        summary={"labels": items, "annotators": NAMES + PEOPLE + 1, "items": items},
        finished_at=now,
    )
    estimate = {"value": 0.61, "low": 0.58, "high": 0.64}
    measures = ("plain", "alpha", "nominal_alpha", "gwet", "fleiss")
    agreement = {**dict.fromkeys(measures, estimate), "units": items, "labels": items, "annotators": NAMES}
    counts = {"units": items, "items": items, "settled": items, "sure": items // 2}
    for part in ("", *(f"tag:part-{number}" for number in range(12))):
        facet = {"analysis": analysis, "question": "better", "facet": "", "slice": part}
        Measure.objects.create(**facet, topic="agreement", figures={**agreement, "prevalence": [], "models": []})
        Measure.objects.create(**facet, topic="consensus", figures=counts)
    who = [{"imported_name": f"worker {number}"} for number in range(NAMES)]
    who += [{"person": one} for one in User.objects.filter(name__startswith="Person ")]
    examples = list(place.project.items.order_by("pk").values_list("pk", flat=True)[:10])
    rows = [_standing(analysis, number, _person(number, examples), **one) for number, one in enumerate(who)]
    Standing.objects.bulk_create([*rows, _standing(analysis, items, _judged(), checkpoint=run.checkpoint)])
    return analysis


def _standing(analysis: Any, labels: int, figures: dict[str, Any], **who: Any) -> Any:
    from curation.models import Standing

    return Standing(analysis=analysis, question="better", facet="", labels=labels, figures=figures, **who)


def _person(number: int, examples: list[int]) -> dict[str, Any]:
    """What stands about an annotator (`curation.analysis.people`); one in fifty stands out."""
    told = {"item": 0, "place": "", "said": "b", "settled": "a", "confidence": 0.95}
    return {
        "accuracy": 0.8,
        "low": 0.7,
        "high": 0.9,
        "compared": 1_000,
        "chance": 0.5,
        "is_spammer": number % 50 == 0,
        "is_adversary": False,
        "enough": True,
        "unusual": ["side", "guessing"] if number % 50 == 0 else [],
        "side": {**share(0.7), "p": 0.0001, "ties": 10},
        "ties": share(0.05),
        "usual_ties": 0.05,
        "same_key": share(0.4),
        "usual_same_key": 0.4,
        "given": {"a": 0.6, "tie": 0.05, "b": 0.35},
        "given_by_all": {"a": 0.5, "tie": 0.1, "b": 0.4},
        "entropy": 1.4,
        "usual_entropy": 1.5,
        "rest": share(0.8),
        "usual_rest": 0.8,
        "leniency": None,
        "repeats": share(0.9),
        "gold": share(0.9, 100),
        "usual_gold": 0.9,
        "differs": 200,
        "pace": {
            "median": 12.0,
            "usual": 14.0,
            "hurried": share(0.02),
            "usual_hurried": 0.02,
            "bins": [10, 200, 500, 200, 80, 10],
            "up_to": [2, 5, 15, 30, 60],
        },
        "length": {"longer": share(0.6), "others": share(0.55), "pull": 0.05, "low": 0.01, "high": 0.09},
        "examples": [{**told, "item": item} for item in examples],
    }


def _judged() -> dict[str, Any]:
    """What stands about a judge (`curation.analysis.judges`)."""
    cut = {"checked": 2_000, "right": 1_900, "at_least": 0.94, "best": 0.99, "accepts": 500}
    return {
        "with_people": share(0.8),
        "people_among": share(0.85),
        "shared": 50_000,
        "compared": 50_000,
        "matches": 0.82,
        "matches_low": 0.8,
        "matches_high": 0.84,
        "abstained": share(0.02),
        "enough": True,
        "orders": {
            "consistent": share(0.93),
            "first": share(0.52),
            "bias": 0.1,
            "both": 50_000,
            "asked": 100_000,
            "torn": [3_000, 500],
        },
        "calibration": {
            "bins": [[0.5 + n / 20, 0.5 + n / 22, 1_000] for n in range(10)],
            "error": 0.03,
            "scaled_error": 0.01,
            "brier": 0.11,
            "pairs": 10_000,
        },
        "cutoffs": [{**cut, "confidence": 0.99 - n / 50} for n in range(20)],
        "unusual": [],
    }


def _after(place: Any, values: dict[str, Any], run: Any, analysis: Any) -> None:
    """What people did with the figures: accepted what the judge is sure of, drew a sample, froze a release."""
    from curation.models import Acceptance
    from curation.services import releases, samples
    from jobs import runner

    taken = {"question": "better", "checkpoint": run.checkpoint, "fingerprint": run.fingerprint, "analysis": analysis}
    bounds = {"confidence": 0.9, "target": 0.9, "figures": {"analysis": 1, "at_least": 0.94}}
    Acceptance.objects.create(project=place.project, decided_by=place.user, **taken, **bounds)
    samples.draw(place, size=500)
    _run(CHECK, values)
    frozen, _ = releases.freeze(place, recipes=[{"name": "rm_pairs"}])
    runner.execute(str(frozen.job_id))
    releases.freeze(place, recipes=[{"name": "raw"}], note="After the guideline changed.")
    _run("ANALYZE", {})
