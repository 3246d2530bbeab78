"""Pages of a project's people and guideline. `annotation.project_urls` adds the namespace and those that need items."""

from django.urls import path

from projects.views import guideline, members

PROJECT = "projects/<slug:slug>"

urlpatterns = [
    path(f"{PROJECT}/guideline/", guideline.show, name="guideline"),
    path(f"{PROJECT}/guideline/edit/", guideline.edit, name="guideline-edit"),
    path(f"{PROJECT}/guideline/preview/", guideline.preview, name="guideline-preview"),
    path(f"{PROJECT}/guideline/<int:version>/", guideline.show, name="guideline-version"),
    path(f"{PROJECT}/guideline/<int:version>/changes/", guideline.changes, name="guideline-changes"),
    path(f"{PROJECT}/members/", members.show, name="members"),
    path(f"{PROJECT}/members/<int:member_id>/role/", members.change_role, name="member-role"),
    path(f"{PROJECT}/members/<int:member_id>/remove/", members.remove, name="member-remove"),
    path(f"{PROJECT}/invitations/", members.invite, name="invite"),
    path(f"{PROJECT}/invitations/<int:invitation_id>/revoke/", members.revoke, name="invitation-revoke"),
]
