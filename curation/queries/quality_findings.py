"""What detectors found, as lists: filtered by words, a page at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse

from curation.models import Finding, Standing
from curation.models.findings import Decision
from curation.queries.analyses import newest
from curation.queries.quality_filters import CONTROL, LONGEST, FiltersRefused
from projects.models import Project

ORDER = ("-strength", "id")
OPEN = ("yes", "no", "all")
CRITERION = "criterion:"
ALLOWED = ("detector", "decision", "open", "after")


@dataclass(frozen=True, slots=True)
class Asked:
    """`open` is yes, no or all: whether somebody has still to decide about it, and it was seen by the last look."""

    detector: str = ""
    decision: str = ""
    open: str = "yes"


def read(query: QueryDict) -> Asked:
    """From the address of a page. Raises FiltersRefused."""
    for name, values in query.lists():
        if name not in ALLOWED:
            raise FiltersRefused(f"The address holds a filter that is not known. Known: {', '.join(ALLOWED[:-1])}.")
        if len(values) > 1:
            raise FiltersRefused(f"The address gives “{name}” twice.")
        if name != "after" and (CONTROL.search(values[0]) or len(values[0]) > LONGEST):
            raise FiltersRefused(f"The value of “{name}” is too long or holds a control character.")
    found = asked({name: query.get(name, "") for name in ALLOWED[:-1]})
    if found.open not in OPEN or (found.decision and found.decision not in Decision.values):
        raise FiltersRefused(f"Open is {', '.join(OPEN)}; decisions are {', '.join(Decision.values)}.")
    return found


def asked(words: Mapping[str, str]) -> Asked:
    """What is open, unless a decision is asked for, which nothing open has."""
    decision = words.get("decision", "")
    return Asked(words.get("detector", ""), decision, words.get("open", "") or ("all" if decision else "yes"))


def findings(project: Project, wanted: Asked) -> QuerySet[Finding]:
    """To be read in `ORDER`, the strongest first."""
    found = Finding.objects.filter(project=project).select_related("person", "checkpoint")
    if wanted.open == "yes":
        found = found.filter(decision="", gone__isnull=True)
    elif wanted.open == "no":
        found = found.exclude(decision="", gone__isnull=True)
    if wanted.detector:
        found = found.filter(detector=wanted.detector)
    return found.filter(decision=wanted.decision) if wanted.decision else found


def with_a_page(project: Project, shown: Sequence[Finding]) -> set[int]:
    """Of the models that these are about, those that the newest analysis has held against people: they have a page."""
    models, analysis = {one.checkpoint_id for one in shown if one.checkpoint_id}, newest(project)
    if not models or analysis is None:
        return set()
    standings = Standing.objects.filter(analysis=analysis, checkpoint__in=models)
    return {one for one in standings.values_list("checkpoint", flat=True).distinct() if one}


def about(finding: Finding) -> str:
    """Whom or what it is about, in a word or two."""
    if finding.annotator:
        return finding.annotator
    if finding.item_id:
        return f"item {finding.item_id}"
    if finding.about.startswith(CRITERION):
        return "{name}, version {version}: {criterion}".format_map(finding.evidence)
    if finding.about.startswith("question:"):
        return f"question {finding.question}" + (f", {finding.facet}" if finding.facet else "")
    return finding.about


def address(project: Project, finding: Finding) -> str:
    """Where the evidence of a criterion stands; empty of what is about something else."""
    if not finding.about.startswith(CRITERION):
        return ""
    told = finding.evidence
    page = reverse("curation:rubric-evidence", args=[project.slug, told["rubric"], told["version"]])
    return f"{page}#{told['criterion']}"
