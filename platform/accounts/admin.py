"""People, invitations and tokens, for operators."""

from typing import Any

from django.contrib import admin
from django.contrib.auth import admin as _registers_group  # noqa: F401
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from accounts.models import ApiToken, Invitation, User
from accounts.services import users
from audit import services as audit
from ui.admin_pages import ReadOnlyAdmin

RIGHTS = ("is_staff", "is_superuser", "user_permissions")

admin.site.unregister(Group)  # a second way to hand out rights would need a second guard


@admin.register(User)
class PeopleAdmin(ReadOnlyAdmin):
    """Superusers close accounts and hand out rights, never to themselves. Accounts are made by `goldpan user`."""

    list_display = ("email", "name", "is_active", "is_staff", "is_superuser", "last_login", "created_at")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("email", "name")
    ordering = ("email",)
    filter_horizontal = ("user_permissions",)
    fieldsets = (
        (None, {"fields": ("email", "name", "is_active")}),
        ("Rights", {"fields": RIGHTS}),
        ("Times", {"fields": ("last_login", "created_at")}),
    )
    readonly_fields = ("email", "name", "last_login", "created_at")
    actions = ("close_accounts",)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.has_operate_permission(request)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """On one's own page rights are for looking at, whoever one is."""
        is_own = obj is not None and obj.pk == request.user.pk
        return (*self.readonly_fields, *RIGHTS, "is_active") if is_own else self.readonly_fields

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        changed = {"changed": sorted(form.changed_data)}
        audit.record("user.rights", subject=f"user:{obj.pk}", actor_id=request.user.pk, detail=changed)

    @admin.action(description="Close these accounts", permissions=["operate"])
    def close_accounts(self, request: HttpRequest, chosen: QuerySet[User]) -> None:
        for user in chosen:
            if user != request.user:
                users.deactivate(user, by=request.user.pk)


@admin.register(Invitation)
class InvitationAdmin(ReadOnlyAdmin):
    list_display = ("project", "role", "email", "created_by", "expires_at", "accepted_by", "revoked_at")
    list_select_related = ("project", "created_by", "accepted_by")
    secret_fields = ("digest",)


@admin.register(ApiToken)
class TokenAdmin(ReadOnlyAdmin):
    list_display = ("prefix", "name", "user", "scopes", "project", "expires_at", "last_used_at", "revoked_at")
    list_select_related = ("user", "project")
    search_fields = ("prefix", "name", "user__email")
    secret_fields = ("digest",)
    actions = ("revoke",)

    @admin.action(description="Revoke these tokens", permissions=["operate"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[ApiToken]) -> None:
        chosen.filter(revoked_at__isnull=True).update(revoked_at=Now())
