"""The audit trail, for operators to read."""

from django.contrib import admin

from audit.models import Block, Event
from ui.admin_pages import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("id", "at", "verb", "subject", "actor_id", "project_id", "address")
    list_filter = ("verb",)


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    list_display = ("id", "first_event", "last_event", "events", "seal", "sealed_at")
