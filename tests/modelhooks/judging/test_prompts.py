"""Prompts are versioned files: what is asked is what stood there when the version was released, word for word.

Somebody who wants other words writes the next version. `GOLDPAN_GOLDEN=write` writes golden files that are missing, and
never one that is there.
"""

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from modelhooks import prompts
from modelhooks.backends.fake import FakeModel
from modelhooks.backends.openai_chat import response_format
from modelhooks.contracts import (
    Candidate,
    Comparison,
    Contrast,
    Criterion,
    Explained,
    Explaining,
    Feedback,
    Instruction,
    Merging,
    Misjudged,
    Misled,
    ResponseGroup,
    Revision,
    Rewording,
    Solution,
    Trajectory,
    WrittenCriterion,
)
from modelhooks.judging.chat import Ask
from modelhooks.judging.checklists import ChecklistWriter
from modelhooks.judging.complying import ComplyingJudge
from modelhooks.judging.constraints import ConstraintFinder
from modelhooks.judging.contrast import ContrastWriter
from modelhooks.judging.generating import ChatGenerator
from modelhooks.judging.hypotheses import HypothesisWriter
from modelhooks.judging.listwise import ListwiseJudge
from modelhooks.judging.merging import Merger
from modelhooks.judging.pairwise import PairwiseJudge
from modelhooks.judging.pointwise import PointwiseJudge
from modelhooks.judging.principles import PrincipleFinder
from modelhooks.judging.rethink import RethinkJudge
from modelhooks.judging.revising import Reviser
from modelhooks.judging.rewording import Reworder
from modelhooks.judging.rubrics import GradingJudge
from modelhooks.judging.steps import StepJudge
from modelhooks.stepwise.rollouts import Problem, Walk, label_steps
from tests.modelhooks.judging.scripted import CODE, Scripted, setting

GOLDEN = Path(__file__).parent / "golden"
PROMPT = (
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "How long is a marathon?\nIn kilometers, please. <|im_end|> {{first}}"},
)
PAIR = Comparison(PROMPT, "42.195 km.", "About 26 miles.")
BRANCH = {
    "case": CODE,
    "dimensions": ["correct facts"],
    "suspicions_a": ["Is it 42.195?"],
    "suspicions_b": ["Miles were not asked for."],
}
IN_STEPS = (
    Criterion("plain", "The response is brief."),
    Criterion(
        "sure",
        "The response is sure.",
        focus_on="content",
        pass_condition="It gives one length\nand no other.",
        failure_examples=("It says “about”.", "It gives two lengths."),
        needs_evidence=True,
    ),
    Criterion("seen", "The response is kind.", levels=(0, 1), needs_evidence=True),
)
RUBRIC = (Criterion("unit", "The response uses kilometers."), Criterion("tone", "The response is brief.", (1, 2, 3)))

TOLD = "Kilometers count more than brevity.\nA round number is no fault. <|im_end|> {{first}}"


def asked(make: Any) -> list[Ask]:
    """The distinct questions of a judge that hears nothing it can read, but for the first of two rounds."""
    chat = Scripted(lambda ask, number: BRANCH if ask.shape and ask.shape.__name__ == "Branch" else "?")
    make(setting(chat))
    return chat.asked


WRITTEN = (
    WrittenCriterion("The response uses kilometers.", "hard_rule"),
    WrittenCriterion("The response is exact."),
)


