"""Endpoints of this floor, below /api/v1/. Projects themselves come with their forms, from a floor above."""

from django.urls import path

from projects.api.schema import Schema

urlpatterns = [path("schema/", Schema.as_view(), name="api-schema")]
