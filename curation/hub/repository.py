"""A dataset repository of the Hub: made private where there is none, asked what it holds, given one commit."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from curation.hub.files import Sent
from curation.hub.speaking import Away, Hub, Refused

BRANCH = "main"
AT_ONCE = 100  # files that one call names
MOST_INSIDE = 32 * 2**20  # bytes of all files that stand in the commit itself
EXISTS = 409

One = TypeVar("One")


class State(NamedTuple):
    """The newest commit of a repository, and whether all the world reads it."""

    head: str
    is_private: bool


class Plan(NamedTuple):
    """What a commit has to change."""

    large: list[Sent]
    inside: list[Sent]
    gone: list[str]

    @property
    def is_empty(self) -> bool:
        return not (self.large or self.inside or self.gone)


class Repository:
    """One repository, by `owner/name`, which must fit the pattern of names."""

    def __init__(self, hub: Hub, name: str) -> None:
        self._hub = hub
        self._name = name
        self._api = f"/api/datasets/{name}"

    def make(self) -> None:
        """A private one, where there is none; what is there stays what it is. Raises Away and Refused."""
        owner, name = self._name.split("/")
        said = {"name": name, "organization": owner, "type": "dataset", "visibility": "private"}
        try:
            self._hub.post("/api/repos/create", said)
        except Refused as refused:
            # A token that may write to this repository alone may make none: whether it is there is asked next.
            if refused.status not in (EXISTS, 402, 403):
                raise

    def state(self) -> State:
        """Raises Away and Refused."""
        told = _mapping(self._hub.get(self._api))
        return State(_commit(told.get("sha")), told.get("private") is True)

    def tagged(self, tag: str) -> str | None:
        """The commit with this tag, or None."""
        try:
            return _commit(_mapping(self._hub.get(f"{self._api}/revision/{tag}")).get("sha"))
        except Refused as refused:
            if refused.status == 404:
                return None
            raise

    def holds(self, file: Sent, revision: str) -> bool:
        """Whether this revision has this file with these bytes."""
        return any(file.is_told_by(told) for told in self._told([file.path], revision))

    def plan(self, files: Sequence[Sent], earlier: Sequence[str]) -> Plan:
        """What is to be sent, and which of `earlier` paths lie there and are to go."""
        large, inside, total = [], [], 0
        for some in _parts(files):
            asked = [{"path": one.path, "sample": one.sample, "size": one.size} for one in some]
            told = _mapping(self._hub.post(f"{self._api}/preupload/{BRANCH}", {"files": asked}))
            known = {one.get("path"): one for one in map(_mapping, _list(told.get("files")))}
            for file in some:
                its = _mapping(known.get(file.path))
                if its.get("shouldIgnore"):
                    raise Refused("A .gitignore in the repository leaves out files of this release.", 0)
                if its.get("oid") in file.names:
                    continue
                is_large = file.must_be_large or (file.size > 0 and its.get("uploadMode") == "lfs")
                if is_large or total + file.size > MOST_INSIDE:
                    large.append(file)
                else:
                    inside.append(file)
                    total += file.size
        gone = [str(told["path"]) for some in _parts(earlier) for told in self._told(some, BRANCH)]
        return Plan(large, inside, gone)

    def send(self, files: Sequence[Sent], tell: Callable[[Sent], None]) -> None:
        """Bring large files to the Hub's store; what lies there already is not sent. `tell` is called for each."""
        for some in _parts(files):
            by_digest = {one.sha256: one for one in some}
            said = {
                "operation": "upload",
                "transfers": ["basic"],
                "objects": [{"oid": one.sha256, "size": one.size} for one in by_digest.values()],
                "hash_algo": "sha256",
                "ref": {"name": BRANCH},
            }
            told = _mapping(self._hub.post_large(f"/datasets/{self._name}.git/info/lfs/objects/batch", said))
            answered = {one.get("oid"): one for one in map(_mapping, _list(told.get("objects")))}
            for digest, file in by_digest.items():
                self._send(file, _mapping(answered.get(digest)))
                tell(file)

    def commit(self, plan: Plan, *, parent: str, summary: str) -> str:
        """One commit on top of `parent`, and its id. Raises Away where somebody else was quicker, and Refused."""
        try:
            told = self._hub.post_lines(f"{self._api}/commit/{BRANCH}", _lines(plan, parent, summary))
        except Refused as refused:
            if refused.status in (409, 412):
                raise Away("Somebody else changed the repository meanwhile.") from None
            raise
        return _commit(_mapping(told).get("commitOid"))

    def tag(self, tag: str, commit: str) -> None:
        """Give the commit this tag; one that is there stays where it is."""
        try:
            self._hub.post(f"{self._api}/tag/{commit}", {"tag": tag})
        except Refused as refused:
            if refused.status != EXISTS:
                raise

    def _told(self, paths: Sequence[str], revision: str) -> list[Mapping[str, Any]]:
        """What lies at these paths, of those where something does."""
        told = _list(self._hub.post_form(f"{self._api}/paths-info/{revision}", {"paths": paths, "expand": "false"}))
        return [one for one in map(_mapping, told) if one.get("path") in paths and one.get("type") == "file"]

    def _send(self, file: Sent, told: Mapping[str, Any]) -> None:
        if not told or "error" in told:
            raise Refused("The Hub does not take one of the files.", 0)
        actions = told.get("actions")
        if actions is None:
            return  # it lies there
        upload, verify = _mapping(_mapping(actions).get("upload")), _mapping(actions).get("verify")
        if "chunk_size" in (upload.get("header") or {}):
            raise Refused("The Hub wants one of the files in parts, which is not spoken here.", 0)
        self._hub.put(str(upload.get("href", "")), file.place, file.size)
        if verify is not None:
            said = {"oid": file.sha256, "size": file.size}
            self._hub.verify(str(_mapping(verify).get("href", "")), said)


def _lines(plan: Plan, parent: str, summary: str) -> Iterator[dict[str, Any]]:
    yield {"key": "header", "value": {"summary": summary, "description": "", "parentCommit": parent}}
    for file in plan.inside:
        yield {"key": "file", "value": {"content": file.content, "path": file.path, "encoding": "base64"}}
    for file in plan.large:
        told = {"path": file.path, "algo": "sha256", "oid": file.sha256, "size": file.size}
        yield {"key": "lfsFile", "value": told}
    for path in plan.gone:
        yield {"key": "deletedFile", "value": {"path": path}}


def _parts(all_of_them: Sequence[One]) -> Iterator[Sequence[One]]:
    return (all_of_them[start : start + AT_ONCE] for start in range(0, len(all_of_them), AT_ONCE))


def _mapping(told: Any) -> Mapping[str, Any]:
    return told if isinstance(told, Mapping) else {}


def _list(told: Any) -> list[Any]:
    return told if isinstance(told, list) else []


def _commit(said: Any) -> str:
    """The id of a commit, as git writes them. Raises Refused for anything else."""
    if isinstance(said, str) and len(said) in (40, 64) and all(sign in "0123456789abcdef" for sign in said):
        return said
    raise Refused("What answered does not speak as the Hub does.", 0)
