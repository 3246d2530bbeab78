"""What runs of models ask about items and prompts, and what becomes of their answers: one module for each hook."""

from annotation.hooks.candidates import Candidates
from annotation.hooks.prelabel import Prelabel

__all__ = ["Candidates", "Prelabel"]
