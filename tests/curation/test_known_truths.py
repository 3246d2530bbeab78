"""What gold says is true, and what the labels of everybody come to then."""

from collections.abc import Callable

import numpy as np
import pytest

from annotation.kinds import KINDS
from annotation.kinds.votes import SIDES, Facet
from annotation.models import Annotation, Item, Question
from annotation.services import gold
from curation.aggregation.labels import UNKNOWN
from curation.analysis import consensus
from curation.queries import known
from curation.snapshot import last_annotation
from curation.votes import Annotator, Unit, Votes, read
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


def mark(olga: Place, item: Item, *winners: str) -> None:
    accepted = [{"winner": one, "strength": 1 if one in "ab" else 0} for one in winners]
    gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": accepted}})


def test_truths_are_what_every_accepted_answer_says(olga: Place, add_item: AddItem, answer: Answer) -> None:
    one, two, open_, unsure = (add_item("x", "y") for _ in range(4))
    answer(one, "b")
    answer(open_, "a")
    mark(olga, one, "a")
    mark(olga, two, "b")
    mark(olga, open_, "a", "tie")
    mark(olga, unsure, "a")
    gold.withdraw(olga, item_id=unsure.pk)
    question = Question.objects.get(form__project=olga.project, key="better")

    found = known.truths(olga.project, question, KINDS["preference"].facets(question))

    assert found == {("", one.pk, ""): SIDES.index("a"), ("", two.pk, ""): SIDES.index("b")}
    votes = read(olga.project, question, last_annotation(olga.project) or 0)[""]
    assert [unit.item for unit in votes.units] == [one.pk, open_.pk]
    assert votes.known is not None
    assert votes.known.tolist() == [0, UNKNOWN]
    settled = consensus.settle(votes).settled
    assert (settled.value[0], settled.confidence[0]) == (0, 1.0)


@pytest.fixture
def misled() -> tuple[Votes, np.ndarray]:
    """Twelve imported names in three families that repeat each other's errors, and three who err alone."""
    draw = np.random.default_rng(0)
    truth = draw.choice([0, 2], 400)
    misleading = np.hstack([np.repeat(draw.random((400, 3)) < 0.4, 4, axis=1), np.zeros((400, 3), bool)])
    said = np.where(misleading ^ (draw.random((400, 15)) < 0.1), 2 - truth[:, None], truth[:, None])
    votes = Votes(
        facet=Facet("", "Which is better?", "sides", SIDES),
        units=tuple(Unit(number, "") for number in range(400)),
        annotators=tuple(Annotator("imported", f"judge {number}") for number in range(15)),
        unit=np.repeat(np.arange(400), 15),
        annotator=np.tile(np.arange(15), 400),
        value=said.ravel(),
        degree=np.full(6000, np.nan),
        side=np.full(6000, -1, np.int8),
        seconds=np.full(6000, np.nan),
        annotation=np.arange(6000),
        group=np.arange(400),
        out_of=np.full(400, -1),
    )
    return votes, truth


def with_known(votes: Votes, truth: np.ndarray, count: int) -> Votes:
    told = np.where(np.arange(len(truth)) < count, truth, UNKNOWN)
    names = {name: getattr(votes, name) for name in votes.__dataclass_fields__}
    return Votes(**{**names, "known": told})


def test_imported_names_who_repeat_each_other_are_measured_and_known_answers_turn_them(
    misled: tuple[Votes, np.ndarray],
) -> None:
    votes, truth = misled

    alone, told = consensus.settle(votes), consensus.settle(with_known(votes, truth, 20))

    right = [(one.settled.value == truth)[20:].mean() for one in (alone, told)]
    assert alone.together["independent"] < 0.5 * alone.together["labels"] == 7.5
    assert (alone.together["known"], alone.together["trust"], alone.together["is_anchored"]) == (0, None, False)
    assert (told.together["known"], told.together["is_anchored"]) == (20, True)
    assert right[1] > 0.9
    assert (alone.settled.confidence > 0.9).mean() < 0.5
    assert told.settled.confidence[20:].mean() == pytest.approx(right[1], abs=0.1)
