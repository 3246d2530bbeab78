"""ranking: one order from several, ties kept."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotation.imports.adapters import ADAPTERS, columns_of, sniff
from curation.recipes import Drop
from curation.recipes.ranking import concord, consensus, places
from tests.curation.recipes.made import build, item, rows, said, schema

FOUR = item("zero", "one", "two", "three")


@st.composite
def rankings(draw, responses=4):
    groups = [[number] for number in draw(st.permutations(range(responses)))]
    for place in range(responses - 1, 0, -1):
        if draw(st.booleans()):
            groups[place - 1 : place + 1] = [sorted(groups[place - 1] + groups[place])]
    return groups


def test_a_row_holds_all_responses_best_first_and_ties_share_a_rank():
    (row,) = build("ranking", FOUR, said(5, order=[[2], [0, 3], [1]]))

    assert row == {
        "prompt": "Why?",
        "answers": [
            {"answer": "two", "model": "m2", "rank": 1},
            {"answer": "zero", "model": "m0", "rank": 2},
            {"answer": "three", "model": "m3", "rank": 2},
            {"answer": "one", "model": "m1", "rank": 4},
        ],
        "num_responses": 4,
        "pair_id": "item-7",
        "prompt_id": "g" * 64,
        "n_votes": 1,
        "agreement": 1.0,
        "label_source": "people",
        "annotation_ids": [5],
    }
    assert pa.Table.from_pylist([row], schema=schema("ranking")).to_pylist() == [row]


def test_several_rankings_become_one_by_mean_places():
    votes = [
        said(1, order=[[0], [1], [2], [3]]),
        said(2, order=[[0], [1], [2], [3]]),
        said(3, order=[[3], [1], [2], [0]]),
    ]

    (row,) = build("ranking", FOUR, *votes)

    ranks = [(one["answer"], one["rank"]) for one in row["answers"]]
    assert ranks == [("zero", 1), ("one", 1), ("two", 3), ("three", 3)]
    assert row["agreement"] == pytest.approx(concord([places(v.answers["order"], 4) for v in votes], [1, 1, 3, 3]))


@pytest.mark.parametrize(
    ("votes", "given_", "reason"),
    [
        (([[0, 1, 2, 3]],), {}, Drop.TIE),
        (([[0], [1], [2], [3]], [[3], [2], [1], [0]]), {}, Drop.TIE),
        (([[0], [1], [2], [3]],), {"min_votes": 2}, Drop.TOO_FEW_VOTES),
        (([[0], [1], [2], [3]], [[0], [3], [2], [1]]), {"min_agreement": 0.8}, Drop.LOW_AGREEMENT),
    ],
)
def test_a_ranking_that_says_too_little_gives_no_row(votes, given_, reason):
    said_ = [said(number, order=list(groups)) for number, groups in enumerate(votes, 1)]

    assert build("ranking", FOUR, *said_, **given_) is reason


def test_agreement_counts_ties_for_half_and_an_even_split_is_no_agreement():
    one, other = places([[0], [1], [2]], 3), places([[0], [2], [1]], 3)

    assert concord([one, other], consensus([one, other])) == pytest.approx((1 + 1 + 0.5) / 3)
    assert concord([one], [3, 2, 1]) == 0


def test_places_of_a_tie_are_the_mean_of_those_it_takes():
    assert places([[2], [0, 3], [1]], 4) == [2.5, 4.0, 1.0, 2.5]


@given(rankings())
def test_one_ranking_is_its_own_consensus(groups):
    ranks = consensus([places(groups, 4)])

    assert [sorted(n for n in range(4) if ranks[n] == rank) for rank in sorted(set(ranks))] == groups
    assert concord([places(groups, 4)], ranks) == 1.0


@given(st.lists(rankings(), min_size=1, max_size=5), st.permutations(range(4)), st.randoms(use_true_random=False))
def test_neither_the_order_of_annotators_nor_that_of_responses_says_anything(votes, order, random):
    found = [places(groups, 4) for groups in votes]
    turned = [[vote[number] for number in order] for vote in random.sample(found, len(found))]

    ranks = consensus(found)

    assert consensus(turned) == [ranks[number] for number in order]
    assert concord(turned, consensus(turned)) == concord(found, ranks)


@given(rankings())
def test_a_row_reads_back_as_one_of_nectars(groups):
    if len(groups) == 1:
        return
    made = rows(build("ranking", FOUR, said(1, order=groups)))

    assert sniff(columns_of(made))[0] == "nectar"
    back = ADAPTERS["nectar"].convert(made[0])
    texts = [response.messages[0]["content"] for response in back.responses]
    told = [{texts[number] for number in group} for group in back.labels[0].answer["groups"]]
    assert told == [{("zero", "one", "two", "three")[number] for number in group} for group in groups]
