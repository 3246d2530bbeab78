"""All that a chat model writes about rubrics, whatever runs it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from modelhooks.contracts import (
    Checklist,
    Constraints,
    Contrast,
    Contrasted,
    Explaining,
    Feedback,
    Hypotheses,
    Instruction,
    Merged,
    Merging,
    Principles,
    Revised,
    Revision,
    Reworded,
    Rewording,
    Trajectory,
)
from modelhooks.judging.asking import Setting
from modelhooks.judging.checklists import ChecklistWriter
from modelhooks.judging.complying import ComplyingJudge
from modelhooks.judging.constraints import ConstraintFinder
from modelhooks.judging.contrast import ContrastWriter
from modelhooks.judging.hypotheses import HypothesisWriter
from modelhooks.judging.merging import Merger
from modelhooks.judging.principles import PrincipleFinder
from modelhooks.judging.revising import Reviser
from modelhooks.judging.rewording import Reworder


@dataclass(frozen=True)
class ChatWriter:
    """One chat model as every kind of writer that it can be, and the one that judges what it wrote."""

    setting: Setting
    judging: Setting
    temperature: float
    """Of votes, where there are several."""

    @cached_property
    def contrasting(self) -> ContrastWriter:
        """Out of a pair and its label."""
        return ContrastWriter(self.setting, ComplyingJudge(self.judging, self.temperature))

    @property
    def fingerprint(self) -> str:
        """Whatever changes an answer of any of them."""
        kinds = (PrincipleFinder, ConstraintFinder, ChecklistWriter, HypothesisWriter, Merger, Reviser, Reworder)
        all_of_them = (self.contrasting, *(kind(self.setting) for kind in kinds))
        return hashlib.sha256(" ".join(one.fingerprint for one in all_of_them).encode()).hexdigest()

    def contrast(self, contrasts: Sequence[Contrast]) -> list[Contrasted]:
        """What makes the difference between two responses, for each."""
        return self.contrasting.contrast(contrasts)

    def find_principles(self, feedbacks: Sequence[Feedback]) -> list[Principles]:
        """What each feedback judges by."""
        return PrincipleFinder(self.setting).find_principles(feedbacks)

    def find_constraints(self, instructions: Sequence[Instruction]) -> list[Constraints]:
        """What each prompt demands."""
        return ConstraintFinder(self.setting).find_constraints(instructions)

    def write_checklists(self, trajectories: Sequence[Trajectory]) -> list[Checklist]:
        """What can be checked in each trajectory, turn by turn."""
        return ChecklistWriter(self.setting).write_checklists(trajectories)

    def explain(self, several: Sequence[Explaining]) -> list[Hypotheses]:
        """Which criteria may be at work that nobody named."""
        return HypothesisWriter(self.setting).explain(several)

    def merge(self, several: Sequence[Merging]) -> list[Merged]:
        """One list for each several."""
        return Merger(self.setting).merge(several)

    def revise(self, revisions: Sequence[Revision]) -> list[Revised]:
        """Each rubric as its errors suggest."""
        return Reviser(self.setting).revise(revisions)

    def reword(self, rewordings: Sequence[Rewording]) -> list[Reworded]:
        """Each judge's instructions as its errors suggest."""
        return Reworder(self.setting).reword(rewordings)
