"""What a release has fixed: the labels, decisions and items that its rows are made of, to be read again at any time."""

from collections.abc import Callable
from dataclasses import dataclass

from curation import accepting, holding_out, omitting, overturns, removals, splits
from curation.building import Chosen
from curation.following import Followed, followed
from curation.gates.joining import joined
from curation.holding_out import HeldOut
from curation.models import Release
from curation.omitting import Omitted
from curation.snapshot import Snapshot, discarded, gold


@dataclass(frozen=True, slots=True)
class Fixed:
    """All that rows depend on; the same for as long as the release stands."""

    snapshot: Snapshot
    chosen: list[Chosen]
    discarded: frozenset[int]
    """The ids of items that a reviewer had discarded."""
    gold: frozenset[int]
    """Those of items whose answer was known."""
    salt: str
    split_of: Callable[[str], str]
    """From a prompt group to its split."""
    held_out: HeldOut
    follows: Followed | None
    omitted: Omitted


def fixed_by(release: Release) -> Fixed:
    """Read from the release's row and the tables that only grow. `release.project` is read, too."""
    project, last = release.project, release.last_annotation
    chosen = [Chosen.of(recipe) for recipe in release.recipes]
    follows, omitted = followed(project, release.recipes), omitting.fixed(release)
    snapshot = Snapshot(
        project,
        last,
        any(one.reads_circumstances for one in chosen),
        follows,
        omitted.by_item,
        overturns.standing(project, last_review=release.last_review, last_annotation=last),
        accepting.standing(project, last_acceptance=release.last_acceptance, last_annotation=last),
        removals.standing(project, release.last_removal) if release.last_removal else removals.NOTHING,
    )
    salt = splits.salt_of(project.salt)
    nearly_same = release.hold_out.get(holding_out.NEARLY_SAME)
    held_out = holding_out.read(
        project, release.hold_out, joined(project, release.hold_out["last_item"]) if nearly_same else None
    )
    return Fixed(
        snapshot,
        chosen,
        discarded(project, release.last_discard),
        gold(project, release.last_gold),
        salt,
        held_out.splitter(splits.chooser(salt, release.splits)),
        held_out,
        follows,
        omitted,
    )
