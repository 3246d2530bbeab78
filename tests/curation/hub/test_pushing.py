"""A release on the Hub is what was frozen: one commit, a tag, nothing else, and private."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings as deployment
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.models import Scope
from accounts.services import tokens
from audit.models import Event
from config import hub as configured
from curation import store
from curation.hub.names import is_repository
from curation.models import HubPush, Release
from curation.queries.hub_pushes import earlier_paths
from curation.services import hub_pushes, pushing
from curation.services.hub_pushes import HubIsClosed, NotPushed
from curation.serving import Withdrawn
from jobs.models import Job, State
from projects.models import Membership, Role
from tests.curation.hub.conftest import NAME, worked
from tests.curation.hub.loopback import TOKEN, LoopbackHub


def held(hub, name=NAME):
    """What the repository holds besides what it was made with."""
    tree = hub.repos[name].tree()
    return {path: content for path, (_, content) in tree.items() if path != ".gitattributes"}


def frozen_bytes(release):
    return {file.path: store.path_of(file).read_bytes() for file in release.files.all()}


def program(who, *scopes):
    made = tokens.create(who, name="a test", scopes=scopes, days=30, project_id=None)
    return Client(headers={"Authorization": f"Token {made.secret}"})


def test_a_release_arrives_whole_as_one_commit_with_a_tag_in_a_private_repository(hub, frozen, pushed):
    push = pushed(frozen)

    assert push.job.state == State.DONE, push.job.message
    repo = hub.repos[NAME]
    assert held(hub) == frozen_bytes(frozen)
    assert repo.is_private
    assert [summary for *_, summary in repo.commits] == ["initial commit", "Goldpan release 1"]
    assert repo.tags == {"goldpan-release-1": push.commit} == {"goldpan-release-1": repo.commits[-1][0]}
    assert all(is_large == path.endswith(".parquet") for path, (is_large, _) in repo.tree().items())
    assert push.job.message == f"In {NAME} as commit {push.commit[:12]}."
    verbs = Event.objects.filter(subject=f"release:{frozen.pk}").order_by("pk").values_list("verb", "detail")
    assert list(verbs)[-2:] == [
        ("release.push_asked", {"repository": NAME, "may_be_public": False}),
        ("release.pushed", {"repository": NAME, "commit": push.commit}),
    ]


def test_pushed_again_nothing_is_sent_and_no_commit_is_made(hub, frozen, pushed):
    first = pushed(frozen)
    sent = len(hub.puts())

    again = pushed(frozen)

    assert again.pk != first.pk
    assert (again.job.state, again.commit) == (State.DONE, first.commit)
    assert len(hub.repos[NAME].commits) == 2
    assert len(hub.puts()) == sent
    assert not [path for _, path, _ in hub.asked if "/commit/" in path][1:]


def test_the_same_wish_while_one_is_on_its_way_is_that_one(hub, olga, frozen):
    first = hub_pushes.push(olga, frozen, repository=NAME)

    again = hub_pushes.push(olga, frozen, repository=NAME)

    assert (first.is_repeat, again.is_repeat) == (False, True)
    assert again.push.pk == first.push.pk
    assert not hub_pushes.push(olga, frozen, repository="olgas-lab/other").is_repeat


def test_the_next_release_takes_away_what_it_has_not_and_leaves_what_others_put_there(
    hub, olga, frozen, pushed, release
):
    pushed(frozen)
    repo = hub.repos[NAME]
    repo.add({**repo.tree(), "LICENSE": (False, b"Ours.")}, "by hand")
    second = release("rm_pairs", formats=["jsonl"], splits={"train": 100})

    push = pushed(second)

    assert push.job.state == State.DONE, push.job.message
    assert held(hub) == {**frozen_bytes(second), "LICENSE": b"Ours."}
    assert set(repo.tags) == {"goldpan-release-1", "goldpan-release-2"}
    assert "raw/train-00000-of-00001.jsonl" in earlier_paths(push)


def test_a_tag_of_something_else_is_left_alone_and_nothing_is_sent(hub, frozen, pushed):
    pushed(frozen, "olgas-lab/other")
    hub.repos[NAME] = repo = type(hub.repos["olgas-lab/other"])(True)
    repo.tags["goldpan-release-1"] = repo.add({"manifest.json": (False, b"{}")}, "by hand")
    sent = len(hub.puts())

    push = pushed(frozen)

    assert push.job.state == State.FAILED
    assert push.job.message.startswith("The repository has a tag goldpan-release-1 of something else.")
    assert (len(repo.commits), len(hub.puts())) == (1, sent)


def test_a_repository_that_all_the_world_reads_gets_nothing_unless_that_is_meant(hub, frozen, pushed):
    pushed(frozen, "olgas-lab/other")
    hub.repos[NAME] = repo = type(hub.repos["olgas-lab/other"])(False)
    repo.add({}, "by hand")

    refused = pushed(frozen)

    assert refused.job.state == State.FAILED
    assert refused.job.message.startswith("All the world reads that repository")
    assert len(repo.commits) == 1
    assert pushed(frozen, may_be_public=True).job.state == State.DONE
    assert held(hub) == frozen_bytes(frozen)
    assert repo.is_private is False  # as it was


def test_a_hub_that_makes_public_what_was_to_be_private_gets_nothing(hub, frozen, pushed):
    hub.makes_public = True

    push = pushed(frozen)

    assert push.job.state == State.FAILED
    assert held(hub) == {}
    assert hub.large == {}


@pytest.mark.parametrize("point", ["hub_halfway", "hub_sent", "hub_committed", "hub_pushed"])
@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_and_run_again_it_is_one_commit_and_no_file_is_sent_twice(hub, olga, frozen, point):
    push = hub_pushes.push(olga, frozen, repository=NAME).push
    killed = subprocess.run(
        [sys.executable, "-c", ATTEMPT, json.dumps(in_this_test(hub)), str(push.pk)],
        env={**os.environ, "GOLDPAN_CRASH_AT": point, "DJANGO_SETTINGS_MODULE": "config.settings"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    assert hub.puts()
    is_there = point in ("hub_committed", "hub_pushed")
    assert len(hub.repos[NAME].commits) == 1 + is_there

    done = worked(push)

    assert done.job.state == State.DONE, done.job.message
    assert held(hub) == frozen_bytes(frozen)
    assert len(hub.repos[NAME].commits) == 2
    assert hub.repos[NAME].tags == {"goldpan-release-1": done.commit}
    assert len(hub.puts()) == len(set(hub.puts()))


# The handler in a process of its own, which may be killed, on the database of the test.
ATTEMPT = """
import json, sys
from django.conf import settings
told = json.loads(sys.argv[1])
settings.DATABASES["default"].update(told["database"])
settings.HUB_TOKEN, settings.HUB_ENDPOINT, settings.HOME = told["token"], told["endpoint"], told["home"]
import django
django.setup()
from curation.models import HubPush
from curation.services import pushing
class Progress:
    def report(self, *_): pass
    def confirm(self): pass
