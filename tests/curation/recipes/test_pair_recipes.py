"""rm_pairs and dpo_pairs: what a row holds, and why an item gives none."""

import re
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.recipes import RECIPES, AnnotationRecord, BadParameters, Drop, ItemRecord, QuestionRecord
from curation.recipes.columns import PROVENANCE, RESERVED

QUESTIONS = [
    QuestionRecord("overall", "preference", dimensions=("style",)),
    QuestionRecord("safety", "preference"),
    QuestionRecord("why", "text"),
]
PAIR_RECIPES = ["rm_pairs", "dpo_pairs", "kto"]


def turn(content: str, role: str = "user") -> dict[str, str]:
    return {"role": role, "content": content}


def item(*texts: str, messages: list[dict[str, str]] | None = None) -> ItemRecord:
    responses: list[dict[str, Any]] = [{"messages": [turn(text, "assistant")]} for text in texts]
    return ItemRecord(7, "pair-7", "g" * 64, messages if messages is not None else [turn("Why?")], responses)


def chose(winner: str, *, number: int = 1) -> AnnotationRecord:
    return AnnotationRecord(number, "person-1", "people", {"overall": {"winner": winner, "strength": None}})


def build(recipe: str, subject: ItemRecord, annotations: list[AnnotationRecord], **given_: Any) -> Any:
    return RECIPES[recipe].builder(RECIPES[recipe].settle(given_, QUESTIONS))(subject, annotations)


def test_an_rm_row_holds_two_whole_conversations_and_where_they_come_from():
    rows = build("rm_pairs", item("no", "yes"), [chose("b", number=41)])

    assert rows == [
        {
            "chosen": [turn("Why?"), turn("yes", "assistant")],
            "rejected": [turn("Why?"), turn("no", "assistant")],
            "pair_id": "pair-7",
            "prompt_id": "g" * 64,
            "strength": 1.0,
            "p_chosen": 1.0,
            "n_votes": 1,
            "agreement": 1.0,
            "label_source": "people",
            "annotation_ids": [41],
        }
    ]


def test_a_dpo_row_parts_the_prompt_from_the_completions():
    (row,) = build("dpo_pairs", item("no", "yes"), [chose("a")])

    assert (row["prompt"], row["chosen"], row["rejected"]) == (
        [turn("Why?")],
        [turn("no", "assistant")],
        [turn("yes", "assistant")],
    )


def test_a_pair_is_a_good_and_a_bad_completion_of_the_same_prompt():
    good, bad = build("kto", item("no", "yes"), [chose("b")])

    assert (good["prompt"], good["completion"], good["label"]) == ([turn("Why?")], [turn("yes", "assistant")], True)
    assert (bad["prompt"], bad["completion"], bad["label"]) == ([turn("Why?")], [turn("no", "assistant")], False)
    assert good["pair_id"] == bad["pair_id"] == "pair-7"


@pytest.mark.parametrize("recipe", PAIR_RECIPES)
@pytest.mark.parametrize(
    ("subject", "reason"),
    [
        (item("one", "two", "three"), Drop.NOT_A_PAIR),
        (item("one"), Drop.NOT_A_PAIR),
        (item("a", "b", messages=[]), Drop.NO_PROMPT),
        (item("a", ""), Drop.EMPTY),
        (item(" \n", "b"), Drop.EMPTY),
        (item("same", "same"), Drop.IDENTICAL),
    ],
)
def test_items_that_trainers_choke_on_give_no_row(recipe, subject, reason):
    assert build(recipe, subject, [chose("a")]) is reason


def test_other_keys_of_a_turn_are_left_behind():
    subject = item("no", "yes")
    subject.responses[0]["messages"][0]["name"] = "x"

    (row,) = build("rm_pairs", subject, [chose("a")])

    assert row["chosen"][-1] == turn("no", "assistant")


def test_a_response_that_only_calls_a_tool_says_something():
    subject = item("no", "")
    subject.responses[1]["messages"][0]["tool_calls"] = [{"name": "look", "arguments": "{}"}]

    (row,) = build("rm_pairs", subject, [chose("b")])

    assert row["chosen"][-1] == turn("look({})", "assistant")


