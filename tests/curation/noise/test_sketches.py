"""Sketches of texts: the same for the same, near for the near, and what chance says of the rest."""

from random import Random

import numpy as np
import pytest

from curation.noise import sketches as module
from curation.noise.shingles import Hashes
from curation.noise.sketches import BANDS, LONGEST, PARTNERS, ROWS, WINDOW, candidates, plain

WORDS = [f"word{number}" for number in range(3_000)]


def text(draw: Random, words: int = 60) -> str:
    return " ".join(draw.choices(WORDS, k=words))


def sketches(texts: list[str]) -> Hashes:
    return module.sketches([plain(one) for one in texts])


def windows(one: str) -> set[bytes]:
    raw = plain(one).ljust(WINDOW, b"\0")
    return {raw[at : at + WINDOW] for at in range(len(raw) - WINDOW + 1)}


def likeness(one: str, other: str) -> float:
    return len(windows(one) & windows(other)) / len(windows(one) | windows(other))


def test_case_and_spacing_do_not_count_and_everything_else_does() -> None:
    one, spaced, other, blank = sketches(["What is it, Ann?", " what\tIS it,\n ann?", "What is it, Bob?", " "])

    assert (one == spaced).all()
    assert not (one == other).any()
    assert not (one == blank).any()


def test_a_text_has_the_same_sketch_whatever_stands_beside_it() -> None:
    draw = Random(3)
    texts = [text(draw, draw.randrange(0, 90)) for _ in range(200)]

    together = sketches(texts)

    assert (together == np.concatenate([sketches([one]) for one in texts])).all()
    assert (together[::-1] == sketches(texts[::-1])).all()


def test_texts_too_many_or_too_long_for_one_look_are_looked_at_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    draw = Random(4)
    texts = [text(draw, 400) for _ in range(30)]
    whole = sketches(texts)
    monkeypatch.setattr(module, "MOST_AT_ONCE", 1_000)

    assert (sketches(texts) == whole).all()


def test_the_chance_to_share_a_band_is_what_the_formula_says() -> None:
    draw = Random(5)
    shares = {}
    for changed in (1, 3, 8):
        shared, expected = [], []
        for _ in range(300):
            words = draw.choices(WORDS, k=60)
            other = list(words)
            for at in draw.sample(range(60), changed):
                other[at] = draw.choice(WORDS)
            one, two = " ".join(words), " ".join(other)
            a, b = sketches([one, two])
            shared.append(np.mean(a == b))
            expected.append(likeness(one, two) ** ROWS)
        shares[changed] = (np.mean(shared), np.mean(expected))

    for found, expected_share in shares.values():
        assert found == pytest.approx(expected_share, abs=4 * np.sqrt(0.25 / 300 / BANDS))
    assert shares[1][0] > 0.8 > shares[3][0] > shares[8][0]


def test_what_stands_behind_the_longest_that_is_looked_at_does_not_count() -> None:
    start = "x y " * LONGEST

    assert (sketches([start + "one"]) == sketches([start + "two"])).all()


def test_no_text_has_no_sketch() -> None:
    assert sketches([]).shape == (0, BANDS)


def test_candidates_share_a_number_and_stand_on_two_sides_where_sides_are_given() -> None:
    band = np.array([7, 8, 7, 9, 7, 8], np.uint64)
    side = np.array([0, 0, 1, 0, 0, 0], np.uint8)

    assert candidates(band).tolist() == [[0, 2], [0, 4], [1, 5], [2, 4]]
    assert candidates(band, side).tolist() == [[0, 2], [4, 2]]
    assert candidates(np.zeros(0, np.uint64)).tolist() == []
    assert candidates(np.zeros(0, np.uint64), np.zeros(0, np.uint8)).tolist() == []


def test_the_earlier_side_stands_first_and_every_later_one_has_a_partner() -> None:
    band = np.zeros(60, np.uint64)
    side = np.repeat(np.array([2, 0, 1], np.uint8), 20)

    pairs = candidates(band, side)

    assert (side[pairs[:, 0]] < side[pairs[:, 1]]).all()
    assert set(pairs[:, 1].tolist()) == set(np.flatnonzero(side > 0).tolist())


@pytest.mark.parametrize("are_sided", [False, True])
def test_a_crowd_costs_no_more_than_its_size(are_sided: bool) -> None:
    band = np.zeros(1_000, np.uint64)
    side = (np.arange(1_000) % 2).astype(np.uint8) if are_sided else None

    pairs = candidates(band, side)

    assert len(pairs) <= PARTNERS * 1_000
    paired = set(pairs[:, 1].tolist())
    assert paired >= (set(range(1, 1_000, 2)) if are_sided else set(range(1, 1_000)))


def test_near_repeats_among_very_many_texts_are_found_and_nothing_else() -> None:
    draw = Random(6)
    texts = [text(draw) for _ in range(2_000)]
    repeats = {2_000 + at: draw.randrange(2_000) for at in range(100)}
    for original in repeats.values():
        words = texts[original].split()
        words[draw.randrange(60)] = draw.choice(WORDS)
        texts.append(" ".join(words))

    found = sketches(texts)
    pairs = {tuple(pair) for band in found.T for pair in candidates(band).tolist()}

    wanted = {(original, repeat) for repeat, original in repeats.items()}
    assert len(wanted & pairs) >= 98
    assert len(pairs - wanted) <= 20  # two repeats of one text are near each other, too


def test_crowds_are_all_that_share_a_number_whatever_part_they_are_sorted_in() -> None:
    draw = np.random.default_rng(8)
    numbers = draw.integers(0, 2**64, 3_000, dtype=np.uint64)[draw.integers(0, 3_000, 4_000)]
    side = draw.integers(0, 3, 4_000, dtype=np.uint8)

    for sides in (None, side):
        found = [
            places.tolist()
            for order, begins in module.crowds(numbers, sides)
            for places in np.split(order, np.flatnonzero(begins)[1:])
        ]
        by_number: dict[int, list[int]] = {}
        for place, number in enumerate(numbers.tolist()):
            by_number.setdefault(number, []).append(place)
        meant = [
            places if sides is None else sorted(places, key=lambda place: (side[place], place))
            for places in by_number.values()
            if len(places) > 1
        ]
        assert sorted(found) == sorted(meant)
    assert not list(module.crowds(np.zeros(0, np.uint64)))
    assert len(list(module.crowds(numbers))) == module.PARTS
