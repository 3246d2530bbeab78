"""What a model is asked and what it answers, whatever runs it. Plain data, no Django, no torch.

An input is a group, so that a prompt can be computed once for all of its responses. An answer that could not be had
says why and holds no number: nothing here is ever a guess.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

# As in a chat: "role" and "content", and what else a turn may carry.
Message = Mapping[str, Any]
Messages = tuple[Message, ...]
Preference = Literal["first", "second", "tie"]
Orders = Literal["both", "as_is"]


@dataclass(frozen=True)
class ResponseGroup:
    """A prompt and the responses that are scored for it."""

    prompt: Messages
    responses: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """Two responses to one prompt; `principle` is the context that they are compared on, empty for none."""

    prompt: Messages
    first: str
    second: str
    principle: str = ""


@dataclass(frozen=True)
class Solution:
    """A prompt and one response in its steps, without the separators between them."""

    prompt: Messages
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Candidate:
    """A response whose correctness is asked, and what is known to be right, if anything."""

    prompt: Messages
    response: str
    reference: str | None = None


# What a turn of an assistant consists of.
Part = Literal["content", "reasoning", "tool_calls", "tool_results"]


@dataclass(frozen=True)
class Criterion:
    """One line of a rubric. Without `levels` it is answered by yes, no or not applicable.

    The rest says how it is decided, as far as anything does: the part to look at, what has to be true, ways to fail,
    and whether meeting it has to be shown in the response's own words.
    """

    key: str
    text: str
    levels: tuple[int, ...] = ()
    is_hard: bool = False
    focus_on: Part | None = None
    pass_condition: str = ""
    failure_examples: tuple[str, ...] = ()
    needs_evidence: bool = False

    @property
    def says_how(self) -> bool:
        """Whether anything says how it is decided."""
        return bool(self.focus_on or self.pass_condition or self.failure_examples or self.needs_evidence)


Rubric = tuple[Criterion, ...]
Scale = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Usage:
    """What an answer cost, in tokens and requests; all are counts and add up."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    cached_tokens: int = 0
    requests: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.cached_tokens + other.cached_tokens,
            self.requests + other.requests,
        )


@dataclass(frozen=True)
class RewardScore:
    """A raw score: a logit, never squashed, since a sigmoid makes all good responses equal.

    `raw` is None exactly where `error` says why. `n_tokens` counts the tokens that were read, after truncation.
    """

    raw: float | None
    n_tokens: int = 0
    truncated: bool = False
    error: str = ""

    def __post_init__(self) -> None:
        if (self.raw is None) != bool(self.error):
            raise ValueError("A score is a number or says why there is none.")


@dataclass(frozen=True)
class Gaussian:
    """One attribute's score; a model that knows no uncertainty leaves the variance None."""

    mean: float
    variance: float | None = None


@dataclass(frozen=True)
class AttributeScores:
    """What a model that scores attributes says: the one number it makes of them, and each by its name."""

    overall: RewardScore
    attributes: Mapping[str, Gaussian] = field(default_factory=dict)


@dataclass(frozen=True)
class StepScore:
    """How likely a step is right, or how good, as its model puts it. `value` is None where `error` says why."""

    value: float | None
    error: str = ""

    def __post_init__(self) -> None:
        if (self.value is None) != bool(self.error):
            raise ValueError("A step's score is a number or says why there is none.")


@dataclass(frozen=True)
class Likelihood:
    """How likely a text is where it stands: its log-probability in nats, summed over `n_tokens` tokens.

    `log_probability` is None exactly where `error` says why.
    """

    log_probability: float | None
    n_tokens: int = 0
    error: str = ""

    def __post_init__(self) -> None:
        if (self.log_probability is None) != bool(self.error):
            raise ValueError("A likelihood is a number or says why there is none.")

    @property
    def per_token(self) -> float | None:
        """The mean over its tokens, in nats."""
        return None if self.log_probability is None else self.log_probability / self.n_tokens


@dataclass(frozen=True)
class FollowUp:
    """What a person might say next to a response: thanks or a complaint, in the order of interest to whoever asks."""

    prompt: Messages
    response: str
    turns: tuple[str, ...]


@dataclass(frozen=True)
class Solved:
    """A solution in its steps, and the answer that it should come to."""

    solution: Solution
    reference: str


@dataclass(frozen=True)
class Judgment:
    """Which of two responses is better. `preference` None is an abstention, and `reason` a sentence that says why.

    `error` says why there was no answer at all: then nobody abstained, and asking again may help.

    `p_first` is the probability of the first response, in [0, 1], where the judge has one. `votes` counts single
    verdicts over samples and orders, already turned back to the order that was asked. `by_order` counts them by the
    side on which the winner stood, `A` or `B`, or `tie`: first with the responses as they were given, then swapped.
    """

    preference: Preference | None
    p_first: float | None = None
    votes: Mapping[Preference, int] = field(default_factory=dict)
    consistent_under_swap: bool | None = None
    rationale: str = ""
    parse_ok: bool = True
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    reason: str = ""
    error: str = ""
    by_order: tuple[Mapping[str, int], ...] = ()


