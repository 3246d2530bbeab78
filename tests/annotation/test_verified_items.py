"""Verifiers as checkpoints: checked, and run over items, with one verdict for each response."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from annotation.models import Annotation, Form, Item, Question
from annotation.services import prelabels
from jobs import runner
from jobs.models import Job, State
from modelhooks import catalog, option_fields
from modelhooks.asking import ASKING
from modelhooks.backends.verifier import KINDS
from modelhooks.catalog import BACKENDS, OptionsRefused
from modelhooks.errors import LoadRefused
from modelhooks.known_pairs import KNOWN
from modelhooks.models import Checkpoint, Run
from modelhooks.services import loading
from projects.access import Place
from stack.confined import lock

pytestmark = pytest.mark.django_db
SETTINGS = {"options": [{"key": "yes", "title": "Right"}, {"key": "no", "title": "Wrong"}]}
ANSWERS = (r"So it is $\boxed{\frac{1}{2}}$.", "The answer is 0.6.", "I do not know.")


@pytest.fixture(autouse=True)
def nothing_is_warm() -> Iterator[None]:
    loading.forget()
    yield
    loading.forget()


@pytest.fixture
def olga(place: Callable[..., Place]) -> Place:
    return place("Olga", "owner")


@pytest.fixture
def is_right(olga: Place) -> Question:
    """The question that a verifier answers, about each response."""
    form = Form.objects.create(project=olga.project, version=2, created_by=olga.user)
    return Question.objects.create(
        form=form, position=0, key="right", kind="choice", target="response", title="Right?", settings=SETTINGS
    )


def checkpoint_of(kind: str, **options: Any) -> Checkpoint:
    backend = f"verifier_{kind}"
    stored = catalog.checked(backend, "verification", options)
    return Checkpoint.objects.create(name=f"{kind} {options}", contract="verification", backend=backend, options=stored)


def done(run: Run) -> Job:
    runner.execute(str(run.job_id))
    return Job.objects.get(pk=run.job_id)


@pytest.mark.usefixtures("is_right")
def test_a_run_of_a_verifier_says_of_each_response_whether_it_is_right(
    olga: Place,
) -> None:
    for reference in ("1/2", "0.6", None):
        Item.objects.create(
            project=olga.project,
            key=f"{reference}",
            digest=uuid.uuid4().bytes * 2,
            group=f"{reference}",
            messages=[{"role": "user", "content": "What is a half?"}],
            responses=[{"messages": [{"role": "assistant", "content": text}], "model": ""} for text in ANSWERS],
            source={"reference": reference} if reference else {},
        )

    job = done(prelabels.start(olga, checkpoint=checkpoint_of("maths"), question="right"))

    assert (job.state, job.message) == (State.DONE, "3 answered.")
    first, second, third = Annotation.objects.order_by("item")
    assert first.answers == {"right": [["yes"], ["no"], None]}
    assert second.answers == {"right": [["no"], ["yes"], None]}
    assert (third.answers, third.source["abstained"]) == ({}, "It did not decide.")
    assert first.source["rationale"].splitlines() == [
        "The answer equals the known one.",
        "The answer does not equal the known one.",
        "No answer was found in the response.",
    ]
    assert first.source["fingerprint"] == KINDS["maths"]().fingerprint


@pytest.mark.parametrize("kind", KINDS)
def test_a_check_of_a_verifier_asks_what_it_can_tell(kind: str) -> None:
    checkpoint = checkpoint_of(kind)

    model = loading.model_of(checkpoint)
    answers = ASKING["verification"].ask(model, model.known_inputs, {})

    assert KNOWN["verification"].told(answers) == "It calls a right answer right, and a wrong one wrong."


@pytest.mark.parametrize("where", ["boxed", "phrase", "last_number", "last_line", "whole"])
@pytest.mark.parametrize("is_solution", [True, False])
def test_a_check_puts_the_answer_where_it_is_looked_for(where: str, is_solution: bool) -> None:
    model = loading.model_of(checkpoint_of("numeric", where=where, reference_is_solution=is_solution))

    assert [one.is_correct for one in model.verify(model.known_inputs)] == [True, False]


def test_a_machine_that_cannot_lock_code_in_refuses_to_load_what_runs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lock.landlock, "version", lambda: 0)

    for kind in ("python_tests", "python_cases", "sql"):
        with pytest.raises(LoadRefused, match="This machine cannot lock code in"):
            loading.model_of(checkpoint_of(kind))
    assert loading.model_of(checkpoint_of("maths"))


def test_parameters_are_checked_when_a_checkpoint_is_made() -> None:
    assert catalog.checked("verifier_choice", "verification", {"options": ["red", "blue"]})["options"] == [
        "red",
        "blue",
    ]
    for options, sentence in (
        ({"relative": -1}, "relative: Input should be greater than or equal to 0."),
        ({"tolerance": 1}, "tolerance: Extra inputs are not permitted."),
        ({"relative": float("nan")}, "relative: Input should be a finite number."),
    ):
        with pytest.raises(OptionsRefused, match=sentence):
            catalog.checked("verifier_numeric", "verification", options)
    with pytest.raises(OptionsRefused, match="cannot be asked that; it knows verification"):
        catalog.checked("verifier_numeric", "reward", {})


def test_several_texts_are_drawn_as_lines() -> None:
    drawn = option_fields.fields(BACKENDS["verifier_choice"].options_type)["options.options"]

    assert drawn.label == "Options"
    drawn.required = False
    assert drawn.clean("red\n\n blue \n") == ["red", "blue"]
    assert drawn.clean("") == []
    with pytest.raises(Exception, match="These are more than 26 lines"):
        drawn.clean("\n".join("abcdefghijklmnopqrstuvwxyz0"))
