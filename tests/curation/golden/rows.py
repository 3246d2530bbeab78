"""The rows that every recipe makes of the planted project, and the files in which they stand.

Numbers that the database draws (of items, annotations, imports) are replaced by those that they have in this project,
the time of an answer by one time. All else is byte for byte what the release holds.
"""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic_core import from_json, to_json

from annotation.models import Annotation, Item
from curation import store
from curation.models import Release
from curation.recipes import RECIPES
from curation.services import releases
from jobs import runner
from projects.access import Place
from tests.curation.golden.people import digest_of, pictures

FOLDER = Path(__file__).parent / "rows"
EXAMPLES = Path(releases.__file__).parents[1] / "recipes" / "examples"
WRITES = bool(os.environ.get("GOLDPAN_WRITE_GOLDEN"))
"""Whether the files are written anew (`make golden`) and not compared."""
AT = "2026-01-01 00:00:00.000000 UTC"

OTHERS: dict[str, dict[str, Any]] = {
    "rm_pairs.soft": {"aggregator": "soft"},
    "rm_pairs.ranking": {"question": "order"},
    "rm_pairs.single": {"question": "good"},
    "rm_pairs_votes.ties": {"ties": "both_ways"},
    "dpo_pairs.style": {"dimension": "style"},
    "dpo_pairs.folded": {"system": "fold"},
    "text_pairs.chatml": {"template": "chatml"},
    "kto.two_bad": {"both_bad": "two_bad"},
    "kto.single": {"question": "good"},
    "stepwise.neutral": {"neutral": "false"},
    "ratings.mean": {"value": "mean"},
    "rubrics.responses": {"rows": "responses"},
    "critique_sft.collected": {"question": "helpful", "columns": "feedback_collection"},
    "bestofn_eval.ties": {"several": "ties"},
    "arena.votes": {"rows": "votes"},
    "spans.any": {"marks": "any"},
    "vision_pairs.responses": {"pictures": "responses"},
}
"""More of what a recipe can do, each with a file of its own: what follows the dot is its name."""
WISHES = {**{name: dict[str, Any]() for name in RECIPES}, **OTHERS}


def path_of(wish: str) -> Path:
    """Where the golden rows of a wish stand."""
    return FOLDER / f"{wish}.jsonl"


def golden(wish: str) -> list[dict[str, Any]]:
    """The rows as they stand there."""
    return [json.loads(line) for line in path_of(wish).read_bytes().splitlines()]


def recipe_of(wish: str) -> str:
    return wish.partition(".")[0]


def example_of(recipe: str) -> Path:
    """Where the row stands that the product shows of a recipe."""
    return EXAMPLES / f"{recipe}.json"


def written(olga: Place) -> dict[str, bytes]:
    """The lines that each wish gives in the planted project, with its own numbers."""
    same = numbered(olga)
    return {wish: b"".join(map(same, lines.splitlines(keepends=True))) for wish, lines in _released(olga)}


def _released(olga: Place) -> Iterator[tuple[str, bytes]]:
    """As many releases as it takes: a release holds a recipe once."""
    waiting = list(WISHES)
    while waiting:
        once = {recipe_of(wish): wish for wish in reversed(waiting)}
        recipes = [{"name": name, "parameters": WISHES[wish]} for name, wish in once.items()]
        asked, _ = releases.freeze(olga, recipes=recipes, formats=["jsonl"], splits={"train": 100})
        runner.execute(str(asked.job_id))
        made = Release.objects.select_related("job").get(pk=asked.pk)
        assert made.is_frozen, made.job.message
        for name, wish in once.items():
            yield wish, store.path_of(made.files.get(path__startswith=f"{name}/train")).read_bytes()
        waiting = [wish for wish in waiting if wish not in once.values()]


def numbered(olga: Place) -> Callable[[bytes], bytes]:
    """The function from a line of a release to the same line with this project's own numbers."""
    items = list(Item.objects.filter(project=olga.project).order_by("id").values_list("pk", flat=True))
    own = {pk: number for number, pk in enumerate(items, 1)}
    names = {None: 0, 990_002: 1, 990_003: 2, 990_004: 3}
    annotations: dict[int, int] = {}
    for one in Annotation.objects.filter(project=olga.project).order_by("id"):
        number = 10 * own[one.item_id] + names[one.author_id] + (5 if one.supersedes_id else 0)
        annotations[one.pk] = number
    shown = {digest: digest_of(name) for name, digest in pictures(olga).items()}

    def renumber(line: bytes) -> bytes:
        row = from_json(line)
        assert to_json(row) + b"\n" == line  # so that what is written here is what stands there
        text = to_json(_own(row, own, annotations)).decode()
        for digest, name in shown.items():
            text = text.replace(digest, name)
        return f"{text}\n".encode()

    return renumber


def _own(row: dict[str, Any], items: dict[int, int], annotations: dict[int, int]) -> dict[str, Any]:
    """The row with the project's own numbers."""
    row = dict(row)
    if "annotation_ids" in row:
        row["annotation_ids"] = [annotations[one] for one in row["annotation_ids"]]
    if "extra_info" in row:
        row["extra_info"]["index"] = items[row["extra_info"]["index"]]
    if "item_id" in row:
        row["item_id"] = items[row["item_id"]]
    if "annotations" in row:
        row["annotations"] = [_history(one, annotations) for one in row["annotations"]]
        row["labels"] = _label_numbers(row["labels"], annotations)
    word, _, number = str(row.get("id", "")).partition(":")
    if word in ("tied", "ref") and number:
        row["id"] = f"{word}:{items[int(number)]}"
    return row


def _history(one: dict[str, Any], annotations: dict[int, int]) -> dict[str, Any]:
    source = from_json(one["source"])
    if "import" in source:
        source["import"] = 1
    return {
        **one,
        "annotation_id": annotations[one["annotation_id"]],
        "supersedes": annotations.get(one["supersedes"], 0),
        "at": AT,
        "source": to_json(source).decode(),
    }


def _label_numbers(labels: str, annotations: dict[int, int]) -> str:
    found = from_json(labels)
    for label in found:
        label["source"]["release"]["annotation"] = annotations[label["source"]["release"]["annotation"]]
    return to_json(found).decode()
