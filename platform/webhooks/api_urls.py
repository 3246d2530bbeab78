"""Endpoints of this floor, below /api/v1/."""

from django.urls import path

from webhooks.api import hooks

HOOK = "projects/<slug:slug>/webhooks/<int:hook_id>"

urlpatterns = [
    path("projects/<slug:slug>/webhooks/", hooks.Hooks.as_view(), name="api-webhooks"),
    path(f"{HOOK}/", hooks.OneHook.as_view(), name="api-webhook"),
    path(f"{HOOK}/secret/", hooks.Secret.as_view(), name="api-webhook-secret"),
    path(f"{HOOK}/pause/", hooks.Pause.as_view(), name="api-webhook-pause"),
    path(f"{HOOK}/resume/", hooks.Resume.as_view(), name="api-webhook-resume"),
    path(f"{HOOK}/test/", hooks.Test.as_view(), name="api-webhook-test"),
    path(f"{HOOK}/deliveries/", hooks.Deliveries.as_view(), name="api-webhook-deliveries"),
    path(f"{HOOK}/deliveries/<uuid:delivery_id>/send/", hooks.SendAgain.as_view(), name="api-webhook-send-again"),
]
