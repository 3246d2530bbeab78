"""What is held out on purpose: sources, tags and annotators that nothing is trained on, and prompts that stay together.

Items of a held-out source or tag are in the test split, and so is all else of their prompt groups. The labels of a
held-out annotator count in the test split, and theirs alone; elsewhere they do not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, Q

from accounts.models import User
from annotation.models import Item
from curation.annotator_names import named, pseudonym
from curation.recipes.common import follows
from curation.recipes.records import IMPORTED, PEOPLE, AnnotationRecord
from projects.models import Project

HELD_OUT_IN = "test"
MOST = 50
LONGEST = 200
LISTS = ("sources", "tags", "annotators")
NEARLY_SAME = "nearly_same"
NAMES = (*LISTS, NEARLY_SAME)
SHOWN = ("sources", "tags", NEARLY_SAME)
"""What says nothing about a person."""


class BadHoldOut(ValueError):
    """What cannot be held out. Its text is a sentence for the person who wants to."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What follows from it, read once for a release."""

    groups: frozenset[str] = frozenset()
    """Prompt groups that are in the test split whatever their place."""
    annotators: frozenset[str] = frozenset()
    """Pseudonyms of those whose labels count there alone."""
    joined: Mapping[str, str] | None = None
    """From a prompt group to the one whose split it takes."""

    def splitter(self, split_of: Callable[[str], str]) -> Callable[[str], str]:
        """The function from a prompt group to its split, with this in mind."""
        joined = self.joined or {}
        held_out = {joined.get(group, group) for group in self.groups}
        if not held_out and not joined:
            return split_of

        def chosen(group: str) -> str:
            taken = joined.get(group, group)
            return HELD_OUT_IN if taken in held_out else split_of(taken)

        return chosen

    def heard(self, annotations: list[AnnotationRecord], split: str) -> list[AnnotationRecord]:
        """Those whose labels count in this split."""
        if not self.annotators:
            return annotations
        are_wanted = split == HELD_OUT_IN
        return [one for one in annotations if (one.annotator in self.annotators) == are_wanted]


NOBODY = HeldOut()


def settle(project: Project, given: Mapping[str, Any], recipes: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What is to be held out, checked against the project; empty for nothing. Raises BadHoldOut.

    Annotators are named by e-mail address, or as an import names them; kept are the ids of people, so that no release
    holds an address.
    """
    unknown = sorted(set(given) - set(NAMES))
    if unknown:
        raise BadHoldOut(f"hold_out knows {', '.join(NAMES)}, and not {unknown[0][:40]}.")
    lists = {name: _texts(name, given.get(name)) for name in LISTS}
    nearly_same = given.get(NEARLY_SAME, False)
    if not isinstance(nearly_same, bool):
        raise BadHoldOut(f"{NEARLY_SAME} is true or false.")
    for name, told in (("sources", "source"), ("tags", "tag")):
        for one in lists[name]:
            if not Item.objects.filter(_that_have(name, [one]), project=project).exists():
                raise BadHoldOut(f"No item here has the {told} {one}.")
    if lists["annotators"] and any(follows(one["parameters"]) for one in recipes):
        raise BadHoldOut(
            "A consensus counts whoever labeled, so nobody can be held out of it: let the majority decide, or hold out "
            "sources or tags."
        )
    found: dict[str, Any] = {name: lists[name] for name in ("sources", "tags") if lists[name]}
    found |= _annotators(project, lists["annotators"])
    return {**found, NEARLY_SAME: True} if nearly_same else found


def fix(project: Project, settled: Mapping[str, Any]) -> dict[str, Any]:
    """The same as a release keeps it: with the newest item that it knows, if it asks about items."""
    if not settled:
        return {}
    newest = Item.objects.filter(project=project).aggregate(newest=Max("pk"))["newest"]
    return {**settled, "last_item": newest or 0}


def asked(fixed: Mapping[str, Any]) -> dict[str, Any]:
    """What was fixed as `settle` takes it."""
    people = User.objects.filter(pk__in=fixed.get("people", ())).values_list("email", flat=True)
    shown = {name: fixed[name] for name in SHOWN if fixed.get(name)}
    annotators = [*people, *fixed.get("imported", ())]
    return {**shown, **({"annotators": annotators} if annotators else {})}


def read(project: Project, fixed: Mapping[str, Any], joined: Mapping[str, str] | None = None) -> HeldOut:
    """What follows from what was fixed. `joined` are prompt groups that share a split (`curation.gates.joining`)."""
    if not fixed:
        return NOBODY
    wanted = Q(pk__in=[])
    for name in ("sources", "tags"):
        if fixed.get(name):
            wanted |= _that_have(name, fixed[name])
    items = Item.objects.filter(wanted, project=project, pk__lte=fixed["last_item"])
    people = [pseudonym(project.salt, PEOPLE, one) for one in fixed.get("people", ())]
    imported = [pseudonym(project.salt, IMPORTED, one) for one in fixed.get("imported", ())]
    groups = frozenset(items.values_list("group", flat=True).distinct().iterator())
    return HeldOut(groups, frozenset((*people, *imported)), joined)


def told(project: Project, fixed: Mapping[str, Any]) -> dict[str, Any] | None:
    """As a manifest says it: annotators by their pseudonyms; None where nothing is held out."""
    if not fixed:
        return None
    shown = {name: fixed[name] for name in SHOWN if fixed.get(name)}
    annotators = sorted(read(project, {**fixed, "sources": [], "tags": []}).annotators)
    return {**shown, **({"annotators": annotators} if annotators else {})}


def _texts(name: str, value: Any) -> list[str]:
    listed = [] if value is None else value
    if not isinstance(listed, list) or len(listed) > MOST or not all(map(_is_name, listed)):
        raise BadHoldOut(f"{name} is a list of up to {MOST} names.")
    return sorted(set(listed))


def _is_name(one: Any) -> bool:
    return isinstance(one, str) and 0 < len(one) <= LONGEST and "\x00" not in one


def _that_have(name: str, values: Sequence[str]) -> Q:
    return Q(tags__overlap=list(values)) if name == "tags" else Q(source__dataset__in=list(values))


def _annotators(project: Project, names: Sequence[str]) -> dict[str, list[Any]]:
    found = {name: named(project, name) for name in names}
    for name, several in found.items():
        if not several:
            raise BadHoldOut(f"Nobody of the name {name} has labeled anything here.")
    people = sorted({who.person for several in found.values() for who in several if who.person})
    imported = sorted({who.imported for several in found.values() for who in several if who.imported})
    return {key: told for key, told in (("people", people), ("imported", imported)) if told}
