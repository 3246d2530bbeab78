"""Chat models in folders as checkpoints: from the catalog to annotations, new items and rubrics."""

from types import SimpleNamespace

import pytest

from accounts.models import User
from annotation.models import Annotation
from annotation.services import candidates, prelabels
from jobs.models import State
from modelhooks import sight
from modelhooks.backends import local
from modelhooks.catalog import BACKENDS, LocalGeneratorOptions, LocalJudgeOptions, LocalWriterOptions, checked, queue_of
from modelhooks.contracts import Candidate, Comparison, Criterion, Instruction, ResponseGroup, Solution
from modelhooks.errors import LoadRefused
from modelhooks.judging import fences
from modelhooks.means import Paid, Sighted
from modelhooks.models import Checkpoint, Chunk
from modelhooks.services import checkpoints, loading
from tests.modelhooks.product.conftest import do
from tests.modelhooks.with_torch import talking
from tests.world import add_items, build

CODE = "01234567"
PROMPT = ({"role": "user", "content": "How long is a marathon?"},)
# Says the question's code, if that is the code above, and "tie".
FAIR = {
    '"': {"0": 3.0, "t": 2.0},
    **{letter: {after: 1.0} for letter, after in zip(CODE, CODE[1:] + '"', strict=True)},
    **{letter: {after: 1.0} for letter, after in zip("tie", 'ie"', strict=True)},
}
# Says a or b, and no more.
SHORT = {"\n\n": {"a": 3.0, "b": 2.95}, "a": {"<|im_end|>": 3.0}, "b": {"<|im_end|>": 3.0}}


@pytest.fixture(scope="module")
def models(tmp_path_factory):
    """Folders of models, made once."""
    folder = tmp_path_factory.mktemp("models")
    talking.speaking(folder / "fair", FAIR)
    talking.speaking(folder / "short", SHORT)
    talking.make(folder / "wild")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture
def folders(settings, models):
    """They are GOLDPAN_MODELS."""
    settings.MODELS_FOLDER, settings.MODELS_DEVICE = str(models), "cpu"


@pytest.fixture
def same_code(monkeypatch):
    monkeypatch.setattr(fences, "secrets", SimpleNamespace(token_hex=lambda _bytes: CODE))


@pytest.fixture
def world(db, settings, tmp_path):
    settings.HOME = tmp_path / "home"
    return build()


def checkpoint(name, contract, backend, **options):
    return Checkpoint.objects.create(
        name=name, contract=contract, backend=backend, options=checked(backend, contract, options)
    )


@pytest.mark.parametrize("backend", ["local_judge", "local_generator", "local_writer"])
def test_they_run_where_models_run_and_cost_nothing(folders, backend):
    contract = min(BACKENDS[backend].contracts)
    found = checked(backend, contract, {"folder": "wild"})

    assert queue_of(backend, found) == "gpu"
    assert BACKENDS[backend].contracts == BACKENDS[backend.removeprefix("local_")].contracts
    assert not sight.sees(Checkpoint(backend=backend, contract=contract, options=found))


@pytest.mark.parametrize("style", ["critique", "direct", "principles", "rethink"])
def test_a_judge_is_asked_in_every_way_and_answers_or_abstains(folders, style):
    judge = local.load_judge(LocalJudgeOptions(folder="wild", style=style, longest=64))

    (judgment,) = judge.judge([Comparison(PROMPT, "42.195 km.", "26 miles.")])
    (graded,) = judge.grade([Candidate(PROMPT, "42.195 km.")], (Criterion("unit", "It says km."),))
    ((scored,),) = judge.score([ResponseGroup(PROMPT, ("42 km",))])
    (ranked,) = judge.rank([ResponseGroup(PROMPT, ("42 km", "26 miles", "?"))])
    ((step,),) = judge.score_steps([Solution(PROMPT, ("It is 42.",))])

    assert not isinstance(judge, Paid | Sighted)
    # Nobody has an opinion whose answer does not name the question: this model writes at random.
    assert judgment.preference is None
    assert judgment.usage.prompt_tokens > 0
    assert all((graded.reason or graded.error, scored.error, ranked.reason or ranked.error, step.error))


def test_a_judge_that_is_fair_is_heard(folders, same_code):
    judge = local.load_judge(LocalJudgeOptions(folder="fair", style="direct"))

    (judgment,) = judge.judge([Comparison(PROMPT, "42.195 km.", "26 miles.")], n=3)

    assert (judgment.preference, judgment.votes, judgment.consistent_under_swap) == ("tie", {"tie": 6}, True)
    assert judgment.rationale.startswith(CODE)


def test_instructions_make_another_judge(folders):
    plain, told = (
        local.load_judge(LocalJudgeOptions(folder="fair", style="direct", instructions=said))
        for said in ("", "Kindness counts most.")
    )

    assert told.setting.instructions == "Kindness counts most."
    assert told.fingerprint != plain.fingerprint