@dataclass(frozen=True)
class Ranked:
    """Responses in order, by their numbers from 0: groups, best first. `groups` None is an abstention, and `reason`
    says why; `error` says why there was no answer at all.

    Responses share a group where the judge cannot order them: the pairs of which it says now this, now that are
    `disputed`, and no ties.
    """

    groups: tuple[tuple[int, ...], ...] | None
    disputed: tuple[tuple[int, int], ...] = ()
    mean_places: tuple[float, ...] = ()
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    reason: str = ""
    error: str = ""


@dataclass(frozen=True)
class Rated:
    """One response's point on a scale: the expected one, so not a whole number. None is an abstention, and `reason`
    says why; `error` says why there was no answer at all. `probabilities` are those of the points, by tokens or by
    samples.
    """

    value: float | None
    probabilities: Mapping[int, float] = field(default_factory=dict)
    rationale: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    reason: str = ""
    error: str = ""


@dataclass(frozen=True)
class CriterionVerdict:
    """One criterion's answer: "yes", "no", "na" or a level; None abstains."""

    key: str
    verdict: str | int | None
    p: float | None = None
    evidence: str = ""


@dataclass(frozen=True)
class CriterionVerdicts:
    """A rubric, answered for one response."""

    verdicts: tuple[CriterionVerdict, ...]
    parse_ok: bool = True
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    reason: str = ""
    error: str = ""


@dataclass(frozen=True)
class Verification:
    """Whether a response is right; None where it could not be told, and `explanation` says why."""

    is_correct: bool | None
    explanation: str = ""


@dataclass(frozen=True)
class Generation:
    """A response that a model wrote, with the parameters that it was drawn with. No text where `error` says why."""

    text: str
    finish_reason: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    usage: Usage = Usage()
    error: str = ""


@dataclass(frozen=True)
class WrittenCriterion:
    """A criterion that a model wrote: a hard rule where the prompt demands it in so many words, else a principle."""

    text: str
    kind: Literal["hard_rule", "principle"] = "principle"


WrittenRubric = tuple[WrittenCriterion, ...]
MOST_TRIES = 16  # of a contrast, and votes of each


@dataclass(frozen=True)
class Contrast:
    """Two responses of which people say that one is better: what makes the difference? Each of `attempts` writes
    a rubric of its own, and the pair is judged with it in both orders by `votes` samples each.
    """

    prompt: Messages
    better: str
    worse: str
    attempts: int = 4
    votes: int = 1

    def __post_init__(self) -> None:
        if not (1 <= self.attempts <= MOST_TRIES and 1 <= self.votes <= MOST_TRIES):
            raise ValueError(f"A contrast has 1 to {MOST_TRIES} attempts, of 1 to {MOST_TRIES} votes in each order.")


