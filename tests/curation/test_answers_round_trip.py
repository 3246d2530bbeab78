"""Any answer that a kind takes survives save, edit, release and import, and one that it does not take is refused.

The answers are those that the properties of kinds are tried on (tests/annotation/kind_cases), given by several people
who see the responses in their own order.
"""

import copy
import io
import json
import uuid
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from annotation import subjects
from annotation.kinds import KINDS, AnswerRefused
from annotation.models import Annotation, Form, Import, Item, Slot
from annotation.models import Question as Stored
from annotation.refusals import AnswersRefused
from annotation.services import annotations, imports, queue, segmentations
from annotation.splitting import TURN_SPLITTERS
from curation import store
from curation.services import releases
from jobs import runner
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.annotation.kind_cases import Question
from tests.annotation.test_kinds import CASES, QUESTIONS, spoiled

PEOPLE = ("Ana", "Ben", "Chen", "Dora")
NUMBERS = count(1)
IDS = [f"{question.kind}-{number}" for number, question in enumerate(QUESTIONS)]
SEVERAL = settings(
    max_examples=4,
    deadline=None,
    phases=[Phase.generate],  # each example makes a release: a smaller one would take minutes to find
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


class Desk:
    """A project that asks one question about one item, and the people who answer it."""

    def __init__(self, question: Question, person) -> None:
        number = next(NUMBERS)
        self.asked, self.case = question, CASES[question.kind]
        self.owner = person("Olga")
        self.project = Project.objects.create(slug=f"desk-{number}", name="Desk", created_by=self.owner, overlap=4)
        self.places = [self._place(person(name), Role.ANNOTATOR) for name in PEOPLE]
        self.olga = self._place(self.owner, Role.OWNER)
        form = Form.objects.create(project=self.project, version=1, created_by=self.owner)
        self.question = Stored.objects.create(
            form=form,
            position=0,
            key=question.key,
            kind=question.kind,
            title=question.title,
            target=question.target,
            settings=KINDS[question.kind].check_settings(question.settings, question.target),
        )

    def _place(self, user, role) -> Place:
        Membership.objects.create(project=self.project, user=user, role=role)
        return Place(user, self.project, role)

    @property
    def kind(self):
        return KINDS[self.asked.kind]

    def show(self) -> Item:
        """The item that the kind's cases are about, with a slot for each of the people."""
        subject = self.case.SUBJECT
        item = Item.objects.create(
            project=self.project,
            key="the-item",
            digest=b"\x01" * 32,
            group="g",
            messages=[{"role": "user", "content": "Go."}],
            responses=[_response(judged) for judged in subject.responses],
            rubric=list(subject.rubric),
        )
        Slot.objects.bulk_create(Slot(project=self.project, item=item, number=n) for n in range(len(PEOPLE)))
        return item

    def written(self, item, value, shown):
        """What a page sends for the answer, its fields read back, in the order that this person sees."""
        subject = subjects.of(item, shown, [self.question])
        fields = self.kind.fields(self.kind.to_shown_order(value, shown), self.question)
        return {self.question.key: self.kind.parse(fields, self.question, subject)}

    def save(self, place, item, value) -> Annotation:
        lease = queue.claim(place)
        assert lease is not None
        said = self.written(item, value, annotations.side_order(place, item))
        return annotations.submit(place, lease_id=lease.pk, answers=said, request_key=uuid.uuid4()).annotation

    def edit(self, place, item, old, value) -> Annotation:
        said = self.written(item, value, old.shown)
        return annotations.revise(place, annotation_id=old.pk, answers=said, request_key=uuid.uuid4()).annotation

    def release(self) -> bytes:
        asked, _ = releases.freeze(self.olga, recipes=[{"name": "raw"}], formats=["jsonl"], splits={"train": 100})
        runner.execute(str(asked.job_id))
        return store.path_of(asked.files.get(path__startswith="raw/")).read_bytes()

    def bring(self, content) -> Import:
        started = imports.start(self.olga, upload=io.BytesIO(content), file_name="raw.jsonl")
        runner.execute(str(started.job_id))
        return Import.objects.select_related("job").get(pk=started.pk)


def _response(judged):
    turns = judged.turns or [{"role": "assistant", "content": judged.text}]
    steps = [{"start": start, "end": end} for start, end in judged.steps]
    return {"messages": list(turns), **({"steps": steps} if judged.cut_by == "import" else {})}


def cut_by_hand(desk, item, data):
    """Some steps are joined, and some cut, as somebody does who looks at them first."""
    for _ in range(data.draw(st.integers(1, 3))):
        cut = subjects.in_steps(item)
        response, at = data.draw(st.sampled_from(list(_places(cut))))
        change = segmentations.join if at in _ends(cut[response]) else segmentations.cut
        change(desk.olga, item_id=item.pk, response=response, cut_by=cut[response].cut_by, at=at)


def _ends(judged):
    return {end for _, end in judged.steps}


def _places(cut):
    """Where steps meet, and where one may be cut so that both parts hold something to read."""
    for response, judged in enumerate(cut):
        for start, end in judged.steps:
            yield from [(response, end)] if end < len(judged.text) else []
            text = judged.text
            yield from [
                (response, at) for at in range(start + 1, end) if text[start:at].strip() and text[at:end].strip()
            ]


def answer_to(desk, item, data):
    """An answer that the question takes about the item as it stands."""
    subject = subjects.of(item, questions=[desk.question])
    post = desk.case.post(desk.asked, subject) if desk.asked.kind == "steps" else desk.case.post(desk.asked)
    return desk.kind.validate(desk.kind.parse(data.draw(post), desk.question, subject), desk.question, subject)


def as_imported(value):
    """Steps that came with a file are its own, whoever cut them before; an agent's turns stay its turns."""
    if not isinstance(value, list):
        return value
    found = copy.deepcopy(value)
    for part in found:
        if isinstance(part, dict) and part.get("splitter") not in (None, *TURN_SPLITTERS):
            part["splitter"] = "import"
    return found


@pytest.mark.parametrize("question", QUESTIONS, ids=IDS)
@SEVERAL
@given(data=st.data())
def test_any_answer_survives_save_edit_release_and_import(question, data, person, settings):
    settings.MAX_IMPORT_BYTES = 2**20
    desk, elsewhere = Desk(question, person), Desk(question, person)
    item = desk.show()
    if question.kind == "steps":
        cut_by_hand(desk, item, data)
    kept = []

    for place in desk.places:
        first, second = answer_to(desk, item, data), answer_to(desk, item, data)
        saved = desk.save(place, item, first)
        assert Annotation.objects.get(pk=saved.pk).answers == {"q": first}
        if data.draw(st.booleans()):
            saved = desk.edit(place, item, saved, second)
            assert Annotation.objects.get(pk=saved.pk).answers == {"q": second}
        kept.append((saved.pk, Annotation.objects.get(pk=saved.pk).answers["q"]))
    back = elsewhere.bring(desk.release())

    assert (back.ok, back.refused, back.labels, back.labels_left_out) == (1, 0, len(PEOPLE), 0), back.job.message
    found = [one.answers["q"] for one in Annotation.objects.filter(project=elsewhere.project).order_by("id")]
    assert [json.dumps(one) for one in found] == [json.dumps(as_imported(value)) for _, value in sorted(kept)]


@pytest.mark.parametrize("question", QUESTIONS, ids=IDS)
@settings(SEVERAL, max_examples=1)
@given(data=st.data())
def test_any_other_answer_is_refused_at_its_question_and_leaves_the_old_one_standing(question, data, person):
    desk = Desk(question, person)
    item = desk.show()
    ana = desk.places[0]
    saved = desk.save(ana, item, answer_to(desk, item, data))
    said = desk.written(item, saved.answers["q"], saved.shown)["q"]
    subject = subjects.of(item, saved.shown, [desk.question])
    refused = 0

    for other in list(spoiled(said))[:: data.draw(st.integers(3, 7))]:
        if other is None or is_taken(desk, other, subject):
            continue
        refused += 1
        with pytest.raises(AnswersRefused) as refusal:
            annotations.revise(ana, annotation_id=saved.pk, answers={"q": other}, request_key=uuid.uuid4())
        assert question.title in refusal.value.errors["q"]

    assert refused > 2
    assert Annotation.objects.get(project=desk.project).answers == saved.answers


def is_taken(desk, value, subject):
    try:
        desk.kind.validate(value, desk.question, subject)
    except AnswerRefused:
        return False
    return True
