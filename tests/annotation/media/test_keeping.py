"""Where media lie and which rows name them: once per project, placed before they are named, gone after they are not."""

import io
import os
import resource
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from annotation.media import files
from annotation.media.drafts import Drafted, draft
from annotation.media.inside.main import MEMORY
from annotation.media.workshop import Unusable, Workshop
from annotation.models import Item, ItemMedia, Media
from annotation.services import media, media_sweeps
from annotation.services.media import MediaRefused
from jobs import runner
from jobs.models import Job, State
from projects.access import Place
from projects.models import Project
from tests.annotation.media import samples

pytestmark = pytest.mark.django_db


def stored(olga: Place, content: bytes) -> Media:
    return media.upload(olga, source=io.BytesIO(content))


def lying() -> list[str]:
    """Every file below the folder of media, without the folder's name."""
    return sorted(str(path.relative_to(files.root())) for path in files.root().rglob("*") if path.is_file())


def shown(olga: Place, one: Media) -> None:
    item = Item.objects.create(
        project=olga.project, key=one.sha256, digest=b"\0" * 32, group="g", messages=[], responses=[]
    )
    ItemMedia.objects.create(item=item, media=one)


def age(*some: Media) -> None:
    """Make it two days since they were brought, by the database's clock and the files'."""
    long_ago = timezone.now() - timedelta(days=2)
    Media.objects.filter(pk__in=[one.pk for one in some]).update(seen_at=long_ago)
    for path in files.root().rglob("*"):
        if path.is_file():
            os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))


def sweep() -> Job:
    media_sweeps.ask()
    job = Job.objects.get(kind="media-sweep", state=State.QUEUED)
    runner.execute(str(job.pk))
    job.refresh_from_db()
    assert job.state == State.DONE, job.message
    return job


def test_a_file_lies_under_its_own_digest_and_nothing_else_of_it_stays(olga: Place) -> None:
    one = stored(olga, samples.png(samples.drawn(64, 32)))

    path = files.path_of(olga.project.pk, one.sha256)
    assert files.digest_of(path) == (one.sha256, one.size)
    assert (one.kind, one.type, one.width, one.height, one.seconds) == ("image", "png", 64, 32, None)
    assert lying() == [f"{olga.project.pk}/{one.sha256[:2]}/{one.sha256}{end}" for end in ("", ".webp")]


def test_the_same_picture_is_kept_once_per_project(olga: Place) -> None:
    other = Project.objects.create(slug="others", name="Others", created_by=olga.user)

    one, again = stored(olga, samples.png()), stored(olga, samples.png(orientation=1) + b"behind the end")
    elsewhere = stored(Place(olga.user, other, olga.role), samples.png())

    assert one.pk == again.pk != elsewhere.pk
    assert len(lying()) == 4
    assert {Path(path).parts[0] for path in lying()} == {str(olga.project.pk), str(other.pk)}


def test_sound_has_a_length_and_no_thumbnail(olga: Place) -> None:
    one = stored(olga, samples.wav(0.5))

    assert (one.kind, one.width, one.seconds) == ("audio", None, pytest.approx(0.5))
    assert lying() == [f"{olga.project.pk}/{one.sha256[:2]}/{one.sha256}"]


@pytest.mark.parametrize("content", [b"", b"<svg onload='alert(1)'/>", samples.png()[:100]])
def test_what_is_refused_leaves_no_file_and_no_row(olga: Place, content: bytes) -> None:
    with pytest.raises(MediaRefused, match=r"^The file .+\.$"):
        stored(olga, content)

    assert (lying(), Media.objects.count()) == ([], 0)


def test_a_file_over_the_limit_is_refused_while_it_comes_in(olga: Place, settings: Any) -> None:
    settings.MAX_MEDIA_BYTES = 1 << 20
    endless = io.BytesIO(samples.wav(0.1) + b"\0" * (2 << 20))

    with pytest.raises(MediaRefused, match="larger than 1 MB"):
        media.upload(olga, source=endless)

    assert endless.tell() < (1 << 20) + (1 << 19)
    assert lying() == []


