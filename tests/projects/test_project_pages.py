"""Pages of projects, members and guideline, as a browser without scripts meets them."""

import re
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Invitation, User
from accounts.services import invitations
from audit.models import Event
from modelhooks.models import Checkpoint, Contract
from projects.access import Place
from projects.models import Guideline, Membership, Project, Role

Join = Callable[..., Membership]
SOMEBODY = "/projects/answers"
NEW = {"name": "Cooking", "slug": "", "description": "", "overlap": "2", "preset": "ratings"}


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """A browser in which this person is signed in."""

    def get(user: User) -> Client:
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


@pytest.fixture
def owner(olga: Place, browser: Callable[[User], Client]) -> Client:
    return browser(olga.user)


def said(response: object) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))  # type: ignore[attr-defined]


def test_someone_without_projects_is_offered_to_start_one(
    person: Callable[[str], User], browser: Callable[[User], Client]
) -> None:
    response = browser(person("Sam")).get("/")

    assert "You belong to no project yet" in said(response)


def test_the_list_opens_with_what_waits(owner: Client) -> None:
    response = owner.get("/")

    assert "Nothing waits for you" in said(response)
    assert "no items yet" in said(response)


def test_a_project_is_started_with_an_address_from_its_name(owner: Client) -> None:
    response = owner.post("/projects/new/", NEW)

    project = Project.objects.get(slug="cooking")
    assert response["Location"] == "/projects/cooking/"
    assert project.overlap == 2
    assert list(project.forms.get().questions.values_list("kind", flat=True)) == ["rating", "text"]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("name", "", "A project needs a name."),
        ("name", "n" * 121, "A name takes at most 120 characters; there are 121."),
        ("slug", "Not An Address", "An address holds a–z, 0–9 and single hyphens"),
        ("slug", "answers", "The address “answers” is taken. Choose another."),
        ("slug", "new", "The address “new” is taken. Choose another."),
        ("overlap", "0", "Give a whole number from 1 to 20."),
        ("overlap", "many", "Give a whole number from 1 to 20."),
        ("preset", "BANANA", "Choose one of the forms."),
    ],
)
def test_a_project_that_cannot_be_started_says_why(owner: Client, field: str, value: str, sentence: str) -> None:
    response = owner.post("/projects/new/", {**NEW, field: value})

    assert response.status_code == 422
    assert sentence in said(response)
    assert Project.objects.count() == 1


def test_a_name_without_latin_letters_asks_for_an_address(owner: Client) -> None:
    response = owner.post("/projects/new/", {**NEW, "name": "إجابات"})

    assert response.status_code == 422
    assert "An address holds a–z" in said(response)


def test_settings_are_saved_and_their_errors_are_sentences(owner: Client, olga: Place) -> None:
    fields = {"name": "Better", "description": "", "overlap": "3", "lease_minutes": "5"}

    saved = owner.post(f"{SOMEBODY}/settings/", fields)
    refused = owner.post(f"{SOMEBODY}/settings/", {**fields, "lease_minutes": "0"})

    project = Project.objects.get(pk=olga.project.pk)
    assert saved.status_code == 302
    assert (project.name, project.overlap, project.lease_minutes) == ("Better", 3, 5)
    assert refused.status_code == 422
    assert "Give a whole number from 1 to 1440" in said(refused)


def test_a_project_is_archived_only_by_its_name(owner: Client) -> None:
    owner.post(f"{SOMEBODY}/archive/", {"name": "something else"})
    still_there = owner.get(f"{SOMEBODY}/").status_code
    owner.post(f"{SOMEBODY}/archive/", {"name": "Helpful answers"})

    assert still_there == 200
    assert owner.get(f"{SOMEBODY}/").status_code == 404


