"""What runs cost in money: counted with what was bought, limited before it is spent, told wherever a run is told."""

from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from django.urls import reverse

from annotation.models import Annotation, Item
from annotation.services import prelabels
from jobs import faults
from jobs.models import Job, State
from modelhooks import catalog, endpoints
from modelhooks.models import Checkpoint, Chunk, Opinion, Run
from modelhooks.services import loading
from modelhooks.services.runs import RunRefused
from projects.access import Place
from tests.annotation.test_judges_in_runs import LIMITS, judging, work
from tests.modelhooks.remote.server import Server, serving

pytestmark = pytest.mark.django_db
AddItems = Callable[..., list[Item]]
PRICES = {"prompt": 30_000.0, "completion": 100_000.0, "cached": 30_000.0}
ASKED = 100 * 0.03 + 10 * 0.1  # what a question costs by these: the server counts 100 tokens read and 10 written


@pytest.fixture
def server() -> Iterator[Server]:
    """What the endpoint “judge” names: 3 and 10 cents for a hundred tokens."""
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as served:
        served.behave = judging
        known = {"kind": "openai_chat", "url": served.url, "model": "m", "limits": LIMITS, "prices": PRICES}
        with override_settings(MODEL_ENDPOINTS={"judge": known}, CURRENCY="EUR"):
            yield served
    loading.forget()


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


def judge(name: str = "A judge", **options: Any) -> Checkpoint:
    taken = catalog.checked("judge", "preference", {"endpoint": "judge", "style": "direct", "longest": 64, **options})
    return Checkpoint.objects.create(name=name, contract="preference", backend="judge", options=taken)


def started(olga: Place, checkpoint: Checkpoint, **wishes: Any) -> Run:
    return prelabels.start(olga, checkpoint=checkpoint, question="better", wishes=wishes)


def costs(run: Run) -> list[float]:
    usages = Chunk.objects.filter(run=run).order_by("number").values_list("usage", flat=True)
    return [usage["cost"] for usage in usages if "cost" in usage]


def test_each_chunk_says_what_it_cost(olga: Place, add_items: AddItems, server: Server) -> None:
    add_items(20)  # in chunks of 16

    run = started(olga, judge())
    job = work(run)

    assert job.state == State.DONE, job.message
    assert costs(run) == pytest.approx([16 * 2 * ASKED, 4 * 2 * ASKED])


def test_a_checkpoints_own_prices_go_before_the_endpoints(olga: Place, add_items: AddItems, server: Server) -> None:
    add_items(1)

    run = started(olga, judge(prompt_price=10_000, completion_price=0))
    work(run)

    assert costs(run) == pytest.approx([2 * 100 * 0.01])


def test_prices_change_no_answer_so_nothing_is_asked_again(olga: Place, add_items: AddItems, server: Server) -> None:
    add_items(2)
    work(started(olga, judge()))
    asked = len(server.bodies)

    again = started(olga, judge("The same for less", prompt_price=1))
    job = work(again)

    assert job.state == State.DONE
    assert len(server.bodies) == asked + 2  # it is loaded and tried, and asked about no item
    assert costs(again) == []


def test_nothing_is_asked_that_could_cost_more_than_is_left(olga: Place, add_items: AddItems, server: Server) -> None:
    """The worst of a question is known before it is sent: a token for each byte, and the longest answer."""
    add_items(20)
    most = 16 * 2 * ASKED + 90.0

    run = started(olga, judge(), most_cost=most)
    job = work(run)

    assert job.state == State.FAILED
    assert job.message.startswith(f"It has cost {sum(costs(run)):,.2f} EUR of at most {most:,.2f} EUR")
    assert sum(costs(run)) <= most
    # What had come stands, the rest waits and was not called a failure.
    assert 0 < Annotation.objects.filter(run=run).count() < 20
    assert not run.failures.exists()


def test_a_limit_that_buys_nothing_asks_nothing(olga: Place, add_items: AddItems, server: Server) -> None:
    add_items(3)

    job = work(started(olga, judge(), most_cost=0.01))

    assert job.state == State.FAILED
    assert job.message.startswith("It has cost 0.00 EUR of at most 0.010 EUR")
    assert len(server.bodies) == 2  # of loading
    assert Opinion.objects.count() == 0


