"""Rubrics written from labelled pairs: each pair ends as a rubric that was kept, or with the reason why none was."""

from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Annotation, Item
from curation.hooks.pairs import UNLABELLED
from curation.models import RubricAttempt
from curation.services import rubric_runs
from modelhooks.backends.fake_writer import TRUTHS
from modelhooks.models import Failure, Run
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.curation.rubrics.conftest import checkpoint, finished

Make = Callable[..., list[Item]]
REASONED_ALOUD = "It is 7, because 3 and 4 are 7!"
"""Better by a digit and a reason, worse by its end and its exclamation mark."""


def run(place: Place, **wishes: Any) -> Run:
    started = rubric_runs.contrast(
        place, checkpoint=checkpoint("writing"), question="better", wishes={"percent": 100, **wishes}
    )
    return finished(started)


def test_every_pair_ends_kept_or_rejected_with_a_reason_and_what_was_kept_explains_the_label(
    olga: Place, pairs: Make
) -> None:
    items = pairs(40, better=REASONED_ALOUD, worse="Seven it is.")

    done = run(olga, attempts=1)

    rows = list(RubricAttempt.objects.filter(run=done).select_related("item"))
    assert {row.item_id for row in rows} == {item.pk for item in items}
    kept = [row for row in rows if row.outcome == "kept"]
    assert 0 < len(kept) < len(rows)
    for row in rows:
        better, worse = (row.item.text_of(place) for place in (row.better, 1 - row.better))
        assert better == REASONED_ALOUD
        apart = sum(TRUTHS[one["text"]](better) - TRUTHS[one["text"]](worse) for one in row.attempts[0]["criteria"])
        assert (row.outcome == "kept") is (apart > 0)
        assert bool(row.reason) is (row.outcome == "rejected")
        assert row.criteria == (row.attempts[0]["criteria"] if row.outcome == "kept" else [])


def test_a_label_that_nothing_explains_is_rejected(olga: Place, pairs: Make) -> None:
    pairs(30, better="Seven!", worse="It is 7, because 3 and 4 are 7.")

    done = run(olga, attempts=2)

    assert not RubricAttempt.objects.filter(run=done, outcome="kept").exists()
    assert RubricAttempt.objects.filter(run=done, is_unexplained=True).count() == 30


def test_pairs_on_which_people_are_level_or_not_sure_enough_are_not_asked_about(
    olga: Place, pairs: Make, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    (clear,) = pairs(1)
    tied, split, unlabelled = (add_item("One.", "Two.") for _ in range(3))
    answer(tied, "tie")
    answer(split, "a", "Ana")
    answer(split, "a", "Ben")
    answer(split, "b", "Chen")

    assert set(items_of(run(olga))) == {clear.pk, split.pk}
    assert items_of(run(olga, min_share=0.7)) == [clear.pk]
    assert unlabelled.pk not in items_of(run(olga))


def items_of(done: Run) -> list[int]:
    return list(RubricAttempt.objects.filter(run=done).order_by("item").values_list("item", flat=True))


def test_prompts_stay_on_one_side_whoever_asks(olga: Place, pairs: Make) -> None:
    pairs(60)

    half, again = run(olga, percent=50), run(olga, percent=50)
    more = run(olga, percent=80)

    assert 10 < len(items_of(half)) < 50
    assert items_of(half) == items_of(again)
    assert set(items_of(half)) <= set(items_of(more))


def test_what_has_no_two_responses_is_a_failure_with_a_reason(
    olga: Place, pairs: Make, add_item: Callable[..., Item], answer: Callable[..., Annotation]
) -> None:
    (pair,) = pairs(1)
    three = add_item("One.", "Two.", "Three.")
    answer(three, "a")

    done = run(olga)

    assert items_of(done) == [pair.pk]
    (failure,) = Failure.objects.filter(run=done)
    assert (failure.subject, failure.reason) == (three.pk, UNLABELLED)


def test_what_cannot_write_is_refused_and_so_is_a_question_without_two_sides(olga: Place) -> None:
    with pytest.raises(RunRefused, match="cannot do this"):
        rubric_runs.contrast(olga, checkpoint=checkpoint("rubric"), question="better")
    with pytest.raises(RunRefused, match="asks no preference “why”"):
        rubric_runs.contrast(olga, checkpoint=checkpoint("writing"), question="why")
    with pytest.raises(RunRefused, match="attempts"):
        rubric_runs.contrast(olga, checkpoint=checkpoint("writing"), question="better", wishes={"attempts": 99})
