"""Everybody at every door: who has which keys, and what stands behind each address."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from accounts.models import Invitation
from annotation.models import Annotation, CriterionProposal, ItemMedia, RubricVersion
from annotation.services import media, notes, prelabels, rubrics, staging
from curation.models import (
    Analysis,
    EvaluationResult,
    Finding,
    Release,
    RubricAttempt,
    RubricLine,
    RubricReport,
    Standing,
)
from curation.services import analyses, evaluating, evaluation_sets, line_runs, prompt_clusters, releases, rubric_runs
from curation.services import samples as error_samples
from jobs import runner
from modelhooks.models import Checkpoint, Run
from modelhooks.services import checkpoints, heads, runs
from projects.access import RIGHTS, Right
from projects.models import Membership
from projects.services import invitations
from tests.access.doors import Door
from tests.annotation.media import samples
from tests.world import Room, World, build, token_of
from webhooks.models import Delivery, Event, Hook
from webhooks.services import announcing

ANON = "anon"
PEOPLE = (ANON, "sam", "oscar", "ana", "ben", "vera", "chen", "olga")
TABLE = b"question,one,two\nWhy?,Because.,So.\n"

# What belongs to one person, whoever else has the right in the project: argument, and in which addresses.
PERSONAL = {
    "lease_id": "ana",
    "token_id": "ana",
    ("label", "item_id"): "ana",
    ("api/v1/annotations", "annotation_id"): "ana",
    ("imports/columns", "token"): "olga",
    ("media/", "sha256"): "ana",
    "note_id": "ana",
}


@dataclass
class House:
    """A world whose doors can be knocked on."""

    world: World
    values: dict[str, Any]
    staged: str
    own_judge: int
    """A judge that is Olga's project's alone; the other one is the installation's, which every project may ask."""
    sessions: dict[str, str]

    def client(self, door: Door, person: str) -> Client:
        """What this person knocks with, made anew each time: a browser at pages, a program at endpoints."""
        if person != ANON and door.kind == "endpoint":
            return self.world.api(person)
        client = Client()
        if person != ANON:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[person]
        return client

    def address(self, door: Door) -> str:
        """The door's address in Olga's project."""
        values = {**self.values, "token": self.staged} if "columns" in door.route else self.values
        return door.address(values)

    def may(self, person: str, right: str) -> bool:
        """Whether this person has the right in Olga's project."""
        place = self.world.answers.places.get(person)
        return place is not None and Right(right) in RIGHTS[place.role]

    def views_somewhere(self, person: str) -> bool:
        """Whether this person may view one of the two projects."""
        places = [room.places.get(person) for room in (self.world.answers, self.world.others)]
        return any(place is not None and Right.VIEW in RIGHTS[place.role] for place in places)


def furnish() -> House:
    """Build the world, and add a release, an invitation, and a file that waits for its columns."""
    world = build()
    values = {
        **_values(world.answers),
        **_made(world),
        "path": "README.md",
        "signature": "nowhere",
        "version": 1,
        "url": "nowhere",
    }
    values |= {"object_id": 1, "content_type_id": 1, "app_label": "auth", "token_id": token_of(world.secrets["ana"]).pk}
    upload = io.BytesIO(TABLE)
    staged = staging.stage(world.answers.owner, upload=upload, file_name="table.csv", adapter="mapping")
    return House(
        world=world,
        values=values,
        staged=staged.token,
        own_judge=_own_judge(world),
        sessions={person: _session(world, person) for person in PEOPLE if person != ANON},
    )


def _session(world: World, person: str) -> str:
    return world.browser(person).cookies[settings.SESSION_COOKIE_NAME].value


def _values(room: Room) -> dict[str, Any]:
    member = Membership.objects.exclude(user=room.owner.user).filter(project=room.owner.project).first()
    assert member
    return {"slug": room.slug, "member_id": member.pk}


def _made(world: World) -> Mapping[str, Any]:
    asked, _ = releases.freeze(world.answers.owner, recipes=[{"name": "raw"}], formats=["jsonl"])
    runner.execute(str(asked.job_id))
    release = Release.objects.get(pk=asked.pk)
    assert release.is_frozen, release.job.message
    invited = invitations.create(world.answers.owner, role="viewer")
    assert Invitation.objects.filter(pk=invited.invitation.pk).exists()
    checkpoint = _checkpoint()
    run = prelabels.start(world.answers.owner, checkpoint=checkpoint, question="preference")
    head = heads.train(world.answers.owner, question="preference")
    assert head.number == release.number  # both are named so in addresses
    _said_by(run, world.annotation)
    looked = analyses.start(world.answers.owner)
    runner.execute(str(looked.job_id))
    known = Standing.objects.filter(analysis=looked, person=world.user("ana")).first()
    assert known, looked.job.message
    assert error_samples.draw(world.answers.owner, size=50).number == release.number
    measured = _measured(world, checkpoint)
    assert measured.evaluation_set.number == release.number
    delivery = _told(world)
    written = rubrics.create(world.answers.owner.project, by=None, name="Kindness", criteria=["Is kind"])
    assert (written.rubric.number, written.number) == (release.number, 1)
    wrote = _written(world)
    return {
        "guesses_id": _guessed(written, world, checkpoint).pk,
        "proposal_id": _proposed(world),
        "written_id": wrote.pk,
        "clusters_id": prompt_clusters.start(world.answers.owner, wrote, embedder="fake", most=2).pk,
        "lines_id": _demands(world).pk,
        "report_id": _judged(world, written).pk,
        "finding_id": _found(looked),
        "checkpoint_id": checkpoint.pk,
        "run_id": run.pk,
        "result_id": measured.pk,
        "row_number": 1,
        "sha256": _shown(world),
        "item_id": world.annotation.item_id,
        "note_id": notes.leave(world.answers.owner, world.annotation, text="Read it to its end.").pk,
        "lease_id": world.held.pk,
        "annotation_id": world.annotation.pk,
        "import_id": world.imported.pk,
        "invitation_id": invited.invitation.pk,
        "token": invited.token,
        "number": release.number,
        "release_id": release.pk,
        "who": known.annotator_key,
        "question": run.question,
        "hook_id": delivery.hook_id,
        "delivery_id": delivery.pk,
    }


