"""README.md: a dataset card that people read, with a head that `load_dataset` reads."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from curation.describe.manifest import Manifest, preferred_format
from curation.origins import NONE, OTHERS
from curation.recipes import RECIPES
from curation.recipes.drops import in_words

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"), (10**7, "1M<n<10M"))

MOST_NAMED = 20
HUB_LICENSES = frozenset(
    {
        *("apache-2.0", "mit", "bsd-3-clause", "cc0-1.0", "odc-by", "odbl", "cdla-permissive-2.0", "unlicense"),
        *(f"cc-by{more}-4.0" for more in ("", "-sa", "-nc", "-nc-sa", "-nd", "-nc-nd")),
        *("cc-by-3.0", "cc-by-sa-3.0", "gpl-3.0", "agpl-3.0"),
    }
)
"""Identifiers that the Hub knows, of the ones that datasets mostly have."""

COLUMNS = {
    "pair_id": "the item's key in the project; for two of its many responses with their numbers",
    "prompt_id": "its prompt group; one group is in one split",
    "response_index": "which response of the item the row is about, from 0",
    "strength": "mean strength over all votes, positive toward chosen, 0 for a tie",
    "p_chosen": "share of votes for chosen, a tie or both bad counting half; where a consensus decides, its chance",
    "margin": "2 × p_chosen − 1: by how much the chosen one is ahead, which reward trainers read",
    "n_votes": "votes counted; `unsure` is not a vote",
    "agreement": "share of votes for the outcome",
    "label_source": "people, imported, or people and imported",
    "annotation_ids": "the annotations behind the row",
    "confidence": "the chance that the consensus is right, of the least sure one that the row rests on",
    "weight": "mean of the weights that these labels came with; 1 where they say none",
}
"""What columns say about where a row comes from; docs/exports.md says it in full."""


def card(manifest: Manifest) -> str:
    """The whole text; a function of the manifest alone."""
    sections = [
        _head(manifest),
        f"# {_title(manifest)}\n\n{_note(manifest)}{_opening(manifest)}",
        "## Load it\n\n" + _loading(manifest),
        *(_recipe(recipe, manifest) for recipe in manifest["recipes"]),
        _provenance(manifest),
        "## Splits\n\n" + _splits(manifest),
        _gates(manifest),
        "## Where it comes from\n\n" + _origin(manifest),
    ]
    return "\n\n".join(section for section in sections if section) + "\n"


def _head(manifest: Manifest) -> str:
    suffix = preferred_format(manifest)
    lines = ["---", f"pretty_name: {_quoted(_title(manifest))}", "tags: [preference, reward-model, goldpan]"]
    lines += _license(list(manifest["snapshot"]["licenses"]))
    lines += [f"size_categories: [{_quoted(_size(sum(r['rows'] for r in manifest['recipes'])))}]", "configs:"]
    for place, recipe in enumerate(manifest["recipes"]):
        lines.append(f"- config_name: {recipe['name']}")
        lines += ["  default: true"] if place == 0 else []
        lines.append("  data_files:")
        for split in recipe["splits"]:
            lines += [f"  - split: {split}", f"    path: {recipe['name']}/{split}-*.{suffix}"]
    return "\n".join([*lines, "---"])


def _license(named: list[str]) -> list[str]:
    """What the Hub shows as the license, where all items name the same one; of several the text below tells."""
    known = [name for name in named if name not in {NONE, OTHERS}]
    if len(named) != 1 or not known:
        return []
    if known[0].lower() in HUB_LICENSES:
        return [f"license: {known[0].lower()}"]
    return ["license: other", f"license_name: {_quoted(known[0])}"]


def _title(manifest: Manifest) -> str:
    return f"{manifest['project_name']}, release {manifest['number']}"


def _note(manifest: Manifest) -> str:
    return f"{_plain(manifest['note'])}\n\n" if manifest["note"] else ""


def _opening(manifest: Manifest) -> str:
    rows = [f"{recipe['rows']:,} rows in `{recipe['name']}`" for recipe in manifest["recipes"]]
    snapshot = manifest["snapshot"]
    text = (
        f"{', '.join(rows)}: from {snapshot['annotations']:,} annotations of {snapshot['labeled_items']:,} items. "
        "Made by Goldpan; `manifest.json` has every figure, parameter and checksum."
    )
    return "\n\n".join([text, *(f"**Mind:** {warning}" for warning in manifest["warnings"])])


def _loading(manifest: Manifest) -> str:
    first = manifest["recipes"][0]
    lines = ["```python", "from datasets import load_dataset", ""]
    for recipe in manifest["recipes"]:
        lines.append(f'{recipe["name"]} = load_dataset("path/to/this/folder", "{recipe["name"]}")')
    lines.append("```")
    split = next(iter(first["splits"]))
    return "\n".join(lines) + f"\n\nOr one file: `{first['name']}/{split}-00000-of-….{preferred_format(manifest)}`."


def _recipe(recipe: dict[str, Any], manifest: Manifest) -> str:
    definition = RECIPES[recipe["name"]]
    parts = [
        f"## {recipe['name']}: {definition.title.lower()}",
        definition.description,
        _lost(recipe),
        _table(("split", "rows"), recipe["splits"].items()),
        _dropped(recipe, manifest),
        _lengths(recipe),
        _origins(recipe),
    ]
    if recipe["parameters"]:
        parameters = json.dumps(recipe["parameters"], ensure_ascii=False, sort_keys=True)
        parts.append(f"Parameters: `{parameters}`.")
    return "\n\n".join(part for part in parts if part)


def _dropped(recipe: dict[str, Any], manifest: Manifest) -> str:
    dropped = recipe["items_dropped"]
    if not dropped:
        return f"Each of the {manifest['snapshot']['labeled_items']:,} labeled items gave a row.{_left_out(recipe)}"
    named = ((in_words(reason), count) for reason, count in dropped.items())
    total = sum(dropped.values())
    return (
        f"{total:,} labeled item{'' if total == 1 else 's'} gave no row:\n\n"
        + _table(("because of", "items"), named)
        + _left_out(recipe)
    )


def _lost(recipe: dict[str, Any]) -> str:
    """What the rows leave behind, and how they come back; a release from before that was told says nothing of it."""
    lines = [f"- {sentence}" for sentence in recipe.get("loses", ())]
    back = recipe.get("read_back")
    said = [f"Goldpan imports these rows with the same labels, in the layout `{back}`."] if back else []
    return "\n\n".join([*said, *(["What is not in these rows:\n\n" + "\n".join(lines)] if lines else [])])


def _left_out(recipe: dict[str, Any]) -> str:
    """Rows that could not be made of items that gave others."""
    left_out = recipe.get("rows_left_out")
    if not left_out:
        return ""
    named = ((in_words(reason), count) for reason, count in left_out.items())
    return "\n\nRows left out of items that gave others:\n\n" + _table(("because of", "rows"), named)


def _origins(recipe: dict[str, Any]) -> str:
    """Under which licenses its rows stand, and out of which datasets they come."""
    told = []
    for name, word in (("licenses", "Licenses of its rows"), ("datasets", "Datasets that they come from")):
        counted = recipe[name]
        if counted and list(counted) != [NONE]:
            named = ", ".join(f"{_plain(one)} ({count:,})" for one, count in counted.items())
            told.append(f"{word}: {named}.")
    return " ".join(told)


def _lengths(recipe: dict[str, Any]) -> str:
    lengths = recipe["lengths"]
    characters, above = lengths["characters"], lengths["rows_above_estimated_tokens"]
    said = (
        f"Length in characters: half of the rows up to {characters['p50']:,}, 90 % up to {characters['p90']:,}, "
        f"99 % up to {characters['p99']:,}, all up to {characters['p100']:,}."
    )
    if not _is_pairs(recipe):
        return said
    return (
        f"{said} At {lengths['estimate']} (an estimate, not a count), {above['1024']:,} rows are longer than 1,024 "
        "tokens, which TRL's RewardTrainer drops without a word unless `max_length` is raised."
    )


def _provenance(manifest: Manifest) -> str:
    """What the columns mean that say where a row comes from, as far as the release has them."""
    present = {column["name"] for recipe in manifest["recipes"] for column in recipe["schema"]}
    lines = [f"| `{name}` | {meaning} |" for name, meaning in COLUMNS.items() if name in present]
    if not lines:
        return ""
    table = "\n".join(["| column | what it says |", "|---|---|", *lines])
    return f"## Columns that say where a row comes from\n\n{table}\n\nTrainers ignore these columns."


def _splits(manifest: Manifest) -> str:
    shares = ", ".join(f"{name} {share} %" for name, share in manifest["splits"]["shares"].items())
    return (
        f"{shares}, by prompt group: items whose prompts are alike share a split, in every recipe and every release "
        f"of the project. Rule: `{manifest['splits']['rule']}`, salt `{manifest['splits']['salt']}`."
        f"{_held_out(manifest['splits'].get('held_out') or {})}"
    )


def _held_out(told: Mapping[str, Any]) -> str:
    """What is in the test split on purpose."""
    parts = [
        f"items of the {word} {', '.join(_plain(one) for one in told[name])}, with all else of their prompt groups"
        for name, word in (("sources", "source"), ("tags", "tag"))
        if name in told
    ]
    if "annotators" in told:
        parts.append(f"what {', '.join(told['annotators'])} said, whose labels count nowhere else")
    held = f" Held out as test: {'; '.join(parts)}." if parts else ""
    return held + (" Prompts that are nearly the same share a split." if "nearly_same" in told else "")


def _gates(manifest: Manifest) -> str:
    """What was looked at before it was frozen."""
    told = [f"- {'' if one['passed'] else '**Not passed:** '}{_plain(one['says'])}" for one in manifest["gates"]]
    return "## What it had to pass\n\n" + "\n".join(told) if told else ""


def _origin(manifest: Manifest) -> str:
    snapshot = manifest["snapshot"]
    licenses = snapshot["licenses"]
    named = ", ".join(f"{_plain(name)} ({count:,} items)" for name, count in licenses.items())
    lines = [
        f"- Project `{manifest['project']}`, up to annotation {snapshot['last_annotation']}.",
        f"- Form versions: {_numbers(snapshot['form_versions'])}; guideline versions: "
        f"{_numbers(snapshot['guideline_versions'])}.",
        f"- Licenses named by the sources: {named or 'none'}.",
        *_analysis(manifest),
        *_omitted(manifest),
        *_removed(manifest),
        *_overruled(manifest),
        f"- Code: Goldpan {manifest['code_version']}. Audit head: `{manifest['audit_head']}`.",
    ]
    return "\n".join(lines)


def _analysis(manifest: Manifest) -> list[str]:
    """Whose consensus decided."""
    told = manifest.get("analysis")
    if not told:
        return []
    methods = ", ".join(f"`{question}` by {method}" for question, method in told["methods"].items())
    return [
        f"- Consensus: analysis {told['number']}, of the labels of people and imports up to annotation "
        f"{told['last_annotation']}; {methods or 'nothing was settled'}. Models' answers settle nothing."
    ]


def _omitted(manifest: Manifest) -> list[str]:
    """Of which detectors findings are left out."""
    told = manifest.get("omitted") or {}
    named = ", ".join(f"`{reason}` ({count:,})" for reason, count in told.items())
    return [f"- Findings when it was asked for, left out where a recipe says so: {named}."] if named else []


def _removed(manifest: Manifest) -> list[str]:
    """What is in no release any more."""
    told = manifest.get("removed")
    if not told:
        return []
    named = [*told["items"], *told["annotators"]]
    shown = ", ".join(_plain(one) for one in named[:MOST_NAMED])
    rest = f" and {len(named) - MOST_NAMED:,} more (`manifest.json`)" if len(named) > MOST_NAMED else ""
    instead = (
        f" It takes the place of release {told['instead_of']}, whose files are gone." if "instead_of" in told else ""
    )
    return [f"- Removed for good: {shown}{rest}, because: {_plain('; '.join(told['because']))}.{instead}"]


def _overruled(manifest: Manifest) -> list[str]:
    """Why a person let it be made although guards spoke against it."""
    told = manifest.get("overruled")
    if not told:
        return []
    return [
        f"- Overruled by a person: {_plain(told['reason'])} What spoke against it: {_plain(' '.join(told['against']))}"
    ]


def _is_pairs(recipe: dict[str, Any]) -> bool:
    return any(column["name"] == "p_chosen" for column in recipe["schema"])


def _table(head: tuple[str, str], rows: Iterable[tuple[str, int]]) -> str:
    lines = [f"| {head[0]} | {head[1]} |", "|---|--:|"]
    return "\n".join([*lines, *(f"| {name} | {count:,} |" for name, count in rows)])


def _numbers(versions: list[int]) -> str:
    return ", ".join(str(version) for version in versions) or "none"


def _size(rows: int) -> str:
    return next((name for limit, name in SIZES if rows < limit), "n>10M")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _plain(text: str) -> str:
    """What people typed, on one line and without the signs that would make it a heading, a tag or a link."""
    return "".join(f"\\{sign}" if sign in "\\`*_[]<>#|" else sign for sign in " ".join(text.split()))