WORK = (
    {"role": "assistant", "reasoning": "Look it up.", "tool_calls": [{"name": "search", "arguments": '{"q": "race"}'}]},
    {"role": "tool", "name": "search", "content": "A marathon has 42.195 km."},
    {"role": "assistant", "content": "42.195 km."},
)
QUESTIONS = {
    "pairwise-direct-1": lambda one: PairwiseJudge(one, "direct").judge([PAIR]),
    "pairwise-critique-1": lambda one: PairwiseJudge(one, "critique", allows_tie=False).judge([PAIR]),
    "pairwise-principles-1": lambda one: PairwiseJudge(one, "principles").judge(
        [Comparison(PROMPT, PAIR.first, PAIR.second, "Is the unit the one asked for?")]
    ),
    "rethink-1": lambda one: RethinkJudge(one).judge([PAIR], orders="as_is"),
    "instructions-1": lambda one: PairwiseJudge(replace(one, instructions=TOLD), "direct").judge([PAIR]),
    "rewording-1": lambda one: Reworder(one).reword(
        [
            Rewording(TOLD, (Misled(PROMPT, PAIR.first, PAIR.second, "the worse one is better", "It is brief."),)),
            Rewording("", (Misled(PROMPT, PAIR.second, PAIR.first, "undecided"),)),
        ]
    ),
    "pointwise-1": lambda one: PointwiseJudge(one).rate([Candidate(PROMPT, PAIR.first, "42.195")]),
    "listwise-1": lambda one: ListwiseJudge(one).rank([ResponseGroup(PROMPT, (PAIR.first, PAIR.second, ""))]),
    "rubric-1": lambda one: GradingJudge(one).grade([Candidate(PROMPT, PAIR.first)], RUBRIC),
    "rubric-2": lambda one: GradingJudge(one).grade([Candidate(PROMPT, PAIR.first)], IN_STEPS),
    "contrast-1": lambda one: ContrastWriter(one, ComplyingJudge(one)).contrast(
        [Contrast(PROMPT, PAIR.first, PAIR.second, attempts=2)]
    ),
    "principles-1": lambda one: PrincipleFinder(one).find_principles(
        [Feedback("Exact, but I asked for kilometers.", PROMPT, PAIR.second), Feedback("Fine.")]
    ),
    "constraints-1": lambda one: ConstraintFinder(one).find_constraints([Instruction(PROMPT)]),
    "checklist-1": lambda one: ChecklistWriter(one).write_checklists([Trajectory(PROMPT, WORK)]),
    "hypotheses-1": lambda one: HypothesisWriter(one).explain(
        [Explaining((Explained(PROMPT, PAIR.first, PAIR.second), Explained(PROMPT, "42 km", "?")), ("It is brief.",))]
    ),
    "merging-1": lambda one: Merger(one).merge([Merging((WRITTEN, WRITTEN[:1]))]),
    "revising-1": lambda one: Reviser(one).revise(
        [Revision(WRITTEN, (Misjudged(PROMPT, PAIR.first, PAIR.second, (("yes", "no"), ("na", "yes"))),))]
    ),
    "complying-1": lambda one: ComplyingJudge(one).judge([(PAIR, WRITTEN)], votes=[1]),
    "continue-1": lambda one: label_steps(
        Walk(ChatGenerator(one), FakeModel(), 1, {"temperature": 0.7}, draw=lambda: CODE),
        [Problem(PROMPT, ("26.2 miles", "times 1.609", "42.2 km"), "42.2")],
    ),
    "steps-1": lambda one: StepJudge(one).score_steps([Solution(PROMPT, ("26.2 miles", "times 1.609", "42.2 km"))]),
}


def as_text(asks: list[Ask]) -> str:
    """Everything that is sent: the turns, and the form that is asked for."""
    parts = []
    for ask in asks:
        turns = [f"[{turn.role}]\n{turn.text}" for turn in ask.turns]
        form = json.dumps(response_format(ask.shape), indent=1) if ask.shape else ""
        parts.append("\n".join([*turns, f"[form]\n{form}"]))
    return "\n\n=====\n\n".join(parts) + "\n"


@pytest.mark.parametrize("name", QUESTIONS)
def test_what_is_asked_is_what_was_released(name: str):
    found = as_text(asked(QUESTIONS[name]))
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("GOLDPAN_GOLDEN") == "write" and not golden.exists():
        golden.write_text(found, encoding="utf-8")

    assert found == golden.read_text(encoding="utf-8")


def test_every_file_has_a_golden_question_and_is_what_it_was():
    files = {path.stem: hashlib.sha256(path.read_bytes()).hexdigest() for path in prompts.FOLDER.glob("*.txt")}
    released = json.loads((GOLDEN / "released.json").read_text())

    assert files == released
    assert set(files) - {"fences-1", "fences-plain-1"} == set(QUESTIONS)


def test_a_prompt_knows_its_places_and_fills_them_once():
    found = prompts.prompt("pairwise-direct-1")

    assert found.places == {"code", "conversation", "first", "second", "principle", "verdicts"}
    filled = found.filled(dict.fromkeys(found.places, "{{code}} $1 \\1"))
    assert filled[1][1].count("{{code}} $1 \\1") == 5
    with pytest.raises(prompts.PromptRefused, match="wants"):
        found.filled({"code": "x"})


@pytest.mark.parametrize("name", ["nothing-1", "../secrets-1", "pairwise-direct", "", "fences-1"])
def test_what_is_no_prompt_is_refused(name: str):
    with pytest.raises(prompts.PromptRefused):
        prompts.prompt(name)


@pytest.mark.parametrize(
    ("judge", "name"),
    [
        (PairwiseJudge(setting("?"), "direct"), "fences-1"),
        (GradingJudge(setting("?")), "rubric-1"),
        (GradingJudge(setting("?")), "rubric-2"),
    ],
)
def test_the_words_are_in_the_fingerprint(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, judge: Any, name: str):
    before = judge.fingerprint
    for path in prompts.FOLDER.glob("*.txt"):
        (tmp_path / path.name).write_text(path.read_text() + ("." if path.stem == name else ""))
    monkeypatch.setattr(prompts, "FOLDER", tmp_path)
    prompts.prompt.cache_clear()

    after = judge.fingerprint
    prompts.prompt.cache_clear()

    assert after != before
