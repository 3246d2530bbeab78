"""What a language model finds likely: responses, known answers after them, what people say next, gains of steps.

Any causal model in a folder will do, called like a checkpoint that reads words of its own head (`vocab_logit_last`). A
text's tokens are those in which its conversation differs from the same one without it, so that no text is tokenized
in two pieces and the marks around a turn count for nothing. Contexts that several texts share are computed once.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch

from modelhooks import fingerprint
from modelhooks.backends.transformers import body
from modelhooks.backends.transformers.checkpoint import Checkpoint, CheckpointRefused, inspect, read_tensor
from modelhooks.backends.transformers.letters import TextRefused
from modelhooks.backends.transformers.models import Scorer, runtime
from modelhooks.backends.transformers.scoring import Answer, Engine, places_of
from modelhooks.backends.transformers.text import Encoded, Writer
from modelhooks.contracts import (
    Candidate,
    FollowUp,
    Likelihood,
    Message,
    Messages,
    ResponseGroup,
    RewardScore,
    Solved,
    StepScore,
)
from modelhooks.engine.planning import CPU, CUDA, Budget, Row, shared_length
from modelhooks.heads import vocabulary_rows
from modelhooks.specs import ModelSpec

BETWEEN_STEPS = "\n\n"
BRIDGE = "\n\nThe final answer is: "
READS_AT_ONCE = 64  # each needs a number for every word of the vocabulary
VERSION = 1  # raise it when the same texts would get other numbers


class LikelihoodEngine(Engine):
    """Reads what comes next: the number of a read is the log-probability of the token after it."""

    def _states_to_numbers(self, row: Row, groups: Sequence[Sequence[Encoded]]) -> list[list[float]]:
        places = list(places_of(row, groups))
        if not places:
            return []
        states = self._states(row, places)
        states = states[torch.tensor([place for (place,) in places], device=states.device)].float()
        following = torch.tensor(list(_following(row, groups)), device=states.device)
        found: list[list[float]] = []
        for some, tokens in zip(states.split(READS_AT_ONCE), following.split(READS_AT_ONCE), strict=True):
            logits = self.head(some)
            chosen = logits.gather(1, tokens[:, None]) - logits.logsumexp(-1, keepdim=True)
            found.extend(chosen.tolist())
        return found


class LanguageModel(Scorer):
    """A causal language model that is asked how likely texts are. A `Likener`, too."""

    def log_probabilities(self, groups: Sequence[ResponseGroup]) -> list[list[Likelihood]]:
        """Of each response to its prompt: what a policy's own odds are compared with."""
        return self._likelihoods(groups, lambda one: [(one.prompt, _assistant(text)) for text in one.responses])

    def follow_ups(self, asked: Sequence[FollowUp]) -> list[list[Likelihood]]:
        """Of each turn of a person after the response; a good response makes thanks likely, and complaints not."""
        return self._likelihoods(
            asked, lambda one: [((*one.prompt, _assistant(one.response)), _user(text)) for text in one.turns]
        )

    def liken(self, candidates: Sequence[Candidate]) -> list[RewardScore]:
        """How likely the known answer is after each response, in nats per token."""
        found = self._answers(candidates, self._known)
        return [_mean(one) for (one,) in found]

    def information_gains(self, asked: Sequence[Solved]) -> list[list[StepScore]]:
        """By how many nats each step makes the known answer likelier than the steps before it did."""
        return [_gains(answers) for answers in self._answers(asked, self._growing)]

    def _likelihoods(
        self, asked: Sequence[Any], turns: Callable[[Any], list[tuple[Messages, Message]]]
    ) -> list[list[Likelihood]]:
        found = self._answers(asked, lambda one: [self._last_turn(*pair) for pair in turns(one)])
        return [[_sum(answer) for answer in answers] for answers in found]

    def _last_turn(self, before: Messages, turn: Message) -> Encoded | TextRefused:
        return self._differing((*before, turn), (*before, {**turn, "content": ""}))

    def _known(self, candidate: Candidate) -> list[Encoded | TextRefused]:
        if not candidate.reference:
            return [TextRefused("There is no known answer.")]
        return [self._after(candidate.prompt, candidate.response, candidate.reference)]

    def _growing(self, asked: Solved) -> list[Encoded | TextRefused]:
        """The known answer after no step, after the first, and so on."""
        steps = asked.solution.steps
        if not steps or not asked.reference:
            return [TextRefused("A solution without steps, or without a known answer, gains nothing.")]
        written = [BETWEEN_STEPS.join(steps[:count]) for count in range(len(steps) + 1)]
        return [self._after(asked.solution.prompt, text, asked.reference) for text in written]

    def _after(self, prompt: Messages, response: str, reference: str) -> Encoded | TextRefused:
        begun = f"{response}{BRIDGE}"
        return self._differing((*prompt, _assistant(begun + reference)), (*prompt, _assistant(begun)))

    def _differing(self, whole: Messages, without: Messages) -> Encoded | TextRefused:
        """The whole, read before each token in which it differs from the same without the text."""
        try:
            ids, rest = self.writer.conversation(whole), self.writer.conversation(without)
        except TextRefused as refused:
            return refused
        if len(ids) > self.spec.max_length:
            return TextRefused(f"It is longer than the {self.spec.max_length} tokens that the model reads.")
        begin = shared_length([ids, rest])
        most = min(len(ids), len(rest)) - begin
        end = len(ids) - min(most, shared_length([ids[::-1], rest[::-1]]))
        if begin >= end:
            return TextRefused("There is no text whose likelihood could be told.")
        if begin == 0:
            return TextRefused("Nothing stands before the text.")
        return Encoded(ids, tuple((place - 1,) for place in range(begin, end)))


