"""Where each system keeps what a user decided."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from glassmaster import trust

HOME = Path("home").absolute()


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (trust.FOLDER, "APPDATA", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: HOME)


@pytest.mark.parametrize(
    ("system", "told", "folder"),
    [
        ("linux", {}, HOME / ".config/glassmaster"),
        ("linux", {"XDG_CONFIG_HOME": str(HOME / "own")}, HOME / "own/glassmaster"),
        ("linux", {"XDG_CONFIG_HOME": "own"}, HOME / ".config/glassmaster"),
        ("freebsd14", {}, HOME / ".config/glassmaster"),
        ("darwin", {"XDG_CONFIG_HOME": str(HOME / "own")}, HOME / "Library/Application Support/glassmaster"),
        ("win32", {}, HOME / "AppData/Roaming/glassmaster"),
        ("win32", {"APPDATA": str(HOME / "Roaming")}, HOME / "Roaming/glassmaster"),
        ("win32", {trust.FOLDER: str(HOME / "mine")}, HOME / "mine"),
    ],
)
def test_each_system_has_its_place(
    system: str, told: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    assert trust.folder() == folder


def test_who_has_no_home_trusts_nobody_and_is_told_what_to_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", nowhere)
    assert trust.of(Path("tape.py")) is None
    with pytest.raises(OSError, match="GLASSMASTER_CONFIG"):
        trust.grant(Path("tape.py"), "00")


def test_a_path_is_the_same_by_any_way_that_leads_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(trust.FOLDER, str(tmp_path / "config"))
    (tmp_path / "record").mkdir()
    trust.grant(tmp_path / "record/../record/tape.py", "00")
    monkeypatch.chdir(tmp_path)
    assert trust.of(Path("record/tape.py")) == trust.Trusted(str(tmp_path.resolve() / "record/tape.py"), "00")
    assert trust.withdraw(Path("record/tape.py"))
    assert trust.everyone() == ()
    assert not trust.withdraw(Path("record/tape.py"))
