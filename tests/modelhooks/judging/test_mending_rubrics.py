"""Guesses from pairs, one rubric of several, and a rubric mended by its errors: what may be kept of what is written."""

from dataclasses import replace
from typing import Any

import pytest

from modelhooks.contracts import (
    Explained,
    Explaining,
    Hypothesis,
    MergedCriterion,
    Merging,
    Misjudged,
    RevisedCriterion,
    Revision,
    WrittenCriterion,
)
from modelhooks.judging import hypotheses, merging, revising
from modelhooks.judging.criteria import NOTHING_LEFT, TWICE
from modelhooks.judging.hypotheses import HypothesisWriter
from modelhooks.judging.leaks import NAMES, QUOTES
from modelhooks.judging.merging import Merger
from modelhooks.judging.revising import Reviser
from tests.modelhooks.judging.scripted import CODE, PROMPT, USAGE, always, failed, shown

OTHER = ({"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where is Bern?"})
PAIRS = (
    Explained(PROMPT, "It is 4, since two and two are four.", "5!"),
    Explained(OTHER, "In the middle of Switzerland, on the river Aare.", "Somewhere in Europe I guess!"),
)
KNOWN = ("The response is right.", "The response is brief.")
RUBRICS = (
    (WrittenCriterion("The response says 4.", "hard_rule"), WrittenCriterion("The response is kind.")),
    (WrittenCriterion("The response gives the sum.", "hard_rule"),),
    (WrittenCriterion("The response names a river.", "principle"),),
)
RUBRIC = (*RUBRICS[0], *RUBRICS[2])
ERRORS = tuple(
    Misjudged(one.prompt, one.better, one.worse, (("no", "yes"), ("na", "yes"), ("no", "no"))) for one in PAIRS
)


def answered(name: str, *listed: Any, **more: Any) -> dict[str, Any]:
    return {"case": CODE, "diagnosis" if more else "reasoning": more.get("diagnosis", ""), name: list(listed)}


def guess(text: str, *pairs: str) -> dict[str, Any]:
    return {"pairs": list(pairs), "text": text}


def joined(text: str, *sources: str) -> dict[str, Any]:
    return {"sources": list(sources), "text": text}


def mended(was: str, text: str, kind: str = "principle") -> dict[str, Any]:
    return {"was": was, "text": text, "kind": kind}


# --- hypotheses ---


def test_a_guess_names_the_pairs_that_it_was_seen_in() -> None:
    answer = answered(
        "hypotheses", guess("The response  gives a reason.", "p2", "p1"), guess("It is calm.", "p1", "p1")
    )

    (found,) = HypothesisWriter(always(answer)).explain([Explaining(PAIRS, KNOWN)])

    assert found.found == (Hypothesis("The response gives a reason.", (0, 1)), Hypothesis("It is calm.", (0,)))
    assert (found.reason, found.error, found.usage) == ("", "", USAGE)


def test_what_is_known_said_twice_or_taken_from_a_response_is_no_guess() -> None:
    answer = answered(
        "hypotheses",
        guess("the response is  brief.", "p1"),
        guess("The response gives a reason.", "p1"),
        guess("The response gives a reason.", "p2"),
        guess("The better response is calm.", "p2"),
        guess("The response says “on the river Aare”.", "p2"),
    )

    (found,) = HypothesisWriter(always(answer)).explain([Explaining(PAIRS, KNOWN)])

    assert [one.text for one in found.found] == ["The response gives a reason."]
    assert found.refused == {hypotheses.KNOWN: 1, TWICE: 1, NAMES: 1, QUOTES: 1}


def test_nobody_has_to_guess() -> None:
    (found,) = HypothesisWriter(always(answered("hypotheses"))).explain([Explaining(PAIRS)])

    assert (found.found, found.reason) == ((), "")


