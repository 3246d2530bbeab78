"""What an overturn settles: the consensus, rows of releases and what heads learn, until a newer decision undoes it."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from annotation.models import Annotation, Item
from curation import overturns, store
from curation.models import Analysis, Consensus, Release, Review, Standing
from curation.overturns import Decided, fold
from curation.services import analyses, reviews
from curation.services.reviews import Asked
from jobs import runner
from modelhooks.labels import labels
from projects.access import Place
from projects.models import Membership, Role
from tests.curation.reviewing import find

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Made = Callable[..., Release]
OLGA, CHEN = 1, 2
WHOLE = {"formats": ["jsonl"], "splits": {"train": 100}}


def decided(*said: tuple[str, int, int | None]) -> tuple[int | None, set[int]]:
    """After these decisions: what, by whom, and their answer, each an annotation later than the one before."""
    return fold(Decided(what, who, 10 + number, answer) for number, (what, who, answer) in enumerate(said))


@pytest.mark.parametrize(
    ("said", "settling", "withdrawn"),
    [
        ((), None, set()),
        ((("upheld", OLGA, None),), None, set()),
        ((("overturned", OLGA, 5),), 5, set()),
        ((("overturned", OLGA, 5), ("overturned", CHEN, 6)), 6, set()),  # the last decision
        ((("overturned", OLGA, 5), ("upheld", CHEN, None)), 5, set()),  # what Olga said stands
        ((("overturned", OLGA, 5), ("upheld", OLGA, 5)), None, {5}),  # Olga takes it back
        ((("overturned", OLGA, 5), ("coached", OLGA, 5)), 5, set()),
        ((("overturned", OLGA, 5), ("another", CHEN, None)), None, set()),  # one vote among others
        ((("overturned", OLGA, 5), ("upheld", OLGA, 5), ("overturned", OLGA, 5)), 5, set()),
        ((("overturned", OLGA, 5), ("overturned", CHEN, 6), ("upheld", OLGA, 5)), 6, {5}),
        ((("overturned", OLGA, 5), ("overturned", CHEN, 6), ("upheld", CHEN, 6)), None, {6}),
        ((("overturned", OLGA, 30), ("upheld", OLGA, 30)), None, set()),  # answered again since: a label of its own
    ],
)
def test_the_last_decision_settles_and_is_undone_by_who_took_it(
    said: tuple[tuple[str, int, int | None], ...], settling: int | None, withdrawn: set[int]
) -> None:
    assert decided(*said) == (settling, withdrawn)


@pytest.fixture
def reviewer(olga: Place, person: Callable[[str], Any]) -> Callable[[str], Place]:
    def get(name: str) -> Place:
        Membership.objects.get_or_create(project=olga.project, user=person(name), defaults={"role": Role.CURATOR})
        return Place(person(name), olga.project, Role.CURATOR)

    return get


@pytest.fixture
def items(add_item: AddItem, answer: Answer) -> list[Item]:
    """Thirty pairs on which three people agree; of the first all say what is wrong."""
    found = [add_item("x", str(number)) for number in range(30)]
    for number, item in enumerate(found):
        for who in ("Ana", "Ben", "Cid"):
            answer(item, "ab"[number % 2], who)
    return found


@pytest.fixture
def look(olga: Place) -> Callable[[], Analysis]:
    def analyzed() -> Analysis:
        asked = analyses.start(olga)
        runner.execute(str(asked.job_id))
        return Analysis.objects.get(pk=asked.pk)

    return analyzed


def overturned(place: Place, item: Item, winner: str) -> Review:
    asked = Asked(item=item, request_key=uuid.uuid4())
    strength = 2 if winner in {"a", "b"} else None
    return reviews.overturn(place, asked, answers={"better": {"winner": winner, "strength": strength}}).review


def upheld(place: Place, item: Item) -> None:
    reviews.uphold(place, Asked(item=item, request_key=uuid.uuid4()))


def row_of(made: Release, item: Item) -> dict[str, Any]:
    assert made.manifest is not None, made.job.message
    file = made.files.get(path__endswith="train-00000-of-00001.jsonl")
    rows = [json.loads(line) for line in store.path_of(file).read_text().splitlines()]
    return next((row for row in rows if row["pair_id"] == item.key), {})


def recipe(aggregator: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": "rm_pairs", "parameters": {"aggregator": aggregator, "min_votes": 3, **more}}]


def held(item: Item) -> tuple[str, float, bool, int]:
    one = Consensus.objects.get(item=item, question="better", until=None)
    return one.value, one.confidence, one.by_reviewer, one.labels


def p_of(place: Place, item: Item) -> float | None:
    last = labels().last(place.project)
    told = labels().voted(place.project, "better", last=last, with_imported=True)
    return next((one.p for one in told if one.subject == item.pk), None)


def test_an_overturn_decides_against_three_people_everywhere_and_calls_nobody_a_liar(
    olga: Place, items: list[Item], look: Callable[[], Analysis], release: Made
) -> None:
    first = items[0]
    before = release(recipes=recipe("majority"), **WHOLE)
    review = overturned(olga, first, "b")

    look()

    assert held(first) == ("b", 1.0, True, 4)
    assert held(items[1])[2:] == (False, 3)
    believed = Standing.objects.filter(question="better", labels=30).values_list("figures__accuracy", flat=True)
    assert len(believed) == 3
    assert min(believed) > 0.85
    assert row_of(before, first)["chosen"][-1]["content"] == "x"
    for aggregator in ("majority", "soft", "consensus"):
        row = row_of(release(recipes=recipe(aggregator, min_agreement=1.0), **WHOLE), first)
        assert row["chosen"][-1]["content"] == "0", aggregator
        assert (row["n_votes"], row["p_chosen"], row["strength"]) == (1, 1.0, 2.0)
        assert row["annotation_ids"] == [review.annotation_id]
    assert p_of(olga, first) == 0.0
    assert p_of(olga, items[1]) == 0.0
    assert p_of(olga, items[2]) == 1.0


def test_the_last_of_two_reviewers_decides_and_who_upholds_another_changes_nothing(
    olga: Place, items: list[Item], reviewer: Callable[[str], Place], look: Callable[[], Analysis], release: Made
) -> None:
    first = items[0]
    overturned(olga, first, "b")
    overturned(reviewer("Chen"), first, "tie")
    upheld(olga, items[1])
    look()
    assert held(first) == ("tie", 1.0, True, 5)
    assert held(items[1])[2] is False
    assert p_of(olga, first) == 0.5
    assert not row_of(release(recipes=recipe("majority"), **WHOLE), first)

    overturned(olga, first, "b")
    upheld(reviewer("Chen"), first)
    look()

    assert held(first)[0] == "b"
    assert row_of(release(recipes=recipe("majority"), **WHOLE), first)["chosen"][-1]["content"] == "0"


def test_who_takes_an_overturn_back_leaves_the_item_as_it_was_and_earlier_releases_as_they_are(
    olga: Place, items: list[Item], look: Callable[[], Analysis], release: Made
) -> None:
    first = items[0]
    overturned(olga, first, "b")
    look()
    made = release(recipes=recipe("consensus"), **WHOLE)
    assert p_of(olga, first) == 0.0

    upheld(olga, first)
    again = release(recipes=recipe("majority"), **WHOLE)
    still = release(recipes=recipe("consensus", analysis=1), **WHOLE)
    look()

    assert p_of(olga, first) == 1.0
    assert row_of(again, first)["n_votes"] == 3
    assert row_of(again, first)["chosen"][-1]["content"] == "x"
    assert row_of(still, first) == row_of(made, first)  # the first analysis knew nothing of it
    assert row_of(made, first)["chosen"][-1]["content"] == "0"
    assert held(first)[0] == "a"
    assert held(first)[2:] == (False, 3)


def test_asked_once_more_after_a_review_a_release_is_another_one(olga: Place, items: list[Item], release: Made) -> None:
    overturned(olga, items[0], "b")
    one = release(recipes=recipe("majority"), **WHOLE)
    upheld(olga, items[0])

    other = release(recipes=recipe("majority"), **WHOLE)

    assert other.pk != one.pk
    assert one.manifest["snapshot"]["last_review"] < other.manifest["snapshot"]["last_review"]  # type: ignore[index]


def test_another_opinion_makes_it_one_vote_among_others(olga: Place, items: list[Item]) -> None:
    overturned(olga, items[0], "b")

    reviews.send_for_another(olga, Asked(item=items[0], request_key=uuid.uuid4()))

    assert p_of(olga, items[0]) == 0.75


def test_who_is_unsure_after_all_leaves_nothing_to_learn(olga: Place, items: list[Item], release: Made) -> None:
    overturned(olga, items[0], "unsure")

    assert p_of(olga, items[0]) is None
    assert not row_of(release(recipes=recipe("majority"), **WHOLE), items[0])


def test_what_was_found_of_labels_that_a_reviewer_mended_leaves_out_nothing(
    olga: Place, items: list[Item], look: Callable[[], Analysis], release: Made
) -> None:
    look()
    for item in items[:2]:
        find(item, detector="disputed_labels")
    find(items[2], detector="disputed_labels", decision="overturned")
    overturned(olga, items[0], "b")
    overturned(olga, items[1], "a")
    reviews.send_for_another(olga, Asked(item=items[1], request_key=uuid.uuid4()))
    wish = recipe("majority", leave_out=["disputed_labels"], findings="confirmed")

    made = release(recipes=wish, **WHOLE)

    assert row_of(made, items[0])["chosen"][-1]["content"] == "0"
    assert not row_of(made, items[2])


def test_reviews_of_elsewhere_and_later_ones_are_not_read(
    olga: Place, items: list[Item], person: Callable[[str], Any]
) -> None:
    first = overturned(olga, items[0], "b")
    second = overturned(olga, items[1], "a")
    assert second.annotation_id is not None

    then = overturns.standing(olga.project, last_review=first.pk, last_annotation=second.annotation_id)

    assert then.settling == {items[0].pk: first.annotation_id}
