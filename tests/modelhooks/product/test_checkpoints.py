"""Checkpoints: who adds them, what a check finds, and what their pages say."""

from collections.abc import Callable, Sequence
from typing import Any, Literal

import pytest
from django.test import Client
from django.urls import reverse
from pydantic import Field

from accounts.models import User
from audit.models import Event
from jobs.models import Job, State
from modelhooks import catalog, option_fields
from modelhooks.asking import ASKING
from modelhooks.backends.fake import FakeModel
from modelhooks.catalog import BACKENDS, BackendOptions
from modelhooks.contracts import Comparison, Judgment, ResponseGroup, RewardScore
from modelhooks.errors import LoadRefused, Unavailable
from modelhooks.known_pairs import KNOWN
from modelhooks.models import Checkpoint
from modelhooks.presets import presets
from modelhooks.services import checkpoints, loading, runs
from modelhooks.services.checkpoints import CheckpointRefused
from projects.models import Membership, Role
from tests.modelhooks.product.conftest import do
from tests.world import World, program, token_for

pytestmark = pytest.mark.django_db
Add = Callable[..., Checkpoint]
API = "/api/v1/checkpoints/"
BODY = {"name": "Max", "backend": "fake", "contract": "reward", "options": {"seed": "7"}}


def checked(checkpoint: Checkpoint) -> Checkpoint:
    do(checkpoint.check_job)
    return Checkpoint.objects.select_related("check_job").get(pk=checkpoint.pk)


def loads(monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    def load(_: Checkpoint) -> Any:
        if isinstance(what, Exception):
            raise what
        return what

    monkeypatch.setattr(loading, "_loaded", load)


class Silent(FakeModel):
    """Gives no score, and unreadable judgments."""

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        return [[RewardScore(None, error="The score is no number.")] * len(one.responses) for one in groups]

    def judge(self, comparisons: Sequence[Comparison], *, n: int = 1, orders: Any = "both") -> list[Judgment]:
        return [Judgment(None, parse_ok=False, raw_text=("Sure.",))] * len(comparisons)


class Broken(FakeModel):
    """Breaks on whatever it is asked."""

    def score(self, groups: Sequence[ResponseGroup]) -> list[list[RewardScore]]:
        raise RuntimeError("words of a stranger")


def test_every_contract_has_something_with_a_known_answer() -> None:
    assert set(ASKING) <= set(KNOWN)


@pytest.mark.parametrize("contract", sorted(BACKENDS["fake"].contracts))
def test_a_check_loads_and_asks_and_tells_what_came(add: Add, contract: str) -> None:
    found = checked(add(contract=contract))

    assert found.is_healthy is True
    assert found.health.startswith(("It scores", "Of a right answer", "It says", "It calls", "It does not decide"))
    assert found.checked_at is not None
    assert found.fingerprint == FakeModel("Fake judge").fingerprint
    assert Event.objects.filter(verb="checkpoint.checked", subject=f"checkpoint:{found.pk}").exists()


@pytest.mark.parametrize(
    ("what", "contract", "sentence"),
    [
        (LoadRefused("It holds a pickle."), "reward", "It holds a pickle."),
        (Unavailable("Nobody answers at judge."), "reward", "What runs it cannot be reached. Nobody answers at judge."),
        (MemoryError("secret"), "reward", "It broke when it was loaded (MemoryError)."),
        (Broken(), "reward", "It broke when it was asked (RuntimeError)."),
        (Silent(), "reward", "It gave no answer. The score is no number."),
        (Silent(), "preference", "Its answer could not be read: the server does not keep to the form"),
    ],
)
def test_whatever_is_wrong_with_it_is_one_sentence_and_no_run_begins(
    add: Add, world: World, monkeypatch: pytest.MonkeyPatch, what: Any, contract: str, sentence: str
) -> None:
    loads(monkeypatch, what)

    found = checked(add(contract=contract))

    assert found.is_healthy is False
    assert found.health.startswith(sentence)
    assert found.check_job
    assert found.check_job.state == State.DONE
    with pytest.raises(runs.RunRefused, match="did not pass its check"):
        runs.start(world.answers.owner, hook="prelabel", checkpoint=found)


def test_a_model_that_became_another_is_told(add: Add, stella: User, monkeypatch: pytest.MonkeyPatch) -> None:
    found = checked(add(contract="reward"))
    loads(monkeypatch, FakeModel("other weights"))

    checkpoints.check(stella, found)
    again = checked(Checkpoint.objects.select_related("check_job").get())

    assert again.is_healthy is True
    assert "another than at the last check" in again.health
    assert again.fingerprint == FakeModel("other weights").fingerprint


def test_a_check_that_waits_is_not_queued_twice(add: Add, stella: User) -> None:
    made = add()

    assert checkpoints.check(stella, made) == made.check_job
    assert Job.objects.filter(kind="checkpoint-check").count() == 1
    assert Job.objects.get(kind="checkpoint-check").queue == "cpu"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "  "}, "A checkpoint needs a name."),
        ({"name": "two\nlines"}, "The name is one line of at most 100 characters."),
        ({"licence": "x" * 201}, "The licence is one line of at most 200 characters."),
        ({"name": "Taken"}, "There is a checkpoint “Taken” already."),
        ({"contract": "oracle"}, "There is no contract “oracle”."),
        ({"backend": "oracle"}, "There is no backend “oracle”."),
        ({"options": {"url": "http://127.0.0.1"}}, "url: Extra inputs are not permitted."),
    ],
)
def test_what_cannot_be_a_checkpoint_is_refused_with_a_sentence(
    add: Add, stella: User, change: dict[str, Any], sentence: str
) -> None:
    add("Taken")

    with pytest.raises(CheckpointRefused) as refused:
        checkpoints.add(stella, **{**BODY, **change})

    assert str(refused.value).startswith(sentence)
    assert Checkpoint.objects.count() == 1