def test_a_writer_in_a_folder_writes_and_judges_itself(folders):
    writer = local.load_writer(LocalWriterOptions(folder="wild", longest=256, temperature=0.5))

    (found,) = writer.find_constraints([Instruction(PROMPT)])

    assert not isinstance(writer, Paid)
    assert found.error or found.reason, "what it writes at random does not name the question"
    assert (writer.setting.sampling.temperature, writer.judging.sampling.temperature) == (0.5, 0.0)
    assert writer.judging.chat is writer.setting.chat


def test_a_generator_says_by_whom_each_response_was_drawn(folders):
    generator = local.load_generator(LocalGeneratorOptions(folder="short"))

    ((*found,),) = generator.generate([PROMPT], n=8, parameters={"seed": 4, "max_tokens": 9})

    assert {(one.text, one.finish_reason) for one in found} == {("a", "stop"), ("b", "stop")}
    assert {one.parameters["model"] for one in found} == {"short"}
    assert {one.parameters["fingerprint"] for one in found} == {generator.fingerprint}
    assert {one.parameters["seed"] for one in found} == {4}
    assert found[0].usage.completion_tokens > 0


@pytest.mark.parametrize(
    ("load", "options", "said"),
    [
        (local.load_judge, LocalJudgeOptions(folder="nowhere"), "no folder “nowhere”"),
        (local.load_generator, LocalGeneratorOptions(folder="empty"), "config.json is missing"),
        (local.load_writer, LocalWriterOptions(folder="empty"), "config.json is missing"),
    ],
)
def test_a_folder_that_holds_no_chat_model_is_refused_with_a_sentence(folders, load, options, said):
    with pytest.raises(LoadRefused, match=said):
        load(options)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("folder", "backend", "contract", "said"),
    [
        ("fair", "local_judge", "preference", ""),
        ("short", "local_generator", "generation", ""),
        ("empty", "local_judge", "preference", "config.json is missing"),
    ],
)
def test_a_check_loads_it_and_tells_what_came(folders, same_code, db, folder, backend, contract, said):
    stella = User.objects.create_user("stella@example.org", None, name="Stella", is_staff=True)
    added = checkpoints.add(
        stella, name="One", backend=backend, contract=contract, options=checked(backend, contract, {"folder": folder})
    )

    do(added.check_job)

    found = Checkpoint.objects.get(pk=added.pk)
    assert found.is_healthy is (not said), found.health
    assert said in found.health


@pytest.mark.django_db
def test_a_judge_in_a_folder_labels_a_project(folders, same_code, world):
    room = world.answers
    add_items(room.owner, 20)
    judge = checkpoint("Fair", "preference", "local_judge", folder="fair", style="direct", longest=500)

    run = prelabels.start(room.places["chen"], checkpoint=judge, question="preference")
    job = do(run.job)

    assert job.state == State.DONE, job.message
    run.refresh_from_db()
    found = Annotation.objects.filter(run=run)
    assert found.count() == room.owner.project.items.count() >= 20
    assert {one.answers["preference"]["winner"] for one in found} == {"tie"}
    assert {tuple(one.source["votes"].items()) for one in found} == {(("tie", 2),)}
    assert run.fingerprint == loading.model_of(judge).fingerprint
    used = [chunk.usage for chunk in Chunk.objects.filter(run=run)]
    assert all(one["prompt_tokens"] > 100 and one["completion_tokens"] > 20 and "cost" not in one for one in used)
    loading.forget()


@pytest.mark.django_db
def test_a_judge_that_talks_at_random_leaves_every_item_an_outcome(folders, world):
    room = world.answers
    judge = checkpoint("Wild", "preference", "local_judge", folder="wild", style="direct", longest=100)

    run = prelabels.start(room.places["chen"], checkpoint=judge, question="preference")
    job = do(run.job)

    assert job.state == State.DONE, job.message
    found = Annotation.objects.filter(run=run)
    assert found.count() == room.owner.project.items.count()
    assert all(one.source["abstained"] and not one.answers for one in found)


@pytest.mark.django_db
def test_a_generator_in_a_folder_makes_new_items(folders, world):
    room = world.answers
    writer = checkpoint("Short", "generation", "local_generator", folder="short")
    before = set(room.owner.project.items.values_list("pk", flat=True))

    run = candidates.start(room.owner, checkpoint=writer, wishes={"n": 8, "max_tokens": 20})
    job = do(run.job)

    assert job.state == State.DONE, job.message
    made = room.owner.project.items.exclude(pk__in=before)
    assert made.count() > 0
    for item in made:
        assert {one["messages"][0]["content"] for one in item.responses} == {"a", "b"}
        assert {one["model"] for one in item.responses} == {"short"}
