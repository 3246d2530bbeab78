"""A reward head on sentence embeddings while its worker is killed: trained once, nothing embedded twice."""

import pytest

from annotation.models import Item
from jobs.models import Job, State
from modelhooks.models import Embedding, Head
from modelhooks.services import heads
from projects.models import Project
from stack.up import OF_MODELS, models_python
from tests.faults.stack import Stack, wait_until
from tests.modelhooks.product import planted_labels as planted
from tests.world import build

pytestmark = pytest.mark.stack
ENDED = (State.DONE, State.FAILED, State.DEAD)
PAIRS = 400


def asked() -> Head:
    """A head of a project in which Ana prefers gold to lead, nearly always. The salt decides what is kept back."""
    world = build()
    chen, ana = world.answers.places["chen"], world.answers.places["ana"]
    Project.objects.filter(pk=chen.project.pk).update(salt="planted")
    planted.label(ana, planted.pairs(chen, PAIRS), planted.names_gold, wrong=0.05)
    return heads.train(chen, question="preference", wishes={"embedder": "minilm"})


def texts_of(head: Head) -> set[str]:
    items = Item.objects.filter(project=head.project_id, annotations__isnull=False)
    return {item.text_of(place) for item in items for place in range(len(item.responses))}


def test_a_head_is_trained_on_sentence_embeddings_though_its_worker_is_killed(stack: Stack) -> None:
    if not models_python():
        pytest.skip("No Python with torch; `make test` installs one.")
    head = asked()
    stack.start("models", "relay", DJANGO_SETTINGS_MODULE="config.settings", **OF_MODELS)

    wait_until(Embedding.objects.exists, stack.logs(), patience=120)
    stack.models.restart()
    wait_until(lambda: Job.objects.get(pk=head.job_id).state in ENDED, stack.logs(), patience=180)

    made = Head.objects.select_related("job", "checkpoint").get(pk=head.pk)
    assert made.job.state == State.DONE, made.job.message
    assert made.is_promoted, made.verdict
    assert made.checkpoint is not None
    assert Embedding.objects.count() == len(texts_of(made)), "each text once, whoever embedded it"
    assert {len(bytes(one.vector)) for one in Embedding.objects.all()} == {4 * 384}
