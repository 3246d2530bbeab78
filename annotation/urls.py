"""Pages of the annotation floor. Those of a project's people and settings are in `annotation.project_urls`."""

from django.urls import path

from annotation.views import (
    asking,
    candidates,
    forms,
    gold,
    imports,
    items,
    media,
    notes,
    overview,
    rubric_writing,
    rubrics,
    segmentation,
)
from annotation.views.label import urlpatterns_label
from projects.urls import PROJECT

RUBRIC = f"{PROJECT}/rubrics/<int:number>"
VERSION = f"{RUBRIC}/versions/<int:version>"
IMPORT = f"{PROJECT}/imports/<uuid:import_id>"

app_name = "annotation"
urlpatterns = [
    path(f"{PROJECT}/", overview.overview, name="overview"),
    path(f"{PROJECT}/items/", items.items, name="items"),
    path(f"{PROJECT}/items/<int:item_id>/", items.item, name="item"),
    path(f"{PROJECT}/items/<int:item_id>/steps/", segmentation.segmentation, name="segmentation"),
    path(f"{PROJECT}/items/<int:item_id>/gold/", gold.of_item, name="item-gold"),
    path(f"{PROJECT}/gold/", gold.listing, name="gold"),
    path(f"{PROJECT}/gold/admit/", gold.admit, name="gold-admit"),
    path(f"{PROJECT}/media/<slug:sha256>/", media.media, name="media"),
    path(f"{PROJECT}/media/<slug:sha256>/small/", media.thumbnail, name="media-thumbnail"),
    path(f"{PROJECT}/notes/<int:note_id>/read/", notes.read, name="note-read"),
    path(f"{PROJECT}/form/", forms.form, name="form"),
    path(f"{PROJECT}/form/preview/", forms.preview, name="form-preview"),
    path(f"{PROJECT}/imports/", imports.imports, name="imports"),
    path(f"{PROJECT}/imports/columns/<str:token>/", imports.name_columns, name="import-columns"),
    path(f"{IMPORT}/", imports.report, name="import"),
    path(f"{IMPORT}/refused.csv", imports.refused_csv, name="refused-rows"),
    path(f"{IMPORT}/refused.jsonl", imports.refused_jsonl, name="refused-rows-jsonl"),
    path(f"{IMPORT}/cancel/", imports.cancel, name="import-cancel"),
    path(f"{IMPORT}/retry/", imports.retry, name="import-retry"),
    path(f"{PROJECT}/rubrics/", rubrics.library, name="rubrics"),
    path(f"{PROJECT}/rubrics/new/", rubric_writing.new, name="rubric-new"),
    path(f"{PROJECT}/rubrics/files/", rubric_writing.bring_in, name="rubric-files"),
    path(f"{PROJECT}/rubrics/proposals/<int:proposal_id>/", rubric_writing.decide, name="proposal"),
    path(f"{RUBRIC}/", rubrics.rubric, name="rubric"),
    path(f"{RUBRIC}/rest/", rubric_writing.rest, name="rubric-rest"),
    path(f"{VERSION}/", rubrics.version, name="rubric-version"),
    path(f"{VERSION}/compare/", rubrics.compare, name="rubric-compare"),
    path(f"{VERSION}/export/", rubrics.export, name="rubric-export"),
    path(f"{VERSION}/edit/", rubric_writing.edit, name="rubric-edit"),
    path(f"{VERSION}/publish/", rubric_writing.publish, name="rubric-publish"),
    path(f"{VERSION}/ask-again/", rubric_writing.ask_again, name="rubric-ask-again"),
    path(f"{VERSION}/fork/", rubric_writing.fork, name="rubric-fork"),
    path(f"{VERSION}/status/", rubric_writing.status, name="rubric-status"),
    path(f"{PROJECT}/runs/new/", asking.new, name="run-new"),
    path(f"{PROJECT}/candidates/new/", candidates.new, name="candidates-new"),
    *urlpatterns_label,
]
