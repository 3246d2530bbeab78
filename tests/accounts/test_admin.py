"""AB-08: the admin shows, changes next to nothing, and nobody raises themselves there."""

from collections.abc import Callable

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.test import Client
from django.urls import clear_url_caches, include, path, set_urlconf

from accounts.models import ApiToken, User
from accounts.services import tokens
from audit import services as audit
from audit.models import Event
from projects.access import Place
from projects.models import Role
from projects.services import invitations
from tests.accounts.conftest import PASSWORD

Person = Callable[[str], User]
APPEND_ONLY = ["audit.event", "audit.block", "annotation.annotation"]
urlpatterns = [path("hidden-4f9a/", admin.site.urls), path("", include("config.urls"))]


@pytest.fixture(autouse=True)
def _admin_at_a_hidden_path(settings) -> None:
    settings.ROOT_URLCONF = __name__
    clear_url_caches()
    set_urlconf(None)


@pytest.fixture
def staff(person: Person) -> Callable[..., Client]:
    """A browser of someone with these rights."""

    def get(name: str, *, is_superuser: bool = False) -> Client:
        user = person(name)
        User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=is_superuser)
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


def change(user: User, **fields: str) -> dict[str, str]:
    return {"is_active": "on", **fields}


def test_a_stranger_is_sent_to_our_own_sign_in(db: None, client: Client) -> None:
    answer = client.get("/hidden-4f9a/")
    login = client.get(answer.headers["Location"])

    assert login.headers["Location"] == "/sign-in/?next=/hidden-4f9a/"


def test_somebody_who_is_not_staff_finds_nothing(person: Person, client: Client) -> None:
    client.force_login(person("Ana"), backend="django.contrib.auth.backends.ModelBackend")

    answer = client.get("/hidden-4f9a/", follow=True)

    assert answer.status_code == 404


def test_the_admin_is_not_at_the_usual_place(db: None, client: Client) -> None:
    assert client.get("/admin/").status_code == 404


def test_every_page_of_the_admin_opens_for_staff(staff: Callable[..., Client], olga: Place) -> None:
    audit.record("test.happen", subject="thing:1")
    sam = staff("Sam")

    for model in admin.site._registry:
        if model._meta.app_label == "axes":
            continue
        listing = sam.get(f"/hidden-4f9a/{model._meta.app_label}/{model._meta.model_name}/")
        assert listing.status_code == 200, model
    assert sam.get(f"/hidden-4f9a/audit/event/{Event.objects.latest('id').pk}/change/").status_code == 200


@pytest.mark.parametrize("is_superuser", [False, True])
def test_rows_that_are_only_added_can_be_neither_added_changed_nor_deleted_here(
    staff: Callable[..., Client], is_superuser: bool
) -> None:
    event = audit.record("test.happen", subject="thing:1")
    sam = staff("Sam", is_superuser=is_superuser)

    for label in APPEND_ONLY:
        page = admin.site._registry[apps.get_model(label)]
        request = sam.get("/hidden-4f9a/").wsgi_request
        assert not page.has_add_permission(request)
        assert not page.has_change_permission(request)
        assert not page.has_delete_permission(request)
    answer = sam.post(f"/hidden-4f9a/audit/event/{event.pk}/change/", {"verb": "other"})

    assert answer.status_code == 403
    assert Event.objects.get(pk=event.pk).verb == "test.happen"


def test_ab_08_staff_cannot_raise_themselves(staff: Callable[..., Client], person: Person) -> None:
    sam = staff("Sam")
    person("Sam").user_permissions.set(Permission.objects.filter(content_type__app_label="accounts"))

    answer = sam.post(
        f"/hidden-4f9a/accounts/user/{person('Sam').pk}/change/", change(person("Sam"), is_superuser="on")
    )

    assert answer.status_code == 403
    assert not person("Sam").is_superuser


def test_ab_08_a_superuser_changes_others_but_not_their_own_rights(
    staff: Callable[..., Client], person: Person
) -> None:
    root = staff("Root", is_superuser=True)
    own, others = person("Root"), person("Sam")

    root.post(f"/hidden-4f9a/accounts/user/{others.pk}/change/", change(others, is_staff="on"))
    root.post(f"/hidden-4f9a/accounts/user/{own.pk}/change/", {"is_staff": ""})

    assert person("Sam").is_staff
    assert Event.objects.filter(verb="user.rights", subject=f"user:{others.pk}", actor_id=own.pk).exists()
    assert (person("Root").is_staff, person("Root").is_superuser, person("Root").is_active) == (True, True, True)


def test_ab_08_staff_cannot_set_somebody_elses_password(staff: Callable[..., Client], person: Person) -> None:
    sam, olga = staff("Sam"), person("Olga")

    answer = sam.post(f"/hidden-4f9a/accounts/user/{olga.pk}/password/", {"password1": "x", "password2": "x"})

    assert answer.status_code in {302, 403, 404}
    assert person("Olga").check_password(PASSWORD)


def test_no_page_shows_a_digest_or_a_password(staff: Callable[..., Client], olga: Place, person: Person) -> None:
    token = tokens.create(olga.user, name="Trainer", scopes=["read"], days=1).token
    invitation = invitations.create(olga, role=Role.ANNOTATOR).invitation
    root = staff("Root", is_superuser=True)
    pages = [f"accounts/apitoken/{token.pk}", f"accounts/invitation/{invitation.pk}", f"accounts/user/{olga.user.pk}"]

    shown = "".join(root.get(f"/hidden-4f9a/{page}/change/").content.decode() for page in pages)

    for secret in (token.digest.hex(), str(token.digest), invitation.digest.hex(), olga.user.password, "argon2"):
        assert secret not in shown
    assert "Digest" not in shown


def test_closing_an_account_ends_its_tokens(staff: Callable[..., Client], olga: Place) -> None:
    tokens.create(olga.user, name="Trainer", scopes=["read"], days=1)
    root = staff("Root", is_superuser=True)

    root.post("/hidden-4f9a/accounts/user/", {"action": "close_accounts", "_selected_action": [olga.user.pk]})

    assert not User.objects.get(pk=olga.user.pk).is_active
    assert not ApiToken.objects.filter(revoked_at__isnull=True).exists()


def test_staff_who_are_no_superusers_close_nobodys_account(staff: Callable[..., Client], olga: Place) -> None:
    sam = staff("Sam")

    sam.post("/hidden-4f9a/accounts/user/", {"action": "close_accounts", "_selected_action": [olga.user.pk]})

    assert User.objects.get(pk=olga.user.pk).is_active


def test_a_password_set_by_a_command_ends_the_tokens_too(olga: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens.create(olga.user, name="Trainer", scopes=["read"], days=1)
    monkeypatch.setattr("getpass.getpass", lambda prompt="": "three wholly new words")

    call_command("changepassword", olga.user.email)

    assert User.objects.get(pk=olga.user.pk).check_password("three wholly new words")
    assert not ApiToken.objects.filter(revoked_at__isnull=True).exists()
