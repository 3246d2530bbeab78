"""A planned world made a project: its rows come in as an import does, its people are members who cannot sign in, and
what its judges said is stored as a run stores it.
"""

import io
import json
import random
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from annotation.demo.planted.judges import Heard, Judge
from annotation.demo.planted.world import World, rows
from annotation.hooks import Prelabel
from annotation.models import Annotation, Form, Item, Question
from annotation.services import imports
from jobs import runner
from jobs.models import Job, State
from modelhooks.contracts import Judgment
from modelhooks.judging.orders import Order, Side, judgment
from modelhooks.judging.probe_set import digest, probe_set
from modelhooks.models import Checkpoint, Run
from modelhooks.probing import Probes
from projects.access import Place
from projects.models import Membership, Project, Role

QUESTION = "better"
AT_ONCE = 2_000
HALF = 0.5


class NotLoaded(RuntimeError):
    """The import did not go through; the text is what its job says."""


def load(world: World, owner: User, *, slug: str) -> Project:
    """The project with all items and everything that was said about them. Raises NotLoaded."""
    place = _project(owner, slug)
    _import(place, world)
    people = {one.name: _member(place, one.name) for one in world.people}
    _answer(place, world, people)
    for judge in world.judges:
        _hear(place, judge, [one for one in world.heard if one.who == judge.name])
    return place.project


@transaction.atomic
def _project(owner: User, slug: str) -> Place:
    project = Project.objects.create(slug=slug, name="Planted defects", overlap=3, created_by=owner)
    Membership.objects.create(project=project, user=owner, role=Role.OWNER)
    form = Form.objects.create(project=project, version=1, created_by=owner)
    Question.objects.create(form=form, position=0, key=QUESTION, kind="preference", title="Which response helps more?")
    return Place(user=owner, project=project, role=Role.OWNER)


def _import(place: Place, world: World) -> None:
    lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows(world))
    started = imports.start(place, upload=io.BytesIO(lines.encode()), file_name="planted.jsonl", adapter="goldpan")
    runner.execute(str(started.job_id))
    job = Job.objects.get(pk=started.job_id)
    if job.state != State.DONE:
        raise NotLoaded(job.message)


def _member(place: Place, name: str) -> User:
    email = f"{slugify(name)}@planted.invalid"
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, None, name=name)
    Membership.objects.get_or_create(project=place.project, user=user, defaults={"role": Role.ANNOTATOR})
    return user


def _answer(place: Place, world: World, people: Mapping[str, User]) -> None:
    items = dict(Item.objects.filter(project=place.project).values_list("key", "pk"))
    form = Form.objects.get(project=place.project)
    Annotation.objects.bulk_create(
        (
            Annotation(
                project=place.project,
                item_id=items[vote.key],
                form=form,
                author=people[vote.who],
                answers={QUESTION: {"winner": vote.winner, "strength": None if vote.winner == "tie" else 1}},
                shown=[1, 0] if vote.swapped else [0, 1],
                seconds=vote.seconds,
            )
            for vote in world.votes
        ),
        batch_size=AT_ONCE,
    )


@transaction.atomic
def _hear(place: Place, judge: Judge, heard: Sequence[Heard]) -> None:
    """What one judge said, as the runs left it that asked in both orders: about items, and to our probes."""
    name = f"{judge.name} of {place.project.slug}"
    checkpoint = Checkpoint.objects.create(
        name=name, contract="preference", backend="fake", options={"seed": name}, project=place.project
    )
    form = Form.objects.get(project=place.project).pk
    run = _run(place, checkpoint, len(heard), hook="prelabel", question=QUESTION, form=form)
    items = dict(Item.objects.filter(project=place.project).values_list("key", "pk"))
    for start in range(0, len(heard), AT_ONCE):
        said = {items[one.key]: [_judged(one.chances)] for one in heard[start : start + AT_ONCE]}
        Prelabel().store(run, said)
    draw = random.Random(judge.name)
    run = _run(place, checkpoint, len(probe_set()), hook="probe", set=digest())
    chances = [judge.probed(one.right, one.other, draw) for one in probe_set()]
    Probes().store(run, {number: [_judged(one)] for number, one in enumerate(chances, 1)})


def _run(place: Place, checkpoint: Checkpoint, count: int, *, hook: str, question: str = "", **parameters: Any) -> Run:
    job = Job.objects.create(kind="run", state=State.DONE, finished_at=timezone.now(), done=count, total=count)
    return Run.objects.create(
        project=place.project,
        hook=hook,
        checkpoint=checkpoint,
        question=question,
        parameters={**parameters, "orders": "both"},
        fingerprint=f"planted {checkpoint.name}"[:64],
        is_planned=True,
        job=job,
        created_by=place.user,
    )


def _judged(chances: tuple[float, float]) -> Judgment:
    """Its two answers as one opinion, by the rule for every judge."""
    as_it_is, swapped = chances
    return judgment(
        [
            Order(is_swapped=False, votes=(_side(as_it_is),), p_a=as_it_is),
            Order(is_swapped=True, votes=(_side(1 - swapped),), p_a=1 - swapped),
        ]
    )


def _side(chance_of_a: float) -> Side:
    return "A" if chance_of_a > HALF else "B"
