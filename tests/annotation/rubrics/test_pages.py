"""The pages of the library as plain HTML: looked through, written, published, forked, compared, taken out as files."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from annotation.models import Item, Rubric, RubricVersion
from annotation.queries.forms import current_form
from annotation.services import rubric_publishing, rubrics
from projects.access import Place
from projects.models import Project, Role

pytestmark = pytest.mark.django_db
Write = Callable[..., RubricVersion]
LIBRARY = "/projects/answers/rubrics/"
FIRST = f"{LIBRARY}1/versions/1/"


@pytest.fixture
def browser(place: Callable[..., Place], person: Callable[[str], User]) -> Callable[..., Client]:
    """A browser in which somebody is signed in."""

    def signed_in(name: str, role: str) -> Client:
        place(name, role)
        client = Client()
        client.force_login(person(name), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return signed_in


@pytest.fixture
def page(browser: Callable[..., Client]) -> Client:
    """Chen's."""
    return browser("Chen", Role.CURATOR)


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_library_says_what_will_be_here(page: Client, browser: Callable[..., Client]) -> None:
    shown = text(page, LIBRARY)

    assert "There are no rubrics yet" in shown
    assert f"{LIBRARY}new/" in shown
    assert f"{LIBRARY}new/" not in text(browser("Vera", Role.VIEWER), LIBRARY)


def test_the_library_is_looked_through(page: Client, write: Write, chen: Place) -> None:
    rubric_publishing.publish(chen, write())
    write("Safety", ["Does no harm"])

    assert "2 rubrics" in text(page, LIBRARY)
    found = text(page, f"{LIBRARY}?q=harm")
    assert "1 rubric" in found
    assert "Safety" in found
    assert "Helpfulness" not in found
    assert "No rubric matches" in text(page, f"{LIBRARY}?scope=slice")
    assert "version 1</b>" in text(page, LIBRARY)


def test_more_than_a_page_goes_on(page: Client, write: Write) -> None:
    for number in range(51):
        write(f"Rubric {number}")

    first = page.get(LIBRARY)

    assert len(first.context["lines"]) == 50
    assert [line.rubric.number for line in page.get(first.context["next_url"]).context["lines"]] == [1]


def test_a_version_shows_all_that_its_criteria_say(page: Client, write: Write) -> None:
    write(
        criteria=[
            {
                "key": "correct",
                "title": "Every claim is correct",
                "pass_condition": "No claim is false.",
                "failure_examples": ["Whales are fish."],
                "evidence": [{"snippet": "They <b>are</b> fish.", "response": 1, "start": 0, "end": 5}],
                "focus_on": "reasoning",
                "needs_evidence": True,
                "origin": "contrast",
            },
            {"key": "brief", "title": "Is brief", "depends_on": ["correct"]},
        ]
    )

    shown = text(page, FIRST)

    for words in ("No claim is false.", "Whales are fish.", "They &lt;b&gt;are&lt;/b&gt; fish.", "response 2"):
        assert words in shown
    assert "looks at the reasoning · wants a quote · from a contrast" in shown
    assert "Nobody is asked with it" in shown


def test_a_new_rubric_is_written_with_details(page: Client) -> None:
    fields = {
        "act": "save",
        "count": "2",
        "name": "Helpfulness",
        "scope": "project",
        "note": "First.\r\nTry.",
        "c0.line": "[hard] follows: Follows every instruction",
        "c0.failure_examples": "Leaves one out.\r\n\r\nAdds one.",
        "c1.line": "Every claim is correct (weight 2) = no | in part | yes",
        "c1.depends_on": "follows",
        "c1.needs_evidence": "on",
        "more": "Is brief\r\nIs kind",
    }

    saved = page.post(f"{LIBRARY}new/", fields)

    assert saved.headers["Location"] == FIRST
    version = RubricVersion.objects.get()
    assert version.note == "First.\nTry."
    assert [one["key"] for one in version.criteria] == ["follows", "every_claim_is_correct", "is_brief", "is_kind"]
    assert version.criteria[0]["failure_examples"] == ["Leaves one out.", "Adds one."]
    assert (version.criteria[1]["depends_on"], version.criteria[1]["needs_evidence"]) == (["follows"], True)


def test_a_slice_and_an_item_are_named_by_their_fields(page: Client, add_items: Callable[..., list[Item]]) -> None:
    (item,) = add_items(1)
    fields = {"act": "save", "count": "1", "c0.line": "Is kind", "slice_tag": "maths", "item": item.key}

    for scope in ("slice", "item"):
        page.post(f"{LIBRARY}new/", {**fields, "name": scope, "scope": scope})

    sliced, single = Rubric.objects.order_by("number")
    assert (sliced.slice, sliced.item, single.slice, single.item) == ({"tag": "maths"}, None, {}, item)


def test_what_cannot_be_saved_stays_on_the_page(page: Client) -> None:
    fields = {
        "act": "save",
        "count": "1",
        "name": "Kindness",
        "c0.line": "[soft] Is kind",
        "c0.pass_condition": "Smiles.",
    }

    refused = page.post(f"{LIBRARY}new/", fields)

    assert refused.status_code == 422
    shown = refused.content.decode()
    for words in ("Criterion 1: “[soft]” is not known", "[soft] Is kind", "Smiles.", 'value="Kindness"'):
        assert words in shown
    assert not Rubric.objects.exists()


def test_criteria_are_moved_added_and_removed_without_being_saved(page: Client) -> None:
    fields = {"count": "2", "c0.line": "First", "c1.line": "Second"}

    def lines(act: str) -> list[str]:
        return [row.line for row in page.post(f"{LIBRARY}new/", {**fields, "act": act}).context["rows"]]

    assert lines("down:0") == ["Second", "First"]
    assert lines("up:1") == ["Second", "First"]
    assert lines("remove:0") == ["Second"]
    assert lines("add") == ["First", "Second", ""]
    assert lines("up:0") == lines("down:9") == lines("anything") == ["First", "Second"]
    assert not Rubric.objects.exists()


