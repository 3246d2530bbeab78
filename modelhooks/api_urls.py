"""Endpoints of this floor, below /api/v1/."""

from django.urls import path

from modelhooks.api import checkpoints, heads, runs

CHECKPOINT = "checkpoints/<int:checkpoint_id>"
RUN = "runs/<int:run_id>"
HEAD = "projects/<slug:slug>/heads/<int:number>"

urlpatterns = [
    path("checkpoints/", checkpoints.Checkpoints.as_view(), name="api-checkpoints"),
    path(f"{CHECKPOINT}/", checkpoints.OneCheckpoint.as_view(), name="api-checkpoint"),
    path(f"{CHECKPOINT}/check/", checkpoints.Check.as_view(), name="api-checkpoint-check"),
    path(f"{CHECKPOINT}/retire/", checkpoints.Retire.as_view(), name="api-checkpoint-retire"),
    path("projects/<slug:slug>/heads/", heads.Heads.as_view(), name="api-heads"),
    path(f"{HEAD}/", heads.OneHead.as_view(), name="api-head"),
    path(f"{HEAD}/cancel/", heads.Cancel.as_view(), name="api-head-cancel"),
    path(f"{RUN}/", runs.OneRun.as_view(), name="api-run"),
    path(f"{RUN}/failures/", runs.Failures.as_view(), name="api-run-failures"),
    path(f"{RUN}/cancel/", runs.Cancel.as_view(), name="api-run-cancel"),
    path(f"{RUN}/resume/", runs.Resume.as_view(), name="api-run-resume"),
    path(f"{RUN}/retry/", runs.Retry.as_view(), name="api-run-retry"),
]
