"""Writing rubrics: the editor, and what is done with a version by a button."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotation import access, rubric_editor
from annotation.kinds import SettingsRefused
from annotation.kinds.rubric_criteria import MOST
from annotation.models import Item, Rubric, RubricVersion
from annotation.queries import rubric_page
from annotation.rubrics import schema
from annotation.services import proposals, rubric_asking, rubric_files, rubric_publishing, rubrics
from annotation.services.forms import FormRefused
from annotation.services.rubrics import RubricRefused, RubricRetired
from annotation.views import posted
from annotation.views.rubrics import library_page, version_page
from projects.access import Place, Right, in_project
from ui.requests import HtmxRequest

GET_AND_POST = ["GET", "HEAD", "POST"]


@in_project(Right.CURATE)
@require_http_methods(GET_AND_POST)
def new(request: HtmxRequest, place: Place) -> HttpResponse:
    """A new rubric. `act` says what a post is for: `save`, `show`, or one of `rubric_editor.act`."""
    if request.method != "POST":
        rows = [rubric_editor.Row("", 0, line) for line in rubric_editor.FIRST]
        return _editor(request, place, rubric_editor.act(rows, "show"))
    rows, action = rubric_editor.read(request.POST), request.POST.get("act", "show")
    if action != "save":
        return _editor(request, place, rubric_editor.act(rows, action))
    try:
        version = rubrics.create(
            place.project, by=place.user, criteria=_criteria(rows), note=_note(request), **scoped(place, request.POST)
        )
    except RubricRefused as refused:
        return _editor(request, place, rows, refused=refused)
    messages.success(request, f"“{version.rubric.name}” is in the library, version 1.")
    return _to(place, version)


@in_project(Right.CURATE)
@require_http_methods(GET_AND_POST)
def edit(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """The next version of a rubric, beginning with what this one says."""
    base = access.rubric_version(place, number, version)
    if request.method != "POST":
        return _editor(request, place, rubric_editor.rows_of(base.criteria), base=base)
    rows, action = rubric_editor.read(request.POST), request.POST.get("act", "show")
    if action != "save":
        return _editor(request, place, rubric_editor.act(rows, action), base=base)
    try:
        made = rubrics.new_version(
            base.rubric,
            by=place.user,
            criteria=_criteria(rows, base.criteria),
            note=_note(request),
            parent=base,
        )
    except RubricRefused as refused:
        return _editor(request, place, rows, base=base, refused=refused)
    messages.success(request, f"Version {made.number} is written. Nobody is asked with it until it is published.")
    return _to(place, made)


@in_project(Right.CURATE)
@require_POST
def bring_in(request: HtmxRequest, place: Place) -> HttpResponse:
    """The rubrics of an uploaded file, all or none."""
    upload = request.FILES.get("file")
    if upload is None:
        return library_page(request, place, refused="Choose a file first.")
    try:
        raw, layout = upload.read(rubric_files.LARGEST_FILE + 1), request.POST.get("layout", "")
        found = rubric_files.bring_in(
            place.project, raw, by=place.user, layout=layout, file_name=str(upload.name or "")
        )
    except (rubric_files.FileRefused, RubricRefused) as refused:
        return library_page(request, place, refused=str(refused))
    messages.success(request, f"{len(found):,} rubric{'s are' if len(found) > 1 else ' is'} in the library.")
    return redirect("annotation:rubrics", place.project.slug)


@in_project(Right.CURATE)
@require_POST
def publish(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Ask with this version."""
    found = access.rubric_version(place, number, version)
    target = request.POST.get("target", "response")
    try:
        form = rubric_publishing.publish(
            place,
            found,
            question_key=request.POST.get("question", ""),
            title=request.POST.get("title", ""),
            target=target if target in ("response", "item") else "response",
        )
    except (rubric_publishing.NotPublished, RubricRetired, FormRefused) as refused:
        return version_page(request, place, found, refused=str(refused), status=refused.status)
    messages.success(request, f"Version {form.version} of the form asks with it, from the next item on.")
    return _to(place, found)


