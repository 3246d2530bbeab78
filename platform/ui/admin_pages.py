"""What every page of the Django admin here has in common: it shows, and changes next to nothing."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]  # generic for the type checker only
else:
    ModelAdmin = admin.ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """Staff may look; nobody adds, changes or deletes. `secret_fields` are shown to nobody at all."""

    secret_fields: tuple[str, ...] = ()
    list_per_page = 50
    show_full_result_count = False
    ordering = ("-pk",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return _is_staff(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _is_staff(request)

    def has_operate_permission(self, request: HttpRequest) -> bool:
        """For the few actions there are: the people who run the installation."""
        return bool(request.user.is_active and request.user.is_superuser)

    def get_exclude(self, request: HttpRequest, obj: models.Model | None = None) -> tuple[str, ...]:
        return self.secret_fields


def sign_in(request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
    """The admin has no door of its own: strangers go to ours, behind which the lock-out is; others find nothing."""
    if request.user.is_authenticated:
        raise Http404
    return redirect_to_login(request.GET.get("next") or request.path)


def _is_staff(request: HttpRequest) -> bool:
    return bool(request.user.is_active and request.user.is_staff)


admin.site.login = sign_in  # type: ignore[method-assign]
admin.site.site_header = admin.site.site_title = "Goldpan"