def test_a_system_turn_is_kept_folded_or_a_reason_to_drop():
    subject = item("no", "yes", messages=[turn("Be brief.", "system"), turn("Why?")])

    assert build("dpo_pairs", subject, [chose("a")])[0]["prompt"] == subject.messages
    assert build("dpo_pairs", subject, [chose("a")], system="fold")[0]["prompt"] == [turn("Be brief.\n\nWhy?")]
    assert build("dpo_pairs", subject, [chose("a")], system="drop") is Drop.SYSTEM_TURN


def test_folding_needs_a_user_turn():
    subject = item("no", "yes", messages=[turn("Be brief.", "system")])

    assert build("rm_pairs", subject, [chose("a")], system="fold") is Drop.SYSTEM_TURN


@pytest.mark.parametrize(
    ("messages", "fits"),
    [
        ([turn("q")], True),
        ([turn("s", "system"), turn("q")], True),
        ([turn("q"), turn("a", "assistant"), turn("q")], True),
        ([turn("q"), turn("q")], False),
        ([turn("a", "assistant"), turn("q")], False),
        ([turn("q"), turn("s", "system")], False),
    ],
)
def test_alternating_turns_can_be_asked_for(messages, fits):
    outcome = build("rm_pairs", item("no", "yes", messages=messages), [chose("a")], turns="alternating")

    assert (outcome is Drop.NON_ALTERNATING) != fits


@given(
    longer=st.sampled_from([0, 1]),
    winners=st.lists(st.sampled_from(["longer", "shorter"]), min_size=1, max_size=5),
    recipe=st.sampled_from(PAIR_RECIPES),
)
def test_chosen_is_the_response_that_the_majority_named_wherever_it_stands(longer, winners, recipe):
    texts = ["short", "short"]
    texts[longer] = "much longer"
    names = {"longer": "ab"[longer], "shorter": "ab"[1 - longer]}
    annotations = [chose(names[winner], number=n) for n, winner in enumerate(winners, 1)]

    outcome = build(recipe, item(*texts), annotations)

    for_longer = winners.count("longer") * 2 - len(winners)
    if for_longer == 0:
        assert outcome is Drop.SPLIT
    else:
        expected = "much longer" if for_longer > 0 else "short"
        assert outcome[0]["completion" if recipe == "kto" else "chosen"][-1]["content"] == expected


def ranked(*groups, number=1, **more):
    return AnnotationRecord(number, f"person-{number}", "people", {"order": list(groups)}, **more)


RANKING = [QuestionRecord("order", "ranking")]


def test_a_ranking_is_a_pair_for_each_two_responses_and_ties_are_counted():
    recipe = RECIPES["rm_pairs"]
    made = recipe.builder(recipe.settle({}, RANKING))

    rows = made(item("low", "top", "mid", "mid too"), [ranked([1], [2, 3], [0])])

    told = {row["pair_id"]: (row["chosen"][-1]["content"], row["rejected"][-1]["content"]) for row in kept(rows)}
    assert told == {
        "pair-7/0-1": ("top", "low"),
        "pair-7/0-2": ("mid", "low"),
        "pair-7/0-3": ("mid too", "low"),
        "pair-7/1-2": ("top", "mid"),
        "pair-7/1-3": ("top", "mid too"),
    }
    assert [one for one in rows if isinstance(one, Drop)] == [Drop.TIE]


def test_each_two_responses_of_rankings_are_decided_by_plain_majority():
    recipe = RECIPES["dpo_pairs"]
    made = recipe.builder(recipe.settle({"min_agreement": 0.6}, RANKING))
    votes = [ranked([0], [1], [2], number=1), ranked([1], [0], [2], number=2), ranked([0, 1], [2], number=3)]

    rows = made(item("x", "y", "z"), votes)

    assert {row["pair_id"]: row["agreement"] for row in kept(rows)} == {"pair-7/0-2": 1.0, "pair-7/1-2": 1.0}
    assert [one for one in rows if isinstance(one, Drop)] == [Drop.SPLIT]
    assert kept(rows)[0]["annotation_ids"] == [1, 2, 3]


def test_a_ranking_that_is_all_one_tie_gives_no_row():
    recipe = RECIPES["rm_pairs"]

    assert recipe.builder(recipe.settle({}, RANKING))(item("x", "y", "z"), [ranked([0, 1, 2])]) is Drop.TIE


