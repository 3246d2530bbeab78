"""Items, answers and imports, for operators to read. Texts are left out: they are for the people of the project."""

from django.contrib import admin

from annotation.models import Annotation, Form, Import, Item, Lease, Question, Slot
from ui.admin_pages import ReadOnlyAdmin


@admin.register(Item)
class ItemAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "key", "group", "language", "created_at")
    list_select_related = ("project",)
    secret_fields = ("messages", "responses", "principle", "source", "digest")


@admin.register(Annotation)
class AnnotationAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "item", "author", "imported_name", "supersedes", "created_at")
    list_select_related = ("project", "item", "author", "supersedes")
    secret_fields = ("answers", "source", "request_digest")


@admin.register(Slot)
class SlotAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "item", "number", "holder", "expires_at", "annotation")
    list_select_related = ("project", "item", "holder", "annotation")


@admin.register(Lease)
class LeaseAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "item", "annotator", "outcome", "granted_at", "ended_at")
    list_select_related = ("project", "item", "annotator")
    list_filter = ("outcome",)
    ordering = ("-granted_at",)


@admin.register(Form)
class FormAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "version", "created_by", "created_at")
    list_select_related = ("project", "created_by")


@admin.register(Question)
class QuestionAdmin(ReadOnlyAdmin):
    list_display = ("id", "form", "position", "key", "kind", "title")
    list_select_related = ("form",)


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    list_display = ("id", "project", "adapter", "file_name", "ok", "duplicate", "refused", "created_by", "created_at")
    list_select_related = ("project", "created_by")
    ordering = ("-created_at",)
