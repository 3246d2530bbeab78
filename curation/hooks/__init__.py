"""What runs of models ask about labels, and what becomes of their answers: one module for each hook."""

from curation.hooks.contrast import Contrasting
from curation.hooks.evaluation import Evaluation
from curation.hooks.grading import Grading
from curation.hooks.merging import Merging
from curation.hooks.revision import Revising

__all__ = ["Contrasting", "Evaluation", "Grading", "Merging", "Revising"]
