"""Answers of a judge that stand without a person: who decides, what it takes, what is accepted, what releases take."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.models import Annotation, Item
from audit.models import Event
from curation import accepting as rule
from curation import store
from curation.models import Acceptance, Analysis, Release, ReleaseFile, Standing
from curation.queries import judges
from curation.services import accepting
from curation.services.accepting import AcceptanceRefused
from jobs.models import Job
from modelhooks.judging.probe_set import probe_set
from modelhooks.models import Checkpoint, Probed, Run
from modelhooks.services import probing
from projects.access import Place
from projects.models import Membership, Role

PAIRS, ALONE = 110, 6
FINGERPRINT = "f" * 64
Answer = Callable[..., Annotation]


def run_of(place: Place, checkpoint: Checkpoint, fingerprint: str = FINGERPRINT) -> Run:
    job = Job.objects.create(kind="run")
    fields: dict[str, Any] = {"question": "better", "fingerprint": fingerprint, "created_by": place.user, "job": job}
    return Run.objects.create(project=place.project, hook="prelabel", checkpoint=checkpoint, **fields)


def judge_says(answer: Answer, run: Run, item: Item, winner: str, sure: float) -> Annotation:
    source = {
        "p_first": sure if winner == "a" else 1 - sure,
        "by_order": [{"A": 1}, {"B": 1}] if winner == "a" else [{"B": 1}, {"A": 1}],
        "consistent_under_swap": True,
    }
    answers = {"better": {"winner": winner, "strength": None}}
    return answer(item, winner, author=None, run=run, answers=answers, source=source)


def analyzed(place: Place, checkpoint: Checkpoint) -> Standing:
    """What an analysis would say of the judge, without the work of one (test_judge_pages.py has that)."""
    number = Analysis.objects.count() + 1
    last = Annotation.objects.latest("pk").pk
    job = Job.objects.create(kind="analysis", state="done", finished_at=Now())
    fields: dict[str, Any] = {"number": number, "job": job, "last_annotation": last, "finished_at": Now()}
    analysis = Analysis.objects.create(project=place.project, reason="asked", parameters={"seed": 1}, **fields)
    whole = {"value": 1.0, "low": 0.97, "high": 1.0, "hits": 116, "of": 116}
    cut = {"checked": 73, "right": 73, "at_least": 0.969, "best": 0.969, "accepts": 4, "confidence": 0.95}
    loose = {"checked": 110, "right": 110, "at_least": 0.979, "best": 0.979, "accepts": 6, "confidence": 0.6}
    figures = {
        "shared": 110,
        "orders": {"consistent": whole, "first": None, "bias": 0.0, "both": 116, "torn": [0, 0], "asked": 116},
        "cutoffs": [cut, loose],
    }
    Standing.objects.create(analysis=analysis, checkpoint=checkpoint, question="better", labels=116, figures=figures)
    found = Standing.objects.select_related("checkpoint", "analysis__project")
    return found.get(analysis=analysis)


def probed(place: Place, checkpoint: Checkpoint, *, fooled: int = 0, fingerprint: str = FINGERPRINT) -> None:
    run = probing.start(place, checkpoint)
    numbers = range(1, len(probe_set()) + 1)
    Probed.objects.bulk_create(
        Probed(run=run, number=number, said="other" if number <= fooled else "right") for number in numbers
    )
    Run.objects.filter(pk=run.pk).update(fingerprint=fingerprint)
    Job.objects.filter(pk=run.job_id).update(state="done", finished_at=Now())


@pytest.fixture
def judged(olga: Place, add_item: Callable[..., Item], answer: Answer) -> Standing:
    """A judge that is right about pairs of two people, and alone about six, of which it is less sure of two."""
    checkpoint = Checkpoint.objects.create(name="Judge", contract="preference", backend="fake")
    run = run_of(olga, checkpoint)
    for number in range(PAIRS + ALONE):
        item, truth = add_item("x", str(number)), "ab"[number % 2]
        judge_says(answer, run, item, truth, 0.6 if number % 3 == 0 else 0.95)
        for who in ("Ana", "Ben") if number < PAIRS else ():
            answer(item, truth, who)
    return analyzed(olga, checkpoint)


@pytest.fixture
def trusted(olga: Place, judged: Standing) -> Standing:
    """The same, which has passed its probes."""
    assert judged.checkpoint is not None
    probed(olga, judged.checkpoint)
    return judged


@pytest.fixture
def client(olga: Place) -> Client:
    browser = Client()
    browser.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


def rows_of(made: Release) -> list[dict[str, Any]]:
    file = ReleaseFile.objects.get(release=made, path="rm_pairs/train-00000-of-00001.jsonl")
    return [json.loads(line) for line in store.path_of(file).read_text().splitlines()]


def test_without_probes_it_is_refused_with_every_reason(olga: Place, judged: Standing) -> None:
    with pytest.raises(AcceptanceRefused, match="no probes were asked yet") as refused:
        accepting.accept(olga, judged, confidence=0.7, target=0.9)

    assert "was not shown to be right 90%" in str(refused.value), "0.7 is no certainty of the table"
    assert not Acceptance.objects.exists()


def test_a_judge_that_a_probe_fools_is_refused(olga: Place, judged: Standing) -> None:
    assert judged.checkpoint is not None
    probed(olga, judged.checkpoint, fooled=3)

    with pytest.raises(AcceptanceRefused, match="it fails"):
        accepting.accept(olga, judged, confidence=0.95, target=0.9)


def test_another_version_that_passed_the_probes_says_nothing_of_this_one(olga: Place, judged: Standing) -> None:
    assert judged.checkpoint is not None
    probed(olga, judged.checkpoint, fingerprint="e" * 64)

    with pytest.raises(AcceptanceRefused, match="Another version of it was asked the probes"):
        accepting.accept(olga, judged, confidence=0.95, target=0.9)


def test_a_harder_target_than_what_was_shown_is_refused(olga: Place, trusted: Standing) -> None:
    with pytest.raises(AcceptanceRefused, match="was not shown to be right 98%"):
        accepting.accept(olga, trusted, confidence=0.95, target=0.98)
    with pytest.raises(AcceptanceRefused, match="was not shown to be right 95%"):
        accepting.accept(olga, trusted, confidence=0.7, target=0.95)


def test_an_older_analysis_than_the_newest_is_refused(olga: Place, trusted: Standing) -> None:
    assert trusted.checkpoint is not None
    analyzed(olga, trusted.checkpoint)

    with pytest.raises(AcceptanceRefused, match="newer than the one that was shown"):
        accepting.accept(olga, trusted, confidence=0.95, target=0.9)


def test_what_is_sure_enough_stands_where_nobody_else_has_answered_and_is_recorded(
    olga: Place, trusted: Standing, answer: Answer
) -> None:
    decided = accepting.accept(olga, trusted, confidence=0.95, target=0.9)

    own = {one.item_id: one.pk for one in Annotation.objects.filter(run__isnull=False)}
    alone = list(Item.objects.order_by("pk")[PAIRS:])
    sure = {item.pk: own[item.pk] for number, item in enumerate(alone, PAIRS) if number % 3}
    assert rule.items(decided) == sure
    event = Event.objects.get(verb="acceptance.decided")
    assert (event.actor_id, event.detail["accepted"], event.detail["confidence"]) == (olga.user.pk, len(sure), 0.95)
    assert event.detail["figures"]["at_least"] >= 0.9

    first = next(item for item in alone if item.pk in sure)
    before = Annotation.objects.latest("pk").pk
    answer(first, "a", "Ana")
    assert rule.items(decided).keys() == sure.keys() - {first.pk}, "a person has answered"
    assert rule.items(decided, last=before) == sure


def test_answers_of_another_version_and_what_was_said_anew_are_not_meant(
    olga: Place, trusted: Standing, answer: Answer
) -> None:
    decided = accepting.accept(olga, trusted, confidence=0.95, target=0.9)
    found = rule.items(decided)
    item, old = next(iter(found.items()))
    assert trusted.checkpoint is not None
    other = run_of(olga, trusted.checkpoint, "e" * 64)
    said = {"p_first": 0.99}

    answer(Item.objects.get(pk=item), "a", author=None, run=other, source=said, supersedes_id=old)

    assert rule.items(decided).keys() == found.keys() - {item}


def test_scores_of_a_reward_model_tell_how_sure_it_is(olga: Place, trusted: Standing, answer: Answer) -> None:
    decided = accepting.accept(olga, trusted, confidence=0.95, target=0.9)
    assert trusted.checkpoint is not None
    run = run_of(olga, trusted.checkpoint)
    kept = rule.items(decided)
    items = list(Item.objects.order_by("pk")[PAIRS:])
    scores = [[4.0, 0.5], [0.5, 4.0], [1.0, 1.5], [5000.0, 0.0], ["x", 1.0], None]
    for item, one in zip(items, scores, strict=True):
        old = Annotation.objects.get(item=item, superseded_by__isnull=True)
        answer(item, "a", author=None, run=run, source={"scores": one}, supersedes=old)

    assert set(rule.items(decided)) == {items[0].pk, items[1].pk, items[3].pk}
    assert kept


def test_a_release_takes_them_only_where_its_recipe_says_so_and_keeps_them(
    olga: Place, trusted: Standing, release: Callable[..., Release]
) -> None:
    accepting.accept(olga, trusted, confidence=0.95, target=0.9)
    wish = {"splits": {"train": 100, "validation": 0, "test": 0}, "formats": ["jsonl"]}

    without = release(**wish)
    taken = release(recipes=[{"name": "rm_pairs", "parameters": {"accepted": True}}], **wish)
    accepting.withdraw(olga, trusted)
    after = release(recipes=[{"name": "rm_pairs", "parameters": {"accepted": True}}], **wish)

    assert [len(rows_of(one)) for one in (without, taken, after)] == [PAIRS, PAIRS + 4, PAIRS]
    sources = [row["label_source"] for row in rows_of(taken)]
    assert (sources.count("accepted"), sources.count("people")) == (4, PAIRS)
    assert taken.manifest is not None
    assert [one["model"] for one in taken.manifest["accepted"]] == ["Judge"]
    assert "accepted" not in (without.manifest or {})
    assert (without.last_acceptance, after.last_acceptance > taken.last_acceptance > 0) == (0, True)


def test_a_consensus_of_people_takes_none(olga: Place, trusted: Standing, release: Callable[..., Release]) -> None:
    parameters = {"accepted": True, "aggregator": "consensus"}

    with pytest.raises(Exception, match="The consensus is that of people"):
        release(recipes=[{"name": "rm_pairs", "parameters": parameters}])


def test_taken_back_nothing_stands_and_there_is_nothing_more_to_take_back(olga: Place, trusted: Standing) -> None:
    accepting.accept(olga, trusted, confidence=0.95, target=0.9)

    accepting.withdraw(olga, trusted)

    assert accepting.in_force(olga.project, trusted) is None
    assert Event.objects.filter(verb="acceptance.withdrawn").count() == 1
    with pytest.raises(AcceptanceRefused, match="nothing to take back"):
        accepting.withdraw(olga, trusted)


def test_the_database_refuses_to_edit_a_decision(olga: Place, trusted: Standing) -> None:
    decided = accepting.accept(olga, trusted, confidence=0.95, target=0.9)

    with pytest.raises(DatabaseError, match="only ever added"), transaction.atomic():
        Acceptance.objects.filter(pk=decided.pk).update(confidence=0.5)


def test_the_page_accepts_and_takes_back_and_nobody_else_may(
    client: Client, olga: Place, trusted: Standing, person: Callable[[str], User], django_assert_max_num_queries: Any
) -> None:
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    where = ["answers", trusted.checkpoint_id]
    page = reverse("curation:judge", args=where)
    accept, withdraw = (reverse(f"curation:judge-{verb}", args=where) for verb in ("accept", "withdraw"))
    before = client.get(page).content.decode()
    wish = {"question": "better", "confidence": "0.9500", "target": "0.9"}

    stranger = Client()
    stranger.force_login(person("Ana"), backend="django.contrib.auth.backends.ModelBackend")
    assert stranger.post(accept, wish).status_code == 404
    assert client.post(accept, {**wish, "confidence": "2"}).status_code == 422
    assert client.post(accept, {**wish, "target": "0.1"}).status_code == 422
    assert client.post(accept, wish, follow=True).status_code == 200
    with django_assert_max_num_queries(12):
        uncounted = client.get(page).content.decode()
    after = client.get(page, {"count": "1"}).content.decode()
    part = client.get(page, {"count": "1"}, headers={"HX-Request": "true"}).content.decode()
    listed = client.get(reverse("curation:judges", args=["answers"])).content.decode()
    assert stranger.post(withdraw).status_code == 404
    again = client.post(withdraw, {"question": "better"}, follow=True).content.decode()

    assert "Nothing of it is accepted." in before
    assert "Accept from 95.0 % on" in before
    assert "?question=better&amp;facet=&amp;count=1" in uncounted
    assert "4 answers accepted</b>, those that are 95.0 % sure" in after
    assert part == '<b id="accepted">4 answers accepted</b>'
    assert "accepts answers" in listed
    assert "Nothing of it is accepted." in again


def test_the_picker_offers_nothing_where_a_condition_is_open(client: Client, judged: Standing) -> None:
    told = client.get(reverse("curation:judge", args=["answers", judged.checkpoint_id])).content.decode()

    assert "Accept from" not in told
    assert not judges.view(judged, 0.9).is_trusted
