"""Releases and their files, for operators to read."""

from django.contrib import admin

from curation.models import Release, ReleaseFile
from ui.admin_pages import ReadOnlyAdmin


@admin.register(Release)
class ReleaseAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "number", "created_by", "created_at", "frozen_at")
    list_select_related = ("project", "created_by")
    ordering = ("-created_at",)


@admin.register(ReleaseFile)
class ReleaseFileAdmin(ReadOnlyAdmin):
    list_display = ("id", "release", "path", "size", "rows", "media_type")
    list_select_related = ("release",)
