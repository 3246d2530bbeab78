import stat
from pathlib import Path

import pytest

from stack.errors import StackError
from stack.home import Home, make_private
from stack.system_account import ourselves


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_home_is_ours_alone(folder: Path) -> None:
    home = Home(folder / "deep" / "home").open()

    assert mode(home.path) == 0o700


def test_parent_folders_keep_their_permissions(folder: Path) -> None:
    Home(folder / "home").open()

    assert mode(folder) == 0o711


def test_a_secret_is_made_once_and_kept_from_others(home: Home) -> None:
    first = home.secret("redis_password")

    again = Home(home.path).open().secret("redis_password")

    assert first == again
    assert len(first) >= 32
    assert mode(home.path / "secrets" / "redis_password") == 0o600


def test_two_homes_have_different_secrets(folder: Path) -> None:
    one, other = (Home(folder / name).open() for name in ("one", "other"))

    assert one.secret("redis_password") != other.secret("redis_password")


def test_an_empty_secret_is_explained(home: Home) -> None:
    (home.path / "secrets" / "redis_password").touch()

    with pytest.raises(StackError, match=r"redis_password is empty; restore it from a backup, or delete it"):
        home.secret("redis_password")


def test_a_folder_that_holds_other_files_is_not_taken_over(folder: Path) -> None:
    (folder / "thesis.txt").write_text("years of work")
    folder.chmod(0o755)

    with pytest.raises(StackError, match="holds files that are not Goldpan's"):
        Home(folder).open()

    assert mode(folder) == 0o755


def test_an_empty_folder_becomes_a_home(folder: Path) -> None:
    (folder / "volume").mkdir(mode=0o755)

    Home(folder / "volume").open()

    assert mode(folder / "volume") == 0o700


def test_a_folder_that_another_command_of_ours_began_becomes_a_home(folder: Path) -> None:
    (folder / "home" / "assets").mkdir(parents=True)

    Home(folder / "home").open()

    assert mode(folder / "home") == 0o700


def test_a_file_cannot_be_a_home(folder: Path) -> None:
    (folder / "home").touch()

    with pytest.raises(StackError, match="is a file; GOLDPAN_HOME must be a folder"):
        Home(folder / "home").open()


def test_one_stack_per_home(home: Home) -> None:
    home.lock()

    with pytest.raises(StackError, match="already runs on"):
        Home(home.path).lock()


def test_a_home_can_be_taken_again_after_it_was_let_go(home: Home) -> None:
    home.lock()
    home.unlock()

    Home(home.path).lock()


@pytest.mark.parametrize("name", ["h" * 150, "my own (old) papers, 2. ed", "ümlaut 家"])
def test_socket_folders_are_short_wherever_the_home_lies(folder: Path, name: str) -> None:
    home = Home(folder / name).open()

    sockets = home.private_folder("pg")

    assert len(bytes(sockets / ".s.PGSQL.5432")) < 100
    assert mode(sockets) == 0o700
    sockets.rmdir()


def test_a_socket_folder_comes_back_after_a_restart_of_the_machine(home: Home) -> None:
    home.private_folder("pg").rmdir()

    sockets = home.private_folder("pg")

    assert sockets.is_dir()
    sockets.rmdir()


def test_a_socket_folder_that_is_a_link_is_refused(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / "sockets").symlink_to(folder / "elsewhere")

    with pytest.raises(StackError, match="belongs to somebody else"):
        make_private(folder / "sockets", ourselves())


def test_settings_are_left_for_later_commands_in_private_files(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    home.set_environment(DATABASE_URL="postgresql:///goldpan")
    home.ensure_environment("SECRET_KEY", length=48)

    assert (home.path / "env" / "DATABASE_URL").read_text() == "postgresql:///goldpan"
    assert len((home.path / "env" / "SECRET_KEY").read_text()) == 96
    assert mode(home.path / "env" / "SECRET_KEY") == 0o600
