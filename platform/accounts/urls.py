"""Doors of people and their programs."""

from django.urls import path

from accounts.views import invitations, profile, sessions, tokens

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sessions.sign_in, name="sign-in"),
    path("sign-out/", sessions.sign_out, name="sign-out"),
    path("invitations/<str:token>/", invitations.accept, name="invitation"),
    path("me/", profile.show, name="profile"),
    path("me/tokens/", tokens.show, name="tokens"),
    path("me/tokens/new/", tokens.create, name="token-create"),
    path("me/tokens/<int:token_id>/revoke/", tokens.revoke, name="token-revoke"),
]
