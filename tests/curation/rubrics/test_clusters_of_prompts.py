"""Prompts of a run are grouped by what they are about, and a cluster gets a rubric of its own."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.models import Annotation, Item, RubricVersion
from annotation.queries.items import Filters, ids_of
from audit.models import Event
from curation.models import PromptClusters, RubricAttempt
from curation.services import clustering, prompt_clusters, rubric_runs
from jobs import runner
from jobs.models import Job
from modelhooks.models import Embedding, Run
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.curation.rubrics.conftest import BARE, REASONED, checkpoint, finished
from tests.curation.rubrics.test_rubric_api import Ask, ask, draft_of, run_of

__all__ = ["ask"]  # a fixture

Subjects = Callable[..., list[Item]]
ABOUT = {
    "maths": ["integral", "derivative", "matrix", "vector", "equation", "algebra", "theorem"],
    "bread": ["flour", "yeast", "dough", "oven", "knead", "crust", "loaf"],
    "ships": ["harbour", "sail", "captain", "anchor", "rudder", "mast", "tide"],
}


@pytest.fixture
def subjects(add_item: Callable[..., Item], answer: Callable[..., Annotation]) -> Subjects:
    """Labelled pairs about each subject in turn: their prompts are words of it, by lot."""

    def make(count: int = 15, *, seed: int = 1, names: tuple[str, ...] = tuple(ABOUT)) -> list[Item]:
        drawn = random.Random(seed)
        made = []
        for place in range(count * len(names)):
            name = names[place % len(names)]
            words = f"{' '.join(drawn.sample(ABOUT[name], 5))} number {place}"
            item = add_item(REASONED, BARE, messages=[{"role": "user", "content": words}], source={"about": name})
            answer(item, "a")
            made.append(item)
        return made

    return make


@pytest.fixture
def written(olga: Place, subjects: Subjects) -> Run:
    subjects()
    return write(olga)


def write(place: Place) -> Run:
    pen = checkpoint("writing")
    return finished(rubric_runs.contrast(place, checkpoint=pen, question="better", wishes={"percent": 100}))


def grouped(place: Place, run: Run, most: int = 8) -> PromptClusters:
    made = prompt_clusters.start(place, run, embedder="fake", most=most)
    runner.execute(str(made.job_id))
    job = Job.objects.get(pk=made.job_id)
    assert job.state == "done", job.message
    return PromptClusters.objects.get(pk=made.pk)


def about(one: dict[str, Any]) -> set[str]:
    return set(Item.objects.filter(pk__in=one["items"]).values_list("source__about", flat=True))


def test_planted_clusters_are_found_and_told(olga: Place, written: Run) -> None:
    found = grouped(olga, written)

    assert [one["prompts"] for one in found.found] == [15, 15, 15]
    assert [one["number"] for one in found.found] == [1, 2, 3]
    assert sorted(about(one).pop() for one in found.found) == sorted(ABOUT)
    for one in found.found:
        assert len(about(one)) == 1
        assert one["stability"] > 0.75
        assert len(one["nearest"]) == 3
        assert set(one["nearest"]) <= set(one["items"])
    assert (found.silhouette or 0) > 0.3
    assert Job.objects.get(pk=found.job_id).message == "3 clusters of 45 prompts."


def test_the_order_of_items_changes_nothing(
    olga: Place, written: Run, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    before = grouped(olga, written)
    texts = list(Item.objects.order_by("-pk").values_list("messages", "key"))
    for messages, _ in texts:
        answer(add_item(REASONED, BARE, messages=messages, tags=["again"]), "a")
    again = finished(rubric_runs.contrast(
        olga, checkpoint=checkpoint("writing"), question="better", filters=Filters(tag="again"),
        wishes={"percent": 100},
    ))  # fmt: skip

    after = grouped(olga, again)

    def prompts(found: PromptClusters) -> list[tuple[set[str], float]]:
        def said(items: list[int]) -> set[str]:
            return {one[0]["content"] for one in Item.objects.filter(pk__in=items).values_list("messages", flat=True)}

        return [(said(one["items"]), one["stability"]) for one in found.found]

    assert prompts(after) == prompts(before)
    assert after.silhouette == before.silhouette


def test_items_of_one_prompt_stay_together_and_count_once(
    olga: Place, subjects: Subjects, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    first, *_ = subjects()
    twin = add_item(BARE, REASONED, messages=first.messages, source=first.source)
    answer(twin, "b")

    found = grouped(olga, write(olga))

    (one,) = [one for one in found.found if first.pk in one["items"]]
    assert twin.pk in one["items"]
    assert (one["prompts"], len(one["items"])) == (15, 16)


def test_a_cluster_is_merged_into_a_rubric_of_its_items(olga: Place, written: Run) -> None:
    found = grouped(olga, written)
    chosen = found.found[1]

    run = prompt_clusters.merge(olga, found, number=2, checkpoint=checkpoint("writing"), name="Of one subject", most=5)
    finished(run)
    again = prompt_clusters.gather(olga, found, number=2, name="Counted", most=5)

    made = RubricVersion.objects.get(run=run)
    tag = prompt_clusters.tag_of(found, 2)
    for one in (made, again):
        assert (one.rubric.scope, one.rubric.slice) == ("slice", {"tag": tag})
        assert max(each["prompts"] for each in one.provenance["support"]) <= chosen["prompts"]
    assert list(ids_of(olga.project, Filters(tag=tag))) == chosen["items"]
    assert Event.objects.get(verb="items.tagged").detail == {"tag": tag, "items": 15}  # once


def test_only_prompts_whose_rubric_was_kept_are_grouped(
    olga: Place, subjects: Subjects, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    subjects()
    odd = add_item(BARE, REASONED, messages=[{"role": "user", "content": "flour yeast dough"}])
    answer(odd, "a")  # which no rubric explains

    run = write(olga)

    assert RubricAttempt.objects.get(run=run, item=odd).outcome == "rejected"
    assert not any(odd.pk in one["items"] for one in grouped(olga, run).found)


def test_too_few_prompts_are_told_so(olga: Place, subjects: Subjects) -> None:
    subjects(3)
    made = prompt_clusters.start(olga, write(olga), embedder="fake", most=8)

    runner.execute(str(made.job_id))

    job = Job.objects.get(pk=made.job_id)
    assert (job.state, "Two clusters take at least 10 points; these are 9." in job.message) == ("failed", True)
    assert PromptClusters.objects.get().found == []


def test_what_was_embedded_is_kept_and_a_finished_grouping_stays(
    olga: Place, written: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = grouped(olga, written)
    kept = Embedding.objects.count()
    monkeypatch.setattr(clustering, "_prompts", lambda run: pytest.fail("it is done"))

    class Progress:
        """Asked for nothing."""

    said = clustering.run(Job.objects.get(pk=found.job_id), Progress())  # type: ignore[arg-type]

    assert (said, kept) == ("3 clusters of 45 prompts.", 45)


def test_programs_group_read_and_merge(ask: Ask, olga: Place, written: Run) -> None:
    address = f"written/{written.pk}/clusters/"

    asked, again = (ask("post", address, embedder="fake", most=6) for _ in range(2))
    early = ask("post", f"{address}{asked.json()['id']}/gather/", cluster=1, name="Early")
    runner.execute(str(PromptClusters.objects.get().job_id))
    told = ask("get", asked.headers["Location"].partition("/rubrics/")[2]).json()
    merged = run_of(
        ask("post", f"{address}{told['id']}/merge/", cluster=1, checkpoint=checkpoint("writing").pk, name="Merged")
    )
    gathered = draft_of(ask("post", f"{address}{told['id']}/gather/", cluster=1, name="Counted"))

    assert (asked.status_code, asked.json()["state"], again.json()["id"]) == (202, "queued", asked.json()["id"])
    assert (early.status_code, "no such cluster" in early.json()["detail"]) == (422, True)
    assert [(one["number"], one["prompts"], one["items"]) for one in told["clusters"]] == [
        (1, 15, 15),
        (2, 15, 15),
        (3, 15, 15),
    ]
    assert all(one["prompt"] and one["key"].startswith("pair-") for one in told["clusters"][0]["nearest"])
    assert RubricVersion.objects.get(run=merged).rubric.slice == gathered.rubric.slice
    assert ask("get", address).json()["results"] == [told]
    assert ask("post", f"{address}{told['id']}/gather/", cluster=9, name="None").status_code == 422
    assert ask("post", address, embedder="odd").status_code == 400
    assert ask("get", f"written/{written.pk}/clusters/999/").status_code == 404


def test_an_unknown_embedder_and_a_single_cluster_are_refused(olga: Place, written: Run) -> None:
    with pytest.raises(RunRefused, match="Known embedders"):
        prompt_clusters.start(olga, written, embedder="odd", most=8)
    with pytest.raises(RunRefused, match="2 to 50"):
        prompt_clusters.start(olga, written, embedder="fake", most=1)


def test_a_curator_groups_reads_and_makes_a_rubric_of_one(olga: Place, written: Run) -> None:
    client = Client()
    client.force_login(olga.user)
    page = f"/projects/answers/rubrics/written/{written.pk}/clusters/"
    assert page in client.get(f"/projects/answers/rubrics/written/{written.pk}/").content.decode()
    assert "What are these prompts about?" in client.get(page).content.decode()

    refused = client.post(f"{page}start/", {"embedder": "fake", "most": "1"})
    started = client.post(f"{page}start/", {"embedder": "fake", "most": "8"})
    waiting = client.get(page).content.decode()
    grouping = PromptClusters.objects.get()
    runner.execute(str(grouping.job_id))
    shown = client.get(page).content.decode()
    wish = {"cluster": "1", "name": "Of the first", "most": "5"}
    counted = client.post(f"{page}{grouping.pk}/gather/", wish)
    worded = client.post(f"{page}{grouping.pk}/gather/", {**wish, "writer": checkpoint("writing").pk})
    odd = client.post(f"{page}{grouping.pk}/gather/", {**wish, "cluster": "9"})

    assert (refused.status_code, started.headers["Location"], odd.status_code) == (422, page, 422)
    assert 'http-equiv="refresh"' in waiting
    assert 'http-equiv="refresh"' not in shown
    assert "3 clusters of prompts" in shown
    assert shown.count(">stable<") == 3
    made = RubricVersion.objects.get()
    assert counted.headers["Location"].endswith(f"/rubrics/{made.rubric.number}/versions/1/evidence/")
    assert made.rubric.slice == {"tag": prompt_clusters.tag_of(grouping, 1)}
    merging = Run.objects.get(hook="merging")
    assert worded.headers["Location"].endswith(f"/runs/{merging.pk}/")
    assert merging.parameters["slice"] == made.rubric.slice


def test_a_failed_grouping_says_why_on_its_page(olga: Place, subjects: Subjects) -> None:
    subjects(3)
    run, client = write(olga), Client()
    client.force_login(olga.user)
    runner.execute(str(prompt_clusters.start(olga, run, embedder="fake", most=8).job_id))

    page = client.get(f"/projects/answers/rubrics/written/{run.pk}/clusters/").content.decode()

    assert "Too few prompts have a rubric that was kept." in page
