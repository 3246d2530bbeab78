"""Two projects with everybody and one of everything in them, for tests that knock on all doors.

Olga's project holds Ana, Ben, Chen and Vera; Oscar's holds Sam. Nobody of one belongs to the other.
"""

import hashlib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from accounts.models import ApiToken, Scope, User
from accounts.services import tokens
from annotation.models import Annotation, Import, Item, Lease, RefusedRow, Slot
from annotation.services import annotations, projects, queue
from jobs.services import enqueue
from projects.access import Place
from projects.models import Membership, Role
from projects.services import guidelines

A_MODEL, B_MODEL = "secret-model-one", "secret-model-two"
ANSWERS = {"preference": {"winner": "a", "strength": 2}}


@dataclass
class Room:
    """A project and what is in it, by the names that addresses use."""

    owner: Place
    items: list[Item] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        return self.owner.project.slug


@dataclass
class World:
    """Both rooms, and a secret for everybody."""

    answers: Room
    others: Room
    secrets: dict[str, str]
    held: Lease  # Ana's, not answered yet
    annotation: Annotation  # Ana's
    imported: Import  # into Olga's project, with a refused row

    def user(self, name: str) -> User:
        return User.objects.get(email=f"{name}@example.org")

    def api(self, name: str) -> Client:
        """A program with a token of this person that carries every scope."""
        return program(self.secrets[name])

    def browser(self, name: str) -> Client:
        """A browser in which this person is signed in."""
        client = Client()
        client.force_login(self.user(name), backend="django.contrib.auth.backends.ModelBackend")
        return client


def program(secret: str) -> Client:
    """A client that shows this token."""
    return Client(headers={"Authorization": f"Token {secret}"})


def build() -> World:
    """Make it all, through services where there is one."""
    answers = _room("olga", "answers", {"ana": Role.ANNOTATOR, "ben": Role.ANNOTATOR, "chen": Role.CURATOR})
    _join(answers, "vera", Role.VIEWER)
    others = _room("oscar", "others", {"sam": Role.ANNOTATOR})
    answered = queue.claim(answers.places["ana"])
    assert answered is not None
    annotation = submit(answers.places["ana"], answered)
    held = queue.claim(answers.places["ana"])
    assert held is not None
    return World(
        answers=answers,
        others=others,
        secrets={name: token_for(name) for name in [*answers.places, *others.places]},
        held=held,
        annotation=annotation,
        imported=add_import(answers),
    )


def token_for(name: str, *, scopes: Sequence[str] = tuple(Scope.values), project_id: int | None = None) -> str:
    """The secret of a new token of this person."""
    user = User.objects.get(email=f"{name}@example.org")
    return tokens.create(user, name="a test", scopes=scopes, days=1, project_id=project_id).secret


def token_of(secret: str) -> ApiToken:
    """The row behind a secret."""
    return ApiToken.objects.get(digest=hashlib.sha256(secret.encode()).digest())


def submit(place: Place, lease: Lease, answers: dict[str, Any] | None = None) -> Annotation:
    """Answer a held item."""
    done = annotations.submit(place, lease_id=lease.pk, answers=answers or ANSWERS, request_key=uuid.uuid4())
    return done.annotation


def add_items(place: Place, count: int) -> list[Item]:
    """Pairs with their slots, as an import leaves them: the first response is long, and each names its model."""
    items = Item.objects.bulk_create(_item(place, number) for number in range(count))
    Slot.objects.bulk_create(
        Slot(project=place.project, item=item, number=number)
        for item in items
        for number in range(place.project.overlap)
    )
    return items


def add_import(room: Room) -> Import:
    """An import that brought nothing but one refused row."""
    imported = Import.objects.create(
        project=room.owner.project,
        job=enqueue(kind="import", args={}),
        adapter="goldpan",
        file_name="pairs.jsonl",
        file_size=10,
        file_digest="0" * 64,
        created_by=room.owner.user,
        rows_read=1,
        refused=1,
    )
    RefusedRow.objects.create(run=imported, number=1, reason="The row has no prompt.", excerpt="{}")
    return imported


def _room(owner: str, slug: str, members: dict[str, str]) -> Room:
    user = User.objects.create_user(f"{owner}@example.org", None, name=owner.title())
    place = projects.start(
        owner=user, name=slug.title(), slug=slug, description="", overlap=2, preset="preference-and-ratings"
    )
    form = [{"key": "preference", "kind": "preference", "title": "Which response is better?"}]
    form += [{"key": "helpful", "kind": "rating", "title": "Helpful", "target": "response", "is_required": False}]  # type: ignore[dict-item]
    form += [{"key": "reason", "kind": "text", "title": "Why?", "is_required": False}]  # type: ignore[dict-item]
    projects.forms.save_form(place, form)
    guidelines.save(place, text="Prefer what helps.")
    room = Room(owner=place, items=add_items(place, 5), places={owner: place})
    for name, role in members.items():
        _join(room, name, role)
    return room


def _join(room: Room, name: str, role: str) -> None:
    user = User.objects.create_user(f"{name}@example.org", None, name=name.title())
    Membership.objects.create(project=room.owner.project, user=user, role=role)
    room.places[name] = Place(user=user, project=room.owner.project, role=role)


def _item(place: Place, number: int) -> Item:
    return Item(
        project=place.project,
        key=f"secret-key-{place.project.slug}-{uuid.uuid4()}",
        digest=uuid.uuid4().bytes * 2,
        group=f"group-{number}",
        messages=[{"role": "user", "content": f"Question {number} of {place.project.name}?"}],
        responses=[
            _response(f"A long and careful answer to question {number}, with many words.", A_MODEL),
            _response("Short.", B_MODEL),
        ],
        source={"dataset": "secret-source"},
        tags=["maths"],
        language="en",
    )


def _response(text: str, model: str) -> dict[str, Any]:
    turns = [
        {"role": "assistant", "content": text, "name": model},
        {"role": "tool", "content": "Found.", "tool_call_id": "secret-call"},
    ]
    return {"messages": turns, "model": model, "params": {"temperature": "secret-params"}, "key": "secret-response"}
