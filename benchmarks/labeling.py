"""The labeling page in a real browser: keys for each kind of answer, the time to the next item, and what is transferred.

python benchmarks/labeling.py [ITEMS]
"""

import os
import statistics
import sys

import collecting
import ground
import importing

BUDGET_MS = 50
BUDGET_KB = 100
LEAST_SHOWN_MS = 400  # the page takes no answer sooner: a key meant for the last item must not answer this one
SCALE = {"points": 7}
CRITERIA = [f"c{number}: The response meets criterion {number}" for number in range(6)]
SOLUTION = "\n\n".join(f"Then {number} + 1 = {number + 1}, which is what was wanted." for number in range(11))
PARAGRAPHS = "\n\n".join("A careful answer says what it knows, and how it comes to know it. " * 5 for _ in range(5))
KINDS = (
    # name, kind, target, settings, responses, keys without Enter, most keys with it
    ("preference", "preference", "item", SCALE, [PARAGRAPHS, PARAGRAPHS[::-1]], "2", 2),
    ("steps, a solution of 12", "steps", "response", {}, [SOLUTION], "+" * 12, 14),
    (
        "rubric, 6 criteria × 2",
        "rubric",
        "response",
        {"criteria": CRITERIA},
        [PARAGRAPHS, PARAGRAPHS[::-1]],
        "yn" * 6,
        14,
    ),
    ("ranking of 4", "ranking", "item", {}, [f"{n} {PARAGRAPHS}" for n in range(4)], "2143", 5),
    (
        "choice",
        "choice",
        "item",
        {"options": [{"key": k, "title": k.title()} for k in ("yes", "no")]},
        [PARAGRAPHS],
        "1",
        2,
    ),
)
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
WATCH = """
() => {
  window.shown = [];
  let pressed = 0;
  addEventListener("keydown", (event) => { if (event.key === "Enter") pressed = event.timeStamp; }, true);
  new MutationObserver(() => {
    const at = document.querySelector("#workspace");
    if (!pressed || !at || at === window.current) return;
    window.current = at;
    const from = pressed;
    pressed = 0;
    // A message sent while a frame is made arrives once it has been painted.
    const painted = new MessageChannel();
    painted.port1.onmessage = () => window.shown.push(performance.now() - from);
    requestAnimationFrame(() => painted.port2.postMessage(null));
  }).observe(document.getElementById("main"), { childList: true });
}
"""


def prepare(number, kind, target, settings, responses, items):  # type: ignore[no-untyped-def]
    """A project that asks this one question about `items` items."""
    from annotation.kinds import KINDS as REGISTRY
    from annotation.models import Form, Item, Question, Slot

    place = importing.project(f"labeling-{number}")
    form = Form.objects.create(project=place.project, version=2, created_by=place.user)
    checked = REGISTRY[kind].check_settings(settings, target)
    Question.objects.create(form=form, position=0, key="q", kind=kind, target=target, title="And?", settings=checked)
    made = Item.objects.bulk_create(
        Item(
            project=place.project,
            key=f"item-{one}",
            digest=one.to_bytes(32),
            group=str(one),
            messages=[{"role": "user", "content": f"Question {one}?"}],
            responses=[
                {"messages": [{"role": "assistant", "content": f"{text}\n\nSo much for {one}."}]} for text in responses
            ],
        )
        for one in range(items)
    )
    Slot.objects.bulk_create(Slot(project=place.project, item=item, number=0) for item in made)
    return place


def label(page, keys, items):  # type: ignore[no-untyped-def]
    """Milliseconds from the last key of each answer to the next item on the screen."""
    page.evaluate(WATCH)
    for done in range(1, items):
        page.wait_for_timeout(LEAST_SHOWN_MS)
        for key in keys:
            page.keyboard.press(key)
        page.keyboard.press("Enter")
        page.wait_for_function("count => window.shown.length === count", arg=done)
    return page.evaluate("window.shown")


def sign_in(context, user, origin):  # type: ignore[no-untyped-def]
    from django.conf import settings
    from django.test import Client

    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": origin}])


def transferred(page):  # type: ignore[no-untyped-def]
    """kB that came over the network for a first visit."""
    sizes = "performance.getEntries().filter((one) => one.transferSize).map((one) => one.transferSize)"
    return sum(page.evaluate(sizes)) / 1000


def measure(context, port, number, case, items):  # type: ignore[no-untyped-def]
    name, kind, target, settings, responses, keys, most = case
    place = prepare(number, kind, target, settings, responses, items)
    sign_in(context, place.user, f"http://127.0.0.1:{port}")
    page = context.new_page()
    page.goto(f"http://127.0.0.1:{port}/projects/{place.project.slug}/label/", wait_until="networkidle")
    loaded = transferred(page)
    times = sorted(label(page, keys, items))
    pressed = len(keys) + 1
    middle, p95 = statistics.median(times), times[int(len(times) * 0.95)]
    ground.row(
        f"{name}: next item after the last key",
        f"{middle:.0f} ms, p95 {p95:.0f} ms, {pressed} keys",
        f"≤ {BUDGET_MS} ms, ≤ {most} keys",
        is_met=middle <= BUDGET_MS and pressed <= most,
    )
    ground.row(f"{name}: transferred", f"{loaded:.0f} kB", f"≤ {BUDGET_KB} kB", is_met=loaded <= BUDGET_KB)
    page.close()


def main(items=30):  # type: ignore[no-untyped-def]
    from django.db import connections
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(ground.ROOT / "scripts"))
    import find_browser

    chromium = find_browser.named() or find_browser.on_path(find_browser.WITH_WINDOWS) or None  # what people have
    with collecting.web() as port, sync_playwright() as playwright:
        # The browser's driver keeps an event loop in this thread. Only now: a server refuses to start under this.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        for number, case in enumerate(KINDS):
            context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
            measure(context, port, number, case, items)
            context.close()
        browser.close()
    connections.close_all()


if __name__ == "__main__":
    with ground.database():
        print(ground.machine())
        main(*(int(argument) for argument in sys.argv[1:]))
