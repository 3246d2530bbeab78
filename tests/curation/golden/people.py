"""The planted project as people would have made it: imported, its files uploaded, labeled through the queue.

Everybody sees the responses in another order than the item's and answers by what stands there; nothing here asks the
product how to turn an answer round.
"""

import io
import json
import uuid
from typing import Any

from annotation import subjects
from annotation.kinds.quotes import text_hash
from annotation.models import Annotation, Import
from annotation.models import Item as Stored
from annotation.services import annotations, forms, imports, media, queue
from jobs import runner
from projects.access import Place
from projects.models import Membership, Project, Role
from tests.annotation.media import samples
from tests.curation.golden.planted import BY_KEY, ITEMS, QUESTIONS, Item

PEOPLE = ("Ana", "Ben", "Chen")
COLORS = {"map": "navy", "barn": "maroon", "mill": "teal"}
SALT = "golden" * 5
IDS = {"Olga": 990_001, "Ana": 990_002, "Ben": 990_003, "Chen": 990_004}
"""Pseudonyms follow from the number of a person and the project's salt, so these are always the same."""


def made(users: Any) -> Place:
    """Olga's place in the project with all its items and answers; `users` is the manager of accounts."""
    everybody = {
        name: users.create_user(f"{name}@golden.test", None, id=number, name=name) for name, number in IDS.items()
    }
    project = Project.objects.create(
        slug="golden", name="Golden", created_by=everybody["Olga"], salt=SALT, overlap=len(PEOPLE)
    )
    places = {
        name: _place(project, user, Role.OWNER if name == "Olga" else Role.ANNOTATOR)
        for name, user in everybody.items()
    }
    olga = places["Olga"]
    forms.save_form(olga, [{"is_required": False, **question} for question in QUESTIONS])
    _bring(olga)
    for number, name in enumerate(PEOPLE):
        _label(places[name], name, number)
    _change_her_mind(places["Ana"])
    return olga


def digest_of(name: str) -> str:
    """The SHA-256 under which a picture goes into golden files: how PNG is packed is not what they are about."""
    return text_hash(name) * 4


def _place(project: Project, user: Any, role: str) -> Place:
    Membership.objects.create(project=project, user=user, role=role)
    return Place(user, project, role)


def pictures(olga: Place) -> dict[str, str]:
    """The SHA-256 of each picture by its name."""
    drawn = {name: samples.png(samples.drawn(24, 16, color)) for name, color in COLORS.items()}
    return {name: media.upload(olga, source=io.BytesIO(content)).sha256 for name, content in drawn.items()}


def _bring(olga: Place) -> None:
    """Import the items, with pictures where they show some."""
    digests = pictures(olga)
    lines = "".join(f"{json.dumps(_row(item, digests))}\n" for item in ITEMS)
    started = imports.start(olga, upload=io.BytesIO(lines.encode()), file_name="items.jsonl", adapter="goldpan")
    runner.execute(str(started.job_id))
    came = Import.objects.select_related("job").get(pk=started.pk)
    assert (came.ok, came.refused, came.labels, came.labels_left_out) == (len(ITEMS), 0, 1, 0), came.job.message


def _row(item: Item, digests: dict[str, str]) -> dict[str, Any]:
    if not item.pictures:
        return item.row
    prompt, *sides = ([{"sha256": digests[name]} for name in names] for names in item.pictures)
    responses = [
        {**response, **({"media": refs} if refs else {})}
        for response, refs in zip(item.row["responses"], sides, strict=True)
    ]
    return {**item.row, "responses": responses, **({"media": prompt} if prompt else {})}


def _label(place: Place, name: str, number: int) -> None:
    """Go through the queue to its end."""
    while lease := queue.claim(place):
        item = Stored.objects.get(pk=lease.item_id)
        said = BY_KEY[item.key].said.get(name)
        if said is None:
            queue.skip(place, lease.pk, reason="unclear")
            continue
        shown = in_front_of(number, item)
        answers = {key: _seen(key, value, item, shown) for key, value in said.items()}
        annotations.submit(
            place,
            lease_id=lease.pk,
            answers=answers,
            request_key=uuid.uuid4(),
            seconds=10.5 + number,
            shown=shown,
        )


def in_front_of(number: int, item: Any) -> list[int]:
    """The responses in the order in which the person with this number sees them: Ana never in the item's own."""
    order = list(range(len(item.responses)))
    turned = number + 1 if len(order) > 2 else (number + 1 + len(item.key)) % 2 if number else 1
    return order[-turned:] + order[:-turned] if turned else order


def _seen(key: str, value: Any, item: Any, shown: list[int]) -> Any:
    """What somebody answers who has the responses in this order before them."""
    match key:
        case "better":
            return _compared(value, shown)
        case "order":
            return [sorted(shown.index(response) for response in group) for group in value]
        case "helpful":
            return [value[response] for response in shown]
        case "good":
            return [[value[response]] for response in shown]
        case "steps":
            cut = subjects.in_steps(item)
            return [
                {"splitter": cut[response].cut_by, "labels": value[response][0], "final": value[response][1]}
                for response in shown
            ]
        case "list":
            verdicts = {name: [{"value": given[response]} for response in shown] for name, given in value.items()}
            return {"verdicts": verdicts}
        case "marks":
            texts = [response["text"] for response in BY_KEY[item.key].row["responses"]]
            return {
                "hashes": [text_hash(texts[response]) for response in shown],
                "spans": [_mark(mark, texts, shown) for mark in value],
            }
    return value


def _compared(value: dict[str, Any], shown: list[int]) -> dict[str, Any]:
    if "outcome" in value:
        return {"winner": value["outcome"], "strength": 0 if value["outcome"] == "tie" else None}
    found = {"winner": "ab"[shown.index(value["better"])], "strength": value["strength"]}
    return {**found, "dimensions": {"style": _compared(value["style"], shown)}} if "style" in value else found


def _mark(mark: tuple[int, str, str, str, str], texts: list[str], shown: list[int]) -> dict[str, Any]:
    response, words, kind, severity, note = mark
    start = texts[response].index(words)
    span = {
        "response": shown.index(response),
        "start": start,
        "end": start + len(words),
        "type": kind,
        "severity": severity,
    }
    return {**span, **({"note": note} if note else {})}


def _change_her_mind(ana: Place) -> None:
    """Ana had meant something else about one item, and says so: the older answer stays in the history alone."""
    old = Annotation.objects.get(project=ana.project, author=ana.user, item__key="ferry")
    item = old.item
    annotations.revise(
        ana,
        annotation_id=old.pk,
        answers={"better": _seen("better", {"better": 1, "strength": 3}, item, old.shown)},
        request_key=uuid.uuid4(),
        reason="I had not read to the end.",
        seconds=4.0,
    )
