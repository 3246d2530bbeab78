"""Every door of the site, by string; who may go through which is declared on the views."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("accounts.urls")),
    path("", include("annotation.project_urls")),  # with the pages of projects.urls
    path("", include("annotation.urls")),
    path("", include("webhooks.urls")),
    path("", include("modelhooks.urls")),
    path("", include("curation.urls")),
    path("", include("ui.urls")),
    path("api/v1/", include("config.api_urls")),
]
if settings.ADMIN_PATH:
    urlpatterns.append(path(f"{settings.ADMIN_PATH.strip('/')}/", admin.site.urls))

handler400 = "ui.views.bad_request"
handler403 = "ui.views.forbidden"
handler404 = "ui.views.not_found"
handler500 = "ui.views.server_error"
