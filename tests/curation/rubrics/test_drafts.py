"""Drafts of the library from what runs wrote: of many pairs, of one, by a writer, and as a curator decides."""

from collections.abc import Callable

import pytest

from annotation.models import Item, Rubric, RubricVersion
from annotation.services.rubrics import RubricRefused
from curation.models import RubricAttempt
from curation.rubrics.editing import Edit
from curation.services import rubric_drafts, rubric_runs
from modelhooks.backends.fake_writer import TRUTHS
from modelhooks.models import Failure, Run
from projects.access import Place
from tests.curation.rubrics.conftest import checkpoint, finished

Make = Callable[..., list[Item]]


@pytest.fixture
def written(olga: Place, pairs: Make) -> Run:
    """A run over thirty pairs."""
    pairs(30)
    return finished(
        rubric_runs.contrast(olga, checkpoint=checkpoint("writing"), question="better", wishes={"percent": 100})
    )


def test_the_criteria_of_many_pairs_become_a_draft_by_how_many_prompts_they_have(olga: Place, written: Run) -> None:
    made = rubric_drafts.gather(olga, runs=[written], name="What is better", most=3)

    assert (made.number, made.status, made.source) == (1, "draft", "contrast")
    assert len(made.criteria) == 3
    assert {one["title"] for one in made.criteria} <= set(TRUTHS)
    assert {one["origin"] for one in made.criteria} == {"contrast"}
    support = [one["prompts"] for one in made.provenance["support"]]
    assert support == sorted(support, reverse=True)
    assert made.provenance["runs"] == [written.pk]
    said = RubricAttempt.objects.filter(
        run=written, outcome="kept", criteria__contains=[{"text": made.criteria[0]["title"]}]
    )
    assert support[0] == said.values("item__group").distinct().count()


def test_a_slice_gathers_its_own_items_alone(olga: Place, pairs: Make) -> None:
    pairs(10, tags=["maths"])
    pairs(10, tags=["poems"], better="A rose is a rose.", worse="A rose!")
    done = finished(
        rubric_runs.contrast(olga, checkpoint=checkpoint("writing"), question="better", wishes={"percent": 100})
    )

    made = rubric_drafts.gather(olga, runs=[done], name="Of poems", most=30, sliced_by={"tag": "poems"})

    assert (made.rubric.scope, made.rubric.slice) == ("slice", {"tag": "poems"})
    groups = RubricAttempt.objects.filter(run=done, outcome="kept", item__tags=["poems"]).count()
    assert max(one["prompts"] for one in made.provenance["support"]) <= groups


def test_where_nothing_was_kept_nothing_is_made(olga: Place, pairs: Make) -> None:
    pairs(5, better="Seven!", worse="It is 7, because 3 and 4 are 7.")
    done = finished(
        rubric_runs.contrast(olga, checkpoint=checkpoint("writing"), question="better", wishes={"percent": 100})
    )

    with pytest.raises(RubricRefused, match="No rubric was kept"):
        rubric_drafts.gather(olga, runs=[done], name="Nothing", most=3)
    merging = finished(rubric_runs.merge(olga, written=done, checkpoint=checkpoint("writing"), name="Nothing", most=3))
    assert [one.reason for one in Failure.objects.filter(run=merging)] == [
        "No rubric of that run was kept, so there is nothing to merge."
    ]
    assert not Rubric.objects.exists()


def test_a_writer_merges_them_into_one_draft_however_often_the_run_is_tried(olga: Place, written: Run) -> None:
    merging = rubric_runs.merge(olga, written=written, checkpoint=checkpoint("writing"), name="Merged", most=5)
    finished(merging)

    (made,) = RubricVersion.objects.filter(run=merging)
    assert (made.source, made.rubric.name, made.created_by) == ("merged", "Merged", None)
    assert 1 <= len(made.criteria) <= 5
    assert all(one["prompts"] >= 1 for one in made.provenance["support"])


def test_one_pairs_rubric_is_taken_for_its_item_once(olga: Place, written: Run) -> None:
    attempt = RubricAttempt.objects.filter(run=written, outcome="kept").select_related("item", "run")[0]

    made = rubric_drafts.take(olga, attempt)

    assert (made.rubric.scope, made.rubric.item_id) == ("item", attempt.item_id)
    assert [one["title"] for one in made.criteria] == [one["text"] for one in attempt.criteria]
    assert rubric_drafts.take(olga, attempt) == made


def test_a_pair_without_a_rubric_gives_none(olga: Place, pairs: Make) -> None:
    pairs(1, better="Seven!", worse="It is 7, because 3 and 4 are 7.")
    done = finished(
        rubric_runs.contrast(olga, checkpoint=checkpoint("writing"), question="better", wishes={"percent": 100})
    )

    with pytest.raises(RubricRefused, match="No rubric of this pair was kept"):
        rubric_drafts.take(olga, RubricAttempt.objects.select_related("item", "run").get(run=done))


def test_what_a_curator_decides_is_the_next_version_and_knows_what_it_was_written_from(
    olga: Place, written: Run
) -> None:
    first = rubric_drafts.gather(olga, runs=[written], name="What is better", most=4)
    a, b, c, d = (one["key"] for one in first.criteria)
    edits = {a: Edit(), b: Edit(is_kept=False), c: Edit(into=a), d: Edit(weight=2.0)}

    second = rubric_drafts.decide(olga, first, edits, note="", weights={a: 0.5})

    assert (second.number, second.parent, second.source) == (2, first, "human")
    assert [(one["key"], one["weight"]) for one in second.criteria] == [(a, 0.5), (d, 2.0)]
    assert second.note == "Of 4 criteria 1 dropped, 1 merged."
    assert second.provenance["runs"] == [written.pk]
