"""The page on which a curator asks a model about the items of a list."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from annotation import opinions
from annotation.kinds import KINDS
from annotation.models import Form, Item, Question
from annotation.services.prelabels import Wishes
from jobs import runner
from modelhooks.asking import ASKING
from modelhooks.models import Checkpoint, Run
from modelhooks.services import loading
from projects.access import Place

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
AddItems = Callable[..., list[Item]]


@pytest.fixture
def browser(place: Callable[..., Place]) -> Callable[..., Client]:
    """A browser in which somebody is signed in, in a role."""

    def get(name: str = "Chen", role: str = "curator") -> Client:
        client = Client()
        client.force_login(place(name, role).user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return get


def checkpoint_of(contract: str, name: str = "", **more: Any) -> Checkpoint:
    return Checkpoint.objects.create(name=name or f"A model of {contract}", contract=contract, backend="fake", **more)


def url(query: str = "") -> str:
    return reverse("annotation:run-new", args=["answers"]) + query


def form_with(project: Any, person: Callable[[str], User], **kinds: tuple[str, dict[str, Any]]) -> None:
    """A newer form with these questions by key: kind and settings."""
    form = Form.objects.create(project=project, version=2, created_by=person("Olga"))
    for position, (key, (kind, settings)) in enumerate(kinds.items()):
        target = "response" if kind in {"steps", "choice", "rubric"} else "item"
        Question.objects.create(
            form=form, position=position, key=key, kind=kind, target=target, title=key.title(),
            settings=KINDS[kind].check_settings(settings, target),
        )  # fmt: skip


def test_a_run_is_started_from_the_list_with_its_filters(browser: Callable[..., Client], add_items: AddItems) -> None:
    items = add_items(6)
    Item.objects.filter(pk__in=[one.pk for one in items[:4]]).update(tags=["maths"])
    meant = checkpoint_of("reward")
    chen = browser()

    listing = chen.get(reverse("annotation:items", args=["answers"]) + "?tag=maths").content.decode()
    page = chen.get(url("?tag=maths")).content.decode()
    started = chen.post(
        url(f"?tag=maths&question=better&checkpoint={meant.pk}"), {"act": "start", "limit": "3", "margin": "0.5"}
    )

    assert url("?tag=maths") in listing
    assert "Ask a model about these 4" in listing
    assert '<p class="figure">4</p>' in page
    run = Run.objects.get()
    assert started["Location"] == reverse("modelhooks:run", args=["answers", run.pk])
    assert (run.question, run.checkpoint_id, run.created_by.name) == ("better", meant.pk, "Chen")
    assert (run.parameters["filters"]["tag"], run.parameters["limit"], run.parameters["margin"]) == ("maths", 3, 0.5)


def test_only_who_can_answer_is_offered_and_the_others_say_why(
    browser: Callable[..., Client], add_items: AddItems
) -> None:
    add_items(1)
    checkpoint_of("reward", "Able")
    checkpoint_of("steps", "Wrong contract")
    checkpoint_of("reward", "Broken", is_healthy=False, health="It holds a pickle.")
    retired = checkpoint_of("reward", "Gone")
    Checkpoint.objects.filter(pk=retired.pk).update(retired_at=retired.created_at)

    page = browser().get(url()).content.decode()

    offered, others = page.split("cannot be asked this")
    assert "Able" in offered
    assert "Wrong contract" not in offered
    assert "It scores steps, which is no answer to “Which is better?”." in others
    assert "It did not pass its check: It holds a pickle." in others
    assert "Gone" not in page


@pytest.mark.parametrize("act", ["start", "preview"])
def test_a_checkpoint_that_does_not_fit_cannot_be_smuggled_in(
    browser: Callable[..., Client], add_items: AddItems, act: str
) -> None:
    add_items(1)
    broken = checkpoint_of("reward", "Broken", is_healthy=False)
    able = checkpoint_of("reward", "Able")

    browser().post(url(f"?question=better&checkpoint={broken.pk}"), {"act": act})

    assert list(Run.objects.values_list("checkpoint", flat=True)) == ([able.pk] if act == "start" else [])


def test_without_anybody_to_ask_the_page_says_where_they_come_from(
    browser: Callable[..., Client], add_items: AddItems
) -> None:
    add_items(1)
    chen = browser()

    nobody = chen.get(url()).content.decode()
    checkpoint_of("steps")
    nobody_fits = chen.get(url()).content.decode()
    refused = chen.post(url(), {"act": "start"})

    assert "There is no checkpoint yet." in nobody
    assert "No checkpoint can answer a question of this project’s form." in nobody_fits
    assert refused.status_code == 200
    assert not Run.objects.exists()


def test_the_preview_counts_what_is_known_and_starts_nothing(
    browser: Callable[..., Client], add_items: AddItems
) -> None:
    add_items(5)
    meant = checkpoint_of("reward")
    chen, here = browser(), url(f"?question=better&checkpoint={meant.pk}")
    chen.post(here, {"act": "start", "limit": "2"})
    run = Run.objects.get()
    runner.execute(str(run.job_id))
    loading.forget()
    run.refresh_from_db()
    Checkpoint.objects.filter(pk=meant.pk).update(fingerprint=run.fingerprint)

    part = chen.post(here, {"act": "preview", "limit": "4"}, headers=HTMX).content.decode()
    wrong = chen.post(here, {"act": "preview", "limit": "0"}, headers=HTMX)

    assert part.lstrip().startswith('<section class="card" id="preview"')
    assert '<p class="figure">4</p>' in part
    assert "2 have this checkpoint’s answer already" in part
    assert wrong.status_code == 422
    assert "At most so many items" in wrong.content.decode()
    assert Run.objects.count() == 1


def test_another_choice_redraws_only_what_depends_on_it(browser: Callable[..., Client], add_items: AddItems) -> None:
    add_items(1)
    checkpoint_of("reward", "A reward model")
    judge = checkpoint_of("preference", "Judge")
    chen = browser()

    first = chen.get(url(), headers=HTMX).content.decode()
    second = chen.get(url(f"?question=better&checkpoint={judge.pk}"), headers=HTMX).content.decode()

    assert first.lstrip().startswith('<form class="c5 stack start" id="rest"')
    assert ('name="margin"' in first, 'name="orders"' in first) == (True, False)
    assert ('name="margin"' in second, 'name="orders"' in second, 'name="n"' in second) == (False, True, True)


def test_right_and_wrong_are_options_of_the_question(
    browser: Callable[..., Client], add_items: AddItems, project: Any, person: Callable[[str], User]
) -> None:
    add_items(1)
    options = [{"key": key, "title": key.title()} for key in ("correct", "flawed")]
    form_with(project, person, verdict=("choice", {"options": options}))
    checkpoint_of("verification")
    chen = browser()

    page = chen.get(url()).content.decode()
    wrong = chen.post(url(), {"act": "start", "right": "yes", "wrong": "flawed"})
    chen.post(url(), {"act": "start", "right": "correct", "wrong": "flawed"})

    assert '<option value="correct" selected>Correct</option>' in page
    assert '<option value="flawed" selected>Flawed</option>' in page
    assert wrong.status_code == 422
    assert Run.objects.get().parameters["right"] == "correct"


def test_a_list_that_cannot_be_filtered_like_that_is_refused(
    browser: Callable[..., Client], add_items: AddItems
) -> None:
    assert browser().get(url("?banana=1")).status_code == 400


@pytest.mark.parametrize(("name", "role"), [("Ana", "annotator"), ("Vera", "viewer")])
def test_nobody_else_may_ask(browser: Callable[..., Client], add_items: AddItems, name: str, role: str) -> None:
    add_items(1)
    other = browser(name, role)

    assert other.get(url()).status_code == 404
    assert "Ask a model" not in other.get(reverse("annotation:items", args=["answers"])).content.decode()


def test_many_items_cost_few_queries(
    browser: Callable[..., Client], add_items: AddItems, django_assert_max_num_queries: Any
) -> None:
    add_items(60)
    for number in range(10):
        checkpoint_of("reward", f"Model {number}", fingerprint="f")
    chen = browser()

    with django_assert_max_num_queries(12):
        chen.get(url("?state=open"))


class Noting(dict[str, Any]):
    """Parameters that remember who asked for them."""

    def __init__(self) -> None:
        super().__init__(Wishes().model_dump())
        self.read: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.read.add(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self.read.add(str(key))
        return super().__contains__(key)


@pytest.mark.parametrize(("contract", "kind"), opinions.CONVERSIONS)
def test_what_may_be_chosen_is_what_is_read(
    contract: str, kind: str, monkeypatch: pytest.MonkeyPatch, place: Callable[..., Place], project: Any,
    add_items: AddItems, person: Callable[[str], User],
) -> None:  # fmt: skip
    """Each wish that a pair names is read while it answers, and none is read that it does not name."""
    options = [{"key": "yes", "title": "Yes"}, {"key": "no", "title": "No"}]
    settings: Mapping[str, dict[str, Any]] = {
        "choice": {"options": options}, "rubric": {"criteria": [{"key": "true", "title": "True"}]}
    }  # fmt: skip
    form_with(project, person, asked=(kind, settings.get(kind, {})))
    question = Question.objects.get(form__version=2)
    item = add_items(1)[0]
    item.source = {"reference": "Short."}
    convert, noting = opinions.CONVERSIONS[contract, kind], Noting()
    subject = opinions_subject(item, question)
    model = loading.model_of(checkpoint_of(contract))
    loading.forget()

    answers = ASKING[contract].ask(model, convert.inputs(item, question, subject), noting)
    convert.label(answers, question, subject, noting)

    assert noting.read == set(convert.wishes)


def opinions_subject(item: Item, question: Question) -> Any:
    from annotation import subjects

    return subjects.of(item, questions=[question])
