"""Pages of releases: what was frozen, what one would hold today, and its files."""

from operator import itemgetter
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from curation import access, omitting
from curation.forms import OverruleForm, PushForm, RemoveForm, WishForm
from curation.models import Release
from curation.queries import hub_pushes
from curation.queries import releases as queries
from curation.services import release_jobs, releases, removing
from curation.services.removing import told_of
from curation.services.wishes import ReleaseRefused, settle
from curation.serving import download
from curation.snapshot import questions_of, shows_files
from projects.access import Place, Right, in_project
from projects.buttons import button
from ui.problems import Refusal
from ui.requests import HtmxRequest

TAB = {"tab": "releases"}


@in_project(Right.VIEW)
@require_safe
def list_releases(request: HtmxRequest, place: Place) -> HttpResponse:
    lines = queries.newest(place.project)
    waiting, newest = queries.unreleased(place.project)
    shown = {
        "place": place,
        "lines": lines,
        "waiting": waiting,
        "newest": newest,
        "counted": queries.MOST_ANNOTATIONS,
        **TAB,
    }
    return render(request, "curation/releases.html", shown)


@in_project(Right.CURATE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HtmxRequest, place: Place) -> HttpResponse:
    """Ask for a release. `act=preview` shows what it would hold and makes nothing."""
    form = WishForm(
        request.POST or None,
        questions=questions_of(place.project),
        shows_files=shows_files(place.project),
        detectors=omitting.detectors(place.project),
    )
    if request.POST.get("act") == "preview":
        return _previewed(request, place, form)
    if form.is_valid():
        try:
            made, is_repeat = releases.freeze(place, **form.wish())
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            if is_repeat:
                messages.info(request, "This release was there already: the same wish, and no label since.")
            return redirect("curation:release", place.project.slug, made.number)
    shown = {"place": place, "form": form, **TAB}
    return render(request, "curation/release_new.html", shown, status=422 if form.is_bound else 200)


def _previewed(request: HtmxRequest, place: Place, form: WishForm) -> HttpResponse:
    """The funnel of what the form asks for, or what stands in its way."""
    preview, refused = None, ""
    if form.is_valid():
        wish = form.wish()
        try:
            settled = settle(
                place.project,
                recipes=wish["recipes"],
                formats=wish["formats"],
                shares=wish["splits"],
                limits=wish["gates"],
                hold_out=wish["hold_out"],
                overrule=wish["overrule"],
            )
            preview = queries.preview(place.project, settled.recipes, settled.splits, settled.gates, settled.hold_out)
        except ReleaseRefused as refusal:
            refused = str(refusal)
    else:
        refused = " ".join(str(sentence) for sentences in form.errors.values() for sentence in sentences)
    shown = {"place": place, "form": form, "preview": preview, "refused": refused, **TAB}
    part = "#preview" if request.htmx else ""
    return render(request, f"curation/release_new.html{part}", {**shown, "is_previewed": True})


@in_project(Right.VIEW)
@require_safe
def show(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    release = access.numbered(place, number)
    pushes = _pushes(place, release)
    shown = {"place": place, "release": release, **_standing(release), **_contents(request, release), **pushes, **TAB}
    return render(request, f"curation/release.html{'#report' if request.htmx else ''}", shown)


def _pushes(place: Place, release: Release) -> dict[str, Any]:
    """Where it went outside, for owners of deployments that name a Hub."""
    if not (place.may_own and hub_pushes.is_open()):
        return {}
    return {"push_form": PushForm(auto_id="push_%s"), "pushes": list(hub_pushes.newest(release)[: hub_pushes.MOST])}


def _standing(release: Release) -> dict[str, Any]:
    return {
        "headline": queries.headline(release, timezone.now()),
        "instead": queries.instead_of(release),
        "remove_form": RemoveForm(auto_id="remove_%s"),
        "gates": sorted(queries.gates_of(release) or [], key=itemgetter("passed")),
        "overruled": release.manifest.get("overruled") if release.manifest else None,
        "rows": queries.rows_in_words(release.manifest["recipes"] if release.manifest else None),
        "progress": queries.progress(release, timezone.now()),
        "can_be_retried": release.job.is_stopped and not release.is_frozen and not release.stopped_by,
    }


def _contents(request: HtmxRequest, release: Release) -> dict[str, Any]:
    if release.manifest is None:
        return {}
    path = reverse("api-release-file", kwargs={"release_id": release.pk, "path": "-"}).removesuffix("-")
    return {
        "funnels": queries.funnels(release.manifest),
        "parameters": [(one["name"], queries.parameters_in_words(one)) for one in release.manifest["recipes"]],
        "apart": queries.apart(release.manifest),
        "files": list(queries.listed(release)),
        "beside": queries.beside(release),
        "size": queries.size(release),
        "snippet": queries.snippet(release, request.build_absolute_uri(path), request.scheme or "https"),
    }


@in_project(Right.VIEW)
@require_safe
def release_file(request: HtmxRequest, place: Place, number: int, path: str) -> HttpResponseBase:
    release = access.numbered(place, number)
    return download(request, release, access.file(release, path))


@in_project(Right.CURATE)
@require_POST
def overrule(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """The same wish once more, with a reason why its gates do not count."""
    stopped = access.numbered(place, number)
    form = OverruleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Say why it is frozen all the same, in up to 500 characters.")
        return redirect("curation:release", place.project.slug, number)
    try:
        made, _ = releases.freeze_all_the_same(place, stopped, form.cleaned_data["reason"])
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("curation:release", place.project.slug, number)
    return redirect("curation:release", place.project.slug, made.number)


@in_project(Right.OWN)
@require_POST
def remove(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """Take somebody's labels, or items, out of it for good; another release takes its place."""
    release, form = access.numbered(place, number), RemoveForm(request.POST)
    try:
        if form.is_valid():
            done = removing.remove(place, release, **form.wish())
            messages.success(request, told_of(done))
            return redirect("curation:release", place.project.slug, (done.made or release).number)
    except Refusal as refusal:
        form.add_error(None, str(refusal))
    for error in (sentence for sentences in form.errors.values() for sentence in sentences):
        messages.error(request, str(error))
    return redirect("curation:release", place.project.slug, number)


cancel = button(
    Right.CURATE,
    access.numbered,
    release_jobs.cancel,
    "curation:release",
    "The release stops at its next step. Nothing of it is kept; no label is touched.",
)
retry = button(
    Right.CURATE,
    access.numbered,
    release_jobs.retry,
    "curation:release",
    "The release is written again, from the same annotations.",
)
