"""Each danger has one door (a folder or file named here), and nobody else may open another."""

import ast
import re

import pytest

from tests.architecture.source_tree import called, found, imports, sources, templates

QUERY_METHODS = {"filter", "exclude", "get", "annotate", "alias", "aggregate", "order_by", "values", "values_list"}
QUERY_METHODS |= {"get_or_create", "update_or_create", "distinct", "Q", "only", "defer", "select_related", "aget"}


def test_no_query_is_built_from_somebodys_names() -> None:
    def breaks(node: ast.AST) -> bool:
        if called(node).split(".")[-1] not in QUERY_METHODS or not isinstance(node, ast.Call):
            return False
        if isinstance(node.func, ast.Attribute) and called(node.func.value) == "super":
            return False  # a method of ours by the same name
        return any(k.arg is None and not isinstance(k.value, ast.Dict) for k in node.keywords) and (
            isinstance(node.func, ast.Attribute) or called(node) == "Q"
        )

    assert found(breaks) == []


def test_no_order_comes_from_a_list_that_is_not_a_constant() -> None:
    def breaks(node: ast.AST) -> bool:
        if called(node).split(".")[-1] not in {"order_by", "values", "values_list"} or not isinstance(node, ast.Call):
            return False
        starred = [a.value for a in node.args if isinstance(a, ast.Starred)]
        return any(not (isinstance(name, ast.Name) and name.id.isupper()) for name in starred)

    assert found(breaks, doors=("platform/ui/pagination",)) == []


def test_sql_is_written_out_and_takes_values_as_parameters() -> None:
    def breaks(node: ast.AST) -> bool:
        name = called(node).split(".")[-1]
        if name in {"extra", "RawSQL"} and isinstance(node, ast.Call):
            return True
        if name in {"execute", "executemany", "copy", "raw"} and isinstance(node, ast.Call) and node.args:
            return isinstance(node.args[0], ast.JoinedStr | ast.BinOp) or called(node.args[0]).endswith("format")
        return False

    assert found(breaks, doors=("platform/stack/",)) == []


def test_text_becomes_html_through_one_door() -> None:
    assert (
        found(imports("nh3", "markdown_it", "mdit_py_plugins", "latex2mathml"), doors=("platform/ui/rendering/",)) == []
    )


def test_nobody_else_declares_text_to_be_safe_html() -> None:
    def breaks(node: ast.AST) -> bool:
        if isinstance(node, ast.ClassDef):
            return any(isinstance(base, ast.Name) and base.id in {"SafeString", "SafeText"} for base in node.bases)
        return called(node).split(".")[-1] in {"mark_safe", "SafeString", "SafeText"}

    assert found(breaks, doors=("platform/ui/rendering/",)) == []


def test_format_html_gets_its_text_as_arguments() -> None:
    def breaks(node: ast.AST) -> bool:
        if called(node).split(".")[-1] != "format_html" or not isinstance(node, ast.Call):
            return False
        return not (node.args and isinstance(node.args[0], ast.Constant))

    assert found(breaks) == []


def test_no_template_turns_escaping_off() -> None:
    off = re.compile(r"\|\s*(safe|safeseq)\b|autoescape\s+off")

    broken = [f"{path.name}: {hit[0]}" for path in templates() if (hit := off.search(path.read_text()))]

    assert broken == []


def test_no_template_runs_or_styles_anything_inline() -> None:
    events = (
        r"\son(?:click|dblclick|mouse\w+|key\w+|focus\w*|blur|change|input|submit|load|error|toggle|pointer\w+)\s*="
    )
    script = r"<script(?![^>]*\bsrc=)(?![^>]*application/json)"
    inline = re.compile(rf"<style\b|\sstyle\s*=|{events}|javascript:|{script}")

    broken = [f"{path.name}: {hit[0]}" for path in templates() if (hit := inline.search(path.read_text()))]

    assert broken == []


def test_nothing_calls_out_over_the_network() -> None:
    clients = imports("requests", "httpx", "urllib.request", "http.client", "aiohttp", "socket", "ftplib", "smtplib")

    # The stack asks its own children on this machine whether they are up; the renderer has a socket to its child.
    # Webhooks call what the deployment allows, by a number that was looked up and checked once (AB-12).
    doors = (
        "platform/stack/",
        "platform/ui/rendering/",
        "platform/webhooks/addresses.py",
        "platform/webhooks/sending.py",
    )
    assert found(clients, doors=doors) == []


def test_a_webhook_goes_out_through_one_door() -> None:
    def connects(node: ast.AST) -> bool:
        return called(node).split(".")[-1] in {"create_connection", "HTTPConnection", "HTTPSConnection", "urlopen"}

    assert {hit.split(":")[0] for hit in found(connects, doors=("platform/stack/",))} == {
        "platform/webhooks/sending.py"
    }
    assert found(imports("webhooks.sending"), doors=("platform/webhooks/services/delivering.py",)) == []


def test_servers_of_models_are_called_through_one_door() -> None:
    clients = imports("httpx2", "httpcore2", "openai", "asyncio.streams")
    whole = ("modelhooks/backends/remote/", "modelhooks/backends/openai_chat.py")
    whole += ("modelhooks/backends/vllm_classify.py", "modelhooks/backends/sglang_classify.py")
    whole += ("goldpan/client/",)  # which runs on machines of people who call us
    whole += ("curation/hub/speaking.py",)  # to the Hub that the deployment names

    def makes_a_client(node: ast.AST) -> bool:
        return called(node).split(".")[-1] in {"AsyncClient", "Client", "HTTPTransport", "AsyncHTTPTransport"}

    assert found(clients, doors=whole) == []
    doors = ("modelhooks/backends/remote/transport.py", "goldpan/client/connection.py", "curation/hub/speaking.py")
    assert found(makes_a_client, doors=doors) == []


