"""Pages of webhooks."""

from django.urls import path

from projects.urls import PROJECT
from webhooks import views

HOOK = f"{PROJECT}/webhooks/<int:hook_id>"

app_name = "webhooks"
urlpatterns = [
    path(f"{PROJECT}/webhooks/", views.show, name="list"),
    path(f"{HOOK}/secret/", views.renew_secret, name="secret"),
    path(f"{HOOK}/pause/", views.pause, name="pause"),
    path(f"{HOOK}/resume/", views.resume, name="resume"),
    path(f"{HOOK}/test/", views.test, name="test"),
    path(f"{HOOK}/remove/", views.remove, name="remove"),
    path(f"{HOOK}/deliveries/<uuid:delivery_id>/send/", views.send_again, name="send-again"),
]
