"""Endpoints of this floor, below /api/v1/. An address of a file names one release, and so never changes its meaning."""

from django.urls import path

from curation.api import releases

RELEASE = "releases/<uuid:release_id>"

urlpatterns = [
    path("projects/<slug:slug>/releases/", releases.Releases.as_view(), name="api-releases"),
    path(f"{RELEASE}/", releases.OneRelease.as_view(), name="api-release"),
    path(f"{RELEASE}/manifest.json", releases.Manifest.as_view(), name="api-release-manifest"),
    path(f"{RELEASE}/files/<path:path>", releases.File.as_view(), name="api-release-file"),
]