def test_the_hub_is_spoken_to_by_the_job_alone() -> None:
    def knows_the_token(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "HUB_TOKEN"

    doors = ("curation/hub/repository.py", "curation/services/pushing.py")
    assert found(imports("curation.hub.speaking"), doors=doors) == []
    assert {hit.split(":")[0] for hit in found(knows_the_token)} == {
        "curation/queries/hub_pushes.py",
        "curation/services/pushing.py",
    }


def test_an_address_to_call_comes_from_the_settings_alone() -> None:
    def reads_them(node: ast.AST) -> bool:
        return isinstance(node, ast.Attribute) and node.attr == "MODEL_ENDPOINTS"

    def makes_one(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and called(node).split(".")[-1] == "Endpoint"

    assert {hit.split(":")[0] for hit in found(reads_them)} == {"modelhooks/endpoints.py"}
    assert {hit.split(":")[0] for hit in found(makes_one)} == {"modelhooks/endpoints.py"}


def test_nothing_is_deserialized_that_could_be_code() -> None:
    assert found(imports("pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml", "jsonpickle")) == []


def test_nothing_is_evaluated() -> None:
    evaluated = {
        "eval",
        "exec",
        "compile",
        "__import__",
        "os.system",
        "os.popen",
        "torch.load",
        "np.load",
        "numpy.load",
    }

    # What runs code of strangers is itself run in the sandbox alone: it is started by its name, and never imported.
    programs = "modelhooks/backends/verifier/inside/python_"
    assert found(lambda node: called(node) in evaluated, doors=(programs,)) == []
    assert found(imports("modelhooks.backends.verifier.inside"), doors=("modelhooks/backends/verifier/inside/",)) == []


def test_pictures_are_decoded_in_the_child_alone() -> None:
    assert found(imports("PIL"), doors=("annotation/media/inside/",)) == []


def test_no_command_goes_through_a_shell() -> None:
    def breaks(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and any(
            k.arg == "shell" and not (isinstance(k.value, ast.Constant) and k.value.value is False)
            for k in node.keywords
        )

    assert found(breaks) == []


def test_processes_are_started_by_the_stack_and_by_what_reads_untrusted_bytes_alone() -> None:
    starters = imports("subprocess", "multiprocessing", "os.fork", "pty")

    # Parquet and pictures are decoded by native code that only the kernel can keep within bounds.
    doors = ("platform/stack/", "platform/ui/rendering/", "annotation/imports/reading/parquet.py")
    doors += ("annotation/media/workshop.py",)
    assert found(starters, doors=doors) == []


@pytest.mark.parametrize("layer", ["views", "api", "forms", "queries", "access", "templatetags", "authentication"])
def test_what_talks_to_people_opens_no_files(layer: str) -> None:
    openers = {"open", "Path", "os.open", "io.open", "pathlib.Path", "FileSystemStorage", "default_storage.open"}

    broken = [
        f"{source.path}:{node.lineno}"
        for source in sources()
        if layer in re.split(r"[/.]", source.path)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and (called(node) in openers or called(node).endswith((".open", ".read_text")))
    ]

    assert broken == []


def test_settings_alone_read_the_environment() -> None:
    def breaks(node: ast.AST) -> bool:
        return (isinstance(node, ast.Attribute) and node.attr == "environ") or called(node) in {"os.getenv", "getenv"}

    # The stack and the renderer write the environment of the processes they start, `counters` the one that the
    # metrics library reads, and transformers is told through it to stay offline; where to crash is told to tests'
    # processes alone.
    doors = ("platform/config/", "platform/stack/", "platform/ui/rendering/")
    doors += ("platform/ui/counters.py", "platform/jobs/faults.py", "modelhooks/backends/transformers/__init__.py")
    assert found(breaks, doors=doors) == []


def test_torch_is_imported_by_backends_alone() -> None:
    assert found(imports("torch", "transformers", "safetensors"), doors=("modelhooks/backends/",)) == []


def test_nobody_imports_the_configuration() -> None:
    assert found(imports("config"), doors=("platform/config/", "platform/stack/")) == []


def test_nobody_trusts_the_address_that_a_client_claims() -> None:
    def breaks(node: ast.AST) -> bool:
        return isinstance(node, ast.Constant) and str(node.value).upper().replace("-", "_") in {
            "HTTP_X_FORWARDED_FOR",
            "X_FORWARDED_FOR",
            "REMOTE_ADDR",
        }

    # `operators` asks whether a proxy passed the call on, and then believes nothing.
    assert found(breaks, doors=("platform/ui/requests.py", "platform/ui/operators.py")) == []


def test_randomness_that_guards_something_comes_from_the_system() -> None:
    guards = ("platform/accounts/", "platform/projects/")

    broken = [hit for hit in found(imports("random")) if hit.startswith(guards)]

    assert broken == []


def test_an_object_is_found_through_its_project() -> None:
    """`access.py` is where objects are found; whoever looks one up elsewhere names the project in the same breath."""

    def breaks(node: ast.AST) -> bool:
        if called(node) != "get_object_or_404" or not isinstance(node, ast.Call):
            return False
        return "project" not in {keyword.arg for keyword in node.keywords}

    assert [hit for hit in found(breaks) if "/access.py:" not in hit] == []


def test_files_of_the_server_go_out_through_one_door() -> None:
    def breaks(node: ast.AST) -> bool:
        return called(node).split(".")[-1] in {"FileResponse", "sendfile"} or called(node) == "static.serve"

    streams = found(lambda node: called(node) == "StreamingHttpResponse")

    assert found(breaks) == []
    assert {hit.split(":")[0] for hit in streams} == {"platform/ui/downloads.py"}
