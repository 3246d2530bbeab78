"""Pages of rubrics that were written from labelled pairs: the runs, what became of each pair, and drafts of both."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotation.services.rubrics import RubricRefused
from curation import access
from curation.models import RubricAttempt
from curation.preferences import Reviewed
from curation.queries import rubric_lines
from curation.queries import rubrics as queries
from curation.rubric_forms import ContrastForm, GatherForm, LinesForm
from curation.services import line_runs, rubric_drafts, rubric_runs
from modelhooks.models import Checkpoint, Run
from modelhooks.queries.runs import report
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.pagination import keyset_page
from ui.requests import HtmxRequest

TAB = {"tab": "rubrics", "part": "written"}
ATTEMPTS = 25


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def list_runs(request: HtmxRequest, place: Place) -> HttpResponse:
    """The runs that wrote rubrics, and the form that starts one."""
    writers, questions = queries.writers(place.project), Reviewed().questions(place.project)
    form = ContrastForm(request.POST or None, checkpoints=writers, questions=questions)
    if form.is_valid():
        try:
            run = rubric_runs.contrast(
                place,
                checkpoint=form.cleaned_data["checkpoint"],
                question=form.cleaned_data["question"],
                wishes=form.wishes(),
            )
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:rubric-attempts", place.project.slug, run.pk)
    return runs_page(request, place, form=form)


def runs_page(
    request: HtmxRequest, place: Place, *, form: ContrastForm | None = None, lines_form: LinesForm | None = None
) -> HttpResponse:
    """All runs that wrote, and what starts one; answers 422 where one of the forms was refused."""
    writers, questions = queries.writers(place.project), Reviewed().questions(place.project)
    words = line_runs.questions(place.project)
    shown = {
        "place": place,
        "runs": queries.contrasts(place.project),
        "form": form or ContrastForm(checkpoints=writers, questions=questions),
        "line_runs": rubric_lines.runs(place.project),
        "lines_form": lines_form or LinesForm(checkpoints=writers, questions=words),
        "has_writers": writers.exists(),
        "questions": questions,
        **TAB,
    }
    is_refused = any(one is not None and one.is_bound for one in (form, lines_form))
    return render(request, "curation/rubric_runs.html", shown, status=422 if is_refused else 200)


@in_project(Right.CURATE)
@require_safe
def attempts(request: HtmxRequest, place: Place, written_id: int) -> HttpResponse:
    """What became of every pair of a run."""
    form = GatherForm(writers=queries.writers(place.project))
    return _attempts(request, place, access.rubric_run(place, written_id), form)


@in_project(Right.CURATE)
@require_POST
def gather(request: HtmxRequest, place: Place, written_id: int) -> HttpResponse:
    """Make one rubric of those that were kept: at once by counting, or in a run of a writer."""
    run = access.rubric_run(place, written_id)
    form = GatherForm(request.POST, writers=queries.writers(place.project))
    if form.is_valid():
        try:
            return redirect(_gathered(place, run, **form.cleaned_data))
        except (RubricRefused, RunRefused) as refusal:
            form.add_error(None, str(refusal))
    return _attempts(request, place, run, form)


@in_project(Right.CURATE)
@require_POST
def take(request: HtmxRequest, place: Place, written_id: int, item_id: int) -> HttpResponse:
    """Take the rubric of one pair into the library."""
    attempt = access.rubric_attempt(place, written_id, item_id)
    made = rubric_drafts.take(place, attempt)
    return redirect("curation:rubric-evidence", place.project.slug, made.rubric.number, made.number)


def _gathered(place: Place, run: Run, *, name: str, most: int, writer: Checkpoint | None) -> str:
    """The address where what comes of it is seen."""
    slug = place.project.slug
    if writer:
        merging = rubric_runs.merge(place, written=run, checkpoint=writer, name=name, most=most)
        return reverse("modelhooks:run", args=[slug, merging.pk])
    made = rubric_drafts.gather(place, runs=[run], name=name, most=most)
    return reverse("curation:rubric-evidence", args=[slug, made.rubric.number, made.number])


def _attempts(request: HtmxRequest, place: Place, run: Run, form: GatherForm) -> HttpResponse:
    outcome = request.GET.get("outcome", "")
    known = outcome if outcome in RubricAttempt.Outcome.values else ""
    shown = {
        "place": place,
        "run": run,
        "report": report(run, timezone.now()),
        "counts": queries.counts(run),
        "reasons": queries.reasons(run),
        "outcome": known,
        "page": keyset_page(queries.attempts(run, known), request, ("item_id",), size=ATTEMPTS),
        "form": form,
        **TAB,
    }
    part = "#progress" if request.htmx else ""
    return render(request, f"curation/rubric_attempts.html{part}", shown, status=422 if form.is_bound else 200)
