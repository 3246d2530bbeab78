"""What is told of people: who is planted is found for what they do, and nobody else is called anything."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from annotation.kinds.votes import Facet
from curation.analysis import consensus, people
from curation.analysis.around import Around
from curation.analysis.texts import Texts
from curation.votes import Annotator, Unit, Votes
from tests.curation.analysis.crowd import NO_JUDGMENTS, PLANTED, Crowd, crowd


def told(found: Crowd) -> list[dict[str, Any]]:
    return people.figures(found.votes, consensus.settle(found.votes), Around(found.texts, {}, NO_JUDGMENTS))


@pytest.mark.parametrize("seed", range(3))
def test_who_is_planted_stands_out_by_what_they_do_and_nobody_else_does(seed: int) -> None:
    figures = told(crowd(seed=seed))

    for name, who in PLANTED.items():
        assert name in figures[who]["unusual"], (name, figures[who])
    assert [one["unusual"] for one in figures[len(PLANTED) :]] == [[]] * (30 - len(PLANTED))


def test_a_crowd_of_honest_people_has_nobody_who_stands_out() -> None:
    figures = [one for seed in range(10) for one in told(crowd(seed=seed, planted=False))]

    assert [one["unusual"] for one in figures if one["unusual"]] == []


def test_the_evidence_of_a_side_is_a_share_with_its_interval() -> None:
    side = told(crowd())[PLANTED["side"]]["side"]

    assert side["low"] < 0.75 < side["high"]
    assert side["low"] > 0.6
    assert side["p"] < 1e-6
    assert side["of"] + side["ties"] == 200


def test_a_pull_of_length_is_told_beyond_the_crowd() -> None:
    figures = told(crowd())

    leaning, usual = figures[PLANTED["length"]]["length"], figures[-1]["length"]
    assert leaning["low"] > 0.35
    assert usual["low"] < 0 < usual["high"]
    assert leaning["longer"]["value"] > leaning["others"]["high"]


def test_pace_counts_labels_that_came_before_the_text_could_be_read() -> None:
    figures = told(crowd())

    pace = figures[PLANTED["pace"]]["pace"]
    assert pace["hurried"]["low"] > 0.7
    assert (pace["median"], sum(pace["bins"])) == (3.0, 200)
    assert figures[-1]["pace"]["hurried"]["hits"] == 0


def test_with_too_few_labels_nobody_is_called_anything() -> None:
    figures = told(crowd(labels=20))

    assert {one["enough"] for one in figures} == {False}
    assert [one["unusual"] for one in figures] == [[]] * 30
    assert figures[PLANTED["side"]]["side"]["of"] > 0


def test_agreement_with_the_rest_leaves_own_labels_out() -> None:
    votes = small([(0, 0, 0), (0, 1, 0), (0, 2, 2), (1, 0, 0), (1, 1, 2)])

    figures = people.figures(votes, consensus.settle(votes), Around(nothing(2), {}, NO_JUDGMENTS))

    # On the first unit two agree against the third, who splits the others of each; on the second one stands for all.
    assert [one["rest"] and (one["rest"]["hits"], one["rest"]["of"]) for one in figures] == [(0, 1), (0, 1), (0, 1)]


def test_examples_are_where_the_consensus_is_surest_of_something_else() -> None:
    found = crowd()
    outcome = consensus.settle(found.votes)

    examples = told(found)[PLANTED["contrary"]]["examples"]

    assert len(examples) == 10
    assert all(one["said"] != one["settled"] for one in examples)
    confidence = [one["confidence"] for one in examples]
    assert confidence == sorted(confidence, reverse=True)
    first = found.votes.units.index(Unit(examples[0]["item"], ""))
    assert found.votes.facet.values[outcome.settled.value[first]] == examples[0]["settled"]


def test_the_same_pair_that_comes_again_the_other_way_round_is_a_repeat() -> None:
    # Item 1 is item 0 with its responses exchanged: the first says the same of it, the second contradicts themselves.
    votes = small([(0, 0, 0), (1, 0, 2), (0, 1, 0), (1, 1, 0)])
    texts = replace(nothing(2), prompt_mark=np.array([5, 5]), mark=np.array([7, 8, 8, 7]))

    figures = people.figures(votes, consensus.settle(votes), Around(texts, {}, NO_JUDGMENTS))

    assert [one["repeats"] and one["repeats"]["hits"] for one in figures[:2]] == [1, 0]


def test_models_are_told_nothing_of_here() -> None:
    votes = small([(0, 0, 0), (0, 1, 2)])
    votes = replace(votes, annotators=(Annotator("model", 1), *votes.annotators[1:]))

    figures = people.figures(votes, consensus.settle(votes), Around(nothing(1), {}, NO_JUDGMENTS))

    assert figures[0] == {}
    assert figures[1]["given"] == {"a": 0.0, "tie": 0.0, "b": 1.0}


def test_whoever_stood_alone_is_held_against_no_crowd() -> None:
    votes = small([(0, 0, 0), (1, 1, 0), (1, 2, 2)])
    texts = replace(nothing(2), response=np.array([1, 9, 1, 9]))

    figures = people.figures(votes, consensus.settle(votes), Around(texts, {}, NO_JUDGMENTS))

    assert figures[0]["length"] is None
    assert (figures[1]["length"]["longer"]["hits"], figures[1]["length"]["others"]["hits"]) == (0, 1)


def test_levels_are_held_against_the_mean_of_the_others() -> None:
    facet = Facet("", "How good?", "levels", ("1", "2", "3", "4", "5"))
    votes = replace(small([(0, 0, 3), (0, 1, 4), (0, 2, 0)]), facet=facet)

    figures = people.figures(votes, consensus.settle(votes), Around(nothing(1), {}, NO_JUDGMENTS))

    # The others' means are 2, 1.5 and 3.5; levels count from 0.
    assert [one["rest"]["hits"] for one in figures] == [1, 0, 0]
    assert "side" not in figures[0]


def test_whoever_is_wrong_about_what_is_known_stands_out_by_few_items() -> None:
    found = crowd(planted=False)
    gold = dict.fromkeys(found.votes.annotators, (200, 200)) | {found.votes.annotators[3]: (5, 20)}
    gold |= {found.votes.annotators[4]: (1, 3), found.votes.annotators[5]: (17, 20), found.votes.annotators[6]: (4, 5)}

    figures = people.figures(found.votes, consensus.settle(found.votes), Around(found.texts, gold, NO_JUDGMENTS))

    assert [who for who, one in enumerate(figures) if "gold" in one["unusual"]] == [3]
    assert (figures[3]["gold"]["hits"], figures[3]["gold"]["of"], figures[3]["usual_gold"]) == (5, 20, 1.0)


def small(said: list[tuple[int, int, int]]) -> Votes:
    """(unit, annotator, value) of three people, one item a unit."""
    unit, who, value = (np.array(column, np.int64) for column in zip(*said, strict=True))
    units = int(unit.max()) + 1
    return Votes(
        facet=Facet("", "Which is better?", "sides", ("a", "tie", "b")),
        units=tuple(Unit(number, "") for number in range(units)),
        annotators=tuple(Annotator("person", number) for number in range(3)),
        unit=unit,
        annotator=who,
        value=value,
        degree=np.full(len(unit), np.nan),
        side=np.full(len(unit), -1, np.int8),
        seconds=np.full(len(unit), np.nan),
        annotation=np.arange(len(unit)),
        group=np.arange(units),
        out_of=np.full(units, -1),
    )


def nothing(items: int) -> Texts:
    """Texts without a character, all different."""
    return Texts(
        items=np.arange(items),
        prompt=np.zeros(items, np.int64),
        prompt_mark=np.arange(items),
        first=2 * np.arange(items + 1),
        response=np.zeros(2 * items, np.int64),
        mark=np.arange(2 * items),
    )