pushing.run(HubPush.objects.get(pk=sys.argv[2]).job, Progress())
"""


def in_this_test(hub):
    one = deployment.DATABASES["default"]
    database = {name: one[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    return {"database": database, "token": TOKEN, "endpoint": hub.address, "home": str(deployment.HOME)}


def test_a_hub_that_is_away_is_asked_again_and_given_up_after_the_last_attempt(hub, frozen, pushed, settings):
    hub.end()
    push = pushed(frozen)
    assert push.job.state == State.QUEUED
    assert push.job.message.startswith("The Hub could not be reached")
    back = LoopbackHub(hub.port)

    done = worked(push)

    assert done.job.state == State.DONE, done.job.message
    assert held(back) == frozen_bytes(frozen)
    back.answers["/preupload/"] = 503
    bad = pushed(frozen)
    for _ in range(hub_pushes.ATTEMPTS - 1):
        assert bad.job.state == State.QUEUED
        bad = worked(bad)
    assert (bad.job.state, bad.commit) == (State.DEAD, "")
    back.end()


@pytest.mark.parametrize(
    ("status", "said"),
    [(401, "the token of this deployment is wrong"), (307, "the repository has moved"), (400, "took nothing")],
)
def test_a_hub_that_says_no_is_told_in_our_words(hub, frozen, pushed, status, said):
    hub.answers["/preupload/"] = status

    push = pushed(frozen)

    assert push.job.state == State.FAILED
    assert said in push.job.message
    assert not [path for _, path, _ in hub.asked if "elsewhere" in path]


def test_the_token_is_said_to_the_hub_alone_and_stands_nowhere(hub, olga, frozen, pushed, settings, capfd):
    settings.HUB_TOKEN = wrong = "hf_" + "a-wrong-one-for-tests"
    refused = pushed(frozen)
    assert refused.job.state == State.FAILED
    assert "wrong" in refused.job.message
    settings.HUB_TOKEN = TOKEN
    pushed(frozen)

    client = program(olga.user, Scope.READ, Scope.MANAGE)
    answered = client.get(f"/api/v1/releases/{frozen.pk}/pushes/").content.decode()
    browser = Client()
    browser.force_login(olga.user)
    page = browser.get(f"/projects/answers/releases/{frozen.number}/").content.decode()
    everything = [answered, page, *capfd.readouterr()]
    everything += [json.dumps(list(Event.objects.values("verb", "detail", "subject")))]
    everything += [f"{job.message} {job.args}" for job in Job.objects.all()]
    assert answered.count(f'"repository":"{NAME}"') == 2
    assert not [text for text in everything if TOKEN in text or wrong in text]
    assert {known for method, _, known in hub.asked if method == "PUT"} == {""}


@pytest.mark.parametrize("which", ["upload_origin", "verify_origin"])
def test_no_file_and_no_token_go_to_addresses_that_are_not_https(hub, frozen, pushed, which):
    other = LoopbackHub()
    setattr(hub, which, other.address)

    push = pushed(frozen)

    assert push.job.state == State.FAILED
    assert "Nothing was sent there." in push.job.message
    assert other.asked == []
    other.end()


def test_a_file_that_is_not_what_was_frozen_is_not_sent(hub, frozen, pushed):
    file = store.path_of(frozen.files.get(path__endswith=".jsonl", path__startswith="raw"))
    file.write_bytes(file.read_bytes() + b" ")

    push = pushed(frozen)

    assert push.job.message == "A file of this release is not what was frozen, so nothing was pushed."
    assert hub.asked == []


def test_what_lies_in_the_folder_besides_stays_here(hub, frozen, pushed):
    (store.path_of(frozen.files.get(path="manifest.json")).parent / "notes.txt").write_text("Mine.")

    pushed(frozen)

    assert "notes.txt" not in held(hub)


def test_a_release_that_was_withdrawn_is_refused_also_on_its_way(hub, olga, frozen, monkeypatch):
    push = hub_pushes.push(olga, frozen, repository=NAME).push
    sent = pushing._send

    def withdraws(*arguments):
        sent(*arguments)
        Release.objects.filter(pk=frozen.pk).update(withdrawn_at="2026-11-01T00:00Z")

    monkeypatch.setattr(pushing, "_send", withdraws)

    stopped = worked(push)

    assert stopped.job.message == "This release was withdrawn, so it is not pushed."
    assert held(hub) == {}
    with pytest.raises(Withdrawn):
        hub_pushes.push(olga, frozen, repository=NAME)


@pytest.mark.parametrize(
    "name",
    [
        *("", "x", "a/b/c", "../b", "a/..", "a/b?x", "a/b#", "a b/c", "-a/b", "a/b-", "a/b--c", "a/b.git", "ä/b"),
        *("a/b\n", "a/" + "b" * 97, "a/%2e%2e", "a\\b/c", "/a/b", "https://x/y"),
    ],
)
def test_a_name_that_is_none_is_refused(hub, olga, frozen, name):
    with pytest.raises(NotPushed, match="owner/name"):
        hub_pushes.push(olga, frozen, repository=name)


def test_names_as_the_hub_has_them_are_taken():
    assert all(map(is_repository, ["a/b", "olgas-lab/helpful.answers_2", "A1/" + "b" * 96]))


def test_too_many_and_too_large_are_refused(hub, olga, frozen, monkeypatch):
    for limit, said in (("MOST_FILES", "files"), ("LARGEST", "A file"), ("MOST_BYTES", "A release of more than .* GB")):
        with monkeypatch.context() as bound:
            bound.setattr(hub_pushes, limit, 1)
            with pytest.raises(NotPushed, match=said):
                hub_pushes.push(olga, frozen, repository=NAME)


def test_without_a_token_nothing_is_open(olga, frozen, settings):
    settings.HUB_TOKEN = ""
    browser = Client()
    browser.force_login(olga.user)
    address = f"/projects/answers/releases/{frozen.number}/"

    with pytest.raises(HubIsClosed):
        hub_pushes.push(olga, frozen, repository=NAME)

    assert "Push it to the Hub" not in browser.get(address).content.decode()
    browser.post(f"{address}push/", {"repository": NAME})
    asked = program(olga.user, Scope.READ, Scope.MANAGE).post(
        f"/api/v1/releases/{frozen.pk}/pushes/", {"repository": NAME}, content_type="application/json"
    )
    assert asked.status_code == 409
    assert not HubPush.objects.exists()


def test_an_owner_pushes_from_the_page_and_reads_how_it_went(hub, olga, frozen, person):
    Membership.objects.create(project=olga.project, user=person("Chen"), role=Role.CURATOR)
    browser, chens = Client(), Client()
    browser.force_login(olga.user)
    chens.force_login(person("Chen"))
    address = f"/projects/answers/releases/{frozen.number}/"
    refused = browser.post(f"{address}push/", {"repository": "no name"}, follow=True)
    assert "named as owner/name" in refused.content.decode()

    browser.post(f"{address}push/", {"repository": NAME})

    done = worked(HubPush.objects.get())
    assert f"{done.commit[:12]}" in browser.get(address).content.decode()
    assert "Push it to the Hub" not in chens.get(address).content.decode()
    assert chens.post(f"{address}push/", {"repository": NAME}).status_code in (403, 404)


def test_programs_ask_for_a_push_and_read_how_it_went(hub, olga, frozen):
    client, address = program(olga.user, Scope.READ, Scope.MANAGE), f"/api/v1/releases/{frozen.pk}/pushes/"
    asked = client.post(address, {"repository": NAME}, content_type="application/json")
    again = client.post(address, {"repository": NAME}, content_type="application/json")
    assert (asked.status_code, again.status_code) == (202, 200)

    worked(HubPush.objects.get())

    (told,) = client.get(address).json()["results"]
    assert (told["state"], told["tag"], told["repository"]) == ("done", "goldpan-release-1", NAME)
    assert told["commit"] == hub.repos[NAME].commits[-1][0]
    assert program(olga.user, Scope.READ).post(address, {"repository": NAME}).status_code in (403, 404)


@pytest.mark.parametrize(
    "said",
    [
        "http://hub.example.org",
        "ftp://x",
        "https://",
        "https://a:b@x",
        "https://x/y",
        "https://x?y",
        "https://x:y",
        "x",
    ],
)
def test_an_endpoint_that_would_show_the_token_is_refused(said, monkeypatch):
    monkeypatch.setenv("GOLDPAN_HUB_ENDPOINT", said)

    with pytest.raises(ImproperlyConfigured, match="GOLDPAN_HUB_ENDPOINT"):
        configured.endpoint()


def test_without_settings_it_is_the_public_hub_and_no_token(monkeypatch):
    monkeypatch.delenv("GOLDPAN_HUB_ENDPOINT", raising=False)
    monkeypatch.delenv("GOLDPAN_HUB_TOKEN", raising=False)

    assert (configured.endpoint(), configured.token()) == ("https://huggingface.co", "")
    monkeypatch.setenv("GOLDPAN_HUB_TOKEN", "hf_x y")
    with pytest.raises(ImproperlyConfigured) as refused:
        configured.token()
    assert "hf_x" not in str(refused.value)
