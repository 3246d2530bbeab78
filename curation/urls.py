"""Pages of this floor."""

from django.urls import path

from curation import views
from projects.urls import PROJECT

RELEASE = f"{PROJECT}/releases/<int:number>"

app_name = "curation"
urlpatterns = [
    path(f"{PROJECT}/releases/", views.list_releases, name="releases"),
    path(f"{PROJECT}/releases/new/", views.new, name="release-new"),
    path(f"{RELEASE}/", views.show, name="release"),
    path(f"{RELEASE}/cancel/", views.cancel, name="release-cancel"),
    path(f"{RELEASE}/retry/", views.retry, name="release-retry"),
    path(f"{RELEASE}/files/<path:path>", views.release_file, name="release-file"),
]
