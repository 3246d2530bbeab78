"""The page of a release where a Hub is open: nothing pushed yet, and pushes that went well and badly."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from annotation.models import Annotation, Form
from curation.models import HubPush
from curation.services import hub_pushes, releases
from jobs import runner
from tests.curation.hub.conftest import worked
from tests.curation.hub.loopback import TOKEN, LoopbackHub
from tests.journeys.house import House
from tests.journeys.test_look import WIDTHS, every_size, look


@every_size
def test_screens_of_pushes(page_for: Callable[..., Page], house: House, settings: Any, theme: str, width: int) -> None:
    hub = LoopbackHub()
    settings.HUB_TOKEN, settings.HUB_ENDPOINT = TOKEN, hub.address
    olga, item = house.place("Olga"), house.add_items(1)[0]
    form, ana = Form.objects.get(project=house.project), house.people["Ana"]
    Annotation.objects.create(
        project=house.project, item=item, form=form, author=ana, answers={"better": {"winner": "b"}}, shown=[1, 0]
    )
    made, _ = releases.freeze(olga, recipes=[{"name": "raw"}], formats=["jsonl"], splits={"train": 100})
    runner.execute(str(made.job_id))
    path = f"/projects/{house.project.slug}/releases/{made.number}/"
    page = page_for(house.people["Olga"], path, theme=theme, width=width, height=WIDTHS[width])
    page.get_by_label("Dataset repository").scroll_into_view_if_needed()
    look(page, "pushes-empty", theme, width)

    page.get_by_label("Dataset repository").fill("olgas-lab/helpful-answers")
    page.keyboard.press("Enter")
    page.get_by_text("goes there now").wait_for()
    worked(HubPush.objects.get())
    settings.HUB_TOKEN = "hf_" + "a-wrong-one"
    worked(hub_pushes.push(olga, made, repository=f"olgas-lab/{'long-' * 18}name").push)
    page.goto(path)

    page.get_by_label("Dataset repository").scroll_into_view_if_needed()
    look(page, "pushes", theme, width)
    hub.end()
