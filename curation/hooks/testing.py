"""The judge that a version was held against labels by answers criteria that were guessed for it."""

from collections.abc import Iterator

from annotation.models import Item
from curation.hooks import pairs
from curation.hooks.evidence import address
from curation.hooks.grading import Grading
from curation.models import RubricReport
from modelhooks.models import Run


class Testing(Grading):
    """Its subjects are pairs that the judge answered the version about, of prompts that nothing was shown of."""

    def subjects(self, run: Run) -> Iterator[tuple[int, int]]:
        """Up to so many as are searched, by lot."""
        from curation.rubrics.errors import held_out  # pages ask a hook for addresses, and have no use for numpy

        report = RubricReport.objects.select_related("project").get(pk=run.parameters["report"])
        items = Item.objects.filter(pk__in=list(held_out(report, run.parameters["percent"]))).order_by("pk")
        yield from items.values_list("pk", pairs.LENGTH)

    def made_url(self, run: Run) -> str:
        """The evidence of the version that they were guessed for."""
        report = RubricReport.objects.select_related("version__rubric").get(pk=run.parameters["report"])
        return address(run, report.version)
