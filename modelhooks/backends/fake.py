"""A model that always answers, the same to the same question: for tests, demos and trying out a workflow.

Every number comes from a hash of the texts, so it depends on nothing else: not on the order of the questions, not on
what is asked beside them. It implements all contracts, and it knows nothing about quality.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from modelhooks.backends import fake_writer
from modelhooks.catalog import FakeOptions
from modelhooks.contracts import (
    AttributeScores,
    Candidate,
    Checklist,
    Comparison,
    Constraints,
    Contrast,
    Contrasted,
    Criterion,
    CriterionVerdict,
    CriterionVerdicts,
    Explaining,
    Feedback,
    Gaussian,
    Generation,
    Hypotheses,
    Instruction,
    Judgment,
    Merged,
    Merging,
    Messages,
    Orders,
    Preference,
    Principles,
    Ranked,
    Rated,
    ResponseGroup,
    Revised,
    Revision,
    RewardScore,
    Reworded,
    Rewording,
    Rubric,
    Scale,
    Solution,
    StepScore,
    Trajectory,
    Usage,
    Verification,
)

ATTRIBUTES = ("helpfulness", "correctness", "verbosity")
WIDTH = 32  # of embeddings
SPREAD = 10.0  # scores lie in ±SPREAD
WORDS = ("amber", "basin", "cedar", "delta", "ember", "fjord", "grove", "haven")


class FakeModel:
    """Implements every contract. Two of them with different seeds disagree.

    Of `instructions` it follows those that are criteria of the fake writer, and only about pairs.
    """

    def __init__(self, seed: str = "", instructions: str = "") -> None:
        self.seed, self.instructions = seed, instructions
        told = f" told {instructions}" if instructions else ""
        self.fingerprint = hashlib.sha256(f"fake 1 {seed}{told}".encode()).hexdigest()

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """A number in ±10 for each response."""
        return [[self._score(group.prompt, response) for response in group.responses] for group in groups]

    def score_attributes(self, groups: Sequence[ResponseGroup]) -> list[list[AttributeScores]]:
        """The overall score is that of `score`; each attribute has its own number and a variance in [0, 1)."""
        return [[self._attributes(group.prompt, response) for response in group.responses] for group in groups]

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        """A number in [0, 1) for each step, from it and the steps before it, as a model of steps would."""
        return [
            [StepScore(self._unit("step", one.prompt, one.steps[:end])) for end in range(1, len(one.steps) + 1)]
            for one in solutions
        ]

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """The response with the higher score, whichever is shown first; equal texts are a tie."""
        return [self._judgment(one, n * (2 if orders == "both" else 1), orders) for one in comparisons]

    def grade(self, candidates: Sequence[Candidate], rubric: Rubric) -> list[CriterionVerdicts]:
        """A verdict for each criterion."""
        return [
            CriterionVerdicts(tuple(self._verdict(one, criterion) for criterion in rubric), usage=Usage(requests=1))
            for one in candidates
        ]

    def rank(self, groups: Sequence[ResponseGroup], *, principle: str = "") -> list[Ranked]:
        """Higher scores first; equal texts stand together."""
        return [self._ranked(one, principle) for one in groups]

    def rate(self, candidates: Sequence[Candidate], *, scale: Scale, principle: str = "") -> list[Rated]:
        """A point of the scale for each."""
        return [
            Rated(float(scale[int(self._unit("rate", one.prompt, one.response, principle) * len(scale))][0]))
            for one in candidates
        ]

    def contrast(self, contrasts: Sequence[Contrast]) -> list[Contrasted]:
        """Rubrics of criteria that can be read off a text, of which some agree with the label."""
        return [fake_writer.contrasted(one, self._unit) for one in contrasts]

    def find_principles(self, feedbacks: Sequence[Feedback]) -> list[Principles]:
        """One for each sentence."""
        return [fake_writer.principles(one, self._unit) for one in feedbacks]

    def find_constraints(self, instructions: Sequence[Instruction]) -> list[Constraints]:
        """One for each sentence, and one that nobody says."""
        return [fake_writer.constraints(one) for one in instructions]

    def write_checklists(self, trajectories: Sequence[Trajectory]) -> list[Checklist]:
        """Two items for each turn of a person that something is done after."""
        return [fake_writer.checklist(one) for one in trajectories]

    def explain(self, several: Sequence[Explaining]) -> list[Hypotheses]:
        """Those of its own criteria that the better responses meet, and the worse ones do not."""
        return [fake_writer.hypotheses(one) for one in several]

    def merge(self, several: Sequence[Merging]) -> list[Merged]:
        """Criteria of equal words become one."""
        return [fake_writer.merged(one) for one in several]

    def revise(self, revisions: Sequence[Revision]) -> list[Revised]:
        """Without what the worse responses meet more often, and with what explains the errors."""
        return [fake_writer.revised(one) for one in revisions]

    def reword(self, rewordings: Sequence[Rewording]) -> list[Reworded]:
        """With one more of its own criteria."""
        return [fake_writer.reworded(one) for one in rewordings]

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """A point of length 1 for each text; equal texts have equal points, others point anywhere."""
        return [self._point(text) for text in texts]

    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        """Right where the response is the reference; without one, not told."""
        return [
            Verification(None, "There is no reference to compare with.")
            if one.reference is None
            else Verification(one.response.strip() == one.reference.strip(), "Compared letter by letter.")
            for one in candidates
        ]

    def liken(self, candidates: Sequence[Candidate]) -> list[RewardScore]:
        """A number in ±10 for each candidate with a reference."""
        return [
            RewardScore(None, error="There is no reference to compare with.")
            if one.reference is None
            else self._score((), f"{one.response}\n{one.reference}")
            for one in candidates
        ]

    def generate(self, prompts: Sequence[Messages], *, n: int, parameters: Mapping[str, Any]) -> list[list[Generation]]:
        """A few words for each."""
        return [[self._generation(prompt, number, parameters) for number in range(n)] for prompt in prompts]

    def _score(self, prompt: Messages, response: str) -> RewardScore:
        raw = (2 * self._unit("score", prompt, response) - 1) * SPREAD
        return RewardScore(raw, n_tokens=len(response.split()))

    def _ranked(self, group: ResponseGroup, principle: str) -> Ranked:
        scores = [self._unit("score", group.prompt, text, principle) for text in group.responses]
        levels = sorted(set(scores), reverse=True)
        return Ranked(tuple(tuple(place for place, one in enumerate(scores) if one == level) for level in levels))

    def _attributes(self, prompt: Messages, response: str) -> AttributeScores:
        attributes = {
            name: Gaussian(self._unit(name, prompt, response), self._unit("variance", name, prompt, response))
            for name in ATTRIBUTES
        }
        return AttributeScores(self._score(prompt, response), attributes)

    def _judgment(self, one: Comparison, samples: int, orders: Orders) -> Judgment:
        texts = (one.first, one.second)
        first, second = (self._unit("score", one.prompt, text, one.principle) for text in texts)
        apart = [fake_writer.instructed(self.instructions, text) for text in texts]
        if apart[0] != apart[1]:
            first, second = (float(met == max(apart)) for met in apart)
        preference: Preference = "tie" if first == second else "first" if first > second else "second"
        return Judgment(
            preference,
            p_first=0.5 + (first - second) / 2,
            votes={preference: samples},
            consistent_under_swap=True if orders == "both" else None,
            rationale=f"It scored {first:.3f} against {second:.3f}.",
            usage=Usage(requests=samples),
        )

    def _verdict(self, one: Candidate, criterion: Criterion) -> CriterionVerdict:
        """The truth about a criterion that it wrote itself, else one by lot."""
        truth = None if criterion.levels else fake_writer.met(criterion.text, one.response)
        if truth is not None:
            return CriterionVerdict(criterion.key, "yes" if truth else "no", p=1.0)
        options: tuple[str | int, ...] = criterion.levels or ("yes", "no", "na")
        drawn = self._unit("verdict", one.prompt, one.response, criterion.key, criterion.text)
        return CriterionVerdict(criterion.key, options[int(drawn * len(options))], p=0.5 + drawn / 2)

    def _point(self, text: str) -> list[float]:
        numbers = [2 * self._unit("embed", place, text) - 1 for place in range(WIDTH)]
        length = sum(number * number for number in numbers) ** 0.5
        return [number / length for number in numbers]

    def _generation(self, prompt: Messages, number: int, parameters: Mapping[str, Any]) -> Generation:
        drawn = [self._unit("word", place, number, prompt, dict(parameters)) for place in range(6)]
        text = " ".join(WORDS[int(one * len(WORDS))] for one in drawn).capitalize() + "."
        return Generation(text, "stop", dict(parameters), Usage(completion_tokens=len(drawn), requests=1))

    def _unit(self, *asked: Any) -> float:
        """A number in [0, 1) that depends on these texts alone."""
        written = json.dumps([self.seed, *asked], sort_keys=True, ensure_ascii=True, default=str)
        return int.from_bytes(hashlib.sha256(written.encode()).digest()[:6], "big") / (1 << 48)


def load(options: FakeOptions) -> FakeModel:
    """The model that a checkpoint of the backend `fake` stands for."""
    return FakeModel(options.seed, options.instructions)
