"""Many pairs' rubrics become few criteria, by how many prompts are behind them."""

import random

from curation.rubrics.gathering import gathered
from curation.rubrics.said import Said


def said(text: str, group: str, kind: str = "principle", apart: float = 1.0) -> Said:
    return Said(text, kind, group, apart)


def test_what_says_nearly_the_same_is_one_criterion_in_the_words_of_most() -> None:
    found = gathered(
        [
            said("The response gives a reason for its answer.", "a"),
            said("The response gives a reason for the answer.", "b"),
            said("The response gives a reason for its answer.", "c", "hard_rule", 0.0),
            said("The response is short.", "d"),
        ]
    )

    assert [(one.text, one.support, one.wordings) for one in found] == [
        ("The response gives a reason for its answer.", 3, 2),
        ("The response is short.", 1, 1),
    ]
    assert found[0].kind == "principle"
    assert round(found[0].apart, 3) == 0.667


def test_a_prompt_counts_once_however_many_pairs_it_has() -> None:
    many = [said("The response is short.", "a") for _ in range(50)]

    found = gathered([*many, said("The response rhymes well.", "b"), said("The response rhymes well.", "c")])

    assert [(one.text, one.support) for one in found] == [
        ("The response rhymes well.", 2),
        ("The response is short.", 1),
    ]


def test_the_order_in_which_they_were_written_changes_nothing() -> None:
    draw = random.Random(5)
    texts = [
        f"The response names {one} of the {two}." for one in ("all", "most", "none") for two in ("causes", "dates")
    ]
    rows = [said(draw.choice(texts), f"g{draw.randrange(30)}", apart=draw.random()) for _ in range(200)]

    found = gathered(rows)
    for _ in range(5):
        draw.shuffle(rows)
        again = gathered(rows)
        assert [(one.text, one.groups, one.kind) for one in again] == [
            (one.text, one.groups, one.kind) for one in found
        ]


def test_how_every_criterion_begins_makes_none_alike_and_a_denial_is_no_paraphrase() -> None:
    texts = [
        "The response is calm.",
        "The response is short.",
        "The response names the source of each figure it gives.",
        "The response does not name the source of each figure it gives.",
        "The response never names the source of each figure it gives.",
    ]

    found = gathered([said(text, "a") for text in texts])

    assert sorted(one.text for one in found) == sorted(texts)


def test_opposites_in_few_words_stay_apart_and_nothing_is_nothing() -> None:
    found = gathered([said("It is long.", "a"), said("It is short and to the point.", "b"), said(" … ", "c")])

    assert len(found) == 2
    assert gathered([]) == []
