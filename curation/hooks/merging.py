"""A writer makes one rubric of those that were kept pair by pair: in general words, each criterion once."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse

from annotation.models import Rubric, RubricVersion
from annotation.services import rubrics
from annotation.services.rubrics import RubricRefused
from curation.rubrics.said import Gathered
from curation.services import rubric_drafts
from modelhooks.contracts import Merged, WrittenCriterion
from modelhooks.contracts import Merging as Asking
from modelhooks.hooks import Asked, Named, Stored
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

MOST_SHOWN = 100  # criteria, the most supported first
LENGTH = 10_000
NONE_KEPT = "No rubric of that run was kept, so there is nothing to merge."


class Merging:
    """Its one subject is the run that wrote the rubrics."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """That run."""
        yield run.parameters["written"], LENGTH

    def collect(self, run: Run, subjects: Sequence[int]) -> list[Asked]:
        """Its criteria: those that say nearly the same once, the most supported first."""
        return [_asked(run, written) for written in _written(run, subjects)]

    def store(self, run: Run, answers: Mapping[int, Sequence[Any]]) -> Stored:
        """A draft of the library."""
        refused = {}
        for written in _written(run, list(answers)):
            if why := _made(run, written, answers[written.pk][0]):
                refused[written.pk] = why
        return Stored({"rubrics made": len(answers) - len(refused)}, refused)

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """The run that wrote."""
        slug = run.project.slug
        return {
            one.pk: Named(f"run {one.pk}", reverse("curation:rubric-attempts", args=[slug, one.pk]))
            for one in _written(run, subjects)
        }

    def pictures(self, run: Run) -> Resolve:
        """Criteria show none."""
        return lambda _media: None

    def made_url(self, run: Run) -> str:
        """The draft, once there is one."""
        made = RubricVersion.objects.filter(run=run).select_related("rubric").first()
        if made is None:
            return ""
        return reverse("curation:rubric-evidence", args=[run.project.slug, made.rubric.number, made.number])

    def ended(self, run: Run) -> None:
        """There is nothing to count."""


def _written(run: Run, subjects: Sequence[int]) -> list[Run]:
    return list(Run.objects.filter(project=run.project_id, pk__in=subjects).select_related("project"))


def _asked(run: Run, written: Run) -> Asked:
    found = _shown(run, written)
    if not found:
        return Asked(written.pk, refusal=NONE_KEPT)
    criteria = tuple(
        WrittenCriterion(one.text, "hard_rule" if one.kind == "hard_rule" else "principle") for one in found
    )
    return Asked(written.pk, (Asking((criteria,), most=run.parameters["most"]),))


def _shown(run: Run, written: Run) -> list[Gathered]:
    return rubric_drafts.gathered_of([written], run.parameters.get("slice"))[:MOST_SHOWN]


def _made(run: Run, written: Run, said: Merged) -> str:
    """Store what came of it; why nothing could, else nothing."""
    if not said.criteria:
        return said.reason or "It merged them into nothing."
    found, slice_ = _shown(run, written), run.parameters.get("slice")
    behind = [frozenset[str]().union(*(found[place].groups for _, place in one.sources)) for one in said.criteria]
    try:
        rubrics.create(
            run.project,
            by=None,
            name=run.parameters["name"],
            criteria=[rubric_drafts.criterion(one.text, one.kind) for one in said.criteria],
            scope=Rubric.Scope.SLICE if slice_ else Rubric.Scope.PROJECT,
            sliced_by=slice_,
            source=RubricVersion.Source.MERGED,
            note=f"Merged from {len(found)} criteria; {len(said.left_out)} of them were left out.",
            provenance={"runs": [written.pk], "support": [{"prompts": len(groups)} for groups in behind]},
            run=run,
        )
    except RubricRefused as refusal:
        return str(refusal)
    return ""
