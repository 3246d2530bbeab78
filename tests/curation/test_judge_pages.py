"""Pages of judges, as Olga, Ana and Sam meet them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation.models import Annotation, Item
from curation import accepting as accepted
from curation.models import Consensus, Finding, Standing
from curation.queries import judges
from curation.services import accepting, analyses
from jobs import runner
from jobs.models import Job
from modelhooks.judging.probe_set import probe_set
from modelhooks.models import Checkpoint, Probed, Run
from modelhooks.services import probing
from projects.access import Place
from projects.models import Membership, Role


@pytest.fixture
def client(olga: Place) -> Client:
    """Olga's browser."""
    browser = Client()
    browser.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def checkpoint(db: None) -> Checkpoint:
    return Checkpoint.objects.create(name="Judge", contract="preference", backend="fake")


@pytest.fixture
def judged(
    olga: Place, checkpoint: Checkpoint, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> Standing:
    """A judge that is right and sure about 110 pairs of people, and alone about five."""
    run = Run.objects.create(
        project=olga.project,
        hook="prelabel",
        checkpoint=checkpoint,
        question="better",
        job=Job.objects.create(kind="run"),
        created_by=olga.user,
    )
    for number in range(115):
        item, truth = add_item("x", str(number)), "ab"[number % 2]
        sure = 0.95 if number % 3 else 0.6
        source = {
            "p_first": sure if truth == "a" else 1 - sure,
            "by_order": [{"A": 1}, {"B": 1}] if truth == "a" else [{"B": 1}, {"A": 1}],
            "consistent_under_swap": True,
        }
        answers = {"better": {"winner": truth, "strength": None}}
        answer(item, truth, author=None, run=run, answers=answers, source=source)
        for who in ("Ana", "Ben") if number < 110 else ():
            answer(item, truth, who)
    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    return Standing.objects.select_related("checkpoint", "analysis").get(analysis=asked, checkpoint=checkpoint)


def passed(place: Place, standing: Standing) -> Run:
    """A run of probes in which this judge put every right response first."""
    checkpoint = standing.checkpoint
    assert checkpoint is not None
    run = probing.start(place, checkpoint)
    rows = (Probed(run=run, number=number, said="right") for number in range(1, len(probe_set()) + 1))
    Probed.objects.bulk_create(rows)
    Job.objects.filter(pk=run.job_id).update(state="done", finished_at=Now())
    return run


def page(client: Client, name: str, *more: int, **query: str) -> str:
    answered = client.get(reverse(f"curation:{name}", args=["answers", *more]), query)
    assert answered.status_code == 200
    return str(answered.content.decode())


def test_a_judge_is_held_against_people_and_the_picker_says_what_it_would_accept(
    client: Client, judged: Standing
) -> None:
    told = page(client, "judge", judged.checkpoint_id)

    assert "Judge says what a person says 100 % of the time; two people do 100 % of the time" in told
    assert "from 60.0 % on, 98 % at least" in told
    assert "110 units, of 100 at least" in told
    loosest = judges.view(judged, 0.9).chosen
    assert loosest is not None
    assert (loosest.confidence, loosest.accepts, loosest.checked) == (0.6, 5, 110)


def test_a_harder_target_needs_more_answers(client: Client, judged: Standing) -> None:
    assert judges.view(judged, 0.98).chosen is None
    assert "at no certainty that could be tested" in page(client, "judge", judged.checkpoint_id, target="0.98")
    assert judges.target_of("0.98") == 0.98
    assert judges.target_of("nonsense") == 0.9


def test_without_probes_no_judge_has_earned_trust(judged: Standing) -> None:
    conditions = judges.view(judged, 0.9).conditions

    assert [one.is_met for one in conditions] == [True, True, True, False]


def test_probes_are_asked_by_a_button_and_a_fake_judge_fails_them(
    client: Client, olga: Place, judged: Standing, person: Callable[[str], User], django_assert_max_num_queries: Any
) -> None:
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    address = reverse("curation:judge-probes", args=["answers", judged.checkpoint_id])
    stranger = Client()
    stranger.force_login(person("Ana"), backend="django.contrib.auth.backends.ModelBackend")

    assert stranger.post(address).status_code == 404
    assert client.get(address).status_code == 405
    assert client.post(address).status_code == 302
    waiting = page(client, "judge", judged.checkpoint_id)
    run = Run.objects.get(hook="probe")
    runner.execute(str(run.job_id))
    with django_assert_max_num_queries(12):
        told = page(client, "judge", judged.checkpoint_id)

    assert "They are being asked" in waiting
    assert "Ask the probes" not in waiting
    assert "Ask the probes again" in told
    assert "it fails “Decides easy pairs rightly" in told
    assert "not passed" in told

    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))
    found = Finding.objects.get(detector="judge_probes")
    assert (found.checkpoint, found.evidence["run"]) == (judged.checkpoint, run.pk)
    assert found.words.startswith("Fails our probes. Decides easy pairs rightly")


