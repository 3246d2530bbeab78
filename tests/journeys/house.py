"""A project to walk through in a browser: Olga owns it, Ana and Ben annotate."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from annotation.models import Annotation, Form, Item, Question, Slot
from projects.access import Place
from projects.models import Guideline, Membership, Project, Role

GUIDELINE = "# What we ask\n\nPrefer the answer that a **careful expert** would sign.\n\n1. Correct before pleasant.\n"
PREFERENCE = {"key": "better", "kind": "preference", "title": "Which response is better?", "settings": {"points": 7}}
WHY = {
    "key": "why",
    "kind": "text",
    "title": "Why?",
    "help": "One sentence that someone who disagrees could check.",
    "is_required": False,
    "settings": {"rows": 2},
}


def rating(key: str, title: str) -> dict[str, Any]:
    anchors = {"1": "poor", "5": "excellent"}
    return {"key": key, "kind": "rating", "title": title, "target": "response", "settings": {"anchors": anchors}}


@dataclass
class House:
    """The project and its people, by name."""

    project: Project
    people: dict[str, User]

    @classmethod
    def build(cls, name: str = "Helpful answers", questions: Sequence[dict[str, Any]] = (PREFERENCE, WHY)) -> "House":
        people = {each: _person(each) for each in ("Olga", "Ana", "Ben")}
        owner = people["Olga"]
        slug = f"answers-{Project.objects.count()}"
        project = Project.objects.create(slug=slug, name=name, created_by=owner)
        roles = {"Olga": Role.OWNER, "Ana": Role.ANNOTATOR, "Ben": Role.ANNOTATOR}
        for each, role in roles.items():
            Membership.objects.create(project=project, user=people[each], role=role)
        Guideline.objects.create(project=project, version=1, text=GUIDELINE, created_by=owner)
        form = Form.objects.create(project=project, version=1, created_by=owner)
        for position, question in enumerate(questions):
            Question.objects.create(form=form, position=position, **question)
        return cls(project, people)

    @property
    def label(self) -> str:
        """The labeling page's address."""
        return f"/projects/{self.project.slug}/label/"

    def place(self, name: str) -> Place:
        membership = Membership.objects.get(project=self.project, user=self.people[name])
        return Place(user=self.people[name], project=self.project, role=membership.role)

    def add_item(self, prompt: str | list[Any], *responses: str | list[Any], overlap: int = 1) -> Item:
        """A prompt and responses, each a text or its turns."""
        messages = [{"role": "user", "content": prompt}] if isinstance(prompt, str) else prompt
        item = Item.objects.create(
            project=self.project,
            key=str(uuid.uuid4()),
            digest=uuid.uuid4().bytes * 2,
            group="all",
            messages=messages,
            responses=[
                {
                    "messages": [{"role": "assistant", "content": said}] if isinstance(said, str) else said,
                    "model": f"secret-model-{number}",
                }
                for number, said in enumerate(responses)
            ],
        )
        Slot.objects.bulk_create(Slot(project=self.project, item=item, number=number) for number in range(overlap))
        return item

    def add_items(self, count: int, *, overlap: int = 1) -> list[Item]:
        """Pairs in which the second response is the better one, whatever side it is shown on."""
        return [
            self.add_item(
                f"Question {number}?", f"A vague answer {number}.", f"An exact answer {number}.", overlap=overlap
            )
            for number in range(1, count + 1)
        ]

    def annotations(self) -> list[Annotation]:
        return list(Annotation.objects.filter(project=self.project).order_by("pk"))


def _person(name: str) -> User:
    email = f"{name.lower()}@example.org"
    found = User.objects.filter(email=email).first()
    return found or User.objects.create_user(email, None, name=f"{name} Example")
