"""Comparisons of real arguments by thousands of workers through the product: circles among them, and who stands out."""

from collections import defaultdict
from typing import Any

import pytest

from curation.models import Consensus, Detection, Finding, Standing
from projects.access import Place
from tests.curation.real_labels import bring_in, findings, lines, looked_at, only_with_real_labels, settled, table

pytestmark = only_with_real_labels


def compared(debates: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Pairs of arguments, a group for each debate, with the votes of five workers each; of these debates or of all."""
    texts = {one["id"]: one for one in lines("workers_pairs_convarg", "arguments.jsonl")}
    said = defaultdict(list)
    for row in table("workers_pairs_convarg", "judgments.csv"):
        answer = {"winner": row["choice"], "strength": None}
        said[row["pair_id"]].append({"annotator": row["worker"], "kind": "preference", "answer": answer})
    return [
        {
            "key": pair["pair_id"],
            "group": pair["debate"],
            "prompt": "{title}: {stance}".format(**texts[pair["arg_a"]]),
            "responses": [texts[pair[side]]["text"] for side in ("arg_a", "arg_b")],
            "labels": said[pair["pair_id"]],
        }
        for pair in table("workers_pairs_convarg", "pairs.csv")
        if not debates or pair["debate"] in debates
    ]


def competence() -> dict[str, float]:
    """What the authors of the set came to think of each worker."""
    rows = table("workers_pairs_convarg", "judgments.csv")
    return {row["worker"]: float(row["mace_competence"]) for row in rows if row["mace_competence"]}


def goes_round(circle: Finding) -> bool:
    """Whether by the consensus on its items each of three arguments is better than one other and worse than one."""
    held = Consensus.objects.filter(until=None, item__in=circle.evidence["items"]).select_related("item")
    said = [(one.item.text_of("ab".index(one.value)), one.item.text_of("ba".index(one.value))) for one in held]
    better, worse = {one for one, _ in said}, {other for _, other in said}
    return len(said) == len(better) == 3 and better == worse


def test_circles_of_one_debate_are_found_where_its_labels_are_sure(
    olga: Place, settings: Any, transactional_db: None
) -> None:
    settings.MAX_IMPORT_BYTES = 2**24
    bring_in(olga, compared(frozenset({"d22"})))

    done = looked_at(olga)

    circles = findings(done, ["cycles"])
    print(len(circles), Detection.objects.get(analysis=done, detector="cycles").note)
    assert len(circles) > 2
    assert all(goes_round(one) for one in circles)
    assert all(one.item_id in one.evidence["items"] for one in circles)


@pytest.mark.nightly
def test_circles_among_arguments_are_found_and_workers_whose_votes_carry_nothing(
    olga: Place, settings: Any, transactional_db: None
) -> None:
    settings.MAX_IMPORT_BYTES = 2**26
    bring_in(olga, compared())

    done = looked_at(olga)

    note = Detection.objects.get(analysis=done, detector="cycles").note
    circles = findings(done, ["cycles"])
    print(note, len(circles))
    assert note.startswith("14 prompts have three responses or more")
    assert "were not looked at" not in note
    assert 40 < len(circles) < 80
    assert all(one.about.startswith("circle:") and min(one.evidence["confidence"]) > 0.9 for one in circles)
    assert all(goes_round(one) for one in circles)

    truth = {pair["pair_id"]: pair["gold"] for pair in table("workers_pairs_convarg", "pairs.csv") if pair["gold"]}
    assert settled(truth).right > 0.85  # of what the authors came to by the same votes
    lots, believed = findings(done, ["draws_lots"]), competence()
    known = [one for one in Standing.objects.filter(analysis=done) if one.labels >= 30]
    ranked = sorted(known, key=lambda one: believed[one.imported_name])
    print([(one.imported_name, believed[one.imported_name], one.words) for one in lots])
    assert 4 <= len(lots) <= 10
    lowest = {one.imported_name for one in ranked[: len(ranked) // 4]}
    assert sum(one.imported_name in lowest for one in lots) >= len(lots) - 1
    assert not {one.imported_name for one in lots} & {one.imported_name for one in ranked[3 * len(ranked) // 5 :]}
    least = min(known, key=lambda one: one.figures["accuracy"])
    assert {"rest", "guessing"} <= set(least.figures["unusual"])
