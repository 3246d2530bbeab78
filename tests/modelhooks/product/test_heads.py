"""A project's reward head: what it learns from, what it is measured on, when it takes over, what it then answers."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from django.db import connection

from annotation.models import Annotation, Form, Item
from annotation.services import prelabels
from audit.models import Event
from jobs import services as jobs
from jobs.models import Job, State
from modelhooks import embedders
from modelhooks.backends.bag_of_words import BagOfWords
from modelhooks.head import reward_head
from modelhooks.head.pairs import Pairs, Vectors
from modelhooks.head.reserve import is_reserved
from modelhooks.models import Checkpoint, Embedding, Evaluation, FrozenPair, Head
from modelhooks.services import heads, training
from modelhooks.services.heads import HeadRefused
from modelhooks.services.runs import RunRefused
from projects.access import Place
from projects.models import Project
from tests.modelhooks.product import planted_labels as planted
from tests.modelhooks.product.conftest import do
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture
def chen(world: World) -> Place:
    """Chen curates. The salt decides which prompts are kept back, so it is not drawn by lot here."""
    place = world.answers.places["chen"]
    Project.objects.filter(pk=place.project.pk).update(salt="planted")
    place.project.salt = "planted"
    return place


@pytest.fixture
def ana(world: World) -> Place:
    return world.answers.places["ana"]


def trained(place: Place, **wishes: Any) -> Head:
    """A new version, made at once."""
    head = heads.train(place, question="preference", wishes={"embedder": "fake", **wishes})
    do(head.job)
    return Head.objects.select_related("job", "checkpoint", "scorer", "project").get(pk=head.pk)


@pytest.fixture
def gold(chen: Place, ana: Place) -> list[Item]:
    """Two hundred pairs on which Ana prefers gold to lead, nearly always."""
    items = planted.pairs(chen, 200)
    planted.label(ana, items, planted.names_gold, wrong=0.05)
    return items


def test_a_planted_preference_is_learnt_and_promoted(chen: Place, gold: list[Item]) -> None:
    head = trained(chen)

    assert head.job.state == State.DONE
    assert head.is_promoted, head.verdict
    assert head.report["frozen"]["head"]["share"] > 0.85
    assert head.report["frozen"]["gain"]["low"] > 0
    assert (head.pairs + head.evaluation.pairs.count(), head.annotators) == (201, 1)  # one of the world's own
    assert head.verdict.startswith("Promoted: it is right about ")
    assert heads.current(chen.project, "preference") == head
    assert Event.objects.filter(verb="head.trained", subject=f"head:{head.pk}").exists()


def test_where_only_length_counts_nothing_is_promoted(chen: Place, ana: Place) -> None:
    planted.label(ana, planted.pairs(chen, 200), planted.is_longer)

    head = trained(chen)

    assert head.is_promoted is False
    assert head.report["frozen"]["length_only"]["share"] > 0.95
    assert "it does not clearly beat length alone" in head.verdict
    assert head.checkpoint.retired_at is not None
    assert heads.current(chen.project, "preference") is None


def test_no_frozen_prompt_is_ever_trained_on(
    chen: Place, ana: Place, gold: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[set[int]] = []
    read = training._embedded

    def watch(task: Any, voted: Sequence[Any]) -> Any:
        seen.append({one.subject for one in voted if one.voters})  # frozen pairs name no voters
        return read(task, voted)

    monkeypatch.setattr(training, "_embedded", watch)
    first = trained(chen)
    more = planted.pairs(chen, 60, seed=1)
    planted.label(ana, more, planted.names_gold)
    second = trained(chen)

    frozen = set(FrozenPair.objects.values_list("subject", flat=True))
    items = Item.objects.filter(project=chen.project)
    reserved = {item.pk for item in items if is_reserved(chen.project.salt, "preference", item.group)}
    assert first.evaluation == second.evaluation
    assert frozen
    assert frozen <= reserved
    assert not reserved & (seen[0] | seen[1])
    assert second.pairs > first.pairs


def test_a_prompt_on_both_sides_of_the_line_is_an_error(chen: Place, gold: list[Item]) -> None:
    from modelhooks.head import promotion

    head = reward_head.train(_some(0), penalty=10.0).head

    with pytest.raises(ValueError, match="A frozen prompt was trained on"):
        promotion.measure(head, _some(0), _some(0))


def _some(offset: int) -> Pairs:
    draw = np.random.default_rng(0)
    features = draw.normal(size=(40, 3))
    return Pairs(features, features[:, :1], (features[:, 0] > 0) * 1.0, np.arange(40) + offset, np.ones(40))


def test_the_frozen_answers_stay_as_they_stood(chen: Place, ana: Place, gold: list[Item]) -> None:
    trained(chen)
    before = list(FrozenPair.objects.order_by("pk").values_list("subject", "p", "annotations"))
    one = Annotation.objects.get(pk=before[0][2][0])
    winner = "b" if one.answers["preference"]["winner"] == "a" else "a"
    planted.annotation(ana, one.item, one.form, winner, supersedes=one).save()

    trained(chen)

    assert list(FrozenPair.objects.order_by("pk").values_list("subject", "p", "annotations")) == before
    assert Evaluation.objects.count() == 1


def test_a_wider_set_is_frozen_on_request_and_the_head_in_office_measured_on_it_anew(
    chen: Place, ana: Place, gold: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = trained(chen)
    planted.label(ana, planted.pairs(chen, 200, seed=4), planted.names_gold, wrong=0.05)

    head = heads.train(chen, question="preference", wishes={"embedder": "fake", "widen": True})
    with monkeypatch.context() as killed:
        killed.setattr(training.faults, "crash_here", lambda _point: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            do(head.job)
    Job.objects.filter(pk=head.job_id).update(state=State.QUEUED, lease_until=None)
    do(head.job)

    second = Head.objects.told().get(pk=head.pk)
    sets = [set(one.pairs.values_list("group", flat=True)) for one in Evaluation.objects.order_by("number")]
    rival = second.report["frozen"]["rival"]
    assert [one.number for one in Evaluation.objects.order_by("number")] == [1, 2]  # once, though it was killed
    assert sets[0] < sets[1]
    assert all(is_reserved("planted", "preference", group) for group in sets[1])
    assert (second.evaluation.number, second.predecessor) == (2, first)
    assert rival["head"]["pairs"] == second.report["frozen"]["head"]["pairs"] > first.report["frozen"]["head"]["pairs"]


def test_nothing_learnt_anew_is_not_promoted_over_the_same(chen: Place, gold: list[Item]) -> None:
    first = trained(chen)

    second = trained(chen)

    assert (second.predecessor, second.is_promoted) == (first, False)
    assert "is not below the" in second.verdict
    assert second.report["frozen"]["rival"]["saved"]["share"] == 0
    assert heads.current(chen.project, "preference") == first
    assert second.fingerprint == first.fingerprint  # same labels, seed and code


def test_a_better_head_takes_over_and_the_one_before_is_asked_no_more(chen: Place, ana: Place) -> None:
    for item in planted.pairs(chen, 200):
        is_kept_back = is_reserved("planted", "preference", item.group)
        planted.label(ana, [item], planted.names_gold, wrong=0.0 if is_kept_back else 0.3, seed=item.pk)
    first = trained(chen)
    assert first.is_promoted, first.verdict
    planted.label(ana, planted.pairs(chen, 300, seed=2), planted.names_gold)

    second = trained(chen)

    assert second.is_promoted, second.verdict
    assert "and its log-loss fell from" in second.verdict
    assert heads.current(chen.project, "preference") == second
    assert Checkpoint.objects.get(pk=first.checkpoint_id).retired_at is not None
    assert Checkpoint.objects.get(pk=first.scorer_id).retired_at is not None
    assert Checkpoint.objects.get(pk=second.checkpoint_id).retired_at is None


def test_several_people_are_votes_and_ties_are_kept(world: World, chen: Place, ana: Place) -> None:
    items = planted.pairs(chen, 200, ties=0.2)
    planted.label(ana, items, planted.names_gold)
    planted.label(world.answers.places["ben"], items, planted.names_gold, wrong=0.2)

    head = trained(chen)

    assert head.annotators == 2
    assert 2 * head.pairs - head.votes in {0, 1}  # one of the world's own pairs has one answer
    assert 0.1 < head.report["frozen"]["ties"] < 0.5
    assert head.report["ties"] > 10
    assert set(FrozenPair.objects.values_list("p", flat=True)) == {0.0, 0.5, 1.0}


def test_who_is_unsure_and_what_models_and_files_say_does_not_count(chen: Place, ana: Place, gold: list[Item]) -> None:
    form = Form.objects.filter(project=chen.project).latest("version")
    more = planted.pairs(chen, 30, seed=3)
    Annotation.objects.bulk_create(planted.annotation(ana, item, form, "unsure") for item in more[:10])
    rows = [planted.annotation(ana, item, form, "a") for item in more[10:]]
    for row in rows:
        row.author, row.imported_name = None, "a file"
    Annotation.objects.bulk_create(rows)

    alone, together = trained(chen), trained(chen, with_imported=True)

    assert alone.pairs + alone.evaluation.pairs.count() == 201
    assert (alone.annotators, together.annotators) == (1, 2)
    assert together.pairs > alone.pairs


def test_too_few_answers_are_told_in_numbers_and_make_no_version(chen: Place, ana: Place) -> None:
    planted.label(ana, planted.pairs(chen, 30), planted.names_gold)

    head = trained(chen)

    assert head.job.state == State.FAILED
    assert "on 20 prompts to learn from, and on 20 others that it is measured on; there are " in head.job.message
    assert (head.finished_at, head.is_promoted) == (None, None)
    assert not Evaluation.objects.exists()


def test_the_same_text_is_embedded_once(chen: Place, gold: list[Item], monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    class Counting(BagOfWords):
        def embed(self, texts: Sequence[str]) -> Vectors:
            asked.extend(texts)
            return super().embed(texts)

    monkeypatch.setattr(embedders, "_warm", {"fake": Counting()})
    trained(chen)
    trained(chen)

    assert len(asked) == len(set(asked)) == Embedding.objects.count()


@pytest.mark.parametrize("point", ["head_embedded", "head_fitted"])
def test_killed_at_any_line_it_goes_on_and_comes_to_the_same(
    chen: Place, gold: list[Item], monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    whole = trained(chen)

    def die(where: str) -> None:
        if where == point:
            raise SystemExit(1)  # no handler sees it, as no handler sees a kill

    head = heads.train(chen, question="preference", wishes={"embedder": "fake"})
    with monkeypatch.context() as killed:
        killed.setattr(training.faults, "crash_here", die)
        with pytest.raises(SystemExit):
            do(head.job)
    embedded = Embedding.objects.count()
    Job.objects.filter(pk=head.job_id).update(state=State.QUEUED, lease_until=None)
    job = do(head.job)

    again = Head.objects.get(pk=head.pk)
    assert (job.state, Embedding.objects.count()) == (State.DONE, embedded)
    assert again.fingerprint == whole.fingerprint
    assert Head.objects.count() == 2
    assert Evaluation.objects.count() == 1


def test_work_goes_on_in_another_turn_where_the_last_one_stopped(
    chen: Place, gold: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = heads.train(chen, question="preference", wishes={"embedder": "fake"})
    with monkeypatch.context() as slow:
        slow.setattr(training, "TURN", 0.0)
        first = do(head.job)
    kept = Embedding.objects.count()
    second = do(head.job)

    assert (first.state, first.message) == (State.QUEUED, "Goes on in the next turn.")
    assert 0 < kept < Embedding.objects.count()
    assert second.state == State.DONE


def test_it_answers_items_like_every_other_checkpoint(world: World, chen: Place, gold: list[Item]) -> None:
    head = trained(chen, target=0.8)
    assert head.checkpoint is not None

    run = prelabels.start(chen, checkpoint=head.checkpoint, question="preference")
    job = do(Job.objects.get(pk=run.job_id))

    said = Annotation.objects.filter(run=run).select_related("item")
    spoken = [one for one in said if one.answers]
    right = [one for one in spoken if one.answers["preference"]["winner"] == _truth(one.item)]
    assert job.state == State.DONE
    assert len(said) == Item.objects.filter(project=chen.project).count()
    assert len(right) / len(spoken) > 0.8
    assert {one.run.fingerprint for one in said} == {head.fingerprint}
    silent = [one.source["abstained"] for one in said if not one.answers]
    assert all("% sure, and speaks from" in reason for reason in silent)


def test_the_same_pair_the_other_way_round_is_answered_the_other_way_round(chen: Place, gold: list[Item]) -> None:
    from modelhooks.contracts import Comparison, ResponseGroup
    from modelhooks.services.loading import _loaded

    head = trained(chen, target=0.6)
    assert head.checkpoint is not None
    model = _loaded(head.checkpoint)
    first, second = "A grove with gold in it", "A ridge with lead in it"

    one, other, same = model.judge(
        [Comparison((), first, second), Comparison((), second, first), Comparison((), first, first)]
    )
    rated = model.score([ResponseGroup((), (first, second))])[0]

    assert (one.preference, other.preference) == ("first", "second")
    assert one.p_first == pytest.approx(1 - other.p_first)
    assert same.preference is None
    assert rated[0].raw - rated[1].raw == pytest.approx(np.log(one.p_first / (1 - one.p_first)))


def test_weights_that_were_touched_are_not_loaded(chen: Place, gold: list[Item]) -> None:
    from modelhooks.errors import LoadRefused
    from modelhooks.services.loading import _loaded

    head = trained(chen)
    assert head.checkpoint is not None
    rest = {**head.rest, "factor": head.rest["factor"] * 2}
    Head.objects.filter(pk=head.pk).update(rest=rest)

    with pytest.raises(LoadRefused, match="not those that were trained"):
        _loaded(head.checkpoint)


def test_a_head_answers_in_its_own_project_alone(world: World, chen: Place, gold: list[Item]) -> None:
    head = trained(chen)
    assert head.checkpoint is not None

    with pytest.raises(RunRefused, match="belongs to another project"):
        prelabels.start(world.others.owner, checkpoint=head.checkpoint, question="preference")

    seen = {
        name: world.browser(name).get(f"/checkpoints/{head.checkpoint_id}/").status_code
        for name in ("vera", "chen", "oscar", "ana")
    }
    listed = {
        name: head.checkpoint.name in world.api(name).get("/api/v1/checkpoints/").content.decode()
        for name in ("vera", "oscar")
    }
    assert seen == {"vera": 200, "chen": 200, "oscar": 404, "ana": 404}
    assert listed == {"vera": True, "oscar": False}


def test_one_version_of_a_question_is_made_at_a_time(chen: Place, gold: list[Item]) -> None:
    head = heads.train(chen, question="preference")

    with pytest.raises(HeadRefused, match=f"Head {head.number} is being trained"):
        heads.train(chen, question="preference")

    heads.cancel(chen, head)
    assert heads.train(chen, question="preference").number == head.number + 1


@pytest.mark.parametrize(
    ("question", "wishes", "sentence"),
    [
        ("helpful", {}, "The form asks no preference “helpful”"),
        ("preference", {"embedder": "nothing"}, "embedder: Value error, known are"),
        ("preference", {"target": 0.1}, "target: Input should be greater than or equal to 0.55."),
        ("preference", {"more": 1}, "more: Extra inputs are not permitted."),
    ],
)
def test_what_cannot_be_trained_is_refused(chen: Place, question: str, wishes: Any, sentence: str) -> None:
    with pytest.raises(HeadRefused, match=sentence.replace("(", "\\(")):
        heads.train(chen, question=question, wishes=wishes)

    assert not Head.objects.exists()


def test_an_embedder_without_its_library_is_refused_in_a_sentence(chen: Place, gold: list[Item]) -> None:
    head = trained(chen, embedder="minilm")

    assert head.job.queue == "gpu"
    assert head.job.state == State.FAILED
    assert head.job.message == "This worker cannot embed: torch is not installed."


def test_the_database_takes_no_half_a_version(chen: Place, gold: list[Item]) -> None:
    from django.db import IntegrityError, transaction

    head = heads.train(chen, question="preference")

    with pytest.raises(IntegrityError), transaction.atomic():
        Head.objects.filter(pk=head.pk).update(is_promoted=True)
    assert connection.is_usable()
    jobs.cancel(str(head.job_id))


def _truth(item: Item) -> str:
    return planted.names_gold(item.text_of(0), item.text_of(1))