def test_the_link_of_an_invitation_is_shown_once_and_works(owner: Client) -> None:
    made = owner.post(f"{SOMEBODY}/invitations/", {"role": "annotator", "email": "", "days": "3"})
    again = owner.get(f"{SOMEBODY}/members/")

    found = re.search(r'value="(http://testserver/invitations/([^/"]+)/)"', made.content.decode())
    assert found is not None
    assert invitations.find(found[2]).role == "annotator"
    assert found[2] not in again.content.decode()
    assert "1 invitation waits to be accepted" in said(again)
    assert Event.objects.filter(verb="invitation.create").count() == 1


def test_a_withdrawn_invitation_is_gone(owner: Client, olga: Place) -> None:
    owner.post(f"{SOMEBODY}/invitations/", {"role": "curator", "email": "chen@example.org", "days": "3"})
    invitation = Invitation.objects.get()

    owner.post(f"{SOMEBODY}/invitations/{invitation.pk}/revoke/")

    invitation.refresh_from_db()
    assert invitation.revoked_at is not None
    assert "No invitation is open" in said(owner.get(f"{SOMEBODY}/members/"))


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("role", "emperor", "Choose one of the four roles."),
        ("email", "nobody", "This does not look like an e-mail address."),
        ("days", "61", "Give a number of days from 1 to 60."),
    ],
)
def test_an_invitation_that_cannot_be_made_says_why(owner: Client, field: str, value: str, sentence: str) -> None:
    fields = {"role": "annotator", "email": "", "days": "14", field: value}

    response = owner.post(f"{SOMEBODY}/invitations/", fields)

    assert response.status_code == 422
    assert sentence in said(response)
    assert not Invitation.objects.exists()


def test_the_page_says_why_the_last_owner_stays(owner: Client, olga: Place) -> None:
    own = Membership.objects.get(user=olga.user)

    demoted = owner.post(f"{SOMEBODY}/members/{own.pk}/role/", {"role": "viewer"})
    removed = owner.post(f"{SOMEBODY}/members/{own.pk}/remove/")

    for response in (demoted, removed):
        assert response.status_code == 409
        assert "A project keeps at least one owner" in said(response)
    assert Membership.objects.get(user=olga.user).role == Role.OWNER


def test_whoever_gives_up_the_project_lands_among_their_own(owner: Client, olga: Place, join: Join) -> None:
    join("Chen", Role.OWNER)
    own = Membership.objects.get(user=olga.user)

    response = owner.post(f"{SOMEBODY}/members/{own.pk}/remove/")

    assert response["Location"] == "/"


def test_a_guideline_is_written_shown_and_compared(owner: Client) -> None:
    owner.post(f"{SOMEBODY}/guideline/edit/", {"text": "Prefer **what helps**.\r\n"})
    owner.post(f"{SOMEBODY}/guideline/edit/", {"text": "Prefer **what is true**.\r\n"})

    shown = owner.get(f"{SOMEBODY}/guideline/").content.decode()
    assert "<strong>what is true</strong>" in shown
    assert "what helps" in said(owner.get(f"{SOMEBODY}/guideline/1/"))
    assert '<del class="cut">' in owner.get(f"{SOMEBODY}/guideline/2/changes/").content.decode()
    assert "\r" not in Guideline.objects.latest("version").text


def test_a_guideline_preview_saves_nothing(owner: Client) -> None:
    page = owner.post(f"{SOMEBODY}/guideline/preview/", {"text": "Prefer **what helps**."})
    fragment = owner.post(
        f"{SOMEBODY}/guideline/preview/", {"text": "Prefer **what helps**."}, headers={"HX-Request": "true"}
    )

    assert "<strong>what helps</strong>" in page.content.decode()
    assert fragment.content.decode().strip().startswith("<section")
    assert not Guideline.objects.exists()


def test_a_version_that_never_was_is_not_found(owner: Client) -> None:
    assert owner.get(f"{SOMEBODY}/guideline/7/").status_code == 404
    assert owner.get(f"{SOMEBODY}/guideline/7/changes/").status_code == 404


OWNERS_PAGES = ["settings/", "members/", "guideline/edit/", "form/", "imports/"]
OWNERS_POSTS = ["settings/", "archive/", "invitations/", "guideline/edit/", "guideline/preview/", "form/", "imports/"]


