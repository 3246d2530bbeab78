"""Pages of this floor."""

from django.urls import path

from curation.queries.quality_tables import TABLES
from curation.views import (
    judge_versions,
    judges,
    leaderboards,
    people,
    pushes,
    quality,
    releases,
    reviews,
    rubric_clusters,
    rubric_evidence,
    rubric_evolution,
    rubric_hypotheses,
    rubric_lines,
    rubrics,
    samples,
    signed,
)
from projects.urls import PROJECT

RELEASE = f"{PROJECT}/releases/<int:number>"
WRITTEN = f"{PROJECT}/rubrics/written"
EVIDENCE = f"{PROJECT}/rubrics/<int:number>/versions/<int:version>/evidence"
VERSIONS = f"{PROJECT}/quality/judges/<int:checkpoint_id>/versions"
BOARD = f"{PROJECT}/leaderboards/<int:number>"

app_name = "curation"
urlpatterns = [
    path(f"{PROJECT}/quality/", quality.show, name="quality"),
    path(f"{PROJECT}/quality/look/", quality.look, name="quality-look"),
    path(f"{PROJECT}/quality/release/", quality.release, name="quality-release"),
    path(f"{PROJECT}/quality/rubrics/", quality.rubrics, name="quality-rubrics"),
    path(f"{PROJECT}/quality/items/", quality.items, name="quality-items"),
    path(f"{PROJECT}/quality/findings/", quality.findings, name="quality-findings"),
    path(f"{PROJECT}/quality/findings/<int:finding_id>/dismiss/", quality.dismiss, name="finding-dismiss"),
    *(
        path(f"{PROJECT}/quality/{name}.csv", quality.table, {"name": name}, name=f"quality-{name}-csv")
        for name in TABLES
    ),
    path(f"{PROJECT}/review/", reviews.review, name="review"),
    path(f"{PROJECT}/review/next/", reviews.next_item, name="review-next"),
    path(f"{PROJECT}/review/<int:item_id>/", reviews.item, name="review-item"),
    path(f"{PROJECT}/review/<int:item_id>/decide/", reviews.decide, name="review-decide"),
    path(f"{PROJECT}/review/<int:item_id>/answer/", reviews.answer, name="review-answer"),
    path(f"{PROJECT}/quality/people/", people.list_people, name="people"),
    path(f"{PROJECT}/quality/people/<str:who>/", people.person, name="person"),
    path(f"{PROJECT}/quality/judges/", judges.list_judges, name="judges"),
    path(f"{PROJECT}/quality/judges/<int:checkpoint_id>/", judges.judge, name="judge"),
    path(f"{PROJECT}/quality/judges/<int:checkpoint_id>/probes/", judges.probe, name="judge-probes"),
    path(f"{VERSIONS}/", judge_versions.show, name="judge-versions"),
    path(f"{VERSIONS}/try/", judge_versions.try_out, name="judge-try"),
    path(f"{VERSIONS}/reword/", judge_versions.reword, name="judge-reword"),
    path(f"{VERSIONS}/write/", judge_versions.write, name="judge-write"),
    path(f"{VERSIONS}/promote/", judge_versions.promote, name="judge-promote"),
    path(f"{PROJECT}/quality/samples/", samples.list_samples, name="samples"),
    path(f"{PROJECT}/quality/samples/<int:number>/", samples.show, name="sample"),
    path(f"{PROJECT}/quality/samples/<int:number>/next/", samples.next_item, name="sample-next"),
    path(f"{PROJECT}/quality/samples/<int:number>/<int:item_id>/", samples.item, name="sample-item"),
    path(f"{PROJECT}/quality/judges/<int:checkpoint_id>/accept/", judges.accept, name="judge-accept"),
    path(f"{PROJECT}/quality/judges/<int:checkpoint_id>/withdraw/", judges.withdraw, name="judge-withdraw"),
    path(f"{PROJECT}/leaderboards/", leaderboards.list_sets, name="leaderboards"),
    path(f"{PROJECT}/leaderboards/new/", leaderboards.build, name="leaderboard-new"),
    path(f"{BOARD}/", leaderboards.show, name="leaderboard"),
    path(f"{BOARD}/ask/", leaderboards.ask, name="leaderboard-ask"),
    path(f"{BOARD}/results/<int:result_id>/", leaderboards.result, name="leaderboard-result"),
    path(f"{BOARD}/rows/<int:row_number>/", leaderboards.row, name="leaderboard-row"),
    path(f"{WRITTEN}/", rubrics.list_runs, name="rubric-runs"),
    path(f"{WRITTEN}/lines/start/", rubric_lines.start, name="rubric-lines-start"),
    path(f"{WRITTEN}/lines/<int:lines_id>/", rubric_lines.show, name="rubric-lines"),
    path(f"{WRITTEN}/lines/<int:lines_id>/gather/", rubric_lines.gather, name="rubric-lines-gather"),
    path(f"{WRITTEN}/lines/<int:lines_id>/take/", rubric_lines.take, name="rubric-lines-take"),
    path(f"{WRITTEN}/<int:written_id>/", rubrics.attempts, name="rubric-attempts"),
    path(f"{WRITTEN}/<int:written_id>/clusters/", rubric_clusters.show, name="rubric-clusters"),
    path(f"{WRITTEN}/<int:written_id>/clusters/start/", rubric_clusters.start, name="rubric-clusters-start"),
    path(
        f"{WRITTEN}/<int:written_id>/clusters/<int:clusters_id>/gather/",
        rubric_clusters.gather,
        name="rubric-cluster-gather",
    ),
    path(f"{WRITTEN}/<int:written_id>/gather/", rubrics.gather, name="rubric-gather"),
    path(f"{WRITTEN}/<int:written_id>/<int:item_id>/take/", rubrics.take, name="rubric-take"),
    path(f"{EVIDENCE}/", rubric_evidence.show, name="rubric-evidence"),
    path(f"{EVIDENCE}/judge/", rubric_evidence.judge, name="rubric-judge"),
    path(f"{EVIDENCE}/decide/", rubric_evidence.decide, name="rubric-decide"),
    path(f"{EVIDENCE}/revise/", rubric_evolution.revise, name="rubric-revise"),
    path(f"{EVIDENCE}/promote/", rubric_evolution.promote, name="rubric-promote"),
    path(f"{EVIDENCE}/guess/", rubric_hypotheses.guess, name="rubric-guess"),
    path(f"{EVIDENCE}/guesses/<int:guesses_id>/test/", rubric_hypotheses.test, name="rubric-guesses-test"),
    path(f"{EVIDENCE}/guesses/<int:guesses_id>/add/", rubric_hypotheses.add, name="rubric-guesses-add"),
    path(f"{PROJECT}/releases/", releases.list_releases, name="releases"),
    path(f"{PROJECT}/releases/new/", releases.new, name="release-new"),
    path(f"{RELEASE}/", releases.show, name="release"),
    path(f"{RELEASE}/cancel/", releases.cancel, name="release-cancel"),
    path(f"{RELEASE}/retry/", releases.retry, name="release-retry"),
    path(f"{RELEASE}/remove/", releases.remove, name="release-remove"),
    path(f"{RELEASE}/overrule/", releases.overrule, name="release-overrule"),
    path(f"{RELEASE}/files/<path:path>", releases.release_file, name="release-file"),
    path(f"{RELEASE}/push/", pushes.push, name="release-push"),
    path(f"{RELEASE}/sign/", signed.sign, name="release-sign"),
    path("signed/<str:signature>/<uuid:release_id>/<path:path>", signed.signed_file, name="signed-file"),
]