@in_project(Right.CURATE)
@require_POST
def ask_again(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Want new answers about what was answered under earlier versions."""
    found = access.rubric_version(place, number, version)
    try:
        count = rubric_asking.ask_again(place, found)
    except rubric_asking.NotAsked as refused:
        return version_page(request, place, found, refused=str(refused), status=refused.status)
    messages.success(request, f"{count:,} item{'' if count == 1 else 's'} will be asked again, before all others.")
    return _to(place, found)


@in_project(Right.CURATE)
@require_POST
def fork(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """A new rubric that begins as this version."""
    found = access.rubric_version(place, number, version)
    try:
        forked = rubrics.fork(place.project, by=place.user, version=found, **scoped(place, request.POST))
    except RubricRefused as refused:
        return version_page(request, place, found, refused=str(refused), status=refused.status)
    messages.success(request, f"“{forked.rubric.name}” begins as a copy and goes its own way.")
    return _to(place, forked)


@in_project(Right.CURATE)
@require_POST
def status(request: HtmxRequest, place: Place, number: int, version: int) -> HttpResponse:
    """Say what a version is."""
    found = access.rubric_version(place, number, version)
    try:
        rubrics.set_status(found, status=request.POST.get("status", ""), by=place.user)
    except RubricRefused as refused:
        return version_page(request, place, found, refused=str(refused), status=refused.status)
    return _to(place, found)


@in_project(Right.CURATE)
@require_POST
def rest(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """Put a rubric away, or with `restore` take it back."""
    found = access.rubric(place, number)
    if request.POST.get("act") == "restore":
        rubrics.restore(found, by=place.user)
        messages.success(request, f"“{found.name}” is in use again.")
    else:
        rubrics.retire(found, by=place.user)
        messages.success(request, f"“{found.name}” is put away. Forms that ask with it go on.")
    return redirect("annotation:rubric", place.project.slug, found.number)


@in_project(Right.CURATE)
@require_POST
def decide(request: HtmxRequest, place: Place, proposal_id: int) -> HttpResponse:
    """Make a proposed criterion part of a rubric's next version, or with `decline` say why not."""
    access.proposal(place, proposal_id)  # before anything is said of what was sent
    try:
        if request.POST.get("act") == "decline":
            proposals.decline(place, proposal_id, reason=request.POST.get("reason", ""))
            messages.success(request, "Declined. The rubrics stay as they are.")
            return redirect("annotation:rubrics", place.project.slug)
        version = proposals.accept(
            place, proposal_id, rubric=_chosen(request, place), line=request.POST.get("line", "")
        )
    except (proposals.ProposalRefused, proposals.DecidedMeanwhile, RubricRefused, RubricRetired) as refused:
        return library_page(request, place, refused=str(refused), status=refused.status)
    messages.success(request, f"Version {version.number} of “{version.rubric.name}” has it. Publish it to ask with it.")
    return _to(place, version)


def _chosen(request: HtmxRequest, place: Place) -> Rubric:
    """The rubric that a criterion becomes part of. Raises ProposalRefused where none is named, and Http404."""
    number = posted.number(request.POST.get("rubric"))
    if number is None:
        raise proposals.ProposalRefused("Choose the rubric that it becomes part of.")
    return access.rubric(place, number)


def scoped(place: Place, post: Mapping[str, str]) -> dict[str, Any]:
    """The name, and of what a rubric is, as services take them; an item is said by its key."""
    scope = post.get("scope", Rubric.Scope.PROJECT)
    named = {name: post.get(f"slice_{name}", "").strip() for name in ("tag", "key")}
    return {
        "name": post.get("name", ""),
        "scope": scope,
        "sliced_by": {name: value for name, value in named.items() if value} if scope == Rubric.Scope.SLICE else {},
        "item": _item(place, post.get("item", "").strip()) if scope == Rubric.Scope.ITEM else None,
    }


def _item(place: Place, key: str) -> Item | None:
    return Item.objects.filter(project=place.project, key=key.replace("\x00", "")).first() if key else None


def _criteria(rows: Sequence[rubric_editor.Row], before: Sequence[Mapping[str, Any]] = ()) -> list[dict[str, Any]]:
    """What the editor says, checked. Raises RubricRefused."""
    try:
        return schema.checked(rubric_editor.criteria(rows, before))
    except SettingsRefused as refused:
        raise RubricRefused("criteria", str(refused)) from None


def _note(request: HtmxRequest) -> str:
    """As it was typed: browsers send line ends as CRLF."""
    return request.POST.get("note", "").replace("\r\n", "\n")


def _to(place: Place, version: RubricVersion) -> HttpResponse:
    return redirect("annotation:rubric-version", place.project.slug, version.rubric.number, version.number)


def _editor(
    request: HtmxRequest,
    place: Place,
    rows: list[rubric_editor.Row],
    *,
    base: RubricVersion | None = None,
    refused: RubricRefused | None = None,
) -> HttpResponse:
    if base is not None and base.rubric.retired_at is not None:
        raise Http404
    shown = {
        "place": place,
        "tab": "rubrics",
        "base": base,
        "rows": rows,
        "most": MOST,
        "parts": rubric_page.PARTS,
        "scopes": Rubric.Scope.choices,
        "said": request.POST,
        "refused": refused,
    }
    return render(request, "annotation/rubric_edit.html", shown, status=422 if refused else 200)
