"""What the tests of publishing share: two small releases, and how to write, publish and read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from glassmaster import native, publish
from glassmaster.errors import Refused

OLD = {"release.json": "old", "SHA256SUMS": "00  wav/01 Song.wav\n11  release.json\n", "README.txt": "old",
       "wav/01 Song.wav": "old sound", "report/index.html": "old page"}  # fmt: skip
NEW = {"release.json": "new", "SHA256SUMS": "22  flac/01 Song.flac\n33  release.json\n", "README.txt": "new",
       "flac/01 Song.flac": "new sound", "report/index.html": "new page", "report/more.css": "new style"}  # fmt: skip


def write(folder: Path, tree: dict[str, str]) -> None:
    for name, content in tree.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


def read(folder: Path) -> dict[str, str]:
    return {path.relative_to(folder).as_posix(): path.read_text() for path in folder.rglob("*") if path.is_file()}


def released(target: Path, journal: Path, tree: dict[str, str]) -> None:
    with publish.staging(target) as folder:
        assert list(folder.iterdir()) == []
        write(folder, tree)
        publish.swap(target, journal)


def beside(target: Path) -> list[str]:
    """What stands beside the target, but for our own room."""
    return sorted(path.name for path in target.parent.iterdir() if path.name != ".glassmaster")


def refusal(call: Callable[[], None]) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


def by(way: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let trees change places by "renames", or by an "exchange" where the disk of `folder` knows it."""
    if way == "renames":
        monkeypatch.setattr(native, "_EXCHANGES", {})
        return
    disk = next(each for each in (folder, *folder.parents) if each.is_dir())
    pair = disk / "exchange one", disk / "exchange other"
    for each in pair:
        each.mkdir()
    able = native.exchanged(*pair)
    for each in pair:
        each.rmdir()
    if not able:
        pytest.skip("folders cannot be exchanged here")
