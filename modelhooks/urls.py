"""Pages of this floor. A run is started where its subjects are known: a floor above."""

from django.urls import path

from modelhooks.views import checkpoints, heads, runs
from projects.urls import PROJECT

CHECKPOINT = "checkpoints/<int:checkpoint_id>"
RUN = f"{PROJECT}/runs/<int:run_id>"
HEAD = f"{PROJECT}/heads/<int:number>"

app_name = "modelhooks"
urlpatterns = [
    path("checkpoints/", checkpoints.list_checkpoints, name="checkpoints"),
    path("checkpoints/new/", checkpoints.new, name="checkpoint-new"),
    path(f"{CHECKPOINT}/", checkpoints.show, name="checkpoint"),
    path(f"{CHECKPOINT}/check/", checkpoints.check, name="checkpoint-check"),
    path(f"{CHECKPOINT}/retire/", checkpoints.retire, name="checkpoint-retire"),
    path(f"{PROJECT}/runs/", runs.list_runs, name="runs"),
    path(f"{RUN}/", runs.show, name="run"),
    path(f"{RUN}/cancel/", runs.cancel, name="run-cancel"),
    path(f"{RUN}/resume/", runs.resume, name="run-resume"),
    path(f"{RUN}/retry/", runs.retry, name="run-retry"),
    path(f"{PROJECT}/heads/", heads.board, name="heads"),
    path(f"{PROJECT}/heads/plan/", heads.plan, name="head-plan"),
    path(f"{HEAD}/", heads.show, name="head"),
    path(f"{HEAD}/cancel/", heads.cancel, name="head-cancel"),
]