def test_a_retired_checkpoint_is_neither_checked_nor_asked(add: Add, stella: User, world: World) -> None:
    made = add()
    checkpoints.retire(stella, made)
    made.refresh_from_db()

    with pytest.raises(CheckpointRefused, match="is retired"):
        checkpoints.check(stella, made)
    with pytest.raises(runs.RunRefused, match="is retired"):
        runs.start(world.answers.owner, hook="prelabel", checkpoint=made)
    assert list(Event.objects.order_by("pk").values_list("verb", flat=True))[-2:] == [
        "checkpoint.added",
        "checkpoint.retired",
    ]


# --- Pages


def test_it_is_added_on_a_page_and_the_page_says_whether_it_works(keeper: Client) -> None:
    asked = keeper.post(
        f"{reverse('modelhooks:checkpoint-new')}?backend=fake",
        {"name": "Max", "contract": "reward", "options.seed": "7", "licence": "CC-BY-NC", "commercial_use": "no"},
    )
    waiting = keeper.get(asked["Location"]).content.decode()
    do(Job.objects.get(kind="checkpoint-check"))
    page = keeper.get(asked["Location"]).content.decode()
    listing = keeper.get(reverse("modelhooks:checkpoints")).content.decode()

    made = Checkpoint.objects.get()
    assert (made.options, made.commercial_use, made.licence) == ({"seed": "7", "instructions": ""}, False, "CC-BY-NC")
    assert "is being checked" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    assert "It scores the right answer" in page
    assert "every 2s" not in page
    assert made.fingerprint in page
    assert "The one checkpoint works" in listing
    assert "not for commercial use" in listing


def test_whoever_keeps_them_finds_them_from_the_projects(keeper: Client, client: Client, world: World) -> None:
    address = f'href="{reverse("modelhooks:checkpoints")}"'
    client.force_login(world.user("ana"))

    assert address in keeper.get("/").content.decode()
    hers = client.get("/")
    assert hers.status_code == 200
    assert address not in hers.content.decode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": ""}, "This field is required"),
        ({"contract": "oracle"}, "Select a valid choice"),
        ({"options.seed": "x" * 101}, "at most 100 characters"),
        ({"name": "Taken"}, "already. Checkpoints never change"),
    ],
)
def test_a_wrong_form_comes_back_with_a_sentence(keeper: Client, add: Add, change: dict[str, str], said: str) -> None:
    add("Taken")

    answer = keeper.post(
        f"{reverse('modelhooks:checkpoint-new')}?backend=fake", {"name": "Max", "contract": "reward", **change}
    )

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Checkpoint.objects.count() == 1


def test_there_is_no_form_for_a_backend_that_is_not_there(keeper: Client) -> None:
    assert keeper.get(reverse("modelhooks:checkpoint-new") + "?backend=oracle").status_code == 404


def test_an_empty_list_says_what_a_checkpoint_is_and_to_whom_to_turn(keeper: Client, world: World) -> None:
    for_stella = keeper.get(reverse("modelhooks:checkpoints")).content.decode()
    for_vera = world.browser("vera").get(reverse("modelhooks:checkpoints")).content.decode()

    assert reverse("modelhooks:checkpoint-new") in for_stella
    assert reverse("modelhooks:checkpoint-new") not in for_vera
    assert "Whoever runs this installation can add one." in for_vera


def test_a_checkpoint_shows_the_runs_of_ones_own_projects_alone(add: Add, world: World) -> None:
    made = add(contract="reward")
    runs.start(world.answers.owner, hook="prelabel", checkpoint=made)

    theirs = world.browser("vera").get(reverse("modelhooks:checkpoint", args=[made.pk])).content.decode()
    strangers = world.browser("oscar").get(reverse("modelhooks:checkpoint", args=[made.pk])).content.decode()

    assert "Its runs" in theirs
    assert "Answers" in theirs
    assert "No run of it that you may see" in strangers
    assert "Retire it" not in theirs


