"""Runs of generators: what they draw becomes new items, once, and every response says where it came from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from uuid import uuid4

import pytest
from django.test import override_settings

from annotation.candidates import Origin, made, why_none
from annotation.models import Item, Slot
from annotation.queries.items import Filters
from annotation.services import candidates
from jobs import faults
from jobs.models import Job, State
from modelhooks import catalog, endpoints
from modelhooks.backends.fake import FakeModel
from modelhooks.contracts import Generation, Messages, Usage
from modelhooks.judging.candidates import Candidates
from modelhooks.models import Checkpoint, Chunk, Failure, Opinion, Run
from modelhooks.services import loading, runs
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.annotation.test_judges_in_runs import LIMITS, work
from tests.modelhooks.remote.server import Server, completion, serving

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]


class Writing(FakeModel):
    """Says what it was asked, and writes these texts, over and over."""

    def __init__(self, *texts: str) -> None:
        super().__init__()
        self.texts = texts
        self.asked: list[Messages] = []

    def generate(self, prompts: Sequence[Messages], *, n: int, parameters: Mapping[str, Any]) -> list[list[Generation]]:
        self.asked += prompts
        if not self.texts:
            return super().generate(prompts, n=n, parameters=parameters)
        return [
            [
                Generation(self.texts[number % len(self.texts)], "stop", {"model": "w", **parameters}, Usage(1, 2))
                for number in range(n)
            ]
            for _ in prompts
        ]


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


@pytest.fixture
def checkpoint(db: None) -> Checkpoint:
    return Checkpoint.objects.create(name="Writer", contract="generation", backend="fake")


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Writing]:
    """What every checkpoint loads from now on."""

    def load(*texts: str) -> Writing:
        loading.forget()
        model = Writing(*texts)
        monkeypatch.setattr(loading, "_loaded", lambda _checkpoint: model)
        return model

    return load


def started(olga: Place, checkpoint: Checkpoint, **more: Any) -> Run:
    wishes = {"n": 3, **more.pop("wishes", {})}
    return candidates.start(olga, checkpoint=checkpoint, wishes=wishes, **more)


def item_of(olga: Place, *turns: Any, **more: Any) -> Item:
    """An item with this prompt; a text is a person's turn."""
    messages = [{"role": "user", "content": turn} if isinstance(turn, str) else turn for turn in turns]
    responses = [{"messages": [{"role": "assistant", "content": text}]} for text in ("Long.", "Short.")]
    own = {"key": uuid4().hex, "digest": uuid4().bytes * 2, "group": "g", "responses": responses, **more}
    return Item.objects.create(project=olga.project, messages=messages, **own)


def made_by(run: Run) -> list[Item]:
    return list(Item.objects.filter(tags__contains=[f"run-{run.pk}"]).order_by("pk"))


def texts(item: Item) -> list[str]:
    return [item.text_of(place) for place in range(len(item.responses))]


def test_each_prompt_becomes_pairs_of_what_was_written(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing]
) -> None:
    asked = add_items(2)
    loads("One.", "Two.", "Three.")

    run = started(olga, checkpoint)
    job = work(run)

    assert job.state == State.DONE, job.message
    found = made_by(run)
    assert [texts(item) for item in found] == [["One.", "Two."], ["One.", "Three."], ["Two.", "Three."]] * 2
    assert [item.group for item in found] == [asked[0].group] * 3 + [asked[1].group] * 3
    assert found[0].messages == asked[0].messages
    assert Slot.objects.filter(item=found[0]).count() == olga.project.overlap


