"""Judges that put responses in order and rate them, from a chat server to the answers of a form."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from annotation import opinions, subjects
from annotation.kinds import KINDS
from annotation.models import Annotation, Form, Item, Question
from annotation.services import prelabels
from jobs.models import State
from modelhooks import catalog, endpoints
from modelhooks.asking import Ordered
from modelhooks.contracts import Rated
from modelhooks.models import Checkpoint, Failure, Run
from modelhooks.services import loading
from projects.access import Place
from tests.annotation.test_judges_in_runs import LIMITS, work
from tests.modelhooks.remote.server import Server, completion, serving

pytestmark = pytest.mark.django_db
TEXTS = ("Bad.", "Good and long enough.", "Fair, as it goes.")
BY_LENGTH = [[1], [2], [0]]


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


@pytest.fixture
def server() -> Iterator[Server]:
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as served:
        served.behave = judging
        known = {"kind": "openai_chat", "url": served.url, "model": "m", "limits": LIMITS}
        with override_settings(MODEL_ENDPOINTS={"judge": known}):
            yield served
    loading.forget()


def judging(
    handler: Any,
    body: Mapping[str, Any],
    order: Callable[[list[str]], list[str]] = lambda names: names,
    rate: Callable[[str], int] = lambda text: min(5, len(text) // 4),
) -> None:
    """Longer is better; `order` shuffles the names it would have given."""
    asked = body["messages"][-1]["content"]
    if "response_format" not in body:
        return handler.say(completion(dict(body), "Hello."))
    schema = body["response_format"]["json_schema"]["schema"]["properties"]
    if "capital" in schema:
        return handler.say(completion(dict(body), json.dumps({"capital": schema["capital"]["const"]})))
    code = re.search(r"<<<([0-9a-f]{8})", asked)[1]  # type: ignore[index]
    found = dict(re.findall(rf"<<<{code} response ?(\S*)\n(.*?)\n>>>{code}", asked, re.DOTALL))
    if "score" in schema:
        said: dict[str, Any] = {"case": code, "critique": "by length", "score": rate(found[""])}
    else:
        names = order(sorted(found, key=lambda name: -len(found[name])))
        listed = {"best_to_worst": names, "best": names[0], "worst": names[-1]}
        said = {"case": code, "critiques": ["well"] * len(names), **listed}
    return handler.say(completion(dict(body), json.dumps(said)))


def judge(contract: str, **options: Any) -> Checkpoint:
    taken = catalog.checked("judge", contract, {"endpoint": "judge", **options})
    return Checkpoint.objects.create(name=f"Judge of {contract}", contract=contract, backend="judge", options=taken)


def asks(olga: Place, kind: str, target: str = "item", **settings: Any) -> Question:
    """A newer form with this one question."""
    version = Form.objects.filter(project=olga.project).count() + 1
    form = Form.objects.create(project=olga.project, version=version, created_by=olga.user)
    checked = KINDS[kind].check_settings(settings, target)
    return Question.objects.create(
        form=form, position=0, key="asked", kind=kind, target=target, title="Clear?", help="Not long.", settings=checked
    )


def item_of(olga: Place, *texts: str, **more: Any) -> Item:
    responses = [{"messages": [{"role": "assistant", "content": text}]} for text in texts or TEXTS]
    own = {"key": uuid4().hex, "digest": uuid4().bytes * 2, "group": "g", **more}
    messages = [{"role": "user", "content": "Why?"}]
    return Item.objects.create(project=olga.project, messages=messages, responses=responses, **own)


def asked(olga: Place, checkpoint: Checkpoint, **wishes: Any) -> Run:
    run = prelabels.start(olga, checkpoint=checkpoint, question="asked", wishes=wishes)
    job = work(run)
    assert job.state == State.DONE, job.message
    return run


def test_what_every_seating_agrees_on_is_the_order(olga: Place, server: Server) -> None:
    asks(olga, "ranking")
    item_of(olga)

    said = Annotation.objects.get(run=asked(olga, judge("ranking")))

    assert said.answers["asked"] == BY_LENGTH
    assert said.source["mean_places"] == [2.0, 0.0, 1.0]
    assert "abstained" not in said.source


def test_what_changes_with_the_seating_is_no_tie(olga: Place, server: Server) -> None:
    """This one keeps the two longest in the order in which they stand."""
    asks(olga, "ranking")
    item_of(olga)

    def seated(names: list[str]) -> list[str]:
        return [*sorted(names[:2]), names[2]]

    server.behave = lambda handler, body: judging(handler, body, seated)
    torn = Annotation.objects.get(run=asked(olga, judge("ranking")))
    Checkpoint.objects.update(name="Before")
    together = Annotation.objects.get(run=asked(olga, judge("ranking"), disputed="together"))

    assert torn.answers == {}
    assert torn.source["disputed"] == [[1, 2]]
    assert torn.source["abstained"] == "It did not decide."
    assert together.answers["asked"] == [[1, 2], [0]]


def test_a_list_that_cannot_be_read_is_an_abstention_and_not_asked_again(olga: Place, server: Server) -> None:
    asks(olga, "ranking")
    item_of(olga)
    server.behave = lambda handler, body: judging(handler, body, lambda names: [names[0]] * 3)

    said = Annotation.objects.get(run=asked(olga, judge("ranking")))

    assert said.answers == {}
    assert "names a response twice" in said.source["abstained"]
    assert len(server.bodies) == 2 + 2


def test_a_server_that_gives_no_answer_is_no_abstention(olga: Place, server: Server) -> None:
    asks(olga, "ranking")
    item_of(olga)

    def refusing(handler: Any, body: Mapping[str, Any]) -> None:
        if "best_to_worst" in json.dumps(body.get("response_format")):
            return handler.say({}, status=400)
        return judging(handler, body)

    server.behave = refusing
    run = asked(olga, judge("ranking"))

    assert "refused the request" in Failure.objects.get(run=run).reason
    assert not Annotation.objects.filter(run=run).exists()


@pytest.mark.parametrize("count", [1, 11])
def test_lists_have_two_to_ten(olga: Place, server: Server, count: int) -> None:
    asks(olga, "ranking")
    item_of(olga, *(f"Number {number}." for number in range(count)))

    assert "2 to 10 are put in order" in Failure.objects.get(run=asked(olga, judge("ranking"))).reason


def test_each_response_is_rated_on_the_questions_own_scale(olga: Place, server: Server) -> None:
    asks(olga, "rating", "response", low=0, high=5, anchors={"0": "useless", "5": "perfect"})
    item_of(olga, principle="For children.")

    said = Annotation.objects.get(run=asked(olga, judge("rating")))

    assert said.answers["asked"] == [1, 5, 4]
    assert said.source["scores"] == [1.0, 5.0, 4.0]
    question = server.bodies[-1]["messages"][-1]["content"]
    assert "0: useless; 1: between its neighbors" in question
    assert "Clear?\nNot long.\nFor children." in question


def test_one_rating_that_cannot_be_read_leaves_the_others(olga: Place, server: Server) -> None:
    asks(olga, "rating", "response", low=0, high=5)
    item_of(olga)
    server.behave = lambda handler, body: judging(handler, body, rate=lambda text: 9 if text == TEXTS[0] else 3)

    said = Annotation.objects.get(run=asked(olga, judge("rating")))

    assert said.answers["asked"] == [None, 3, 3]
    assert said.source["scores"] == [None, 3.0, 3.0]
    assert said.source["abstained"]


def test_a_scale_of_two_digits_is_not_asked(olga: Place, server: Server) -> None:
    asks(olga, "rating", "response", low=1, high=10)
    item_of(olga)

    assert "one digit" in Failure.objects.get(run=asked(olga, judge("rating"))).reason


def test_what_it_said_stands_on_the_items_page(olga: Place, server: Server) -> None:
    asks(olga, "ranking")
    item = item_of(olga)
    server.behave = lambda handler, body: judging(handler, body, lambda names: [*sorted(names[:2]), names[2]])
    asked(olga, judge("ranking"))
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")

    shown = client.get(reverse("annotation:item", args=["answers", item.pk])).content.decode()

    assert "Cannot order" in shown
    assert "B and C" in shown
    assert "A 3 · B 1.5 · C 1.5" in shown


@pytest.mark.parametrize(
    ("expected", "point"), [(1.0, 1), (1.49, 1), (1.5, 1), (1.51, 2), (4.99, 5), (0.2, 0)]
)  # fmt: skip
def test_the_nearest_point_is_the_answer(olga: Place, expected: float, point: int) -> None:
    question = asks(olga, "rating", "response", low=0, high=5)
    subject = subjects.of(item_of(olga, "One."), questions=[question])

    label = opinions.CONVERSIONS["rating", "rating"].label([Rated(expected)], question, subject, {})

    assert label == {"values": [point]}


def test_an_items_principle_goes_with_its_question(olga: Place) -> None:
    question = asks(olga, "ranking")
    item = item_of(olga, principle="Be brief.")

    (one,) = opinions.CONVERSIONS["ranking", "ranking"].inputs(item, question, subjects.of(item))

    assert isinstance(one, Ordered)
    assert one.principle == "Be brief."
