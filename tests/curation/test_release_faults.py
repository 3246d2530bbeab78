"""A release is whole or absent: full disks, killed attempts, late attempts."""

import errno
import random
import resource

import pytest

from curation import store
from curation.models import ReleaseFile
from curation.services import contents, releases, releasing
from jobs import runner, services
from jobs.models import State


def asked_for(olga, **wish):
    made, _ = releases.freeze(olga, **{"recipes": [{"name": "rm_pairs"}], "splits": {"train": 100}, **wish})
    return made


@pytest.fixture
def labeled(add_item, answer):
    for number in range(30):
        answer(add_item(f"good {number} " + "x" * 9_000, "bad"), "a")


@pytest.mark.parametrize("suffix", ["parquet", "jsonl", "jsonl.gz", "jsonl.zst"])
def test_a_full_disk_leaves_no_file_and_a_sentence(olga, add_item, answer, suffix):
    """The kernel refuses to let any file grow beyond 8 kB, as it would on a full disk."""
    chance = random.Random(1)
    for _ in range(40):
        noise = "".join(chance.choices("".join(map(chr, range(33, 123))), k=4_000))
        answer(add_item(noise, noise[::-1]), "a")
    made = asked_for(olga, formats=[suffix])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_192, hard))
    try:
        runner.execute(str(made.job_id))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))

    made.refresh_from_db()
    assert made.job.state == State.FAILED
    assert made.job.message.startswith("The disk has no room for this release.")
    assert (made.manifest, list(store._root().iterdir())) == (None, [])
    assert not ReleaseFile.objects.exists()


def test_no_room_and_no_quota_are_full_disks_and_other_faults_are_not():
    assert store.is_full(OSError(errno.ENOSPC, ""))
    assert store.is_full(OSError(errno.EDQUOT, ""))
    assert not store.is_full(OSError(errno.EACCES, ""))


def test_an_attempt_after_a_killed_one_makes_the_release_as_if_nothing_had_happened(olga, labeled):
    made = asked_for(olga)
    killed = store.begin(made.pk, 0)
    (killed / "rm_pairs").mkdir()
    (killed / "rm_pairs/train-00000.jsonl.part").write_text('{"half a')

    runner.execute(str(made.job_id))

    made.refresh_from_db()
    assert made.job.state == State.DONE
    assert [path.name for path in store._root().iterdir()] == [str(made.pk)]
    assert not list(store._final(made.pk).rglob("*.part"))


def test_an_attempt_killed_between_renaming_and_committing_is_repeated(olga, labeled):
    made = asked_for(olga)
    half = store.begin(made.pk, 0)
    store.write(half / "README.md", "An earlier attempt's.")
    store.publish(half, made.pk)

    runner.execute(str(made.job_id))

    made.refresh_from_db()
    assert made.is_frozen
    assert "An earlier" not in (store._final(made.pk) / "README.md").read_text()
    assert [path.name for path in store._root().iterdir()] == [str(made.pk)]


def test_running_a_finished_release_again_changes_nothing(olga, labeled):
    made = asked_for(olga)
    runner.execute(str(made.job_id))
    before = {path: path.stat().st_mtime_ns for path in store._final(made.pk).rglob("*")}
    made.job.refresh_from_db()

    said = releasing.run(made.job, None)

    assert said == "30 rows in rm_pairs."
    assert {path: path.stat().st_mtime_ns for path in store._final(made.pk).rglob("*")} == before


def test_an_attempt_that_lost_its_lease_at_the_last_moment_puts_nothing_in_place(olga, labeled):
    made = asked_for(olga)
    late = services.claim(str(made.job_id))
    with runner.Heartbeat(late) as heartbeat:
        progress = runner.Progress(late, heartbeat)
        folder = store.begin(made.pk, late.fence)
        manifest = contents.write(made, folder, progress)
        services.give_back(late, "The sweeper thought it dead.")
        services.Job.objects.filter(pk=made.job_id).update(run_after=made.created_at)
        runner.execute(str(made.job_id))  # another attempt, to the end
        before = {file.path: file.digest for file in made.files.all()}

        with pytest.raises(services.LeaseLost):
            releasing._publish(made, folder, manifest, progress)

    assert before
    assert {file.path: file.digest for file in made.files.all()} == before
    assert all(store.measure(store.path_of(file))[1] == file.digest for file in made.files.all())


def test_what_dead_attempts_left_is_cleared_up_by_the_next_release(olga, labeled, add_item, answer):
    dead = asked_for(olga)
    left = store.begin(dead.pk, 1)
    services.cancel(str(dead.job_id))

    made = asked_for(olga, formats=["jsonl"])
    running = store.begin(made.pk, 0)
    other = asked_for(olga, formats=["parquet"])
    runner.execute(str(other.job_id))

    assert not left.exists()
    assert running.exists()


def test_a_cancelled_release_leaves_nothing(olga, labeled):
    made = asked_for(olga)
    held = services.claim(str(made.job_id))
    services.cancel(str(made.job_id))
    with runner.Heartbeat(held) as heartbeat, pytest.raises(services.JobCancelled):
        releasing.run(held.job, runner.Progress(held, heartbeat))

    assert list(store._root().iterdir()) == []
