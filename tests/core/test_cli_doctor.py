"""`glassmaster doctor`: what is here, and which encoder a release is made with, for which reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from glassmaster import plugins
from glassmaster.cli import run
from glassmaster.errors import Exit
from glassmaster.model import Encoder
from glassmaster.release_lock import ReleaseLock, write

MANIFEST = """
[release]
title = "Title"
artist = "Artist"

[[song]]
title = "Song"
mixdown = "song.wav"

[[deliverable]]
name = "promo"
format = "mp3"
"""


@pytest.fixture
def release(tmp_path: Path) -> Path:
    path = tmp_path / "release.toml"
    path.write_text(MANIFEST, "utf-8")
    return path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert run(["doctor", *arguments, "--json"]) == Exit.OK
    return json.loads(capsys.readouterr().out)


def encoders() -> list[Encoder]:
    found = [*plugins.load().formats["mp3"].encoders()]
    if len(found) < 2:
        pytest.skip("only one encoder of MP3 is installed: sudo apt-get install lame ffmpeg")
    return found


def test_without_a_manifest_only_the_machine_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    found = told(capsys)
    assert "deliverables" not in found
    assert [each["rank"] for each in found["formats"]["mp3"]["encoders"]][:1] == [1]


def test_a_manifest_in_this_folder_is_looked_at(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, release: Path
) -> None:
    monkeypatch.chdir(release.parent)
    best = plugins.load().formats["mp3"].encoders()[0]
    wanted = {"name": "promo", "format": "mp3", "encoder": best.name, "version": best.version, "why": "the best here"}
    assert told(capsys)["deliverables"] == [wanted]
    assert run(["doctor"]) == Exit.OK
    assert f"deliverable promo (mp3): {best.name} {best.version}, the best here" in capsys.readouterr().out


def test_a_pin_is_honoured(capsys: pytest.CaptureFixture[str], release: Path) -> None:
    last = encoders()[-1]
    release.write_text(f'{MANIFEST}encoder = "{last.name}"\n', "utf-8")
    (found,) = told(capsys, str(release))["deliverables"]
    assert (found["encoder"], found["why"]) == (last.name, "pinned in the manifest")


def test_what_the_lock_keeps_is_told_with_its_version(capsys: pytest.CaptureFixture[str], release: Path) -> None:
    last = encoders()[-1]
    for version, why in ((last.version, "kept from release.lock"), ("0.1", "kept from release.lock (there 0.1)")):
        write(release.with_suffix(".lock"), ReleaseLock({"promo": Encoder(last.name, version)}))
        (found,) = told(capsys, str(release.parent))["deliverables"]
        assert (found["encoder"], found["version"], found["why"]) == (last.name, last.version, why)


def test_what_the_lock_keeps_and_this_machine_has_not(capsys: pytest.CaptureFixture[str], release: Path) -> None:
    write(release.with_suffix(".lock"), ReleaseLock({"promo": Encoder("gone", "9")}))
    (found,) = told(capsys, str(release))["deliverables"]
    assert found["why"] == "the best here, as gone 9 of release.lock is not here"


def test_a_pin_that_is_not_here_is_told_with_what_is(capsys: pytest.CaptureFixture[str], release: Path) -> None:
    release.write_text(f'{MANIFEST}encoder = "gone"\n', "utf-8")
    (found,) = told(capsys, str(release))["deliverables"]
    assert found["encoder"] is None
    assert found["why"].startswith('encoder "gone" is not here; mp3 can be made by: ')
    assert run(["doctor", str(release)]) == Exit.OK
    assert 'deliverable promo (mp3): encoder "gone" is not here' in capsys.readouterr().out


def test_a_manifest_that_cannot_be_read_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(["doctor", str(tmp_path / "none.toml")]) == Exit.USAGE
    assert "none.toml" in capsys.readouterr().err
