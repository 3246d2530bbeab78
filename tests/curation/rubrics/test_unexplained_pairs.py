"""A pair that no rubric explains waits in the review queue, for as long as its label is what was asked about."""

from collections.abc import Callable

from annotation.models import Annotation, Item
from curation.models import Finding, RubricAttempt
from curation.queries import review_queue, reviews
from projects.access import Place
from tests.curation.rubrics.looking import looked
from tests.curation.rubrics.test_contrasts import run

Make = Callable[..., list[Item]]
DETECTOR = "unexplained_pairs"


def doubted(place: Place) -> set[int | None]:
    looked(place)
    return set(Finding.objects.filter(detector=DETECTOR, gone__isnull=True).values_list("item", flat=True))


def flipped(make: Make, count: int = 1) -> list[Item]:
    """Of which people prefer the response that has nothing for it."""
    return make(count, better="Seven!", worse="It is 7, because 3 and 4 are 7.")


def test_a_label_that_no_rubric_finds_again_is_doubted_with_its_votes(olga: Place, pairs: Make) -> None:
    pairs(5)
    (wrong,) = flipped(pairs)
    done = run(olga, attempts=3)

    assert doubted(olga) == {wrong.pk}

    found = Finding.objects.get(detector=DETECTOR)
    judged = [one for one in RubricAttempt.objects.get(run=done, item=wrong).attempts if one["margin"] is not None]
    against = sum(order.get("worse", 0) for one in judged for order in one["by_order"])
    assert (found.about, found.question, found.evidence["run"]) == (f"item:{wrong.pk}", "better", done.pk)
    assert (found.evidence["rubrics"], found.evidence["against_it"]) == (len(judged), against)
    assert against > found.evidence["for_the_label"] == 0
    assert f"of {len(judged)} rubrics written to say why none finds it again" in found.words
    assert found.strength > 0.5


def test_it_waits_in_the_review_queue_and_tells_why(olga: Place, pairs: Make) -> None:
    (wrong,) = flipped(pairs)
    run(olga)
    looked(olga)

    (line,) = review_queue.queue(olga.project, review_queue.Filters(detector=DETECTOR))
    entry = reviews.entry(olga, wrong, None)

    assert line.item_id == wrong.pk
    assert entry.findings[0].title == "Labels that no rubric explains"
    assert ("For the label", "0") in entry.findings[0].evidence


def test_a_later_run_that_explains_it_closes_it_and_one_that_came_to_nothing_does_not(olga: Place, pairs: Make) -> None:
    (wrong,) = flipped(pairs)
    first = run(olga)
    before = doubted(olga)
    late = run(olga)
    RubricAttempt.objects.filter(run=late).update(is_unexplained=False)
    still = doubted(olga)
    RubricAttempt.objects.filter(run=late).update(
        outcome="kept", reason="", criteria=[{"text": "Is brief.", "kind": "principle"}]
    )

    assert (before, still, doubted(olga)) == ({wrong.pk}, {wrong.pk}, set())
    assert RubricAttempt.objects.get(run=first).is_unexplained


def test_once_people_say_otherwise_it_is_doubted_no_more(
    olga: Place, pairs: Make, answer: Callable[..., Annotation]
) -> None:
    (wrong,) = flipped(pairs)
    run(olga)
    before = doubted(olga)
    for who in ("Ben", "Chen"):
        answer(wrong, "a", who)  # it was the second one that Ana preferred

    assert (before, doubted(olga)) == ({wrong.pk}, set())
