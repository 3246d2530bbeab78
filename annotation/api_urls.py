"""Endpoints of this floor, below /api/v1/."""

from django.urls import path

from annotation.api import (
    annotations,
    candidates,
    gold,
    imports,
    items,
    labeling,
    media,
    projects,
    proposals,
    rubrics,
    runs,
)

RUBRIC = "projects/<slug:slug>/rubrics/<int:number>"
PROPOSALS = "projects/<slug:slug>/rubrics/proposals"
VERSION = f"{RUBRIC}/versions/<int:version>"

urlpatterns = [
    path("projects/", projects.Projects.as_view(), name="api-projects"),
    path("projects/<slug:slug>/", projects.OneProject.as_view(), name="api-project"),
    path("projects/<slug:slug>/imports/", imports.Imports.as_view(), name="api-imports"),
    path("imports/<uuid:import_id>/", imports.OneImport.as_view(), name="api-import"),
    path("imports/<uuid:import_id>/refused/", imports.RefusedRows.as_view(), name="api-refused-rows"),
    path("projects/<slug:slug>/items/", items.Items.as_view(), name="api-items"),
    path("items/<int:item_id>/", items.OneItem.as_view(), name="api-item"),
    path("items/<int:item_id>/gold/", gold.GoldOfItem.as_view(), name="api-item-gold"),
    path("projects/<slug:slug>/gold/", gold.Golds.as_view(), name="api-gold"),
    path("projects/<slug:slug>/media/", media.MediaUpload.as_view(), name="api-media"),
    path("projects/<slug:slug>/media/<slug:sha256>/", media.MediaFile.as_view(), name="api-media-file"),
    path("projects/<slug:slug>/next/", labeling.Next.as_view(), name="api-next"),
    path("leases/<uuid:lease_id>/draft/", labeling.Draft.as_view(), name="api-draft"),
    path("leases/<uuid:lease_id>/suggestion/", labeling.Suggestion.as_view(), name="api-suggestion"),
    path("leases/<uuid:lease_id>/submit/", labeling.Submit.as_view(), name="api-submit"),
    path("leases/<uuid:lease_id>/skip/", labeling.Skip.as_view(), name="api-skip"),
    path("leases/<uuid:lease_id>/extend/", labeling.Extend.as_view(), name="api-extend"),
    path("projects/<slug:slug>/annotations/", annotations.Annotations.as_view(), name="api-annotations"),
    path("projects/<slug:slug>/runs/", runs.Runs.as_view(), name="api-runs"),
    path("projects/<slug:slug>/candidates/", candidates.Candidates.as_view(), name="api-candidates"),
    path("projects/<slug:slug>/rubrics/", rubrics.Rubrics.as_view(), name="api-rubrics"),
    path("projects/<slug:slug>/rubrics/files/", rubrics.RubricFile.as_view(), name="api-rubric-files"),
    path(f"{PROPOSALS}/", proposals.Proposals.as_view(), name="api-proposals"),
    path(f"{PROPOSALS}/<int:proposal_id>/", proposals.OneProposal.as_view(), name="api-proposal"),
    path(f"{PROPOSALS}/<int:proposal_id>/accept/", proposals.Accept.as_view(), name="api-proposal-accept"),
    path(f"{PROPOSALS}/<int:proposal_id>/decline/", proposals.Decline.as_view(), name="api-proposal-decline"),
    path(f"{RUBRIC}/", rubrics.OneRubric.as_view(), name="api-rubric"),
    path(f"{RUBRIC}/versions/", rubrics.Versions.as_view(), name="api-rubric-versions"),
    path(f"{VERSION}/", rubrics.OneVersion.as_view(), name="api-rubric-version"),
    path(f"{VERSION}/compare/", rubrics.Comparison.as_view(), name="api-rubric-compare"),
    path(f"{VERSION}/fork/", rubrics.Fork.as_view(), name="api-rubric-fork"),
    path(f"{VERSION}/publish/", rubrics.Publish.as_view(), name="api-rubric-publish"),
    path(f"{VERSION}/ask-again/", rubrics.AskAgain.as_view(), name="api-rubric-ask-again"),
    path(f"{VERSION}/export/", rubrics.Export.as_view(), name="api-rubric-export"),
    path("annotations/<int:annotation_id>/", annotations.OneAnnotation.as_view(), name="api-annotation"),
]