def test_many_checkpoints_cost_as_many_queries_as_one(
    keeper: Client, add: Add, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        add(f"Fake {number}")

    with django_assert_max_num_queries(6):
        keeper.get(reverse("modelhooks:checkpoints"))


def test_a_page_checks_and_retires(keeper: Client, add: Add) -> None:
    made = checked(add())

    keeper.post(reverse("modelhooks:checkpoint-check", args=[made.pk]))
    made.refresh_from_db()
    assert made.check_job
    assert made.check_job.is_open

    keeper.post(reverse("modelhooks:checkpoint-retire", args=[made.pk]))
    made.refresh_from_db()
    assert made.retired_at is not None
    assert "is retired" in keeper.get(reverse("modelhooks:checkpoint", args=[made.pk])).content.decode()


# --- Options as a form


class Every(BackendOptions):
    """One option of each sort that a backend may have."""

    folder: catalog.Name = Field(title="Folder", description="Below the models.")
    dtype: Literal["auto", "float32"] = Field(default="auto", title="Type")
    samples: int = Field(default=3, ge=1, le=8)
    temperature: float | None = Field(default=None, ge=0)
    is_strict: bool = True


def test_a_preset_is_picked_from_those_there_are(keeper: Client) -> None:
    page = keeper.get(reverse("modelhooks:checkpoint-new") + "?backend=transformers").content.decode()

    field = page[page.index('<select name="options.preset"') :].partition("</select>")[0]
    assert [f'value="{name}"' in field for name in ("", *presets())] == [True] * (len(presets()) + 1)


def test_options_are_drawn_with_their_titles_and_read_back() -> None:
    drawn = option_fields.fields(Every)

    assert [(name, one.label, one.required) for name, one in drawn.items()] == [
        ("options.folder", "Folder", True),
        ("options.dtype", "Type", False),
        ("options.samples", "Samples", False),
        ("options.temperature", "Temperature", False),
        ("options.is_strict", "Is Strict", False),
    ]
    assert drawn["options.folder"].help_text == "Below the models."
    said = {
        name: one.clean(text)
        for (name, one), text in zip(drawn.items(), ["m-1", "float32", "4", "", "False"], strict=True)
    }
    assert option_fields.given(said) == {"folder": "m-1", "dtype": "float32", "samples": 4, "is_strict": False}
    assert Every.model_validate(option_fields.given(said)).is_strict is False


@pytest.mark.parametrize("text", ["../up", "/etc/passwd", "http://127.0.0.1", ""])
def test_no_path_and_no_address_is_a_name(text: str) -> None:
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError):
        option_fields.fields(Every)["options.folder"].clean(text)


@pytest.mark.parametrize("backend", BACKENDS)
def test_every_backend_has_a_form(backend: str) -> None:
    drawn = option_fields.fields(BACKENDS[backend].options_type)

    assert set(drawn) == {f"options.{name}" for name in BACKENDS[backend].options_type.model_fields}
    assert all(one.label for one in drawn.values())


# --- Programs


def test_a_program_of_a_keeper_adds_checks_and_retires(stella: User) -> None:
    api = program(token_for("stella"))

    made = api.post(API, BODY, content_type="application/json")
    waiting = api.get(made["Location"]).json()
    do(Job.objects.get(kind="checkpoint-check"))
    found = api.get(made["Location"]).json()
    again = api.post(f"{made['Location']}check/")
    retired = api.post(f"{made['Location']}retire/").json()

    assert made.status_code == 201
    assert (waiting["is_being_checked"], waiting["is_healthy"]) == (True, None)
    assert (found["is_being_checked"], found["is_healthy"]) == (False, True)
    assert (again.status_code, again.json()["is_being_checked"]) == (202, True)
    assert retired["retired_at"]
    assert [one["name"] for one in api.get(API).json()["results"]] == ["Max"]


def test_only_a_token_that_manages_and_is_not_bound_adds_one(stella: User, world: World) -> None:
    Membership.objects.create(project=world.answers.owner.project, user=stella, role=Role.OWNER)
    weak = program(token_for("stella", scopes=["read", "write"]))
    bound = program(token_for("stella", project_id=world.answers.owner.project.pk))

    statuses = [api.post(API, BODY, content_type="application/json").status_code for api in (weak, bound)]

    assert statuses == [404, 404]
    assert not Checkpoint.objects.exists()


@pytest.mark.parametrize(
    ("person", "status"), [("olga", 200), ("chen", 200), ("vera", 200), ("ana", 404), ("sam", 404)]
)
def test_annotators_see_nothing_of_checkpoints(add: Add, world: World, person: str, status: int) -> None:
    made = add()

    statuses = {
        world.api(person).get(API).status_code,
        world.api(person).get(f"{API}{made.pk}/").status_code,
        world.browser(person).get(reverse("modelhooks:checkpoints")).status_code,
        world.browser(person).get(reverse("modelhooks:checkpoint", args=[made.pk])).status_code,
    }

    assert statuses == {status}