def test_a_run_with_a_higher_limit_goes_on_from_there(olga: Place, add_items: AddItems, server: Server) -> None:
    add_items(20)
    checkpoint = judge()
    first = started(olga, checkpoint, most_cost=16 * 2 * ASKED + 90.0)
    work(first)
    answered = Annotation.objects.count()

    second = started(olga, checkpoint)
    job = work(second)

    assert job.state == State.DONE
    assert Annotation.objects.count() == 20
    assert sum(costs(second)) == pytest.approx((20 - answered) * 2 * ASKED)


def test_what_was_paid_is_written_down_where_no_answer_came_of_it(
    olga: Place, add_items: AddItems, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It breaks before the answers are in the database; then the chunk is halved."""
    add_items(2)
    run = started(olga, judge())

    def breaks(name: str) -> None:
        if name == "run_computed" and not broken:
            broken.append(name)
            raise RuntimeError

    broken: list[str] = []
    monkeypatch.setattr(faults, "crash_here", breaks)
    job = work(run)

    assert job.state == State.DONE
    assert Annotation.objects.filter(run=run).count() == 2
    assert sum(costs(run)) == pytest.approx(2 * 2 * 2 * ASKED)  # every question was paid twice


def test_money_is_limited_only_where_there_is_a_price(olga: Place, add_items: AddItems) -> None:
    add_items(1)
    free = Checkpoint.objects.create(name="Max", contract="preference", backend="fake")

    with pytest.raises(RunRefused, match="has no price"):
        started(olga, free, most_cost=5)


@pytest.mark.parametrize("most", [-1, float("nan"), float("inf"), "much", 1e12])
def test_a_limit_that_is_no_amount_is_refused(olga: Place, add_items: AddItems, server: Server, most: Any) -> None:
    add_items(1)

    with pytest.raises(RunRefused, match="most_cost"):
        started(olga, judge(), most_cost=most)


@pytest.mark.parametrize("price", [-1, float("nan"), float("inf"), "cheap", 10**9])
def test_a_price_that_is_no_amount_is_refused(price: Any) -> None:
    with pytest.raises(catalog.OptionsRefused, match="prompt_price"):
        catalog.checked("judge", "preference", {"endpoint": "judge", "prompt_price": price})


def test_the_pages_tell_it_in_the_deployments_currency(olga: Place, add_items: AddItems, server: Server) -> None:
    add_items(1)
    run = started(olga, judge())
    work(run)
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")

    page = client.get(reverse("modelhooks:run", args=["answers", run.pk])).content.decode()
    listed = client.get(reverse("modelhooks:runs", args=["answers"])).content.decode()
    form = client.get(f"{reverse('annotation:run-new', args=['answers'])}?checkpoint={run.checkpoint_id}")

    assert f"{2 * ASKED:.2f} EUR" in page
    assert f"{2 * ASKED:.2f} EUR" in listed
    assert "In EUR. Nothing is asked that could cost more than what is left" in form.content.decode()


def test_where_nothing_has_a_price_the_pages_speak_of_none(olga: Place, add_items: AddItems) -> None:
    add_items(1)
    free = Checkpoint.objects.create(name="Max", contract="preference", backend="fake")
    run = started(olga, free)
    work(run)
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")

    told = [
        client.get(address).content.decode()
        for address in (
            reverse("modelhooks:run", args=["answers", run.pk]),
            reverse("modelhooks:runs", args=["answers"]),
            reverse("annotation:run-new", args=["answers"]),
        )
    ]

    assert not [page for page in told if "cost</dt>" in page or "Cost</th>" in page or "most_cost" in page]


def test_the_command_says_what_it_cost(olga: Place, add_items: AddItems, server: Server) -> None:
    add_items(1)
    judge()
    said = StringIO()

    call_command("run-hook", "answers", checkpoint="A judge", question="better", email=olga.user.email, stdout=said)

    assert f"{2 * ASKED:.2f} EUR" in said.getvalue()
    assert Job.objects.get().state == State.DONE
