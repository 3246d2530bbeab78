"""Static files: under an address that names their content, kept for good, compressed."""

import gzip
from pathlib import Path

import pytest
from django.templatetags.static import static
from django.test import Client

from ui import assets

BASE = Path(__file__).parents[2] / "platform/ui/static/ui/base.css"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all tests here: what the first collects, which takes long, the others find."""
    return tmp_path_factory.mktemp("assets") / "home"


@pytest.fixture
def away(settings, home: Path):
    """A home away from that of other tests, and nothing remembered from them."""
    settings.HOME = home
    assets.served.cache_clear()
    yield settings.HOME
    assets.served.cache_clear()


@pytest.mark.parametrize("name", ["ui/base.css", "annotation/kinds/rubric.js"])
def test_a_file_comes_compressed_and_is_kept_for_ever(away: Path, name: str) -> None:
    answer = Client().get(static(name), headers={"Accept-Encoding": "gzip"})

    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "max-age=315360000, public, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.getvalue()) == assets.sources()[name].read_bytes()


def test_a_browser_that_takes_no_gzip_gets_the_file_as_it_is(away: Path) -> None:
    answer = Client().get(static("ui/base.css"))

    assert answer.getvalue() == BASE.read_bytes()
    assert answer.headers["Content-Type"].startswith("text/css")


def test_a_module_finds_its_neighbor_by_a_relative_path(away: Path) -> None:
    assert Client().get(static("ui/label/../page.js").replace("label/../", "")).status_code == 200


@pytest.mark.parametrize(
    "path", ["/assets/0000000000000000/ui/base.css", "/assets/", "/assets/../manage.py", "/static/ui/base.css"]
)
def test_nothing_lies_under_any_other_address(away: Path, db: None, path: str) -> None:
    assert Client().get(path).status_code == 404


def test_a_home_that_cannot_be_written_serves_the_originals(settings, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.HOME = tmp_path / "file"
    assets.served.cache_clear()

    answer = Client().get(static("ui/base.css"), headers={"Accept-Encoding": "gzip"})
    assets.served.cache_clear()

    assert answer.getvalue() == BASE.read_bytes()


def test_two_processes_that_collect_at_once_leave_one_whole_folder(away: Path) -> None:
    folder = assets.collected()
    before = sorted(path.name for path in folder.rglob("*"))

    assets._collect(folder)

    assert sorted(path.name for path in folder.rglob("*")) == before
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_a_changed_file_has_another_address(away: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    changed = tmp_path / "base.css"
    changed.write_text("body { color: red }")
    before = assets.digest()
    monkeypatch.setattr(assets, "sources", lambda: {"ui/base.css": changed})
    assets.digest.cache_clear()

    after = assets.digest()
    assets.digest.cache_clear()

    assert after != before
