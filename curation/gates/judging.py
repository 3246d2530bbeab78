"""All gates of a release that is being written. For workers: prompts are compared in numpy."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from curation import gates
from curation.building import Built
from curation.gates import agreement, columns, gold
from curation.gates.prompts import Known, Prompts
from curation.gates.sketchbook import reader
from curation.models import Release
from curation.noise import leakage
from curation.queries.kept_prompts import kept
from projects.models import Project


class Stopped(Exception):
    """Gates stop a release; `results` are those of all of them."""

    def __init__(self, results: Sequence[gates.Result]) -> None:
        super().__init__(" ".join(gates.against(results)))
        self.results = results


def watch(project: Project, folder: Path) -> Prompts:
    """What sees the prompts of a release while its rows are written into the folder."""
    return Prompts(folder, [Known(one.name, leakage.index(one.rows), one.held_out) for one in kept(project)])


def judge(release: Release, built: Built, prompts: Prompts) -> list[gates.Result]:
    """What every gate says of the rows that were built. Raises Stopped, unless a person overruled them."""
    limits = {**gates.DEFAULT, **release.gates}
    told = {one.gate: one for one in _results(release, built, prompts, limits)}
    results = [told[name] for name in (gates.NULLS, *limits)]
    if gates.against(results) and not release.overruled:
        raise Stopped(results)
    return results


def _results(release: Release, built: Built, prompts: Prompts, limits: Mapping[str, Any]) -> Iterator[gates.Result]:
    read = agreement.questions_of(release.recipes)
    yield agreement.result(release.project, read, limits[gates.AGREEMENT.name])
    yield gold.result(release.project, read, limits[gates.GOLD.name], release.last_annotation)
    yield from columns.results(built.columns, limits)
    yield from prompts.results(reader(release.project), limits)