@pytest.mark.parametrize("role", [Role.CURATOR, Role.ANNOTATOR, Role.VIEWER])
def test_only_an_owner_opens_an_owners_pages(
    join: Join, browser: Callable[[User], Client], olga: Place, role: str
) -> None:
    member = join("Ana", role)
    client = browser(member.user)

    opened = [client.get(f"{SOMEBODY}/{page}").status_code for page in OWNERS_PAGES]
    posted = [client.post(f"{SOMEBODY}/{page}").status_code for page in OWNERS_POSTS]
    raised = client.post(f"{SOMEBODY}/members/{member.pk}/role/", {"role": "owner"}).status_code

    assert {*opened, *posted, raised} == {404}
    assert Membership.objects.get(pk=member.pk).role == role


def test_a_stranger_finds_nothing(
    olga: Place, person: Callable[[str], User], browser: Callable[[User], Client]
) -> None:
    sam = browser(person("Sam"))

    answers = {sam.get(f"{SOMEBODY}/{page}").status_code for page in ("", "items/", "guideline/", *OWNERS_PAGES)}

    assert answers == {404}


def test_names_are_text_and_never_markup(owner: Client, olga: Place) -> None:
    hostile = '"><img src=x onerror=alert(1)><script>alert(1)</script>'
    owner.post(
        f"{SOMEBODY}/settings/", {"name": hostile, "description": hostile, "overlap": "1", "lease_minutes": "20"}
    )

    for page in ("/", f"{SOMEBODY}/", f"{SOMEBODY}/settings/", f"{SOMEBODY}/members/"):
        html = owner.get(page).content.decode()
        assert "<img src=x" not in html
        assert "<script>alert" not in html


def test_suggestions_are_off_until_an_owner_wants_them_and_the_change_is_audited(owner: Client, olga: Place) -> None:
    Checkpoint.objects.create(name="Judge Nine-B", contract=Contract.PREFERENCE, backend="fake")
    fields = {"name": "Helpful answers", "description": "", "overlap": "1", "lease_minutes": "20"}
    before = olga.project.suggestions

    saved = owner.post(f"{SOMEBODY}/settings/", {**fields, "suggestions": "after", "suggestions_by": "Judge Nine-B"})
    unsaid = owner.post(f"{SOMEBODY}/settings/", fields)
    refused = owner.post(f"{SOMEBODY}/settings/", {**fields, "suggestions": "after", "suggestions_by": "Nobody"})

    project = Project.objects.get(pk=olga.project.pk)
    assert before == "never"
    assert (saved.status_code, unsaid.status_code, refused.status_code) == (302, 302, 422)
    assert (project.suggestions, project.suggestions_by) == ("after", "Judge Nine-B")
    detail = Event.objects.get(verb="project.change").detail
    assert detail == {"suggestions": ["never", "after"], "suggestions_by": ["", "Judge Nine-B"]}
    assert "Choose a checkpoint from the list." in said(refused)


def test_looks_after_new_labels_are_off_until_an_owner_wants_them_and_the_change_is_audited(
    owner: Client, olga: Place
) -> None:
    fields = {"name": "Helpful answers", "description": "", "overlap": "1", "lease_minutes": "20"}
    before = olga.project.analyze_every

    saved = owner.post(f"{SOMEBODY}/settings/", {**fields, "analyze_every": "500"})
    unsaid = owner.post(f"{SOMEBODY}/settings/", fields)
    refused = owner.post(f"{SOMEBODY}/settings/", {**fields, "analyze_every": "3"})
    shown = owner.get(f"{SOMEBODY}/settings/").content.decode()

    assert before == 0
    assert (saved.status_code, unsaid.status_code, refused.status_code) == (302, 302, 422)
    assert Project.objects.get(pk=olga.project.pk).analyze_every == 500
    assert Event.objects.get(verb="project.change").detail == {"analyze_every": [0, 500]}
    assert "Give 0, or a whole number from 10 to 1,000,000." in said(refused)
    assert 'name="analyze_every" value="500"' in shown
