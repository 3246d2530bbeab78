"""The two-stage pipeline by which Skywork-Reward-V2 curated preferences, as rules that a run of it obeys.

Pairs begin unverified. People's verdicts make **gold**, which is for validation and never trained on; language models'
make **silver**, which is trained on. *Stage one* goes round: a reward model is trained on silver; where it is unsure
of a gold pair, its neighbors in the unverified pool are labeled next: k = 8 where p ≤ ½, else ⌈8·(1 - p)⌉, p the
probability that it gives the gold pair's label. *Stage two* keeps an unverified pair whose label a model trained on
all human labels agrees with, and the language models or the best reward model as well; the rest is set aside, to be
labeled anew where the best model is against it. Beforehand, exact repeats and what overlaps benchmarks are taken out.

Source: Liu et al., *Skywork-Reward-V2: Scaling Preference Data Curation via Human-AI Synergy*, 2025, sections 3.2 and
3.3. Its ablation: curation by language models alone +0.1 points, by people +2.3, retrieval +0.9. Flipping what was set
aside is left out here, for nothing is flipped without a person.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from curation.noise.proposals import Booleans, Floats, Integers, Proposals, Suggestion, propose

NEIGHBORS = 8
BLOCK = 1_024


class State(StrEnum):
    """What a pair is to the pipeline."""

    UNVERIFIED = "unverified"
    GOLD = "gold"
    SILVER = "silver"
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Preset:
    """What is done in which order, for a page that offers it and a run that follows it."""

    neighbors: int = NEIGHBORS
    benchmark_words: int = 13
    examples: int = 8
    """Human-labeled neighbors that a language model is shown with a pair."""
    steps: tuple[str, ...] = (
        "Take out exact repeats, and pairs that share a run of words with a benchmark.",
        "Describe every pair: task, how objective and how controversial it is, what is wanted, a guideline.",
        "People verify a first set: gold. The least controversial and most objective pairs come first.",
        "Train a reward model on silver, and look at its errors on gold.",
        "Fetch the neighbors of gold pairs that it is unsure of; people label some, language models the others.",
        "Go round until gold is told well; who cannot decide discards the pair.",
        "Of the whole pool keep what the human-trained model and another one agree with.",
    )


@dataclass(frozen=True, slots=True)
class Ledger:
    """Which pair is what. Gold stays gold: nothing may make silver of it."""

    states: NDArray[np.str_]
    """(n,) values of `State`."""
    p: Floats
    """(n,) the labels: how likely the first is better."""
    preset: Preset = field(default_factory=Preset)

    def of(self, state: State) -> Integers:
        """The pairs of this state, rising."""
        found: Integers = np.flatnonzero(self.states == state)
        return found

    def verified(self, pairs: Integers, p: Floats) -> "Ledger":
        """With verdicts of people, NaN where they could not decide: gold, or discarded."""
        return self._told(pairs, p, State.GOLD)

    def labeled(self, pairs: Integers, p: Floats) -> "Ledger":
        """With verdicts of language models, NaN where they did not agree: silver, or discarded. Raises ValueError for
        a gold pair: people have spoken."""
        if (self.states[pairs] == State.GOLD).any():
            raise ValueError("A pair that people verified takes no label of a model.")
        return self._told(pairs, p, State.SILVER)

    def next_pairs(self, gold_p: Floats, embeddings: Floats) -> Integers:
        """The unverified pairs to label next, from `gold_p`, the probability that the reward model gives the label of
        each gold pair in the order of `of(GOLD)`, and all pairs' (n, d) embeddings."""
        counts = neighbors(gold_p, self.preset.neighbors)
        pool = self.of(State.UNVERIFIED)
        return pool[retrieve(embeddings[self.of(State.GOLD)], embeddings[pool], counts)]

    def _told(self, pairs: Integers, p: Floats, state: State) -> "Ledger":
        undecided = np.isnan(p)
        if len(np.unique(pairs)) != len(pairs) or len(pairs) != len(p):
            raise ValueError("Every pair is told once.")
        states, labels = self.states.copy(), self.p.copy()
        states[pairs] = np.where(undecided, str(State.DISCARDED), str(state))
        labels[pairs] = np.where(undecided, labels[pairs], p)
        return replace(self, states=states, p=labels)


def start(p: Floats) -> Ledger:
    """Every pair unverified, with the label that it came with."""
    return Ledger(np.full(len(p), str(State.UNVERIFIED), dtype="<U10"), np.asarray(p, float))


def neighbors(p: Floats, most: int = NEIGHBORS) -> Integers:
    """(g,) how many unverified pairs to fetch for each gold pair that the model gives `p` (g,)."""
    p = np.asarray(p, float)
    if not ((p >= 0) & (p <= 1)).all():
        raise ValueError("A probability lies from 0 to 1.")
    found: Integers = np.where(p <= 0.5, most, np.ceil(most * (1 - p))).astype(np.int64)
    return found


def retrieve(gold: Floats, pool: Floats, counts: Integers) -> Integers:
    """The places in `pool` of the nearest neighbors by cosine, `counts` (g,) for each of `gold`, each once, rising."""
    wanted = int(min(counts.max(initial=0), len(pool)))
    if not wanted:
        return np.zeros(0, np.int64)
    found = []
    with threadpool_limits(limits=1):
        near = _unit(pool).T
        for at in range(0, len(gold), BLOCK):
            likeness = _unit(gold[at : at + BLOCK]) @ near
            closest = np.argsort(-likeness, axis=1, kind="stable")[:, :wanted]
            found.append(closest[np.arange(wanted) < counts[at : at + BLOCK, None]])
    return np.unique(np.concatenate(found))


def keeps(gold_model: Booleans, language_models: Booleans, best_model: Booleans) -> Booleans:
    """(n,) whether a pair stays in stage two, from who agrees with its label: the model of human labels, and one of
    the other two."""
    found: Booleans = gold_model & (language_models | best_model)
    return found


def second_stage(p: Floats, gold_scores: Floats, language_p: Floats, best_scores: Floats) -> Proposals:
    """Proposals for unverified pairs: keep, review where the best model is against the label, drop the rest.

    All (n,): labels, log-odds that the first is better by the model of human labels and by the best one, and the
    language models' probability, NaN where they were not asked or did not agree. A tie agrees with nothing.
    """
    side = np.sign(np.asarray(p, float) - 0.5)
    decided = side != 0
    said = np.nan_to_num(np.asarray(language_p, float) - 0.5, nan=0.0)
    agree = [decided & (np.sign(told) == side) for told in (gold_scores, said, best_scores)]
    kept = keeps(*agree)
    return propose(
        "skywork_second_stage",
        -np.asarray(best_scores, float) * side,
        {Suggestion.KEEP: kept, Suggestion.REVIEW: ~agree[2], Suggestion.DROP: ~kept},
        evidence={
            "gold_model_agrees": agree[0].astype(float),
            "language_models_agree": agree[1].astype(float),
            "best_model_agrees": agree[2].astype(float),
        },
    )


def first_of_each(rows: Sequence[Hashable]) -> Booleans:
    """(n,) whether a row, as (prompt, chosen, rejected), is the first of its kind."""
    seen: set[Hashable] = set()
    found = []
    for row in rows:
        found.append(row not in seen)
        seen.add(row)
    return np.array(found, bool)


def _unit(points: Floats) -> Floats:
    length = np.linalg.norm(points, axis=1, keepdims=True)
    found: Floats = points / np.where(length == 0, 1.0, length)
    return found
