"""Objects of this floor, found only through their project. Each function returns one or raises 404."""

from datetime import datetime
from uuid import UUID

from django.http import Http404
from django.shortcuts import get_object_or_404

from annotation.models import RubricVersion
from curation import signed
from curation.models import (
    EvaluationResult,
    EvaluationRow,
    EvaluationSet,
    Finding,
    PromptClusters,
    Release,
    ReleaseFile,
    RubricAttempt,
    RubricReport,
    Sample,
    SampledItem,
    Standing,
)
from curation.models.annotators import named_by
from curation.queries import analyses
from curation.rubrics import CONTRAST, HYPOTHESES, LINES
from modelhooks.models import Checkpoint, JudgeVersion, Run
from modelhooks.services.instructions import can_be_told, version_of
from projects.access import Place


def release(place: Place, release_id: UUID) -> Release:
    """A release of this project, with its job."""
    return get_object_or_404(Release.objects.select_related("job", "created_by"), pk=release_id, project=place.project)


def numbered(place: Place, number: int) -> Release:
    """The same by its number in the project, as pages name it."""
    return get_object_or_404(Release.objects.select_related("job", "created_by"), number=number, project=place.project)


def file(found: Release, path: str) -> ReleaseFile:
    """A file of a release, by the path that its row has; the path is compared, never opened."""
    if "\x00" in path:  # which the database would not even compare
        raise Http404
    return get_object_or_404(ReleaseFile, release=found, path=path)


def signed_file(signature: str, release_id: UUID, path: str, now: datetime) -> ReleaseFile:
    """The file that this signature was made for, with its release: the one thing found without asking who wants it."""
    if not signed.holds(signature, release_id, path, now=now):
        raise Http404
    found = ReleaseFile.objects.select_related("release__project")
    return get_object_or_404(found, release_id=release_id, path=path)


def standings(place: Place, who: str) -> list[Standing]:
    """What the newest analysis knows of one person or imported name (an `annotator_key`), by question and facet."""
    named, analysis = named_by(who), analyses.newest(place.project)
    if named is None or analysis is None:
        raise Http404
    found = Standing.objects.filter(named, analysis=analysis, checkpoint__isnull=True)
    standing = list(found.select_related("person", "analysis").order_by("question", "facet"))
    if not standing:
        raise Http404
    return standing


def judge_standings(place: Place, checkpoint_id: int) -> list[Standing]:
    """What the newest analysis knows of one checkpoint that answered in this project, by question and facet."""
    analysis = analyses.newest(place.project)
    found = (
        Standing.objects.filter(analysis=analysis, checkpoint_id=checkpoint_id) if analysis else Standing.objects.none()
    )
    standing = list(found.select_related("checkpoint", "analysis__project").order_by("question", "facet"))
    if not standing:
        raise Http404
    return standing


def judge_standing(place: Place, checkpoint_id: int, question: str = "", facet: str = "") -> Standing:
    """The same of one question and facet. Without a facet the question itself, or a part of it where only parts were
    looked at; without a question the one that it answered most."""
    found = [one for one in judge_standings(place, checkpoint_id) if question in ("", one.question)]
    chosen = [one for one in found if facet == one.facet] if facet else found
    if not chosen:
        raise Http404
    return min(chosen, key=lambda one: (bool(one.facet), -one.labels, one.pk))


def judge(place: Place, checkpoint_id: int) -> Checkpoint:
    """A checkpoint that answered in this project, as the newest analysis knows."""
    found = judge_standings(place, checkpoint_id)[0].checkpoint
    if found is None:  # which no row of a checkpoint is
        raise Http404
    return found


def finding(place: Place, finding_id: int) -> Finding:
    """What a detector said about anything but an item: items have a queue of their own."""
    return get_object_or_404(Finding, project=place.project, pk=finding_id, item__isnull=True)


