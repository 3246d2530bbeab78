"""Addresses of single files that need no token: the page that makes one, and the file behind it."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from curation import access
from curation.forms import SignForm
from curation.services import signing
from curation.serving import download
from projects.access import Place, Right, in_project, public
from ui.requests import HtmxRequest


@in_project(Right.VIEW)
@require_POST
def sign(request: HtmxRequest, place: Place, number: int) -> HttpResponse:
    """Make an address of one file, and show it this once."""
    release = access.numbered(place, number)
    form = SignForm(request.POST)
    shown = {"place": place, "release": release, "form": form, "tab": "releases"}
    if not form.is_valid():
        return render(request, "curation/release_signed.html", shown, status=422)
    file = access.file(release, form.cleaned_data["path"])
    made = signing.sign(place, release, file, hours=form.cleaned_data["hours"], now=timezone.now())
    shown |= {"file": file, "address": request.build_absolute_uri(made.address), "expires_at": made.expires_at}
    return render(request, "curation/release_signed.html", shown)


@public
@require_safe
def signed_file(request: HtmxRequest, signature: str, release_id: UUID, path: str) -> HttpResponseBase:
    """The file, for whoever has the address. It outlives the membership of whoever made it, so lives are short."""
    file = access.signed_file(signature, release_id, path, timezone.now())
    return download(request, file.release, file)
