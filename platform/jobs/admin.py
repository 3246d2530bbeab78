"""Jobs and waiting messages, for operators: what runs, what gave up and why, and another try."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from jobs import services
from jobs.models import Job, Outbox
from ui.admin_pages import ReadOnlyAdmin


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ("id", "kind", "state", "attempts", "done", "total", "message", "created_at", "finished_at")
    list_filter = ("state", "kind")
    ordering = ("-created_at",)
    actions = ("try_again", "cancel")

    @admin.action(description="Try these again", permissions=["operate"])
    def try_again(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        for job in chosen:
            services.retry(str(job.pk))

    @admin.action(description="Cancel these", permissions=["operate"])
    def cancel(self, request: HttpRequest, chosen: QuerySet[Job]) -> None:
        for job in chosen:
            services.cancel(str(job.pk))


@admin.register(Outbox)
class OutboxAdmin(ReadOnlyAdmin):
    list_display = ("id", "task", "queue", "created_at")
