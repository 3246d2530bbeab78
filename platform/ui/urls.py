"""Doors for operators."""

from django.urls import path

from ui import health, metrics

app_name = "ui"
urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]
