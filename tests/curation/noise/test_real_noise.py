"""Planted flips among real pairs, and real pairs from which nothing but length can be learnt."""

import csv
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from threadpoolctl import threadpool_limits

from curation.noise import planted
from curation.noise.confident import by_head, least_likely
from curation.noise.guard import Evidence, decide
from curation.noise.planted import flip
from curation.noise.proposals import Suggestion
from modelhooks.head import crossfit
from modelhooks.head.logistic import fit
from modelhooks.head.pairs import Pairs, length_nuisance
from modelhooks.head.reward_head import train

REAL = Path(os.environ.get("GOLDPAN_REAL_DATA", Path(__file__).resolve().parents[4] / "shared" / "data"))
ARGUMENTS = REAL / "workers_pairs_convarg"
ANSWERS = REAL / "pairs_pandalm" / "pairs.jsonl"
PENALTY = 30.0


@pytest.fixture(autouse=True)
def _one_thread():
    with threadpool_limits(limits=1):
        yield


def embedded(first, second, p, groups, with_length):
    """Pairs of real texts by their words: TF-IDF in 48 dimensions, and how long they are."""
    words = TfidfVectorizer(min_df=3, sublinear_tf=True, max_features=20_000)
    counted = words.fit_transform([*first, *second])
    points = TruncatedSVD(48, random_state=0).fit_transform(counted)
    points /= points.std()
    lengths = [np.log1p([len(text) for text in texts]) for texts in (first, second)]
    differences = points[: len(first)] - points[len(first) :]
    longer = (lengths[0] - lengths[1])[:, None]
    features = np.hstack([differences, longer]) if with_length else differences
    nuisance = np.zeros((len(first), 0)) if with_length else length_nuisance(*lengths)
    return Pairs(features, nuisance, np.asarray(p, float), np.asarray(groups), np.ones(len(first)))


def arguments(count):
    """Real arguments with the label that five people gave them, grouped by debate."""
    with (ARGUMENTS / "arguments.jsonl").open() as file:
        texts = {row["id"]: row["text"] for row in map(json.loads, file)}
    with (ARGUMENTS / "pairs.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["gold"] in {"a", "b"}]
    rows = [rows[at] for at in np.random.default_rng(0).permutation(len(rows))[:count]]
    debates = sorted({row["debate"] for row in rows})
    return embedded(
        [texts[row["arg_a"]] for row in rows],
        [texts[row["arg_b"]] for row in rows],
        [row["gold"] == "a" for row in rows],
        [debates.index(row["debate"]) for row in rows],
        with_length=True,
    )


def answers():
    """Real answers of models with the majority of three people, ties left out, grouped by prompt."""
    rows = []
    with ANSWERS.open() as file:
        for row in map(json.loads, file):
            people = [vote["choice"] for vote in row["votes"] if vote["annotator"].startswith("human")]
            lead = people.count("a") - people.count("b")
            if lead and isinstance(row["response_a"], str) and isinstance(row["response_b"], str):
                rows.append((row["response_a"], row["response_b"], lead > 0, row["prompt_id"]))
    prompts = sorted({row[3] for row in rows})
    first, second, p, names = zip(*rows, strict=True)
    return embedded(first, second, p, [prompts.index(name) for name in names], with_length=False)


@pytest.mark.skipif(not ARGUMENTS.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_dropping_planted_flips_among_real_arguments_brings_back_what_they_cost():
    pairs = arguments(3_000)
    clean = raw = dropped = found = 0.0

    for held_out in crossfit.folds(pairs.groups, 5, 0):
        training, test = pairs.take(~held_out), pairs.take(held_out)
        noisy, turned = flip(training, 0.3, seed=1)
        flagged = least_likely(crossfit.scores(noisy, PENALTY, seeds=[0]), noisy.p, 0.3)
        share = len(test) / len(pairs)
        right = [
            float(((fit(part, PENALTY).score(test.differences) > 0) == (test.p > 0.5)).mean())
            for part in (training, noisy, noisy.take(~flagged))
        ]
        clean, raw, dropped = clean + share * right[0], raw + share * right[1], dropped + share * right[2]
        found += share * float(turned[flagged].mean())
    print(f"clean {clean:.3f} raw {raw:.3f} dropped {dropped:.3f}; of those dropped {found:.3f} were planted")

    assert found > 0.5  # 0.3 by chance
    assert raw < clean
    assert dropped > raw


@pytest.mark.skipif(not ANSWERS.exists(), reason=f"no real data at {REAL}; set GOLDPAN_REAL_DATA")
def test_nothing_is_dropped_by_itself_where_only_length_can_be_learnt():
    pairs = answers()

    report = train(pairs, penalty=100.0).report
    test = planted.run(lambda one: by_head(one, 100.0, seeds=1).flagged, pairs, 100.0)
    everything_else = Evidence(
        pairs=10_000, accuracy=report.head, length_only=report.length_only, audited=100, confirmed=100, planted=None
    )

    assert report.length_only.share > 0.6
    assert report.gain.low < 0.03
    assert any("length alone" in reason for reason in decide(Suggestion.DROP, everything_else).reasons)
    assert not decide(Suggestion.DROP, replace(everything_else, planted=test)).stands_alone
    assert test.precision_at_least < 0.5
