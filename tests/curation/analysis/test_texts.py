"""Lengths and marks of texts, as the database tells them, and what an analysis keeps of each person."""

from collections.abc import Callable

import numpy as np
import pytest

from accounts.models import User
from annotation.models import Annotation, Item
from curation.analysis import texts
from curation.models import Analysis, Standing
from curation.services import analyses
from curation.snapshot import last_annotation
from curation.votes import Unit, two_of
from jobs import runner
from projects.access import Place

AddItem = Callable[..., Item]
Answer = Callable[..., Annotation]


def read(olga: Place) -> texts.Texts:
    last = last_annotation(olga.project)
    assert last is not None
    return texts.read(olga.project, last)


def test_lengths_are_those_of_prompts_and_of_what_assistants_wrote(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    chat = [
        {"role": "assistant", "content": "Let me see."},
        {"role": "tool", "content": "a long result that nobody is judged by"},
        {"role": "assistant", "content": "Six 😀."},
    ]
    item = add_item("four", "a", responses=[{"messages": chat}, {"messages": chat[2:]}])
    add_item("nobody", "has answered")
    answer(item, "a")

    found = read(olga)

    assert found.items.tolist() == [item.pk]
    assert found.response.tolist() == [len("Let me see. Six 😀."), len("Six 😀.")]
    prompt = len(item.messages[0]["content"])
    assert found.shown(np.array([item.pk, item.pk + 1])).tolist()[0] == prompt + found.response.sum()
    assert np.isnan(found.shown(np.array([item.pk + 1, 0]))).all()
    assert found.longer([Unit(item.pk, ""), Unit(item.pk, "1.0"), Unit(0, "")]).tolist()[:2] == [12, -12]


def test_items_that_show_the_same_texts_are_repeats_whatever_stands_first(
    olga: Place, add_item: AddItem, answer: Answer
) -> None:
    same = [{"role": "user", "content": "Which?"}]
    items = [add_item("x", "y", messages=same), add_item("y", "x", messages=same), add_item("x", "y")]
    for item in items:
        answer(item, "a")
    units = [Unit(item.pk, "") for item in items]

    same_as, mirrored = read(olga).repeated(units, are_pairs=True)

    assert same_as[0] == same_as[1] != -1
    assert same_as[2] == -1
    assert mirrored[0] != mirrored[1]
    responses, _ = read(olga).repeated([Unit(items[0].pk, "0"), Unit(items[1].pk, "1")], are_pairs=False)
    assert responses[0] == responses[1] != -1


@pytest.mark.parametrize(("place", "two"), [("", (0, 1)), ("2.0", (2, 0)), ("0", None), ("0.grammar", None)])
def test_a_place_says_which_two_are_compared(place: str, two: tuple[int, int] | None) -> None:
    assert two_of(place) == two


def test_an_analysis_keeps_what_is_known_of_each_person(
    olga: Place, person: Callable[[str], User], add_item: AddItem, answer: Answer
) -> None:
    for number in range(40):
        item = add_item("short", "very much longer")
        for who in ("Ben", "Cid", "Dora"):
            answer(item, "ab"[number % 2], who, seconds=30.0)
        # Ana takes whatever stands first, at once.
        order = [number % 3 % 2, 1 - number % 3 % 2]
        answer(item, "ab"[order[0]], "Ana", shown=order, seconds=0.1)

    asked = analyses.start(olga)
    runner.execute(str(asked.job_id))

    told = {row.person_id: row.figures for row in Standing.objects.filter(analysis=Analysis.objects.get())}
    ana, ben = told[person("Ana").pk], told[person("Ben").pk]
    assert (ana["side"]["hits"], ana["side"]["of"]) == (40, 40)
    assert {"side", "pace", "rest"} <= set(ana["unusual"])
    assert ana["differs"] == len([number for number in range(40) if number % 3 % 2 != number % 2])
    assert (ben["unusual"], ben["pace"]["median"], ben["length"]["longer"]["hits"]) == ([], 30.0, 20)