def _found(analysis: Analysis) -> int:
    """Something about a question, which no queue has."""
    found = Finding.objects.create(
        project=analysis.project,
        detector="unreliable_question",
        version="1",
        about="question:preference:",
        strength=0.5,
        words="People do not agree.",
        first=analysis,
        last=analysis,
    )
    return int(found.pk)


def _measured(world: World, checkpoint: Checkpoint) -> EvaluationResult:
    """The checkpoint's place on the leaderboard of a set of one row."""
    row = b'{"question": "Q?", "response_A": "One.", "response_B": "Two.", "label": "A>B"}'
    made = evaluation_sets.from_file(world.answers.owner, name="exam", file=io.BytesIO(row))
    runner.execute(str(evaluating.start(world.answers.owner, made, checkpoint).job_id))
    return EvaluationResult.objects.get(evaluation_set=made)


def _written(world: World) -> Run:
    """A run that wrote rubrics of what Ana labeled."""
    writer = checkpoints.add(None, name="Pen", backend="fake", contract="writing", options={})
    run = rubric_runs.contrast(world.answers.owner, checkpoint=writer, question="preference", wishes={"percent": 100})
    runner.execute(str(run.job_id))
    assert RubricAttempt.objects.filter(run=run, item=world.annotation.item_id).exists()
    return run


def _demands(world: World) -> Run:
    """A run that found what prompts demand."""
    pen = Checkpoint.objects.get(name="Pen")
    run = line_runs.constraints(world.answers.owner, checkpoint=pen)
    runner.execute(str(run.job_id))
    assert RubricLine.objects.filter(run=run, item=world.annotation.item_id).exists()
    return run


def _judged(world: World, version: RubricVersion) -> RubricReport:
    """What a judge found by the version about what Ana labeled."""
    judge = checkpoints.add(None, name="Scale", backend="fake", contract="rubric", options={})
    run = rubric_runs.grade(world.answers.owner, version=version, checkpoint=judge, question="preference")
    runner.execute(str(run.job_id))
    return RubricReport.objects.get(run=run)


def _guessed(version: RubricVersion, world: World, checkpoint: Checkpoint) -> RubricVersion:
    """What somebody may go by that this version does not name."""
    run = runs.start(world.answers.owner, hook="hypotheses", checkpoint=checkpoint)
    return rubrics.create(
        version.rubric.project,
        by=None,
        name="Guesses",
        criteria=["Is brief"],
        source="hypotheses",
        provenance={"percent": 50, "items": [], "seen": []},
        run=run,
        parent=version,
        is_put_away=True,
    )


def _said_by(run: Run, beside: Annotation) -> None:
    """The run's answer to the item that somebody has answered."""
    Annotation.objects.create(
        project=run.project,
        item_id=beside.item_id,
        form_id=beside.form_id,
        run=run,
        answers={run.question: {"winner": "a", "strength": None}},
        shown=[0, 1],
    )


def _proposed(world: World) -> int:
    """A criterion that Ana misses."""
    said = world.annotation
    made = CriterionProposal.objects.create(
        project=world.answers.owner.project,
        item_id=said.item_id,
        form_id=said.form_id,
        question_key="rubric",
        words="Is kind",
        by=world.user("ana"),
    )
    return int(made.pk)


def _told(world: World) -> Delivery:
    """What a webhook was told."""
    project = world.answers.owner.project
    hook = Hook.objects.create(
        project=project, url="https://x.test/", events=Event.values, created_by=world.user("olga")
    )
    return announcing.queue(hook, Event.RELEASE_FROZEN, {})


def _checkpoint() -> Checkpoint:
    return checkpoints.add(None, name="Max", backend="fake", contract="preference", options={})


def _own_judge(world: World) -> int:
    made = checkpoints.add(None, name="Own", backend="fake", contract="preference", options={})
    Checkpoint.objects.filter(pk=made.pk).update(project=world.answers.owner.project)
    return int(made.pk)


def _shown(world: World) -> str:
    """A picture that the item shows which Ana has answered."""
    picture = media.upload(world.answers.owner, source=io.BytesIO(samples.png()))
    ItemMedia.objects.create(item_id=world.annotation.item_id, media=picture)
    return picture.sha256


def owner_of(door: Door) -> str | None:
    """The one person to whom the object behind this door belongs, if it belongs to one."""
    for argument in door.arguments:
        for key, person in PERSONAL.items():
            if key == argument or (isinstance(key, tuple) and key[1] == argument and key[0] in door.route):
                return person
    return None