@dataclass(frozen=True)
class Attempt:
    """One rubric written from a contrast, and what the pair was judged with it, by a judge that was not told the label.

    `by_order` counts the votes for `better`, `worse` and `tie`: first with the better response as A, then as B; it is
    empty where nothing was judged. `margin` is in [-1, 1], by the judge's probabilities where its tokens tell them,
    else by smoothed votes. `told_apart` has for each criterion by how much the better response meets it better, in
    [-1, 1], over both orders. `refused` counts written criteria that were left out, by their reasons.

    It is consistent where the majority of both orders is people's label; `reason` says why it is not.
    """

    criteria: WrittenRubric = ()
    by_order: tuple[Mapping[str, int], ...] = ()
    margin: float | None = None
    is_consistent: bool = False
    reason: str = ""
    told_apart: tuple[float, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.is_consistent is bool(self.reason):
            raise ValueError("An attempt agrees with people or says why it does not.")


@dataclass(frozen=True)
class Contrasted:
    """The rubrics that were written from a contrast. `chosen` is the place of the consistent one with the largest
    margin; None where there is none, and `reason` says why.

    `error` says why nothing could be told: where nothing was chosen and a question was not answered at all.
    """

    attempts: tuple[Attempt, ...] = ()
    chosen: int | None = None
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["contrast"] = "contrast"

    @property
    def is_unexplained(self) -> bool:
        """Whether rubrics were judged by and none of them finds the label again, which says something about the label.

        Where nothing was written that could be read, or nothing that was judged, it says nothing.
        """
        return self.chosen is None and not self.error and any(one.margin is not None for one in self.attempts)


@dataclass(frozen=True)
class Feedback:
    """What somebody wrote about a response, and as far as it is known what it is about."""

    text: str
    prompt: Messages = ()
    response: str = ""


@dataclass(frozen=True)
class Principle:
    """Something that can be said of a response by yes or no, and what the feedback says, in its own words: `quote`."""

    text: str
    holds: bool
    quote: str


@dataclass(frozen=True)
class Principles:
    """What somebody's feedback judges by. What quotes words that are not there is counted in `refused` and left out.

    `reason` says why there is no answer to be read, `error` why there was none.
    """

    found: tuple[Principle, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["feedback"] = "feedback"


@dataclass(frozen=True)
class Instruction:
    """A prompt that is taken apart."""

    prompt: Messages


@dataclass(frozen=True)
class Constraint:
    """One thing that a prompt demands: in words of its own, which `quote` has, or without saying so."""

    text: str
    is_explicit: bool
    quote: str = ""


@dataclass(frozen=True)
class Constraints:
    """What a prompt demands; the rest as in Principles."""

    found: tuple[Constraint, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["instruction"] = "instruction"


@dataclass(frozen=True)
class Trajectory:
    """What people, an assistant and its tools did: the turns of a prompt, and those that came after it."""

    prompt: Messages
    turns: Messages = ()


@dataclass(frozen=True)
class Evidence:
    """Words of a trajectory, in a part of one of its turns; turns count from 0, those of the prompt first."""

    turn: int
    field: Part
    snippet: str


@dataclass(frozen=True)
class CheckItem:
    """One line of a checklist about what was done after the person's turn with this number.

    Weights of one turn's items add up to 1. It counts only where all that it depends on is met.
    """

    key: str
    turn: int
    focus_on: Part
    question: str
    pass_condition: str
    failure_examples: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    is_required: bool
    weight: float
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checklist:
    """Items for each turn of a person in a trajectory, in order. `missing` says why a turn has none; the rest as in
    Principles.
    """

    items: tuple[CheckItem, ...] = ()
    missing: Mapping[int, str] = field(default_factory=dict)
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["trajectory"] = "trajectory"


@dataclass(frozen=True)
class Explained:
    """A pair whose label is to be explained."""

    prompt: Messages
    better: str
    worse: str


@dataclass(frozen=True)
class Explaining:
    """Some pairs, and the criteria that are known: which others could be at work? At most `most` are told."""

    pairs: tuple[Explained, ...]
    criteria: tuple[str, ...] = ()
    most: int = 5

    def __post_init__(self) -> None:
        if not (1 <= len(self.pairs) <= 8 and len(self.criteria) <= 40 and 1 <= self.most <= 8):
            raise ValueError("Explained are 1 to 8 pairs beside at most 40 criteria, by 1 to 8 others.")


@dataclass(frozen=True)
class Hypothesis:
    """A criterion that may be at work, and the places of the pairs that it was seen in. To be tested, not believed."""

    text: str
    pairs: tuple[int, ...]


@dataclass(frozen=True)
class Hypotheses:
    """Criteria that no known one names; the rest as in Principles."""

    found: tuple[Hypothesis, ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["explaining"] = "explaining"


@dataclass(frozen=True)
class Merging:
    """Rubrics that are to become one of at most `most` criteria."""

    rubrics: tuple[WrittenRubric, ...]
    most: int = 20

    def __post_init__(self) -> None:
        if not (1 <= sum(map(len, self.rubrics)) <= 100 and 1 <= self.most <= 40):
            raise ValueError("Merged are 1 to 100 criteria, into 1 to 40.")


@dataclass(frozen=True)
class MergedCriterion:
    """A criterion and what it came from: the place of the rubric, and the criterion's in it."""

    text: str
    kind: Literal["hard_rule", "principle"]
    sources: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Merged:
    """One list of several, the weightiest first, and what no criterion of it came from; the rest as in Principles."""

    criteria: tuple[MergedCriterion, ...] = ()
    left_out: tuple[tuple[int, int], ...] = ()
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["merging"] = "merging"


@dataclass(frozen=True)
class Misjudged:
    """A pair that a judge with the rubric got wrong: for each criterion its verdict on the better and the worse one."""

    prompt: Messages
    better: str
    worse: str
    verdicts: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Revision:
    """A rubric and some pairs that it got wrong."""

    criteria: WrittenRubric
    errors: tuple[Misjudged, ...]

    def __post_init__(self) -> None:
        if not (1 <= len(self.criteria) <= 30 and 1 <= len(self.errors) <= 8):
            raise ValueError("Revised are 1 to 30 criteria, by 1 to 8 pairs.")
        if any(len(one.verdicts) != len(self.criteria) for one in self.errors):
            raise ValueError("Each pair has a verdict for each criterion.")


@dataclass(frozen=True)
class RevisedCriterion:
    """A criterion, and the place of the one that it was; None for a new one."""

    text: str
    kind: Literal["hard_rule", "principle"]
    was: int | None = None


@dataclass(frozen=True)
class Revised:
    """The rubric as it should be, with what was wrong with it in words (`diagnosis`); the rest as in Principles."""

    criteria: tuple[RevisedCriterion, ...] = ()
    diagnosis: str = ""
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["revision"] = "revision"


@dataclass(frozen=True)
class Misled:
    """A pair that a judge decided otherwise than people: what it said in words, and its reasons."""

    prompt: Messages
    better: str
    worse: str
    said: str
    reasons: str = ""


@dataclass(frozen=True)
class Rewording:
    """The instructions of a judge of pairs (empty where it has none), and some pairs that it got wrong."""

    instructions: str
    errors: tuple[Misled, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.errors) <= 8:
            raise ValueError("Instructions are reworded by 1 to 8 pairs.")


@dataclass(frozen=True)
class Reworded:
    """The instructions as they should be, with what was wrong with them in words (`diagnosis`); the rest as in
    Principles. `instructions` are empty where `reason` says why."""

    instructions: str = ""
    diagnosis: str = ""
    refused: Mapping[str, int] = field(default_factory=dict)
    reason: str = ""
    raw_text: tuple[str, ...] = ()
    usage: Usage = Usage()
    error: str = ""
    about: Literal["rewording"] = "rewording"


class RewardModel(Protocol):
    """One number per response (Bradley-Terry or regression)."""

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        """The scores, in the order of the groups and of their responses."""


class AttributeRewardModel(Protocol):
    """Several named numbers per response."""

    def score_attributes(self, groups: Sequence[ResponseGroup]) -> list[list[AttributeScores]]:
        """The scores, in the order of the groups and of their responses."""


class ProcessRewardModel(Protocol):
    """One number per step."""

    def score_steps(self, solutions: Sequence[Solution]) -> list[list[StepScore]]:
        """The scores, in the order of the solutions and of their steps."""


class PreferenceJudge(Protocol):
    """Which of two is better."""

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Orders = "both") -> list[Judgment]:
        """One judgment per comparison, of `n` samples in each order."""


class ListJudge(Protocol):
    """Several responses in order."""

    def rank(self, groups: Sequence[ResponseGroup], *, principle: str = "") -> list[Ranked]:
        """One order for each group; `principle` is the one quality to order them by, empty for all."""


class RatingJudge(Protocol):
    """How good responses are."""

    def rate(self, candidates: Sequence[Candidate], *, scale: Scale, principle: str = "") -> list[Rated]:
        """One rating for each; `scale` has the points from the lowest with their meanings."""


class RubricJudge(Protocol):
    """Whether responses meet criteria."""

    def grade(self, candidates: Sequence[Candidate], rubric: Rubric) -> list[CriterionVerdicts]:
        """One answered rubric per candidate."""


class RubricWriter(Protocol):
    """Criteria out of what people said."""

    def contrast(self, contrasts: Sequence[Contrast]) -> list[Contrasted]:
        """What makes the difference between two responses, for each."""

    def find_principles(self, feedbacks: Sequence[Feedback]) -> list[Principles]:
        """What each feedback judges by."""

    def find_constraints(self, instructions: Sequence[Instruction]) -> list[Constraints]:
        """What each prompt demands."""

    def write_checklists(self, trajectories: Sequence[Trajectory]) -> list[Checklist]:
        """What can be checked in each trajectory, turn by turn."""

    def explain(self, several: Sequence[Explaining]) -> list[Hypotheses]:
        """Which criteria may be at work that nobody named."""

    def merge(self, several: Sequence[Merging]) -> list[Merged]:
        """One list for each several."""

    def revise(self, revisions: Sequence[Revision]) -> list[Revised]:
        """Each rubric as its errors suggest."""

    def reword(self, rewordings: Sequence[Rewording]) -> list[Reworded]:
        """The instructions of each judge as its errors suggest."""


class Embedder(Protocol):
    """Texts as points."""

    def embed(self, texts: Sequence[str]) -> Sequence[Sequence[float]]:
        """One vector of length 1 per text."""


class Verifier(Protocol):
    """Whether responses are right."""

    def verify(self, candidates: Sequence[Candidate]) -> list[Verification]:
        """One verification per candidate."""


class Likener(Protocol):
    """How near responses come to what is known to be right."""

    def liken(self, candidates: Sequence[Candidate]) -> list[RewardScore]:
        """One score per candidate; without a reference none, and the reason."""


class Generator(Protocol):
    """More responses."""

    def generate(self, prompts: Sequence[Messages], *, n: int, parameters: Mapping[str, Any]) -> list[list[Generation]]:
        """`n` responses per prompt."""
