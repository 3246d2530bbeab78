"""What hooks share whose one subject is a report: a writer is asked about the version that it tells of."""

from collections.abc import Iterator, Mapping, Sequence

from django.urls import reverse

from annotation import pictures
from annotation.models import RubricVersion
from curation.models import RubricReport
from modelhooks.hooks import Named
from modelhooks.judging.pictures import Resolve
from modelhooks.models import Run

LENGTH = 20_000


class Evidenced:
    """The report is `report` of the run's parameters; what is made is a version of a rubric."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """That report."""
        yield run.parameters["report"], LENGTH

    def names(self, run: Run, subjects: Sequence[int]) -> Mapping[int, Named]:
        """The version that it tells of."""
        return {
            one.pk: Named(f"{one.version.rubric.name}, version {one.version.number}", address(run, one.version))
            for one in self.reports(run, subjects)
        }

    def pictures(self, run: Run) -> Resolve:
        """Out of the project's own store."""
        return pictures.resolver(run.project_id)

    def made_url(self, run: Run) -> str:
        """The version that was made, once there is one."""
        made = RubricVersion.objects.filter(run=run).select_related("rubric").first()
        return "" if made is None else address(run, made)

    def ended(self, run: Run) -> None:
        """There is nothing to count."""

    def reports(self, run: Run, subjects: Sequence[int]) -> list[RubricReport]:
        """Those of the run's project among these."""
        found = RubricReport.objects.filter(project=run.project_id, pk__in=subjects)
        return list(found.select_related("version__rubric", "run__project"))


def address(run: Run, version: RubricVersion) -> str:
    """The page of a version's evidence."""
    return reverse("curation:rubric-evidence", args=[run.project.slug, version.rubric.number, version.number])