def told_judge(place: Place, checkpoint_id: int) -> Checkpoint:
    """A judge of pairs that takes instructions and may be asked in this project; the first version of the judge where
    this is one of the others."""
    version = (
        JudgeVersion.objects.filter(project=place.project, checkpoint=checkpoint_id).select_related("judge").first()
    )
    if version:
        return version.judge
    found = get_object_or_404(Checkpoint.objects.of(place.project), pk=checkpoint_id)
    if not can_be_told(found):
        raise Http404
    return found


def judge_version(place: Place, judge: Checkpoint, number: int) -> JudgeVersion:
    """A version of a judge in this project, unsaved where it is the first and there is none yet."""
    found = JudgeVersion.objects.filter(project=place.project, judge=judge).select_related("judge", "checkpoint")
    if number == 1 and not found.exists():
        return version_of(place.project, judge)
    return get_object_or_404(found, number=number)


def sample(place: Place, number: int) -> Sample:
    """A sample of this project, with its analysis."""
    return get_object_or_404(
        Sample.objects.select_related("analysis__project", "created_by"), number=number, project=place.project
    )


def sampled(place: Place, number: int, item_id: int) -> SampledItem:
    """One item of a sample of this project, with the item."""
    found = SampledItem.objects.select_related("item", "sample")
    return get_object_or_404(found, sample__project=place.project, sample__number=number, item=item_id)


def evaluation_set(place: Place, number: int) -> EvaluationSet:
    """An evaluation set of this project."""
    found = EvaluationSet.objects.select_related("release", "created_by")
    return get_object_or_404(found, project=place.project, number=number)


def evaluation_result(place: Place, number: int, result_id: int) -> EvaluationResult:
    """What one checkpoint came to on a set of this project."""
    found = EvaluationResult.objects.select_related("evaluation_set", "checkpoint", "run")
    return get_object_or_404(found, pk=result_id, evaluation_set__project=place.project, evaluation_set__number=number)


def evaluation_row(place: Place, number: int, row_number: int) -> EvaluationRow:
    """One row of a set of this project."""
    found = EvaluationRow.objects.select_related("evaluation_set")
    return get_object_or_404(
        found, number=row_number, evaluation_set__project=place.project, evaluation_set__number=number
    )


def rubric_run(place: Place, run_id: int) -> Run:
    """A run of this project that wrote rubrics, with its job and checkpoint."""
    found = Run.objects.filter(project=place.project, hook=CONTRAST).select_related("job", "checkpoint", "created_by")
    return get_object_or_404(found, pk=run_id)


def prompt_clusters(place: Place, run_id: int, clusters_id: int) -> PromptClusters:
    """A grouping of the prompts of such a run, with its job."""
    found = PromptClusters.objects.filter(run__project=place.project, run__hook=CONTRAST, run=run_id)
    return get_object_or_404(found.select_related("run__project", "job"), pk=clusters_id)


def lines_run(place: Place, run_id: int) -> Run:
    """A run of this project that wrote lines of rubrics, with its job and checkpoint."""
    found = Run.objects.filter(project=place.project, hook__in=LINES).select_related("job", "checkpoint", "created_by")
    return get_object_or_404(found, pk=run_id)


def rubric_attempt(place: Place, run_id: int, item_id: int) -> RubricAttempt:
    """What such a run came to for one pair."""
    found = RubricAttempt.objects.filter(run__project=place.project, run__hook=CONTRAST, run=run_id)
    return get_object_or_404(found.select_related("item", "run"), item=item_id)


def guesses(place: Place, version: RubricVersion, guesses_id: int) -> RubricVersion:
    """What a run guessed for a version."""
    found = RubricVersion.objects.filter(rubric__project=place.project, parent=version, run__hook=HYPOTHESES)
    return get_object_or_404(found.select_related("rubric", "parent__rubric"), pk=guesses_id)


def rubric_report(place: Place, version: RubricVersion, report_id: int) -> RubricReport:
    """What one judge found by a version."""
    found = RubricReport.objects.filter(project=place.project, version=version)
    return get_object_or_404(found.select_related("checkpoint", "run", "project"), pk=report_id)
