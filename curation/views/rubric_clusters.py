"""The page of clusters of prompts: grouping those of a run, what each cluster is about, and a rubric of one."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotation.services.rubrics import RubricRefused
from curation import access
from curation.models import PromptClusters
from curation.queries import prompt_clusters as queries
from curation.queries import rubrics
from curation.rubric_forms import ClusterForm, ClustersForm
from curation.services import prompt_clusters
from curation.views.rubrics import TAB
from modelhooks.models import Run
from modelhooks.services.runs import RunRefused
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest


@in_project(Right.CURATE)
@require_safe
def show(request: HtmxRequest, place: Place, written_id: int) -> HttpResponse:
    """The newest grouping of a run's prompts, and the form that asks for one."""
    return _page(request, place, access.rubric_run(place, written_id))


@in_project(Right.CURATE)
@require_POST
def start(request: HtmxRequest, place: Place, written_id: int) -> HttpResponse:
    """Group the prompts of a run."""
    run = access.rubric_run(place, written_id)
    form = ClustersForm(request.POST)
    if form.is_valid():
        try:
            prompt_clusters.start(place, run, **form.cleaned_data)
        except RunRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:rubric-clusters", place.project.slug, run.pk)
    return _page(request, place, run, clusters_form=form)


@in_project(Right.CURATE)
@require_POST
def gather(request: HtmxRequest, place: Place, written_id: int, clusters_id: int) -> HttpResponse:
    """Make a rubric of one cluster: at once by counting, or in a run of a writer."""
    grouping = access.prompt_clusters(place, written_id, clusters_id)
    form = ClusterForm(request.POST, writers=rubrics.writers(place.project), found=grouping.found)
    if form.is_valid():
        said = form.cleaned_data
        wish = {"number": int(said["cluster"]), "name": said["name"], "most": said["most"]}
        try:
            if said["writer"]:
                merging = prompt_clusters.merge(place, grouping, checkpoint=said["writer"], **wish)
                return redirect("modelhooks:run", place.project.slug, merging.pk)
            made = prompt_clusters.gather(place, grouping, **wish)
        except (RubricRefused, RunRefused) as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("curation:rubric-evidence", place.project.slug, made.rubric.number, made.number)
    return _page(request, place, grouping.run, grouping=grouping, form=form)


def _page(
    request: HtmxRequest,
    place: Place,
    run: Run,
    *,
    grouping: PromptClusters | None = None,
    form: ClusterForm | None = None,
    clusters_form: ClustersForm | None = None,
) -> HttpResponse:
    shown = grouping or queries.groupings(run).order_by("-pk").first()
    clusters = queries.clusters([shown])[shown.pk] if shown else []
    if form is None and shown and clusters:
        form = ClusterForm(writers=rubrics.writers(place.project), found=shown.found)
    said = {
        "place": place,
        "run": run,
        "grouping": shown,
        "clusters": clusters,
        "clusters_form": clusters_form or ClustersForm(),
        "form": form,
        **TAB,
    }
    is_refused = any(one is not None and one.is_bound for one in (form, clusters_form))
    part = "#clusters" if request.htmx else ""
    return render(request, f"curation/rubric_clusters.html{part}", said, status=422 if is_refused else 200)