def test_the_next_version_keeps_what_has_no_field(page: Client, write: Write) -> None:
    held = {"evidence": [{"snippet": "So."}], "origin": "contrast"}
    first = write(criteria=[{"key": "a", "title": "Is kind", **held}, {"key": "b", "title": "Is brief", **held}])
    opened = page.get(f"{FIRST}edit/").context["rows"]
    assert [(row.line, row.evidence) for row in opened] == [("a: Is kind", 1), ("b: Is brief", 1)]
    fields = {"act": "save", "count": "2", "note": "Plainer."}
    fields |= {"c0.line": "b: Is short", "c0.was": "b", "c1.line": "a: Is kind (weight 2)", "c1.was": "a"}

    saved = page.post(f"{FIRST}edit/", fields)

    assert saved.headers["Location"] == f"{LIBRARY}1/versions/2/"
    second = RubricVersion.objects.get(number=2)
    assert [(one["key"], one["title"], one["origin"]) for one in second.criteria] == [
        ("b", "Is short", "human"),
        ("a", "Is kind", "contrast"),
    ]
    assert all(one["evidence"] == first.criteria[0]["evidence"] for one in second.criteria)
    assert (second.parent, second.note) == (first, "Plainer.")


def test_two_versions_are_compared_word_by_word(page: Client, write: Write, chen: Place) -> None:
    first = write()
    rubrics.new_version(first.rubric, by=chen.user, criteria=["follows: Follows all of the prompt", "Is new"])

    shown = text(page, f"{LIBRARY}1/versions/2/compare/")

    assert "1 added, 2 taken out, 1 changed, 0 as they were" in shown
    assert '<del class="cut">every instruction' in shown
    assert "says the same" in text(page, f"{FIRST}compare/?to=1")
    assert page.get(f"{FIRST}compare/?to=9").status_code == 404


def test_a_version_is_published_from_its_page(page: Client, write: Write, project: Project) -> None:
    write()

    done = page.post(f"{FIRST}publish/", {"question": "", "title": "How good?", "target": "response"}, follow=True)

    form = current_form(project.pk)
    assert form
    assert form.questions.get(key="rubric").title == "How good?"
    assert "is asked with version 1" in done.content.decode()
    refused = page.post(f"{FIRST}publish/", {"question": "better"})
    assert refused.status_code == 409
    assert "no rubric question" in refused.content.decode()


def test_a_version_is_forked_said_to_be_good_and_put_away(page: Client, write: Write) -> None:
    write()

    page.post(f"{FIRST}fork/", {"name": "Kindness", "scope": "project"})
    page.post(f"{FIRST}status/", {"status": "validated"})
    away = page.post(f"{LIBRARY}1/rest/", {"act": "retire"}, follow=True)

    assert RubricVersion.objects.get(rubric__number=1).status == "validated"
    assert RubricVersion.objects.get(rubric__number=2).source == "forked"
    assert "is put away" in away.content.decode()
    assert "1 rubric put away" in text(page, f"{LIBRARY}?retired=1")
    assert page.get(f"{FIRST}edit/").status_code == 404
    page.post(f"{LIBRARY}1/rest/", {"act": "restore"})
    assert Rubric.objects.get(number=1).retired_at is None
    assert page.post(f"{FIRST}fork/", {"name": "", "scope": "project"}).status_code == 422
    assert page.post(f"{FIRST}status/", {"status": "perfect"}).status_code == 422


def test_a_file_is_brought_in_and_taken_out(page: Client, write: Write) -> None:
    write()
    taken = page.get(f"{FIRST}export/?layout=goldpan")
    line = b"".join(taken.streaming_content)  # type: ignore[attr-defined]

    def bring(content: bytes) -> Any:
        return page.post(f"{LIBRARY}files/", {"file": SimpleUploadedFile("two.jsonl", content), "layout": ""})

    renamed = json.dumps({**json.loads(line), "name": "Other"}).encode()
    assert bring(renamed).status_code == 302
    assert Rubric.objects.get(number=2).name == "Other"
    refused = bring(b"no json")
    assert refused.status_code == 422
    assert "not JSON" in refused.content.decode()
    assert page.post(f"{LIBRARY}files/").status_code == 422


def test_viewers_read_and_annotators_see_nothing(browser: Callable[..., Client], write: Write) -> None:
    write()
    vera, ana = browser("Vera", Role.VIEWER), browser("Ana", Role.ANNOTATOR)

    assert "Publish version" not in text(vera, FIRST)
    assert vera.get(f"{FIRST}edit/").status_code == 404
    assert vera.post(f"{FIRST}publish/").status_code == 404
    for address in (LIBRARY, FIRST, f"{FIRST}compare/", f"{FIRST}export/"):
        assert vera.get(address).status_code == 200
        assert ana.get(address).status_code == 404


def test_pages_ask_the_database_little(
    page: Client, write: Write, chen: Place, django_assert_max_num_queries: Any
) -> None:
    first = write()
    rubric_publishing.publish(chen, first)
    for number in range(12):
        write(f"Rubric {number}")
        rubrics.new_version(first.rubric, by=chen.user, criteria=[f"Criterion {number}"])
    rubric_publishing.publish(chen, first.rubric.versions.get(number=5))

    for address in (LIBRARY, f"{LIBRARY}?q=rubric", f"{LIBRARY}1/versions/5/", f"{LIBRARY}1/versions/5/compare/"):
        page.get(address)  # what a process remembers of forms, it reads once
        with django_assert_max_num_queries(12):
            page.get(address)
