"""Before a generator is asked: which there are, to how many prompts it would write, and what that would make."""

from dataclasses import dataclass
from math import comb

from annotation.queries.forms import current_form, questions_of
from annotation.queries.items import COUNTED, Filters, count
from modelhooks.models import Checkpoint, Contract
from modelhooks.queries.checkpoints import MOST, listed
from projects.models import Project


@dataclass(frozen=True, slots=True)
class Preview:
    """How many prompts would be answered, by how many responses, in how many items at most."""

    prompts: int
    is_many: bool  # more than `prompts`, which were counted
    responses: int
    items: int


def generators() -> list[Checkpoint]:
    """The checkpoints that write responses and are not known to be broken."""
    return list(listed().filter(contract=Contract.GENERATION).exclude(is_healthy=False)[:MOST])


def usual_shape(project: Project) -> str:
    """Pairs where the form in force asks which of two is better, else one item of all responses."""
    form = current_form(project.pk)
    kinds = {question.kind for question in questions_of(form.pk)} if form else {"preference"}
    return "pairs" if "preference" in kinds else "one"


def preview(project: Project, filters: Filters, *, limit: int | None, n: int, shape: str, pairs: int) -> Preview:
    """What a run would come to, if every response were another."""
    found = count(project, filters)
    is_many = found > COUNTED and not filters.is_empty and (limit is None or limit > COUNTED)
    prompts = COUNTED if is_many else min(found, limit or found)
    of_each = 1 if shape == "one" else min(comb(n, 2), pairs or comb(n, 2))
    return Preview(prompts, is_many, prompts * n, prompts * of_each)
