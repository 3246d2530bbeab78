"""A Hub on this machine: the endpoints that a push speaks to, and what they were told."""

import base64
import hashlib
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote

TOKEN = "hf_" + "only-for-tests"
LARGE = (".parquet", ".gz", ".zst")


@dataclass
class Repo:
    """Branches are one, `main`. A tree is path to (is it large, bytes)."""

    is_private: bool
    commits: list[tuple[str, dict[str, tuple[bool, bytes]], str]] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)

    def tree(self, revision: str = "main") -> dict[str, tuple[bool, bytes]] | None:
        if revision == "main":
            return self.commits[-1][1]
        return next((tree for name, tree, _ in self.commits if name == self.tags.get(revision, revision)), None)

    def add(self, tree: dict[str, tuple[bool, bytes]], summary: str) -> str:
        name = hashlib.sha1(f"{len(self.commits)} {summary}".encode()).hexdigest()
        self.commits.append((name, tree, summary))
        return name


def git_name(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()


def name_of(entry: tuple[bool, bytes]) -> str:
    is_large, content = entry
    return hashlib.sha256(content).hexdigest() if is_large else git_name(content)


class LoopbackHub:
    """Keeps repositories, large files and every request as (method, path, authorization)."""

    def __init__(self, port: int = 0) -> None:
        self.repos: dict[str, Repo] = {}
        self.large: dict[str, bytes] = {}
        self.asked: list[tuple[str, str, str]] = []
        self.answers: dict[str, int] = {}  # part of a path to the status that it answers instead, for ever
        self.upload_origin: str | None = None
        self.verify_origin: str | None = None
        self.makes_public = False
        hub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: Any) -> None:
                """Says nothing."""

            def do_GET(self) -> None:
                hub.answer(self, "GET")

            def do_POST(self) -> None:
                hub.answer(self, "POST")

            def do_PUT(self) -> None:
                hub.answer(self, "PUT")

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self.port = self._server.server_address[1]
        self.address = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._server.serve_forever, args=[0.02], daemon=True).start()

    def end(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def puts(self) -> list[str]:
        return [path for method, path, _ in self.asked if method == "PUT"]

    def answer(self, request: BaseHTTPRequestHandler, method: str) -> None:
        body = request.rfile.read(int(request.headers.get("content-length", 0)))
        path = unquote(request.path.partition("?")[0])
        known = request.headers.get("authorization", "")
        self.asked.append((method, path, known))
        instead = next((status for part, status in self.answers.items() if part in path), None)
        if instead:
            status, said = instead, {"error": f"no, {known}"}  # as bad as it gets: what was said is told back
        elif path.startswith("/store/"):
            status, said = self._keep(path.removeprefix("/store/"), body)
        elif known != f"Bearer {TOKEN}":
            status, said = 401, {"error": f"Invalid credentials in {known}"}
        else:
            status, said = self._told(method, path, body)
        told = json.dumps(said).encode()
        request.send_response(status)
        request.send_header("content-type", "application/json")
        request.send_header("content-length", str(len(told)))
        if status in (301, 307):
            request.send_header("location", f"{self.address}/elsewhere")
        request.end_headers()
        request.wfile.write(told)

    def _keep(self, name: str, body: bytes) -> tuple[int, Any]:
        if hashlib.sha256(body).hexdigest() != name:
            return 400, {"error": "BadDigest"}
        self.large[name] = body
        return 200, {}

    def _told(self, method: str, path: str, body: bytes) -> tuple[int, Any]:
        if path == "/api/whoami-v2":
            return 200, {"name": "olga", "type": "user"}
        if path == "/api/validate-yaml":
            return 200, {"errors": [], "warnings": []}
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path.startswith("/datasets/"):
            repo, _, verb = path.removeprefix("/datasets/").partition(".git/info/lfs/")
            return self._large(repo, verb, json.loads(body))
        owner, name, *rest = path.removeprefix("/api/datasets/").split("/")
        repository = self.repos.get(f"{owner}/{name}")
        if repository is None:
            return 404, {"error": "Repository not found"}
        verb, revision = (*rest, "", "main")[:2] if rest else ("", "main")
        return self._of(repository, f"{owner}/{name}", verb, revision, body)

    def _create(self, said: dict[str, Any]) -> tuple[int, Any]:
        name = f"{said['organization']}/{said['name']}"
        assert said["type"] == "dataset"
        if name in self.repos:
            return 409, {"error": "You already created this dataset repo", "url": f"{self.address}/datasets/{name}"}
        made = self.repos[name] = Repo(said.get("visibility") == "private" and not self.makes_public)
        made.add({".gitattributes": (False, b"*.parquet filter=lfs\n")}, "initial commit")
        return 200, {"url": f"{self.address}/datasets/{name}", "id": name}

    def _large(self, repo: str, verb: str, said: dict[str, Any]) -> tuple[int, Any]:
        if repo not in self.repos:
            return 404, {}
        if verb == "verify":
            return (200 if len(self.large.get(said["oid"], b"")) == said["size"] else 404), {}
        assert (verb, said["operation"], said["hash_algo"]) == ("objects/batch", "upload", "sha256")
        assert "basic" in said["transfers"]
        objects: list[dict[str, Any]] = []
        for one in said["objects"]:
            told = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] not in self.large:
                verify = f"{self.verify_origin or self.address}/datasets/{repo}.git/info/lfs/verify"
                upload = f"{self.upload_origin or self.address}/store/{one['oid']}"
                told["actions"] = {"upload": {"href": upload, "header": {}}, "verify": {"href": verify}}
            objects.append(told)
        return 200, {"transfer": "basic", "objects": objects}

    def _of(self, repo: Repo, name: str, verb: str, revision: str, body: bytes) -> tuple[int, Any]:
        tree = repo.tree(revision)
        if verb in ("", "revision"):
            if tree is None:
                return 404, {"error": "Invalid rev id"}
            head = repo.tags.get(revision, repo.commits[-1][0]) if revision != "main" else repo.commits[-1][0]
            return 200, {"id": name, "sha": head, "private": repo.is_private, "siblings": []}
        if tree is None:
            return 404, {"error": "Invalid rev id"}
        if verb == "preupload":
            return 200, {"files": [self._mode(one, tree) for one in json.loads(body)["files"]]}
        if verb == "paths-info":
            wanted = parse_qs(body.decode())["paths"]
            return 200, [self._info(path, tree[path]) for path in wanted if path in tree]
        if verb == "tag":
            tag = json.loads(body)["tag"]
            if tag in repo.tags:
                return 409, {"error": "Tag reference exists already"}
            repo.tags[tag] = repo.commits[-1][0] if revision == "main" else revision
            return 200, {}
        assert verb == "commit"
        return self._commit(repo, name, dict(tree), [json.loads(line) for line in body.splitlines()])

    def _commit(
        self, repo: Repo, name: str, tree: dict[str, tuple[bool, bytes]], lines: list[dict[str, Any]]
    ) -> tuple[int, Any]:
        head, *rest = lines
        assert head["key"] == "header"
        if head["value"].get("parentCommit", repo.commits[-1][0]) != repo.commits[-1][0]:
            return 412, {"error": "A commit has happened since"}
        for line in rest:
            value = line["value"]
            if line["key"] == "file":
                tree[value["path"]] = (False, base64.b64decode(value["content"]))
            elif line["key"] == "lfsFile":
                if value["oid"] not in self.large:
                    return 400, {"error": "LFS object does not exist"}
                tree[value["path"]] = (True, self.large[value["oid"]])
            elif line["key"] == "deletedFile" and value["path"] in tree:
                del tree[value["path"]]
            else:
                return 400, {"error": "A file with this name doesn't exist"}
        made = repo.add(tree, head["value"]["summary"])
        return 200, {"success": True, "commitOid": made, "commitUrl": f"{self.address}/datasets/{name}/commit/{made}"}

    def _mode(self, one: dict[str, Any], tree: dict[str, tuple[bool, bytes]]) -> dict[str, Any]:
        assert len(base64.b64decode(one["sample"])) == min(512, one["size"])
        held = tree.get(one["path"])
        mode = "lfs" if one["path"].endswith(LARGE) else "regular"
        told = {"path": one["path"], "uploadMode": mode, "shouldIgnore": False}
        return {**told, "oid": name_of(held)} if held else told

    def _info(self, path: str, entry: tuple[bool, bytes]) -> dict[str, Any]:
        is_large, content = entry
        told = {"type": "file", "path": path, "size": len(content), "oid": git_name(content)}
        if is_large:
            told["lfs"] = {"oid": name_of(entry), "size": len(content), "pointerSize": 130}
        return told
