"""Pages at 100,000 items: server time and number of queries, as the owner sees them.

python benchmarks/pages.py [ITEMS]
"""

import statistics
import sys
import time

import collecting
import ground
import importing

LABEL_SOME = """
INSERT INTO annotation_annotation (project_id, item_id, form_id, imported_name, answers, shown)
SELECT project_id, id, %(form)s, 'bench', '{"better": {"winner": "a", "strength": 2}}', '{0,1}'
FROM annotation_item WHERE project_id = %(project)s AND id %% 3 = 0
"""


def main(items: int = 100_000) -> None:
    from django.conf import settings
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from annotation.models import Form, Item

    place = importing.project("pages")
    collecting.fill(place, items)
    with connection.cursor() as cursor:
        cursor.execute(LABEL_SOME, {"project": place.project.pk, "form": Form.objects.get(project=place.project).pk})
        cursor.execute("ANALYZE")
    settings.ALLOWED_HOSTS = ["testserver"]
    client = Client()
    client.force_login(place.user, backend="django.contrib.auth.backends.ModelBackend")
    first = Item.objects.filter(project=place.project).first()
    project = "/projects/pages/"
    for name, path in (
        ("projects", "/"),
        ("overview", project),
        ("items", f"{project}items/"),
        ("items, open", f"{project}items/?state=open"),
        ("item", f"{project}items/{first.pk}/"),
        ("label", f"{project}label/"),
        ("form", f"{project}form/"),
        ("imports", f"{project}imports/"),
        ("members", f"{project}members/"),
        ("releases", f"{project}releases/"),
    ):
        client.get(path)
        times = []
        for _ in range(5):
            with CaptureQueriesContext(connection) as queries:
                begin = time.perf_counter()
                answer = client.get(path)
                times.append((time.perf_counter() - begin) * 1000)
            assert answer.status_code == 200, (path, answer.status_code)
        middle = statistics.median(times)
        asked = sum(query["sql"] not in {"BEGIN", "COMMIT"} for query in queries.captured_queries)
        ground.row(
            f"page {name} at {items:,} items",
            f"{middle:.0f} ms, {asked} queries, {len(answer.content) / 1024:.0f} kB",
            "≤ 100 ms, ≤ 12 queries",
            is_met=middle <= 100 and asked <= 12,
        )


if __name__ == "__main__":
    with ground.database():
        print(ground.machine())
        main(*(int(argument) for argument in sys.argv[1:]))
