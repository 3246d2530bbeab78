"""How right each annotator is about what is known, as of an annotation."""

from collections.abc import Callable
from typing import Any

from accounts.models import User
from annotation.models import Annotation, Item, Question
from annotation.services import gold
from curation.queries.gold import accuracy
from curation.snapshot import last_annotation
from curation.votes import Annotator
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]
Person = Callable[[str], User]


def mark(olga: Place, item: Item, *winners: str) -> None:
    accepted = [{"winner": one, "strength": 1 if one in "ab" else 0} for one in winners]
    gold.mark(olga, item_id=item.pk, answers={"better": {"accepted": accepted}})


def found(olga: Place, last: int | None = None) -> dict[Annotator, tuple[int, int]]:
    question = Question.objects.get(form__project=olga.project, key="better")
    return accuracy(olga.project, question, last or last_annotation(olga.project) or 0)


def test_everybody_is_judged_by_what_is_known(olga: Place, person: Person, add_item: AddItem, answer: Answer) -> None:
    first, second, ordinary = (add_item("x", "y") for _ in range(3))
    mark(olga, first, "a")
    mark(olga, second, "b", "tie")
    for item, winner, who in [(first, "a", "Ana"), (second, "tie", "Ana"), (first, "b", "Ben"), (ordinary, "a", "Ben")]:
        answer(item, winner, who)
    answer(second, "a", author=None, imported_name="somebody")

    assert found(olga) == {
        Annotator("person", person("Ana").pk): (2, 2),
        Annotator("person", person("Ben").pk): (0, 1),
        Annotator("imported", "somebody"): (0, 1),
    }


def test_the_first_answer_of_a_person_counts_whatever_they_say_later(
    olga: Place, person: Person, add_item: AddItem, answer: Answer
) -> None:
    item = add_item("x", "y")
    mark(olga, item, "a")
    wrong = answer(item, "b")
    answer(item, "a", supersedes=wrong, reason="I was told.")

    assert found(olga) == {Annotator("person", person("Ana").pk): (0, 1)}


def test_of_an_import_the_answer_that_stands_counts(olga: Place, add_item: AddItem, answer: Answer) -> None:
    item = add_item("x", "y")
    mark(olga, item, "a")
    before: dict[str, Any] = {"author": None, "imported_name": "somebody"}
    wrong = answer(item, "b", **before)
    answer(item, "a", supersedes=wrong, reason="Corrected.", **before)

    assert found(olga) == {Annotator("imported", "somebody"): (1, 1)}
    assert found(olga, wrong.pk) == {Annotator("imported", "somebody"): (0, 1)}


def test_a_correction_of_gold_corrects_what_everybody_was_found_to_be(
    olga: Place, person: Person, add_item: AddItem, answer: Answer
) -> None:
    item = add_item("x", "y")
    mark(olga, item, "a")
    answer(item, "b")
    ana = Annotator("person", person("Ana").pk)
    assert found(olga) == {ana: (0, 1)}

    mark(olga, item, "b")
    assert found(olga) == {ana: (1, 1)}

    gold.withdraw(olga, item_id=item.pk)
    assert found(olga) == {}


def test_later_answers_are_not_of_the_snapshot(olga: Place, add_item: AddItem, answer: Answer) -> None:
    first, second = add_item("x", "y"), add_item("x", "y")
    mark(olga, first, "a")
    mark(olga, second, "a")
    seen = answer(first, "a")
    answer(second, "a")

    assert list(found(olga, seen.pk).values()) == [(1, 1)]


def test_nobody_asked_is_nobody_judged(olga: Place, add_item: AddItem, answer: Answer) -> None:
    answer(add_item("x", "y"), "a")

    assert found(olga) == {}
