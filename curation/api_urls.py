"""Endpoints of this floor, below /api/v1/. An address of a file names one release, and so never changes its meaning."""

from django.urls import path

from curation.api import evaluations, findings, judges, pushes, quality, releases, reviews, samples

RELEASE = "releases/<uuid:release_id>"
SETS = "projects/<slug:slug>/evaluation-sets"
JUDGE = "projects/<slug:slug>/judges/<int:checkpoint_id>"

urlpatterns = [
    path("projects/<slug:slug>/quality/", quality.Quality.as_view(), name="api-quality"),
    path("projects/<slug:slug>/findings/", findings.Findings.as_view(), name="api-findings"),
    path("projects/<slug:slug>/consensus/", findings.ConsensusList.as_view(), name="api-consensus"),
    path("projects/<slug:slug>/judges/", judges.Judges.as_view(), name="api-judges"),
    path(f"{JUDGE}/", judges.OneJudge.as_view(), name="api-judge"),
    path(f"{JUDGE}/probes/", judges.Probes.as_view(), name="api-judge-probes"),
    path(f"{JUDGE}/acceptance/<slug:question>/", judges.AcceptanceOfJudge.as_view(), name="api-judge-acceptance"),
    path("projects/<slug:slug>/review/", reviews.Queue.as_view(), name="api-review"),
    path("projects/<slug:slug>/review/precision/", reviews.Detectors.as_view(), name="api-review-precision"),
    path("projects/<slug:slug>/review/<int:item_id>/", reviews.Entry.as_view(), name="api-review-entry"),
    path("projects/<slug:slug>/samples/", samples.Samples.as_view(), name="api-samples"),
    path("projects/<slug:slug>/samples/<int:number>/", samples.OneSample.as_view(), name="api-sample"),
    path(f"{SETS}/", evaluations.Sets.as_view(), name="api-evaluation-sets"),
    path(f"{SETS}/files/", evaluations.Files.as_view(), name="api-evaluation-files"),
    path(f"{SETS}/<int:number>/", evaluations.OneSet.as_view(), name="api-evaluation-set"),
    path(f"{SETS}/<int:number>/runs/", evaluations.Runs.as_view(), name="api-evaluation-runs"),
    path(
        f"{SETS}/<int:number>/results/<int:result_id>/wrong/",
        evaluations.WrongRows.as_view(),
        name="api-evaluation-wrong",
    ),
    path("projects/<slug:slug>/releases/", releases.Releases.as_view(), name="api-releases"),
    path(f"{RELEASE}/", releases.OneRelease.as_view(), name="api-release"),
    path(f"{RELEASE}/removals/", releases.Removals.as_view(), name="api-release-removals"),
    path(f"{RELEASE}/pushes/", pushes.Pushes.as_view(), name="api-release-pushes"),
    path(f"{RELEASE}/manifest.json", releases.Manifest.as_view(), name="api-release-manifest"),
    path(f"{RELEASE}/files/<path:path>", releases.File.as_view(), name="api-release-file"),
    path(f"{RELEASE}/signed/", releases.SignedAddress.as_view(), name="api-release-signed"),
]
