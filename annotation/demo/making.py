"""Making the demo project, through the same services that people use."""

import io
import json
import random
import uuid

from django.db import transaction
from django.utils.text import slugify

from accounts.models import User
from annotation.demo.pairs import pairs
from annotation.demo.people import CAST, Habit, answer
from annotation.models import Form, Question
from annotation.services import annotations, imports, queue
from annotation.services.annotations import side_order
from jobs import runner
from projects.access import Place
from projects.models import Guideline, Membership, Project, Role

SLUG = "helpful-answers"
GUIDELINE = """# Which answer would you rather get?

Read the prompt as if you had asked it. Then choose the response that **helps more**.

* A wrong statement weighs more than a clumsy one.
* Length is no merit: an answer that says the same in fewer words is better.
* If both are wrong in what matters, press `0` for *both bad*.
* If you cannot judge it, press `U`. That is an answer, too.

Rate how **correct** each response is from 1 (wrong) to 5 (correct throughout), whichever you like better.
"""


def make(owner: User, *, items: int = 60, seed: int = 7, labeled: float = 0.7) -> Project:
    """The demo project with its members, items and the labels of the simulated annotators."""
    place = _project(owner)
    _import(place, items, seed)
    draw = random.Random(seed)
    people = [(_member(place, habit), habit) for habit in CAST]
    for _ in range(int(items * place.project.overlap * labeled)):
        person, habit = people[draw.randrange(len(people))]
        _label(person, habit, draw)
    return place.project


@transaction.atomic
def _project(owner: User) -> Place:
    project = Project.objects.create(
        slug=SLUG,
        name="Helpful answers",
        description="The demo: pairs of answers with planted truth, labeled by four simulated people.",
        overlap=2,
        created_by=owner,
    )
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    Guideline.objects.create(project=project, version=1, text=GUIDELINE, created_by=owner)
    form = Form.objects.create(project=project, version=1, created_by=owner)
    Question.objects.bulk_create(
        [
            Question(form=form, position=0, key="better", kind="preference", title="Which response helps more?"),
            Question(
                form=form,
                position=1,
                key="correct",
                kind="rating",
                title="Correct",
                target=Question.Target.RESPONSE,
                is_required=False,
                settings={"low": 1, "high": 5, "anchors": {"1": "wrong", "5": "correct"}},
            ),
            Question(form=form, position=2, key="why", kind="text", title="Why?", is_required=False),
        ]
    )
    return Place(user=owner, project=project, role=Role.OWNER)


def _import(place: Place, items: int, seed: int) -> None:
    rows = "".join(json.dumps(row, ensure_ascii=False) + "\n" for _, row in pairs(items, seed=seed))
    started = imports.start(
        place, upload=io.BytesIO(rows.encode()), file_name="helpful-answers.jsonl", adapter="goldpan"
    )
    runner.execute(str(started.job_id))


def _member(place: Place, habit: Habit) -> Place:
    """A simulated person: a member who cannot sign in."""
    email = f"{slugify(habit.name)}@demo.invalid"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=habit.name)
    Membership.objects.get_or_create(project=place.project, user=user, defaults={"role": Role.ANNOTATOR})
    return Place(user=user, project=place.project, role=Role.ANNOTATOR)


def _label(place: Place, habit: Habit, draw: random.Random) -> None:
    lease = queue.claim(place)
    if lease is None:
        return
    planted = lease.item.source["planted"]
    shown = side_order(place, lease.item)
    lengths = [len(lease.item.text_of(index)) for index in shown]
    annotations.submit(
        place,
        lease_id=lease.pk,
        answers=answer(
            habit,
            better_shown="ab"[shown.index("ab".index(planted["better"]))],
            longer_shown="a" if lengths[0] >= lengths[1] else "b",
            gap=planted["gap"],
            draw=draw,
        ),
        request_key=uuid.UUID(int=draw.getrandbits(128), version=4),
        seconds=draw.uniform(*habit.seconds),
    )


def is_there() -> bool:
    """Whether the demo project exists already."""
    return Project.objects.filter(slug=SLUG).exists()
