"""Projects and who belongs to them, for operators."""

from django.contrib import admin

from projects.models import Guideline, Membership, Project
from ui.admin_pages import ReadOnlyAdmin


@admin.register(Project)
class ProjectAdmin(ReadOnlyAdmin):
    list_display = ("slug", "name", "overlap", "created_by", "created_at", "archived_at")
    list_select_related = ("created_by",)
    search_fields = ("slug", "name")
    secret_fields = ("salt",)


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ("project", "user", "role", "created_at")
    list_select_related = ("project", "user")
    list_filter = ("role",)
    search_fields = ("project__slug", "user__email")


@admin.register(Guideline)
class GuidelineAdmin(ReadOnlyAdmin):
    list_display = ("project", "version", "created_by", "created_at")
    list_select_related = ("project", "created_by")
