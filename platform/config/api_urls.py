"""Every endpoint for programs, by string, and the document that describes them."""

from django.urls import include, path

urlpatterns = [
    path("", include("projects.api_urls")),
    path("", include("webhooks.api_urls")),
    path("", include("modelhooks.api_urls")),
    path("", include("annotation.api_urls")),
    path("", include("curation.api_urls")),
]
