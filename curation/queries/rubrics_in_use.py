"""Which versions of rubrics a project goes by, and what judges found by them last."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from annotation.models import Form, RubricVersion
from curation.models import RubricReport
from projects.models import Project


def asked_versions(project: Project) -> QuerySet[RubricVersion]:
    """Those that the form in force asks with."""
    newest = Form.objects.filter(project=project).order_by("-version").values("pk")[:1]
    return RubricVersion.objects.filter(uses__form=newest)


def newest_reports(project: Project) -> list[RubricReport]:
    """The newest report of each version that the form in force asks with, and of the newest version of each rubric that
    is not retired; by rubric and version."""
    later = RubricVersion.objects.filter(rubric=OuterRef("version__rubric"), number__gt=OuterRef("version__number"))
    is_newest = Q(version__rubric__retired_at__isnull=True) & ~Q(version__status="retired") & ~Exists(later)
    found = RubricReport.objects.filter(Q(version__in=asked_versions(project)) | is_newest, project=project)
    newest = found.select_related("version__rubric", "checkpoint").order_by("version", "-pk").distinct("version")
    return sorted(newest, key=lambda one: (one.version.rubric.number, one.version.number))