def load(
    folder: Path | str, spec: ModelSpec, *, device: str = "cpu", dtype: str = "float32", budget: Budget | None = None
) -> LanguageModel:
    """The causal model in a folder. Raises `CheckpointRefused`, whose sentence is for people.

    `dtype` is that of the body; words are weighed in float32. `budget` is in tokens per forward.
    """
    if not vocabulary_rows(spec.head):
        raise CheckpointRefused("Likelihoods are read with the head of a language model, and the spec has another one.")
    if dtype not in body.DTYPES:
        raise CheckpointRefused(f"{dtype!r} is no type of weights; choose {', '.join(body.DTYPES)}.")
    checkpoint = inspect(Path(folder), spec)
    writer = Writer(checkpoint, spec)
    model = body.load(checkpoint, spec, device=device, dtype=dtype)
    engine = LikelihoodEngine(model, _words(checkpoint, device), budget or (CUDA if device.startswith("cuda") else CPU))
    digests = {**checkpoint.digests(), "likelihood": f"{VERSION} {BETWEEN_STEPS!r} {BRIDGE!r}"}
    return LanguageModel(spec, writer, engine, fingerprint.fingerprint(spec, digests, runtime(device, dtype, spec)))


def _words(checkpoint: Checkpoint, device: str) -> Callable[[Any], Any]:
    """From states (reads, hidden) to logits of all words. Where both ends are one matrix, it is the embedding."""
    names = [name for name in ("lm_head.weight", "model.embed_tokens.weight") if name in checkpoint.tensors]
    if "lm_head.weight" not in names and not checkpoint.config.get("tie_word_embeddings"):
        raise CheckpointRefused("lm_head.weight is missing: this checkpoint predicts no words.")
    weight = read_tensor(checkpoint, names[0]).to(device=device, dtype=torch.float32)
    cap = checkpoint.config.get("final_logit_softcapping")

    def logits(states: Any) -> Any:
        found = states @ weight.T
        return cap * torch.tanh(found / cap) if cap else found

    return logits


def _following(row: Row, groups: Sequence[Sequence[Encoded]]) -> Iterator[int]:
    """The token after each read, in the order of the row's reads."""
    for segment in row.segments:
        for member in segment.members:
            one = groups[segment.group][member]
            yield from (one.ids[read[0] + 1] for read in one.reads if read is not None)


def _assistant(text: str) -> Message:
    return {"role": "assistant", "content": text}


def _user(text: str) -> Message:
    return {"role": "user", "content": text}


def _sum(answer: Answer) -> Likelihood:
    error = next(filter(None, answer.errors), "")
    if error:
        return Likelihood(None, error=error)
    numbers = [numbers[0] for numbers in answer.numbers if numbers]
    return Likelihood(sum(numbers), len(numbers))


def _mean(answer: Answer) -> RewardScore:
    found = _sum(answer)
    return RewardScore(found.per_token, answer.n_tokens, error=found.error)


def _gains(answers: Sequence[Answer]) -> list[StepScore]:
    found = [_sum(one) for one in answers]
    if len(found) == 1:
        return [StepScore(None, found[0].error)]
    return [_gain(before, after) for before, after in pairwise(found)]


def _gain(before: Likelihood, after: Likelihood) -> StepScore:
    if before.log_probability is None or after.log_probability is None:
        return StepScore(None, before.error or after.error)
    return StepScore(after.log_probability - before.log_probability)
