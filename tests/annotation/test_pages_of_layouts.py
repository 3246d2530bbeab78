"""Items from files of every layout, with all their labels, can be looked at and labeled."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.imports.adapters import ADAPTERS
from annotation.models import Annotation, Item
from annotation.services import forms, imports
from annotation.services.layout_forms import FORMS, form_for
from jobs import runner
from projects.access import Place
from projects.models import Role

MAPPED = {"prompt": "instruction", "responses": ["response_a", "response_b"], "key": "id"}


@pytest.mark.parametrize("name", ADAPTERS)
def test_an_item_of_every_layout_is_shown_with_what_was_said_and_can_be_labeled(
    place: Callable[..., Place], settings: Any, tmp_path: Any, name: str
) -> None:
    settings.HOME = tmp_path
    olga = place("Olga", Role.OWNER)
    forms.save_form(olga, FORMS[form_for(name)].questions)
    file = io.BytesIO(f"[{ADAPTERS[name].example}]".encode())
    options = MAPPED if name == "mapping" else None
    started = imports.start(olga, upload=file, file_name="file.json", adapter=name, options=options)
    runner.execute(str(started.job_id))
    client = Client()
    client.force_login(olga.user, backend="django.contrib.auth.backends.ModelBackend")

    shown = client.get(f"/projects/answers/items/{Item.objects.get().pk}/")
    labeled = client.get("/projects/answers/label/")

    assert (shown.status_code, labeled.status_code) == (200, 200)
    for annotation in Annotation.objects.all():
        assert annotation.imported_name in shown.content.decode()
    assert 'name="request_key"' in labeled.content.decode()