def test_a_judge_that_passes_every_probe_has_earned_trust(client: Client, olga: Place, judged: Standing) -> None:
    passed(olga, judged)

    view = judges.view(judged, 0.9)
    assert [one.is_met for one in view.conditions] == [True, True, True, True]
    decided = [accepting.accept(olga, judged, confidence=one.confidence, target=0.9) for one in view.cuts]
    assert [len(accepted.items(one)) for one in decided] == [one.accepts for one in view.cuts], "as was promised"
    assert "fooled 1.9 % of the time at most" in page(client, "judge", judged.checkpoint_id)


def test_the_consensus_says_nothing_of_what_an_accepted_judge_alone_has_answered(olga: Place, judged: Standing) -> None:
    passed(olga, judged)
    decided = accepting.accept(olga, judged, confidence=0.6, target=0.9)
    alone = accepted.items(decided).keys()

    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))

    settled = set(Consensus.objects.filter(project=olga.project, until__isnull=True).values_list("item", flat=True))
    assert (len(alone), len(settled), settled & alone) == (5, 110, set())


def test_a_judge_in_one_order_has_not_earned_it_whatever_its_certainty(judged: Standing) -> None:
    judged.figures = {**judged.figures, "orders": {**judged.figures["orders"], "consistent": None}}

    conditions = judges.view(judged, 0.9).conditions

    assert (conditions[1].is_met, conditions[1].told.startswith("asked in one order only")) == (False, True)


def test_a_certainty_that_fails_ends_the_test_for_looser_ones(judged: Standing) -> None:
    cut = {"checked": 100, "best": 0.97, "accepts": 1}
    fails, passes = {"right": 50, "at_least": 0.43}, {"right": 99, "at_least": 0.96}
    few = {"checked": 5, "right": 1, "at_least": 0.02, "best": 0.63, "accepts": 0, "confidence": 0.99}
    judged.figures = {
        **judged.figures,
        "cutoffs": [
            few,
            *({**cut, **one, "confidence": 0.9 - n / 10} for n, one in enumerate([passes, fails, passes])),
        ],
    }

    assert [one.holds for one in judges.view(judged, 0.9).cuts] == [False, True, False, False]


@pytest.mark.usefixtures("judged")
def test_the_list_shows_people_beside_judges(client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        told = page(client, "judges")

    assert "1 judge held against people" in told
    assert "Which is better?" in told


def test_before_any_judge_the_list_says_what_will_be_here(client: Client) -> None:
    assert "No judge has been held against people yet" in page(client, "judges")


def test_strangers_and_annotators_find_no_judge(
    olga: Place, judged: Standing, person: Callable[[str], User], client: Client
) -> None:
    Membership.objects.create(project=olga.project, user=person("Ana"), role=Role.ANNOTATOR)
    address = reverse("curation:judge", args=["answers", judged.checkpoint_id])
    codes = []
    for name in ("Ana", "Sam"):
        browser = Client()
        browser.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")
        codes.append(browser.get(address).status_code)

    assert codes == [404, 404]
    assert client.get(reverse("curation:judge", args=["answers", judged.checkpoint_id + 1])).status_code == 404


def test_a_finding_about_a_judge_leads_to_its_page(client: Client, judged: Standing) -> None:
    fields = {"question": "better", "strength": 0.5, "words": "Follows the order.", "detector": "judge_order"}
    other = Checkpoint.objects.create(name="Torn", contract="preference", backend="fake")
    for one in (judged.checkpoint, other):
        about = {"about": f"model:{one.pk}", "first": judged.analysis, "last": judged.analysis}
        Finding.objects.create(project=judged.analysis.project, checkpoint=one, **about, **fields)

    told = page(client, "quality-findings")

    assert f"{reverse('curation:judge', args=['answers', judged.checkpoint_id])}?question=better&amp;facet=" in told
    assert "<bdi>Torn</bdi>" in told
    assert f"/judges/{other.pk}/" not in told, "it never decided, so there is nothing to show"
