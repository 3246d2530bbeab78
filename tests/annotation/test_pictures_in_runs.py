"""Pictures in runs: shown as bytes of our own store to models that see, and never quietly left out."""

import base64
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings

from annotation.media import files
from annotation.models import Annotation, Item, ItemMedia, Media
from annotation.services import candidates, media, prelabels
from jobs.models import State
from modelhooks import catalog, endpoints
from modelhooks.errors import LoadRefused
from modelhooks.judging import pictures
from modelhooks.models import Checkpoint, Failure, Run
from modelhooks.services import loading
from projects.access import Place
from projects.models import Membership, Project
from tests.annotation.media import samples
from tests.annotation.test_candidates import item_of
from tests.annotation.test_judges_in_runs import LIMITS, work
from tests.modelhooks.remote.server import Server, completion, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def olga(place: Callable[..., Place], settings: Any, tmp_path: Path) -> Place:
    settings.HOME = tmp_path
    return place("Olga", "owner")


@pytest.fixture
def server() -> Iterator[Server]:
    """What the endpoints “judge”, which sees, and “blind” name."""
    endpoints._breaker.cache_clear()
    loading.forget()
    with serving() as served:
        served.behave = looking
        known = {"kind": "openai_chat", "url": served.url, "model": "m", "limits": LIMITS}
        with override_settings(MODEL_ENDPOINTS={"judge": {**known, "takes_images": True}, "blind": known}):
            yield served
    loading.forget()


def looking(handler: Any, body: dict[str, Any]) -> None:
    """Prefers what stands first, and writes free text where no form is asked for."""
    if "response_format" not in body:
        return handler.say(completion(body, "One.", "Two."))
    schema = body["response_format"]["json_schema"]["schema"]["properties"]
    if "capital" in schema:
        return handler.say(completion(body, json.dumps({"capital": schema["capital"]["const"]})))
    return handler.say(completion(body, "Who knows."))


def judge(endpoint: str = "judge", **options: Any) -> Checkpoint:
    taken = catalog.checked(
        "judge", "preference", {"endpoint": endpoint, "style": "direct", "pictures": True, **options}
    )
    return Checkpoint.objects.create(name="Judge", contract="preference", backend="judge", options=taken)


def ref(olga: Place, content: bytes | None = None) -> dict[str, Any]:
    """What an item says of a file that the project has."""
    one = media.upload(olga, source=io.BytesIO(content or samples.png()))
    return {"sha256": one.sha256, "kind": one.kind, "type": one.type, "name": "secret.png"}


def item_that_shows(olga: Place, *shown: dict[str, Any]) -> Item:
    item = item_of(olga, {"role": "user", "content": "What is this?", "media": list(shown)})
    kept = Media.objects.filter(sha256__in=[one["sha256"] for one in shown])
    ItemMedia.objects.bulk_create(ItemMedia(item=item, media=one) for one in kept)
    return item


def asked(olga: Place, checkpoint: Checkpoint) -> Run:
    run = prelabels.start(olga, checkpoint=checkpoint, question="better")
    job = work(run)
    assert job.state == State.DONE, job.message
    return run


def urls(server: Server) -> list[list[str]]:
    """The addresses of pictures in each question that shows any."""
    contents = [body["messages"][-1]["content"] for body in server.bodies]
    parts = [[part for part in one if part["type"] == "image_url"] for one in contents if isinstance(one, list)]
    return [[part["image_url"]["url"] for part in one] for one in parts]


def reason(run: Run) -> str:
    return Failure.objects.get(run=run).reason


def test_a_judge_that_sees_is_shown_the_very_bytes_that_we_keep(olga: Place, server: Server) -> None:
    one, two = ref(olga), ref(olga, samples.jpeg())
    item_that_shows(olga, one, two)

    asked(olga, judge())

    kept = [files.path_of(olga.project.pk, each["sha256"]).read_bytes() for each in (one, two)]
    types = ["image/png", "image/jpeg"]
    meant = [
        f"data:{kind};base64,{base64.b64encode(content).decode()}" for kind, content in zip(types, kept, strict=True)
    ]
    assert urls(server) == [meant, meant]  # in both orders
    assert "secret.png" not in json.dumps(server.bodies)
    assert samples.SECRET not in b"".join(kept)  # what a camera wrote was taken out when they came in


