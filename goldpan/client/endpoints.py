"""Every endpoint that the client calls, with the parameters it sends. OpenAPI has each of them; a test compares."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

PAGE = ("cursor", "page_size")


@dataclass(frozen=True, slots=True)
class Operation:
    """A method of an address. `repeats` says that asked again it does nothing that asking once would not have done."""

    method: str
    path: str
    query: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    repeats: bool = False

    def address(self, **names: Any) -> str:
        """Its path with these names in place; a name never becomes another path, a file's path keeps its slashes."""
        shown = {name: quote(str(value), safe="/" if name == "path" else "") for name, value in names.items()}
        return self.path.format(**shown)


def _get(path: str, *query: str) -> Operation:
    return Operation("GET", f"/api/v1/{path}", query=query, repeats=True)


def _post(path: str, *, query: tuple[str, ...] = (), body: tuple[str, ...] = (), repeats: bool = False) -> Operation:
    return Operation("POST", f"/api/v1/{path}", query, body, repeats)


PROJECTS = _get("projects/", *PAGE)
PROJECT = _get("projects/{slug}/")

ITEMS = _get("projects/{slug}/items/", "state", "tag", "key", "import", *PAGE)
ITEM = _get("items/{item_id}/")

ANNOTATIONS = _get("projects/{slug}/annotations/", "item", "author", "imported_name", "current", *PAGE)
# The same opinion of the same name once more is the same annotation.
ANNOTATE = _post("projects/{slug}/annotations/", body=("item", "imported_name", "answers", "source"), repeats=True)

IMPORT = _post("projects/{slug}/imports/", query=("format", "name", "options", "keep_labels"))
IMPORTED = _get("imports/{import_id}/")
REFUSED = _get("imports/{import_id}/refused/", *PAGE)

NEXT = _post("projects/{slug}/next/", repeats=True)  # gives the lease that is held already
SUBMIT = _post("leases/{lease_id}/submit/", query=("next",), body=("answers", "seconds", "taken"), repeats=True)
SKIP = _post("leases/{lease_id}/skip/", body=("reason",))

CHECKPOINTS = _get("checkpoints/", *PAGE)
RUNS = _get("projects/{slug}/runs/", *PAGE)
RUN = _get("runs/{run_id}/")
RUN_FAILURES = _get("runs/{run_id}/failures/", *PAGE)
START_RUN = _post("projects/{slug}/runs/", body=("checkpoint", "question", "filters", "limit", "wishes"))
CANCEL_RUN = _post("runs/{run_id}/cancel/", repeats=True)

WRITE_RUBRICS = _post("projects/{slug}/rubrics/written/", body=("checkpoint", "question", "filters", "wishes"))
ATTEMPTS = _get("projects/{slug}/rubrics/written/{written_id}/attempts/", "outcome", *PAGE)
GATHER = _post("projects/{slug}/rubrics/written/{written_id}/gather/", body=("name", "most", "slice"))
MERGE = _post("projects/{slug}/rubrics/written/{written_id}/merge/", body=("checkpoint", "name", "most"))
TAKE_ATTEMPT = _post("projects/{slug}/rubrics/written/{written_id}/attempts/{item_id}/take/", repeats=True)
READ_LINES = _post("projects/{slug}/rubrics/lines/", body=("source", "checkpoint", "question", "filters", "wishes"))
LINES = _get("projects/{slug}/rubrics/lines/{lines_id}/found/", *PAGE)
SHARE_LINES = _post("projects/{slug}/rubrics/lines/{lines_id}/gather/", body=("name", "most"))
TAKE_LINES = _post("projects/{slug}/rubrics/lines/{lines_id}/take/", body=("item",), repeats=True)
VERSION = "projects/{slug}/rubrics/{number}/versions/{version}"
GRADE = _post(f"{VERSION}/grade/", body=("checkpoint", "question", "filters", "wishes"))
REPORTS = _get(f"{VERSION}/reports/", *PAGE)
REPORT = _get(f"{VERSION}/reports/{{report_id}}/")
DECIDE = _post(f"{VERSION}/decide/", body=("edits", "note", "fitted_by"))
REVISE = _post(f"{VERSION}/revise/", body=("checkpoint", "report", "percent"))
PROMOTE = _post(f"{VERSION}/promote/", repeats=True)

RELEASES = _get("projects/{slug}/releases/", *PAGE)
RELEASE = _get("releases/{release_id}/")
MANIFEST = _get("releases/{release_id}/manifest.json")
FILE = _get("releases/{release_id}/files/{path}")
FREEZE = _post(
    "projects/{slug}/releases/", body=("recipes", "formats", "splits", "hold_out", "gates", "note", "overrule")
)