def test_a_full_disk_leaves_nothing_and_says_so(olga: Place) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, hard))
    try:
        with pytest.raises(media.StorageFull):
            media.upload(olga, source=io.BytesIO(b"\0" * 20_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    assert lying() == []


def test_no_row_may_be_made_up(olga: Place) -> None:
    row = {"project": olga.project, "kind": "image", "type": "png", "size": 1, "width": 1, "height": 1}
    for wrong in ({"sha256": "../../etc/passwd"}, {"sha256": "a" * 64, "kind": "pdf"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Media.objects.create(**{**row, **wrong})


@pytest.mark.parametrize("name", ["../../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "\n", "/" + "a" * 63, ""])
def test_no_path_is_made_of_anything_but_a_digest(name: str) -> None:
    with pytest.raises(ValueError, match="no SHA-256"):
        files.path_of(1, name)


# --- the child ---


def drafted(workshop: Workshop, content: bytes) -> Drafted:
    return draft(workshop, io.BytesIO(content), most=1 << 30)


def test_the_child_has_its_memory_counted_by_the_kernel(workshop: Workshop) -> None:
    drafted(workshop, samples.gif())

    assert resource.prlimit(workshop._child.pid, resource.RLIMIT_DATA) == (MEMORY, MEMORY)


def test_a_file_that_takes_too_long_costs_the_next_one_nothing() -> None:
    with Workshop() as workshop:
        drafted(workshop, samples.gif())
        workshop._seconds = 0.0
        with pytest.raises(Unusable, match="within the limits on time and memory"):
            drafted(workshop, samples.moving("PNG", 4))
        workshop._seconds = 60.0

        assert drafted(workshop, samples.gif()).cleaned.type.name == "gif"


def test_a_child_that_dies_is_replaced() -> None:
    with Workshop() as workshop:
        drafted(workshop, samples.gif())
        workshop._child.kill()
        with pytest.raises(Unusable):
            drafted(workshop, samples.gif())

        assert drafted(workshop, samples.gif()).size > 0
        assert len(lying()) == 4  # the two drafts that were made, and a thumbnail each; nothing of the third


def test_an_image_of_sixty_thousand_pixels_a_side_is_refused_at_once(olga: Place) -> None:
    content = samples.png(samples.drawn(8, 8))
    bomb = content[:16] + (60_000).to_bytes(4, "big") * 2 + content[24:]
    began = time.monotonic()

    with pytest.raises(MediaRefused, match="60,000 by 60,000 pixels"):
        stored(olga, bomb)

    assert time.monotonic() - began < 20  # most of it the start of a child, on a busy machine


# --- what nobody shows ---


def test_what_no_item_shows_is_taken_away_a_day_later(olga: Place) -> None:
    kept, unused = stored(olga, samples.png()), stored(olga, samples.gif())
    shown(olga, kept)
    age(kept, unused)
    fresh = stored(olga, samples.wav())

    job = sweep()

    assert set(Media.objects.values_list("pk", flat=True)) == {kept.pk, fresh.pk}
    assert {Path(path).name.removesuffix(".webp") for path in lying()} == {kept.sha256, fresh.sha256}
    assert job.message == "1 that no item shows, 0 files without a row, 0 drafts."


def test_what_is_brought_again_begins_its_day_anew(olga: Place) -> None:
    one = stored(olga, samples.png())
    age(one)
    stored(olga, samples.png())

    sweep()

    assert Media.objects.filter(pk=one.pk).exists()


def test_files_whose_row_never_came_and_old_drafts_are_found(olga: Place, workshop: Workshop) -> None:
    drafted(workshop, samples.png()).place(olga.project.pk)
    left = drafted(workshop, samples.gif())
    age()
    young = files.draft()
    young.write_bytes(b"half")

    job = sweep()

    assert lying() == [f".drafts/{young.name}"]
    assert job.message == "0 that no item shows, 1 files without a row, 2 drafts."
    assert not left.path.exists()


def test_the_database_lets_no_file_go_that_an_item_shows(olga: Place) -> None:
    one = stored(olga, samples.png())
    shown(olga, one)

    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute("DELETE FROM annotation_media WHERE id = %s", [one.pk])


def test_a_file_named_anew_between_its_row_going_and_its_file_stays(
    olga: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The two halves of a sweep, with an upload of the same picture in between."""
    one = stored(olga, samples.png())
    age(one)
    again: list[Media] = []
    monkeypatch.setattr(media_sweeps.faults, "crash_here", lambda _: again.append(stored(olga, samples.png())))

    sweep()

    assert again[0].sha256 == one.sha256
    assert files.digest_of(files.path_of(olga.project.pk, one.sha256))[0] == one.sha256


def test_a_sweep_that_was_killed_between_rows_and_files_is_finished_by_the_next(
    olga: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = stored(olga, samples.png())
    age(one)

    class Killed(BaseException):
        pass

    def kill(point: str) -> None:
        raise Killed(point)

    media_sweeps.ask()
    job = Job.objects.get(kind="media-sweep")
    with monkeypatch.context() as patched:
        patched.setattr(media_sweeps.faults, "crash_here", kill)
        with pytest.raises(Killed):
            runner.execute(str(job.pk))
    assert (Media.objects.count(), len(lying())) == (0, 2)
    Job.objects.filter(pk=job.pk).update(state=State.QUEUED, lease_until=None)

    runner.execute(str(job.pk))

    assert lying() == []


def test_only_one_sweep_waits_at_a_time(db: None) -> None:
    media_sweeps.ask()
    media_sweeps.ask()

    assert Job.objects.filter(kind="media-sweep").count() == 1