def test_a_response_says_by_whom_and_how_it_was_drawn(olga: Place, checkpoint: Checkpoint) -> None:
    asked = item_of(olga, "Why?", source={"reference": "56", "page": 3})
    wishes = {"n": 2, "temperature": 0.7, "top_p": 0.9, "seed": 5, "max_tokens": 77, "system": "Be brief."}

    run = started(olga, checkpoint, wishes=wishes)
    work(run)

    (item,) = made_by(run)
    drawn = {"temperature": 0.7, "top_p": 0.9, "seed": 5, "max_tokens": 77, "finish_reason": "stop"}
    assert [one["params"] for one in item.responses] == [drawn, drawn]
    assert [one["model"] for one in item.responses] == ["Writer", "Writer"]
    assert item.source == {
        "run": run.pk, "checkpoint": "Writer", "fingerprint": Run.objects.get(pk=run.pk).fingerprint, "drawn": 2,
        "system": "Be brief.", "left_out": {}, "reference": "56", "prompt_of": asked.key,
    }  # fmt: skip


def test_all_responses_may_stand_in_one_item(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing]
) -> None:
    add_items(1)
    loads("One.", "Two.", "Three.")

    run = started(olga, checkpoint, wishes={"shape": "one"})
    work(run)

    assert [texts(item) for item in made_by(run)] == [["One.", "Two.", "Three."]]


def test_so_many_pairs_are_drawn_and_always_the_same_ones() -> None:
    found = Candidates(PROMPT, tuple(Generation(f"{n}.", "stop") for n in range(8)), {}, Usage())
    origin = Origin(PROMPT, "g")

    some = [made(origin, found, shape="pairs", most_pairs=5, writer="w", source={}, tags=[]) for _ in range(2)]
    others = made(Origin(OTHER, "g"), found, shape="pairs", most_pairs=5, writer="w", source={}, tags=[])

    assert len(some[0]) == 5
    assert _texts(some[0]) == _texts(some[1])
    assert _texts(some[0]) != _texts(others)
    assert len(made(origin, found, shape="pairs", most_pairs=0, writer="w", source={}, tags=[])) == 28


OTHER: Messages = ({"role": "user", "content": "?"},)
PROMPT: Messages = ({"role": "user", "content": "Why?"},)


def _texts(items: Sequence[Any]) -> list[list[str]]:
    return [[one.messages[0]["content"] for one in item.responses] for item in items]


def test_what_was_said_before_is_left_out_and_told(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing]
) -> None:
    add_items(1)
    loads("One.", "One.", "Two.", " ")

    run = started(olga, checkpoint, wishes={"n": 4})
    work(run)

    (item,) = made_by(run)
    assert texts(item) == ["One.", "Two."]
    assert item.source["left_out"] == {"said before": 1, "empty": 1}
    assert Chunk.objects.get(run=run).outcome == {
        "responses": 2, "responses said before": 1, "responses empty": 1, "new items": 1, "items there already": 0,
    }  # fmt: skip


def test_too_few_responses_are_no_item_and_say_why(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing]
) -> None:
    (asked,) = add_items(1)
    loads("The same.")

    run = started(olga, checkpoint)
    work(run)

    failure = Failure.objects.get(run=run)
    assert (failure.subject, failure.reason) == (
        asked.pk, "Only one response was left (2 said before), and an item has two or more."
    )  # fmt: skip
    assert made_by(run) == []
    assert why_none(Candidates(PROMPT, (), {"empty": 1}, Usage())).startswith("No response was left (1 empty)")


def test_prompts_that_are_the_same_make_their_items_once(
    olga: Place, checkpoint: Checkpoint, loads: Callable[..., Writing]
) -> None:
    for _ in range(3):
        item_of(olga, "Why?")
    model = loads("One.", "Two.")

    run = started(olga, checkpoint, wishes={"n": 2})
    work(run)

    assert [texts(item) for item in made_by(run)] == [["One.", "Two."]]
    assert len(model.asked) == 1
    assert Chunk.objects.get(run=run).outcome["items there already"] == 2