@pytest.mark.parametrize("backend", ["judge", "fake"])
def test_a_model_that_is_shown_none_is_not_asked(olga: Place, server: Server, backend: str) -> None:
    shows = item_that_shows(olga, ref(olga))
    plain = item_of(olga, "Why?")
    checkpoint = (
        judge(pictures=False)
        if backend == "judge"
        else Checkpoint.objects.create(name="Judge", contract="preference", backend="fake")
    )

    run = asked(olga, checkpoint)

    assert reason(run) == "Its prompt shows something, and Judge sees no pictures."
    assert [one.item_id for one in Annotation.objects.filter(run=run)] == [plain.pk]
    assert Failure.objects.get(run=run).subject == shows.pk
    assert "What is this?" not in json.dumps(server.bodies)


def test_a_response_that_shows_something_is_not_judged_by_its_words(olga: Place, server: Server) -> None:
    shown = {"role": "assistant", "content": "Here.", "media": [ref(olga)]}
    item_of(olga, "Draw.", responses=[{"messages": [shown]}, {"messages": [{"role": "assistant", "content": "No."}]}])

    run = asked(olga, judge())

    assert reason(run) == "A response shows something, and models are shown the pictures of prompts alone."


def test_sound_is_no_picture(olga: Place, server: Server) -> None:
    item_that_shows(olga, ref(olga, samples.wav()))

    assert "sound or a film" in reason(asked(olga, judge()))


def test_a_file_of_another_project_is_not_found(olga: Place, server: Server, person: Callable[[str], Any]) -> None:
    other = Project.objects.create(slug="others", name="Others", created_by=person("Oscar"))
    Membership.objects.create(project=other, user=person("Oscar"), role="owner")
    theirs = ref(Place(person("Oscar"), other, "owner"))
    item_of(olga, {"role": "user", "content": "What is this?", "media": [theirs]})

    run = asked(olga, judge())

    assert "is not there" in Annotation.objects.get(run=run).source["abstained"]
    assert urls(server) == []


def test_pictures_that_are_too_large_together_are_not_sent_in_part(
    olga: Place, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "MOST_TOGETHER", 100)
    item_that_shows(olga, ref(olga))

    run = asked(olga, judge())

    assert "more than 100 bytes together" in Annotation.objects.get(run=run).source["abstained"]
    assert urls(server) == []


def test_files_count_in_what_a_chunk_holds(olga: Place, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modelhooks.services.working.CHARACTERS_AT_ONCE", 600)
    for color in ("navy", "red"):
        item_that_shows(olga, ref(olga, samples.png(samples.drawn(200, 200, color))))

    assert asked(olga, judge()).chunks.count() == 2


def test_an_endpoint_that_sees_nothing_is_not_loaded_for_pictures(server: Server) -> None:
    with pytest.raises(LoadRefused, match="GOLDPAN_ENDPOINT_BLIND_IMAGES"):
        loading.model_of(judge("blind"))


def test_whether_it_is_shown_pictures_is_part_of_what_a_judge_is(server: Server) -> None:
    seeing = loading.model_of(judge()).fingerprint
    loading.forget()
    Checkpoint.objects.all().delete()
    blind = loading.model_of(judge(pictures=False)).fingerprint

    assert seeing != blind
    assert loading.model_of(Checkpoint.objects.get()).seeing(lambda _: b"").fingerprint == blind


def test_a_generator_that_sees_writes_about_pictures(olga: Place, server: Server) -> None:
    item_that_shows(olga, ref(olga))
    options = catalog.checked("generator", "generation", {"endpoint": "judge", "pictures": True})
    writer = Checkpoint.objects.create(name="Writer", contract="generation", backend="generator", options=options)

    run = candidates.start(olga, checkpoint=writer, wishes={"n": 2})
    work(run)

    made = Item.objects.get(tags__contains=[f"run-{run.pk}"])
    assert [len(each) for each in urls(server)] == [1]
    assert made.messages[0]["media"][0]["name"] == "secret.png"
    assert ItemMedia.objects.filter(item=made).count() == 1


def test_a_verifier_looks_at_the_response_alone(olga: Place) -> None:
    from annotation.pictures import why_unseen

    checkpoint = Checkpoint.objects.create(name="V", contract="verification", backend="verifier_exact")

    assert why_unseen(item_that_shows(olga, ref(olga)), checkpoint) == ""
