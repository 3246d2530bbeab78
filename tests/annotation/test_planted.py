"""The planted world: what is said to be in it is in it, and a clean one has none of it."""

import random
import statistics
from collections import Counter

from annotation.demo.planted.texts import Prompts, response
from annotation.demo.planted.world import BOUGHT, World, plan, rows

WORLD = plan(1_000, seed=7)
CLEAN = plan(1_000, seed=7, clean=True)


def by_person(world: World) -> dict[str, list[float]]:
    """Of each person whether their votes on decided pairs were right."""
    better = {one.key: one.better for one in world.items if one.better and not one.taste}
    right: dict[str, list[float]] = {}
    for vote in world.votes:
        if vote.key in better and vote.winner != "tie":
            right.setdefault(vote.who, []).append(vote.winner == better[vote.key])
    return right


def test_the_same_seed_plans_the_same_world() -> None:
    assert plan(200, seed=3) == plan(200, seed=3)
    assert plan(200, seed=3) != plan(200, seed=4)


def test_length_tells_nothing_about_quality() -> None:
    draw = random.Random(1)
    prompts = Prompts(draw)
    drawn = [response(prompts.next(), draw.choice((-1, 1)) * draw.randint(1, 3), draw) for _ in range(2_000)]

    longer = statistics.correlation([len(one.text) for one in drawn], [one.quality for one in drawn])

    assert abs(longer) < 0.15


def test_a_fifth_of_the_bought_labels_is_turned_round() -> None:
    better = {one.key: one.better for one in WORLD.items}
    wrong = {key for key, winner in WORLD.bought.items() if winner != better[key]}

    assert wrong == WORLD.defects["flip"]
    assert len(wrong) == round(0.2 * len(WORLD.bought)) > 50
    assert all(winner == {one.key: one.better for one in CLEAN.items}[key] for key, winner in CLEAN.bought.items())


def test_a_tenth_of_the_people_does_not_read_and_one_takes_the_left() -> None:
    share = {who: statistics.mean(right) for who, right in by_person(WORLD).items()}
    left = Counter(vote.who for vote in WORLD.votes if (vote.winner == "a") != vote.swapped and vote.winner != "tie")
    all_votes = Counter(vote.who for vote in WORLD.votes)
    lefts = {who: left[who] / all_votes[who] for who in all_votes}

    assert len(WORLD.defects["spammer"]) == 3
    assert max(share[who] for who in WORLD.defects["spammer"]) < 0.7
    assert min(share[who] for who in share if who not in WORLD.defects["spammer"] | WORLD.defects["position"]) > 0.7
    assert {who for who, often in lefts.items() if often > 0.7} == WORLD.defects["position"]


def test_circles_go_round_and_tastes_part() -> None:
    said = {key: Counter(vote.winner for vote in WORLD.votes if vote.key == key) for key in WORLD.defects["groups"]}
    circle = sorted(one.key for one in WORLD.items if one.group in WORLD.defects["cycle"])

    assert len(circle) == 3 * len(WORLD.defects["cycle"]) == 30
    won = [Counter(vote.winner for vote in WORLD.votes if vote.key == key).most_common(1)[0][0] for key in circle]
    assert won.count("a") >= 28
    assert 0.4 < sum(count["a"] for count in said.values()) / sum(map(Counter.total, said.values())) < 0.6


def test_what_leaked_stands_in_the_benchmark_and_nothing_else_does() -> None:
    listed = set(WORLD.benchmark)

    assert {one.key for one in WORLD.items if one.prompt.text in listed} == WORLD.defects["leak"]
    assert len(WORLD.defects["leak"]) >= 20
    assert not {one.prompt.text for one in CLEAN.items} & set(CLEAN.benchmark)


def test_items_of_several_prompt_groups_that_ask_the_same_are_the_planted_copies() -> None:
    groups: dict[str, set[str]] = {}
    for one in WORLD.items:
        groups.setdefault(one.prompt.text, set()).add(one.group)
    twice = {one.key for one in WORLD.items if len(groups[one.prompt.text]) > 1}
    texts = {one.key: one.responses[0].text for one in WORLD.items}

    assert twice == WORLD.defects["duplicate"]
    assert len(twice) == 60
    assert len({texts[key] for key in twice}) == 60, "a copy is not the same letter for letter"


def test_a_clean_world_has_no_defects() -> None:
    assert not any(CLEAN.defects.values())
    assert {*CLEAN.defects} == {*WORLD.defects}


def test_one_judge_follows_the_order_one_follows_length_and_the_others_neither() -> None:
    longer = {one.key: len(one.responses[0].text) > len(one.responses[1].text) for one in WORLD.items}
    torn, long = Counter[str](), Counter[str]()
    for one in WORLD.heard:
        first, second = (chance > 0.5 for chance in one.chances)
        torn[one.who] += first and not second
        long[one.who] += first == second == longer[one.key]

    assert len(WORLD.heard) == 500 * len(WORLD.judges) == 3_000
    assert {who for who, count in torn.items() if count > 150} == WORLD.defects["by_order"]
    assert {who for who, count in long.items() if count > 250} == WORLD.defects["by_length"]
    assert all(one.is_honest for one in CLEAN.judges)


def test_rows_bring_the_bought_labels_along() -> None:
    labeled = [row for row in rows(WORLD) if row.get("labels")]

    assert len(labeled) == len(WORLD.bought)
    assert {row["labels"][0]["annotator"] for row in labeled} == {BOUGHT}
