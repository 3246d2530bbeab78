"""What runs of models ask about labels, and what becomes of their answers: one module for each hook."""

from curation.hooks.checklist import Checklists
from curation.hooks.constraints import Constraints
from curation.hooks.contrast import Contrasting
from curation.hooks.evaluation import Evaluation
from curation.hooks.grading import Grading
from curation.hooks.guessing import Guessing
from curation.hooks.merging import Merging
from curation.hooks.principles import Principles
from curation.hooks.revision import Revising
from curation.hooks.rewording import Rewordings
from curation.hooks.testing import Testing
from curation.hooks.trials import Trials

__all__ = [
    "Checklists",
    "Constraints",
    "Contrasting",
    "Evaluation",
    "Grading",
    "Guessing",
    "Merging",
    "Principles",
    "Revising",
    "Rewordings",
    "Testing",
    "Trials",
]
