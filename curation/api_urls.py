"""Endpoints of this floor, below /api/v1/. An address of a file names one release, and so never changes its meaning."""

from django.urls import path

from curation.api import (
    evaluations,
    findings,
    judge_versions,
    judges,
    pushes,
    quality,
    releases,
    reviews,
    rubric_clusters,
    rubric_evidence,
    rubric_lines,
    rubric_runs,
    samples,
)

RELEASE = "releases/<uuid:release_id>"
SETS = "projects/<slug:slug>/evaluation-sets"
JUDGE = "projects/<slug:slug>/judges/<int:checkpoint_id>"
WRITTEN = "projects/<slug:slug>/rubrics/written"
CLUSTERS = f"{WRITTEN}/<int:written_id>/clusters/<int:clusters_id>"
LINES = "projects/<slug:slug>/rubrics/lines"
VERSION = "projects/<slug:slug>/rubrics/<int:number>/versions/<int:version>"

urlpatterns = [
    path("projects/<slug:slug>/quality/", quality.Quality.as_view(), name="api-quality"),
    path("projects/<slug:slug>/findings/", findings.Findings.as_view(), name="api-findings"),
    path("projects/<slug:slug>/consensus/", findings.ConsensusList.as_view(), name="api-consensus"),
    path("projects/<slug:slug>/judges/", judges.Judges.as_view(), name="api-judges"),
    path(f"{JUDGE}/", judges.OneJudge.as_view(), name="api-judge"),
    path(f"{JUDGE}/probes/", judges.Probes.as_view(), name="api-judge-probes"),
    path(f"{JUDGE}/versions/", judge_versions.Versions.as_view(), name="api-judge-versions"),
    path(f"{JUDGE}/versions/<int:version>/try/", judge_versions.Try.as_view(), name="api-judge-try"),
    path(f"{JUDGE}/versions/<int:version>/reword/", judge_versions.Reword.as_view(), name="api-judge-reword"),
    path(f"{JUDGE}/versions/<int:version>/promote/", judge_versions.Promote.as_view(), name="api-judge-promote"),
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
    path(f"{WRITTEN}/", rubric_runs.Written.as_view(), name="api-rubrics-written"),
    path(f"{WRITTEN}/<int:written_id>/", rubric_runs.OneWritten.as_view(), name="api-rubrics-written-run"),
    path(f"{WRITTEN}/<int:written_id>/attempts/", rubric_runs.Attempts.as_view(), name="api-rubric-attempts"),
    path(
        f"{WRITTEN}/<int:written_id>/attempts/<int:item_id>/",
        rubric_runs.OneAttempt.as_view(),
        name="api-rubric-attempt",
    ),
    path(
        f"{WRITTEN}/<int:written_id>/attempts/<int:item_id>/take/",
        rubric_runs.TakeAttempt.as_view(),
        name="api-rubric-take",
    ),
    path(f"{WRITTEN}/<int:written_id>/gather/", rubric_runs.Gather.as_view(), name="api-rubric-gather"),
    path(f"{WRITTEN}/<int:written_id>/merge/", rubric_runs.Merge.as_view(), name="api-rubric-merge"),
    path(f"{WRITTEN}/<int:written_id>/clusters/", rubric_clusters.Groupings.as_view(), name="api-rubric-groupings"),
    path(f"{CLUSTERS}/", rubric_clusters.OneGrouping.as_view(), name="api-rubric-clusters"),
    path(f"{CLUSTERS}/gather/", rubric_clusters.GatherCluster.as_view(), name="api-rubric-cluster-gather"),
    path(f"{CLUSTERS}/merge/", rubric_clusters.MergeCluster.as_view(), name="api-rubric-cluster-merge"),
    path(f"{LINES}/", rubric_lines.LineRuns.as_view(), name="api-rubric-lines"),
    path(f"{LINES}/<int:lines_id>/", rubric_lines.OneLineRun.as_view(), name="api-rubric-lines-run"),
    path(f"{LINES}/<int:lines_id>/found/", rubric_lines.Found.as_view(), name="api-rubric-lines-found"),
    path(f"{LINES}/<int:lines_id>/gather/", rubric_lines.GatherShared.as_view(), name="api-rubric-lines-gather"),
    path(f"{LINES}/<int:lines_id>/take/", rubric_lines.TakeLines.as_view(), name="api-rubric-lines-take"),
    path(f"{VERSION}/grade/", rubric_evidence.Grade.as_view(), name="api-rubric-grade"),
    path(f"{VERSION}/reports/", rubric_evidence.Reports.as_view(), name="api-rubric-reports"),
    path(f"{VERSION}/reports/<int:report_id>/", rubric_evidence.OneReport.as_view(), name="api-rubric-report"),
    path(f"{VERSION}/decide/", rubric_evidence.Decide.as_view(), name="api-rubric-decide"),
    path(f"{VERSION}/revise/", rubric_evidence.Revise.as_view(), name="api-rubric-revise"),
    path(f"{VERSION}/promote/", rubric_evidence.Promote.as_view(), name="api-rubric-promote"),
    path("projects/<slug:slug>/releases/", releases.Releases.as_view(), name="api-releases"),
    path(f"{RELEASE}/", releases.OneRelease.as_view(), name="api-release"),
    path(f"{RELEASE}/removals/", releases.Removals.as_view(), name="api-release-removals"),
    path(f"{RELEASE}/pushes/", pushes.Pushes.as_view(), name="api-release-pushes"),
    path(f"{RELEASE}/manifest.json", releases.Manifest.as_view(), name="api-release-manifest"),
    path(f"{RELEASE}/files/<path:path>", releases.File.as_view(), name="api-release-file"),
    path(f"{RELEASE}/signed/", releases.SignedAddress.as_view(), name="api-release-signed"),
]
