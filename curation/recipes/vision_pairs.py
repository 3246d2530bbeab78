"""Pairs with pictures, for trainers of models that look at them: `images, prompt, chosen, rejected` as TRL reads it."""

import pyarrow as pa

from curation.recipes import dpo_pairs, losses, pairs
from curation.recipes.columns import messages, traced
from curation.recipes.common import has_weights
from curation.recipes.contract import Build, Recipe, Row, always
from curation.recipes.drops import Drop
from curation.recipes.files import name_of, pictures, refs_of
from curation.recipes.parameters import OneOf, Option, Parameters
from curation.recipes.records import ItemRecord

PROMPT, RESPONSES = "prompt", "responses"
PICTURES = OneOf(
    name="pictures",
    title="Whose pictures",
    help="TRL puts the prompt's pictures before its first user turn.",
    options=(
        Option(PROMPT, "The prompt's: the responses are texts about them"),
        Option(RESPONSES, "The responses': what is compared are the pictures"),
    ),
)


def schema(parameters: Parameters) -> pa.Schema:
    """The pictures first; of responses a column for each side."""
    names = ("images",) if parameters["pictures"] == PROMPT else ("images_chosen", "images_rejected")
    texts = (messages("prompt"), messages("chosen"), messages("rejected"))
    return traced(*map(pictures, names), *texts)(parameters)


def builder(parameters: Parameters) -> Build:
    finish = _with_prompts if parameters["pictures"] == PROMPT else _with_responses
    return pairs.builder((dpo_pairs.layout,), parameters, finish=finish)


def _with_prompts(row: Row, item: ItemRecord, places: tuple[int, int]) -> Row | Drop:
    shown = refs_of(item.messages)
    if not shown:
        return Drop.NO_PICTURES
    first = next((turn for turn in item.messages if turn["role"] == "user"), {})
    is_elsewhere = any(refs_of(item.responses[place]["messages"]) for place in places)
    if is_elsewhere or shown != first.get("media") or not _are_pictures(shown):
        return Drop.NOT_PICTURES
    return {"images": [name_of(ref) for ref in shown], **row}


def _with_responses(row: Row, item: ItemRecord, places: tuple[int, int]) -> Row | Drop:
    chosen, rejected = (refs_of(item.responses[place]["messages"]) for place in places)
    if not (chosen and rejected):
        return Drop.NO_PICTURES
    if refs_of(item.messages) or not _are_pictures([*chosen, *rejected]):
        return Drop.NOT_PICTURES
    names = {"images_chosen": [name_of(ref) for ref in chosen], "images_rejected": [name_of(ref) for ref in rejected]}
    if names["images_chosen"] == names["images_rejected"] and row["chosen"] == row["rejected"]:
        return Drop.IDENTICAL
    return {**names, **row}


def _are_pictures(shown: list[dict[str, str]]) -> bool:
    return all(ref["kind"] == "image" for ref in shown)


def files(parameters: Parameters, row: Row) -> list[str]:
    """The names in the columns of pictures."""
    columns = ("images",) if parameters["pictures"] == PROMPT else ("images_chosen", "images_rejected")
    return [name for column in columns for name in row[column]]


PICTURES_ALONE = "Items that show nothing, sound or films: they give no row."
RECIPE = Recipe(
    name="vision_pairs",
    title="Pairs with pictures",
    description=(
        "Pictures, prompt, chosen and rejected. In Parquet the pictures are part of the file and `load_dataset` shows "
        "them as such; beside JSON lines they lie in a folder. TRL DPO for models that see reads it as it is."
    ),
    schema=schema,
    builder=builder,
    characters=dpo_pairs.characters,
    loses=(losses.EVERYONE, losses.SHOWN, losses.REST, losses.TIES, losses.STRENGTH, losses.ITEM, PICTURES_ALONE),
    read_back=always("trl_explicit"),
    parameters=(PICTURES, *pairs.PARAMETERS),
    keeps_files=True,
    needs_files=True,
    files=files,
    reads_circumstances=has_weights,
)