@pytest.mark.parametrize(
    "answer",
    [
        answered("hypotheses", guess("x", "p3")),
        answered("hypotheses", guess("x")),
        answered("hypotheses", *[guess(f"The response {n}.", "p1") for n in range(6)]),
        "They like it calm.",
        failed(),
    ],
)
def test_guesses_of_another_form_are_not_read(answer: Any) -> None:
    (found,) = HypothesisWriter(always(answer)).explain([Explaining(PAIRS, KNOWN)])

    assert (found.found, bool(found.reason)) == ((), True)
    assert bool(found.error) is (answer == failed())


def test_pairs_stand_by_themselves_and_their_sides_say_nothing() -> None:
    many = tuple(Explained(OTHER, f"{number} is calm", f"{number}!") for number in range(8))
    writer = HypothesisWriter(always(answered("hypotheses")))

    writer.explain([Explaining(PAIRS, KNOWN), Explaining(many)])

    few, more = writer.setting.chat.asked  # type: ignore[attr-defined]
    assert shown(few, "p2, message 1, system") == "Be brief."
    assert shown(few, "p1, the worse response") == "5!"
    assert shown(few, "the criteria that are known") == "- The response is right.\n- The response is brief."
    text = more.turns[1].text
    first = [text.index(f"p{n}, the better") < text.index(f"p{n}, the worse") for n in range(1, 9)]
    assert len(set(first)) == 2


# --- merging ---


def test_a_merged_criterion_names_all_that_it_came_from() -> None:
    answer = answered("criteria", joined("The response gives the result.", "c3", "c1"), joined("It is kind.", "c2"))

    (found,) = Merger(always(answer)).merge([Merging(RUBRICS)])

    assert found.criteria == (
        MergedCriterion("The response gives the result.", "hard_rule", ((0, 0), (1, 0))),
        MergedCriterion("It is kind.", "principle", ((0, 1),)),
    )
    assert found.left_out == ((2, 0),)
    assert (found.refused, found.reason) == ({}, "")


def test_a_hard_rule_that_took_up_a_principle_is_none() -> None:
    (found,) = Merger(always(answered("criteria", joined("It is good.", "c1", "c2")))).merge([Merging(RUBRICS)])

    assert found.criteria[0].kind == "principle"


def test_no_criterion_is_used_twice() -> None:
    answer = answered("criteria", joined("It is good.", "c1", "c2"), joined("It is kind.", "c2", "c3"))

    (found,) = Merger(always(answer)).merge([Merging(RUBRICS)])

    assert [one.text for one in found.criteria] == ["It is good."]
    assert found.refused == {merging.TAKEN: 1}
    assert found.left_out == ((1, 0), (2, 0))


@pytest.mark.parametrize(
    "answer",
    [
        answered("criteria"),
        answered("criteria", joined("It is good.", "c5")),
        answered("criteria", joined("It is good.")),
        answered("criteria", *[joined(f"It is {n}.", "c1") for n in range(3)]),
        "All the same.",
        failed(),
    ],
)
def test_a_list_of_another_form_merges_nothing(answer: Any) -> None:
    (found,) = Merger(always(answer)).merge([Merging(RUBRICS, most=2)])

    assert (found.criteria, found.left_out, bool(found.reason)) == ((), (), True)
    assert bool(found.error) is (answer == failed())


def test_where_nothing_can_be_kept_there_is_no_list() -> None:
    (found,) = Merger(always(answered("criteria", joined("…", "c1")))).merge([Merging(RUBRICS)])

    assert (found.criteria, found.left_out, found.reason) == ((), (), NOTHING_LEFT)


def test_lists_are_told_apart_and_their_keys_are_not() -> None:
    merger = Merger(always(""))
    merger.merge([Merging(RUBRICS)])

    assert shown(merger.setting.chat.asked[0], "the lists of criteria").splitlines() == [  # type: ignore[attr-defined]
        "List 1:",
        "c1: The response says 4.",
        "c2: The response is kind.",
        "List 2:",
        "c3: The response gives the sum.",
        "List 3:",
        "c4: The response names a river.",
    ]


