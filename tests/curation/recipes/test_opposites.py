"""rm_pairs from thumbs and ratings: a good response with a bad one, of one item or of two."""

from collections import Counter

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from curation.building import Chosen, count
from curation.recipes import RECIPES, Drop, Recalled
from curation.recipes.good_or_bad import singles
from curation.recipes.opposites import Waiting
from tests.curation.recipes.made import build, drops, item, rows, said, schema, turn
from tests.curation.recipes.questions import QUESTIONS


def thumb(number, text, is_good, group="g", **more):
    """A single response with a thumb up or down."""
    subject = item(text, messages=[turn(f"Prompt {group}?")])._replace(id=number, key=f"k{number}", group=group)
    return subject, [said(number, good=[["yes" if is_good else "no"]])._replace(**more)]


def chosen(**given_):
    recipe = RECIPES["rm_pairs"]
    return Chosen(recipe, recipe.settle({"question": "good", **given_}, QUESTIONS))


def pairs(thumbs, **given_):
    one = chosen(**given_)
    made = one.recipe.builder(one.parameters)
    return [row for thumb_ in thumbs for row in rows_of(made(*thumb_))]


def rows_of(outcome):
    return [row for row in rows(outcome) if not isinstance(row, Recalled)]


def texts(row):
    return row["chosen"][-1]["content"], row["rejected"][-1]["content"]


def test_a_good_response_waits_for_a_bad_one_to_a_prompt_like_its_own():
    thumbs = [thumb(1, "good", True), thumb(2, "else", False, group="h"), thumb(3, "bad", False)]

    (row,) = pairs(thumbs, weights=True)

    assert row == {
        "chosen": [turn("Prompt g?"), turn("good", "assistant")],
        "rejected": [turn("Prompt g?"), turn("bad", "assistant")],
        "pair_id": "k1+k3",
        "prompt_id": "g",
        "strength": 1.0,
        "p_chosen": 1.0,
        "n_votes": 1,
        "agreement": 1.0,
        "label_source": "people",
        "annotation_ids": [1, 3],
        "weight": 1.0,
    }
    columns = schema("rm_pairs", question="good", weights=True)
    assert pa.Table.from_pylist([row], schema=columns).to_pylist() == [row]


def test_across_prompts_each_keeps_its_own_and_the_oldest_goes_first():
    thumbs = [thumb(1, "bad 1", False), thumb(2, "bad 2", False, group="h"), thumb(3, "good", True, group="i")]

    (row,) = pairs(thumbs, across="all")

    assert texts(row) == ("good", "bad 1")
    assert [side[0]["content"] for side in (row["chosen"], row["rejected"])] == ["Prompt i?", "Prompt g?"]
    assert row["prompt_id"] == "i"


def test_nothing_crosses_splits_and_every_item_is_accounted_for():
    thumbs = [thumb(1, "a", True, "g"), thumb(2, "b", False, "h"), thumb(3, "c", False, "g"), thumb(4, "d", True, "g")]

    built = count([chosen(across="all")], thumbs, {"g": "train", "h": "test"}.__getitem__)

    (tally,) = built.tallies
    assert (tally.rows, tally.rows_from, dict(tally.split_rows)) == (1, 2, {"train": 1})
    assert +tally.dropped == Counter({Drop.UNPAIRED: 2})


def test_responses_of_one_item_are_paired_among_themselves():
    found = build("rm_pairs", item("x", "y", "z", "w"), said(1, helpful=[5, 1, 3, 2]), question="helpful")

    assert [(texts(row), row["pair_id"]) for row in rows_of(found)] == [
        (("x", "y"), "item-7/0+item-7/1"),
        (("x", "w"), "item-7/0+item-7/3"),
    ]
    assert drops(found) == [Drop.NEITHER]
    assert build("rm_pairs", item("x", "y"), said(1, helpful=[5, 5]), question="helpful") is Drop.UNPAIRED


def test_a_response_is_no_pair_with_itself():
    thumbs = [thumb(1, "same", True), thumb(2, "same", False), thumb(3, "other", False)]

    assert [texts(row) for row in pairs(thumbs)] == [("same", "other")]
    assert build("rm_pairs", item("x", "x"), said(1, helpful=[5, 1]), question="helpful") is Drop.IDENTICAL


def test_weights_count_each_annotation_once():
    first, votes = thumb(1, "good", True, source={"weight": 0.2}, origin="imported")
    second, other = thumb(2, "bad", False, source={"weight": 0.8})
    more = [said(3, good=[["no"]])._replace(source={"weight": 0.8})]

    (row,) = pairs([(first, votes), (second, other + more)], weights=True)

    assert row["weight"] == pytest.approx(0.6)
    assert row["label_source"] == "people and imported"


def test_only_so_many_wait_and_the_oldest_are_let_go_of():
    waiting, settled = Waiting(most=2), chosen().parameters
    good = [singles(*thumb(n, f"t{n}", True), settled)[0] for n in range(3)]
    (bad,) = singles(*thumb(9, "bad", False), settled)

    assert [waiting.meet("", one) for one in good] == [None, None, None]
    assert [waiting.meet("", bad) for _ in range(3)] == [good[1], good[2], None]


@given(st.lists(st.tuples(st.booleans(), st.sampled_from("gh")), max_size=12), st.sampled_from(["prompt", "all"]))
def test_as_many_pairs_as_there_are_of_the_fewer_and_no_response_twice(made, across):
    thumbs = [thumb(n, f"t{n}", is_good, group) for n, (is_good, group) in enumerate(made)]

    found = pairs(thumbs, across=across)

    groups = [made] if across == "all" else [[one for one in made if one[1] == group] for group in "gh"]
    assert len(found) == sum(min(sum(good for good, _ in one), sum(not good for good, _ in one)) for one in groups)
    used = [text for row in found for text in texts(row)]
    assert len(set(used)) == len(used)
    for row in found:
        good, bad = (int(text[1:]) for text in texts(row))
        assert (made[good][0], made[bad][0]) == (True, False)