@given(order=st.permutations(range(4)), ties=st.lists(st.booleans(), min_size=3, max_size=3))
def test_every_implied_pair_points_from_the_better_to_the_worse_wherever_responses_stand(order, ties):
    groups = [[order[0]]]
    for number, is_tie in zip(order[1:], ties, strict=True):
        groups[-1].append(number) if is_tie else groups.append([number])
    place = {number: at for at, group in enumerate(groups) for number in group}
    recipe = RECIPES["rm_pairs"]

    rows = recipe.builder(recipe.settle({}, RANKING))(item("0", "1", "2", "3"), [ranked(*map(sorted, groups))])

    pairs = {(int(row["chosen"][-1]["content"]), int(row["rejected"][-1]["content"])) for row in kept(rows)}
    assert pairs == {(one, two) for one in place for two in place if place[one] < place[two]}


def kept(outcome):
    return [] if isinstance(outcome, Drop) else [one for one in outcome if not isinstance(one, Drop)]


def test_weights_that_labels_came_with_are_a_column():
    votes = [
        AnnotationRecord(1, "clicks", "imported", {"overall": {"winner": "b"}}, source={"weight": 0.25}),
        AnnotationRecord(2, "more", "imported", {"overall": {"winner": "b"}}, source={"weight": True}),
        AnnotationRecord(3, "person-1", "people", {"overall": {"winner": "unsure"}}, source={"weight": 0.0}),
    ]

    (row,) = build("rm_pairs", item("no", "yes"), votes, weights=True)

    assert row["weight"] == pytest.approx((0.25 + 1 + 0) / 3)
    table = pa.Table.from_pylist([row], schema=RECIPES["rm_pairs"].schema({"weights": True}))
    assert table.to_pylist() == [row]


def test_parameters_are_completed_so_that_the_manifest_says_everything():
    assert RECIPES["rm_pairs"].settle({}, QUESTIONS) == {
        "question": "overall",
        "dimension": "",
        "min_votes": 1,
        "min_agreement": 0.0,
        "sources": ["people", "imported"],
        "accepted": False,
        "aggregator": "majority",
        "leave_out": None,
        "system": "keep",
        "turns": "any",
        "weights": False,
        "with_gold": False,
    }


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"min_vote": 2}, "no parameter 'min_vote'"),
        ({"min_votes": True}, "min_votes is a whole number"),
        ({"min_votes": 0}, "min_votes is a whole number"),
        ({"min_agreement": 1.2}, "min_agreement is a number"),
        ({"sources": []}, "sources is a list"),
        ({"sources": ["machines"]}, "sources is a list"),
        ({"system": "remove"}, "system is one of keep, fold, drop"),
        ({"question": "why"}, "it has overall, safety"),
        ({"question": {"$ne": 1}}, "no preference question"),
        ({"dimension": "tone"}, "no dimension 'tone'"),
    ],
)
def test_a_parameter_that_does_not_fit_is_named_in_a_sentence(given_, said):
    with pytest.raises(BadParameters, match=re.escape(said)):
        RECIPES["rm_pairs"].settle(given_, QUESTIONS)


def test_a_form_without_a_preference_has_nothing_for_pairs():
    with pytest.raises(BadParameters, match="no preference question"):
        RECIPES["dpo_pairs"].settle({}, [QUESTIONS[2]])


@pytest.mark.parametrize("recipe", PAIR_RECIPES)
def test_no_provenance_column_bears_a_name_that_a_trainer_reads(recipe):
    columns = set(RECIPES[recipe].schema({}).names)

    assert not {field.name for field in PROVENANCE} & RESERVED
    assert columns & RESERVED <= {"prompt", "chosen", "rejected", "completion", "label"}


@pytest.mark.parametrize("recipe", PAIR_RECIPES)
def test_rows_fit_their_schema_exactly(recipe):
    rows = build(recipe, item("no", "yes"), [chose("a")])

    table = pa.Table.from_pylist(rows, schema=RECIPES[recipe].schema({}))

    assert table.to_pylist() == rows
    assert list(rows[0]) == RECIPES[recipe].schema({}).names


def test_the_length_of_a_row_is_that_of_its_longer_side():
    rows = build("rm_pairs", item("four", "sevenxx"), [chose("a")])
    parted = build("dpo_pairs", item("four", "sevenxx"), [chose("a")])

    assert RECIPES["rm_pairs"].characters(rows[0]) == RECIPES["dpo_pairs"].characters(parted[0]) == len("Why?") + 7