# --- revising ---


def test_a_revision_says_what_each_criterion_was() -> None:
    answer = answered(
        "criteria",
        mended("c1", "The response says 4.", "hard_rule"),
        mended("c3", "The response says where things lie."),
        mended("new", "The response is calm."),
        diagnosis="c2 is met by all.",
    )

    (found,) = Reviser(always(answer)).revise([Revision(RUBRIC, ERRORS)])

    assert found.criteria == (
        RevisedCriterion("The response says 4.", "hard_rule", 0),
        RevisedCriterion("The response says where things lie.", "principle", 2),
        RevisedCriterion("The response is calm.", "principle"),
    )
    assert found.diagnosis == "c2 is met by all."
    assert (found.refused, found.reason, found.usage) == ({}, "", USAGE)


def test_a_revision_gives_no_response_away_but_what_stood_there_may_stay() -> None:
    rubric = (WrittenCriterion("The response says that two and two are four."), *RUBRIC[1:])
    answer = answered(
        "criteria",
        mended("c1", rubric[0].text),
        mended("new", "The response says that it is in the middle of Switzerland."),
        mended("c1", "The response is calm."),
        mended("c2", "The second response is better."),
        diagnosis="?",
    )

    (found,) = Reviser(always(answer)).revise([Revision(rubric, ERRORS)])

    assert [one.text for one in found.criteria] == [rubric[0].text]
    assert found.refused == {QUOTES: 1, revising.TAKEN: 1, NAMES: 1}


@pytest.mark.parametrize(
    "answer",
    [
        answered("criteria", diagnosis="?"),
        answered("criteria", mended("c4", "x"), diagnosis="?"),
        answered("criteria", mended("c1", "x", "rule"), diagnosis="?"),
        answered("criteria", *[mended("new", f"It is {n}.") for n in range(31)], diagnosis="?"),
        answered("criteria", mended("new", "Both responses."), diagnosis="?"),
        "Better so.",
        failed(),
    ],
)
def test_a_revision_that_cannot_be_used_says_why(answer: Any) -> None:
    (found,) = Reviser(always(answer)).revise([Revision(RUBRIC, ERRORS)])

    assert (found.criteria, bool(found.reason)) == ((), True)
    assert bool(found.error) is (answer == failed())


def test_errors_are_shown_with_what_the_judge_said() -> None:
    reviser = Reviser(always(""))
    reviser.revise([Revision(RUBRIC, ERRORS)])

    ask = reviser.setting.chat.asked[0]  # type: ignore[attr-defined]
    assert shown(ask, "p2, what the judge said").splitlines() == [
        "c1: the better response no, the worse one yes",
        "c2: the better response na, the worse one yes",
        "c3: the better response no, the worse one no",
    ]
    assert shown(ask, "the criteria").splitlines()[0] == "c1 (hard rule): The response says 4."


# --- bounds ---


@pytest.mark.parametrize(
    "make",
    [
        lambda: Explaining(()),
        lambda: Explaining(PAIRS * 5),
        lambda: Explaining(PAIRS, ("x",) * 41),
        lambda: Explaining(PAIRS, most=9),
        lambda: Merging(()),
        lambda: Merging(((),)),
        lambda: Merging((RUBRIC * 34,)),
        lambda: Merging(RUBRICS, most=0),
        lambda: Revision((), ERRORS),
        lambda: Revision(RUBRIC, ()),
        lambda: Revision(RUBRIC, ERRORS * 5),
        lambda: Revision(RUBRIC[:2], ERRORS),
        lambda: Revision(RUBRIC * 11, tuple(replace(one, verdicts=one.verdicts * 11) for one in ERRORS)),
    ],
)
def test_what_is_asked_at_once_is_bounded(make: Any) -> None:
    with pytest.raises(ValueError, match=r"[0-9]|verdict"):
        make()
