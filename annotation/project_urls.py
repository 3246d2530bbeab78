"""The namespace `projects`: its own pages, and those that say what waits or reach down to items."""

from django.urls import path

from annotation.views import projects
from projects.urls import PROJECT
from projects.urls import urlpatterns as people_and_guideline

app_name = "projects"
urlpatterns = [
    path("", projects.listing, name="list"),
    path("projects/new/", projects.create, name="create"),
    path(f"{PROJECT}/settings/", projects.settings, name="settings"),
    path(f"{PROJECT}/archive/", projects.close, name="archive"),
    *people_and_guideline,
]
