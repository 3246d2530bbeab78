"""Where a release was pushed to, and what lies where it goes."""

from django.conf import settings
from django.db.models import QuerySet

from curation.models import HubPush, Release, ReleaseFile

MOST = 50


def is_open() -> bool:
    """Whether this deployment pushes to a Hub at all."""
    return bool(settings.HUB_TOKEN)


def newest(release: Release) -> QuerySet[HubPush]:
    """The pushes of a release, the newest first."""
    return HubPush.objects.filter(release=release).select_related("job", "created_by", "release")


def earlier_paths(push: HubPush) -> list[str]:
    """Paths that other releases may have left in the repository, and that this one has not.

    Other projects' count too: the repository is one, and rows of two releases in it would be loaded together.
    """
    there = HubPush.objects.filter(repository=push.repository).exclude(release=push.release)
    ours = ReleaseFile.objects.filter(release=push.release).values("path")
    left = ReleaseFile.objects.filter(release__in=there.values("release")).exclude(path__in=ours)
    return list(left.order_by("path").values_list("path", flat=True).distinct())