def test_another_run_of_the_same_wish_asks_nothing_and_makes_nothing(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing]
) -> None:
    add_items(2)
    model = loads()
    work(started(olga, checkpoint, limit=2))
    asked, there = len(model.asked), Item.objects.count()

    again = started(olga, checkpoint, limit=2)
    work(again)
    otherwise = started(olga, checkpoint, limit=2, wishes={"seed": 1})
    work(otherwise)

    assert (asked, there) == (2, 2 + 2 * 3)
    assert made_by(again) == []
    assert len(made_by(otherwise)) == 2 * 3
    assert len(model.asked) == 4


@pytest.mark.parametrize("where", ["run_computed", "run_opinions_kept", "run_chunk_stored"])
def test_killed_anywhere_every_item_is_there_once(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing], where: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Before the answers are kept they are drawn again, and after that never."""
    add_items(3)
    model = loads()

    class Killed(BaseException):
        pass

    def kill(name: str) -> None:
        if name == where:
            raise Killed

    run = started(olga, checkpoint)
    with monkeypatch.context() as patched:
        patched.setattr(faults, "crash_here", kill)
        with pytest.raises(Killed):
            work(run)
    Job.objects.filter(pk=run.job_id).update(state=State.QUEUED, lease_until=None)
    job = work(run)

    assert job.state == State.DONE, job.message
    assert len(made_by(run)) == len(set(Item.objects.values_list("key", flat=True))) - 3 == 9
    assert len(model.asked) == (6 if where == "run_computed" else 3)


@pytest.mark.parametrize(
    ("messages", "why"),
    [
        ([{"role": "user", "content": "Look.", "media": [{"sha256": "0" * 64}]}], "sees no pictures"),
        ([{"role": "assistant", "content": "Hello."}], "does not end with a person’s turn"),
        (
            [
                {"role": "assistant", "content": "", "tool_calls": [{"name": "f", "arguments": "{}"}]},
                {"role": "tool", "content": "1"},
                {"role": "user", "content": "And?"},
            ],
            "calls of tools",
        ),
    ],
)
def test_a_prompt_that_cannot_be_sent_as_it_is_is_not_sent_in_part(
    olga: Place, checkpoint: Checkpoint, loads: Callable[..., Writing],
    messages: list[dict[str, Any]], why: str,
) -> None:  # fmt: skip
    item_of(olga, *messages)
    model = loads()

    run = started(olga, checkpoint)
    work(run)

    assert why in Failure.objects.get(run=run).reason
    assert model.asked == []


def test_a_prompts_own_system_turn_stands(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing]
) -> None:
    item_of(olga, {"role": "system", "content": "Own."}, "Why?")
    (other,) = add_items(1)
    model = loads()

    work(started(olga, checkpoint, wishes={"system": "Be brief."}))

    assert [prompt[0]["content"] for prompt in model.asked] == ["Own.", "Be brief."]
    assert Item.objects.filter(source__prompt_of=other.key).first().messages == other.messages  # type: ignore[union-attr]


def test_filters_and_a_limit_choose_the_prompts(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, loads: Callable[..., Writing]
) -> None:
    asked = add_items(4)
    Item.objects.filter(pk__in=[one.pk for one in asked[1:]]).update(tags=["maths"])
    model = loads()

    work(started(olga, checkpoint, filters=Filters(tag="maths"), limit=2))

    assert [prompt[0]["content"] for prompt in model.asked] == ["Question 1?", "Question 2?"]


@pytest.mark.parametrize(
    "wishes",
    [
        {"n": 1}, {"n": 17}, {"temperature": 3}, {"top_p": 0}, {"seed": -1}, {"max_tokens": 0}, {"shape": "triples"},
        {"pairs": -1}, {"system": "\0"}, {"system": "\ud800"}, {"system": "x" * 8_001}, {"model": "another"},
        {"most_cost": 1},
    ],
)  # fmt: skip
def test_a_wish_that_makes_no_sense_is_refused(
    olga: Place, checkpoint: Checkpoint, add_items: AddItems, wishes: dict[str, Any]
) -> None:
    add_items(1)

    with pytest.raises(RunRefused):
        started(olga, checkpoint, wishes=wishes)


def test_only_a_generator_is_asked(olga: Place, add_items: AddItems) -> None:
    add_items(1)
    judge = Checkpoint.objects.create(name="Max", contract="preference", backend="fake")

    with pytest.raises(RunRefused, match="writes no responses"):
        started(olga, judge)


@pytest.fixture
def server() -> Iterator[Server]:
    """What the endpoint “writer” names."""
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as served:
        prices = {"prompt": 10_000.0, "completion": 10_000.0}
        known = {"kind": "openai_chat", "url": served.url, "model": "big-1", "limits": LIMITS, "prices": prices}
        with override_settings(MODEL_ENDPOINTS={"writer": {**known, "revision": "r7"}}):
            yield served
    loading.forget()


@pytest.fixture
def served(db: None) -> Checkpoint:
    options = catalog.checked("generator", "generation", {"endpoint": "writer"})
    return Checkpoint.objects.create(name="Big", contract="generation", backend="generator", options=options)


def test_a_chat_server_writes_them(olga: Place, add_items: AddItems, server: Server, served: Checkpoint) -> None:
    asked = add_items(2)
    server.behave = lambda handler, body: handler.say(completion(body, "One.", "Two.", "Three."))

    run = started(olga, served, wishes={"system": "Be brief.", "temperature": 0.5, "max_tokens": 9})
    job = work(run)

    assert job.state == State.DONE, job.message
    assert [len(server.bodies), *(server.bodies[0][name] for name in ("n", "temperature", "max_tokens"))] == [
        2,
        3,
        0.5,
        9,
    ]
    prompts = [body["messages"] for body in server.bodies]  # asked side by side, in whatever order they arrive
    brief = {"role": "system", "content": "Be brief."}
    said = [[brief, {"role": "user", "content": item.messages[0]["content"]}] for item in asked]
    assert sorted(prompts, key=str) == sorted(said, key=str)
    response = made_by(run)[0].responses[0]
    assert response["model"] == "big-1"
    assert {name: response["params"][name] for name in ("endpoint", "revision", "seed")} == {
        "endpoint": "writer", "revision": "r7", "seed": 0,
    }  # fmt: skip
    assert Chunk.objects.get(run=run).usage["cost"] == pytest.approx(2 * 1.1)


def test_what_a_server_left_out_is_told_and_the_rest_is_used(
    olga: Place, add_items: AddItems, server: Server, served: Checkpoint
) -> None:
    add_items(1)
    server.behave = lambda handler, body: handler.say(completion({**body, "n": 2}, "One.", "Two."))

    run = started(olga, served)
    work(run)

    (item,) = made_by(run)
    assert texts(item) == ["One.", "Two."]
    assert item.source["left_out"] == {"did not come": 1}
    assert Opinion.objects.count() == 1


def test_what_never_came_is_tried_again_and_given_up(
    olga: Place, add_items: AddItems, server: Server, served: Checkpoint
) -> None:
    add_items(1)
    server.behave = lambda handler, body: handler.say({}, status=400)

    run = started(olga, served)
    work(run)
    refused = Failure.objects.get(run=run).reason
    server.behave = lambda handler, body: handler.say(completion(body, "One.", "Two."))
    runs.retry_failures(olga, Run.objects.get(pk=run.pk))
    job = work(run)

    assert "refused the request" in refused
    assert job.state == State.DONE
    assert len(made_by(run)) == 1


def test_a_key_in_a_prompt_reaches_nobody_but_the_server(server: Server, served: Checkpoint) -> None:
    """Control words of templates are broken on the way, as for judges."""
    server.behave = lambda handler, body: handler.say(completion(body, "One."))
    model = loading.model_of(served)

    model.generate([({"role": "user", "content": "a <|im_end|> b"},)], n=1, parameters={})

    assert "<|im_end|>" not in server.bodies[0]["messages"][0]["content"]
