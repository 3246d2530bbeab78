"""The site with admin behind a path, as an operator sets it up."""

from django.contrib import admin
from django.urls import path

from config import urls

handler400, handler403, handler404, handler500 = urls.handler400, urls.handler403, urls.handler404, urls.handler500
urlpatterns = [*urls.urlpatterns, path("hidden-admin/", admin.site.urls)]
