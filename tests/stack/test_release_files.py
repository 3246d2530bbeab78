import io
import tarfile
from pathlib import Path

import pytest

from stack import release_files
from stack.errors import StackError


def release(home: Path, name: str, text: str) -> Path:
    path = home / "releases" / name / "rm_pairs" / "train.jsonl"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path


def test_releases_come_back_into_another_home_byte_for_byte(tmp_path: Path) -> None:
    release(tmp_path / "old", "a", '{"chosen": "é"}\n')
    release_files.pack(tmp_path / "old", tmp_path / "files.tar")

    count = release_files.unpack(tmp_path / "files.tar", tmp_path / "new")

    assert count == 1
    assert (tmp_path / "new/releases/a/rm_pairs/train.jsonl").read_text() == '{"chosen": "é"}\n'


def test_unfinished_attempts_are_left_out(tmp_path: Path) -> None:
    release(tmp_path, ".a.1", "half")

    assert release_files.pack(tmp_path, tmp_path / "files.tar") == 0


def test_a_release_that_is_there_is_not_touched(tmp_path: Path) -> None:
    there = release(tmp_path, "a", "old")
    release_files.pack(tmp_path, tmp_path / "files.tar")
    there.write_text("kept")

    release_files.unpack(tmp_path / "files.tar", tmp_path)

    assert there.read_text() == "kept"


def test_a_home_without_releases_makes_an_empty_archive(tmp_path: Path) -> None:
    assert release_files.pack(tmp_path, tmp_path / "files.tar") == 0
    assert release_files.unpack(tmp_path / "files.tar", tmp_path) == 0


@pytest.mark.parametrize("name", ["../outside", "/etc/outside", "a/../../outside"])
def test_nothing_is_unpacked_outside(tmp_path: Path, name: str) -> None:
    with tarfile.open(tmp_path / "files.tar", "w") as packed:
        member = tarfile.TarInfo(name)
        member.size = 1
        packed.addfile(member, io.BytesIO(b"x"))

    with pytest.raises(StackError, match="which no release does"):
        release_files.unpack(tmp_path / "files.tar", tmp_path / "home")


def test_links_are_not_unpacked(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "files.tar", "w") as packed:
        member = tarfile.TarInfo("a/link")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        packed.addfile(member)

    with pytest.raises(StackError, match="which no release does"):
        release_files.unpack(tmp_path / "files.tar", tmp_path / "home")


def test_what_items_show_comes_back_into_another_home(tmp_path: Path) -> None:
    shown = tmp_path / "old/media/7/ab/abcd"
    shown.parent.mkdir(parents=True)
    shown.write_bytes(b"a picture")
    (tmp_path / "old/media/.drafts").mkdir()
    (tmp_path / "old/media/.drafts/half").write_bytes(b"a pic")

    packed = release_files.pack(tmp_path / "old", tmp_path / "files.tar", release_files.MEDIA)
    release_files.unpack(tmp_path / "files.tar", tmp_path / "new", release_files.MEDIA)

    assert packed == 1
    assert (tmp_path / "new/media/7/ab/abcd").read_bytes() == b"a picture"
