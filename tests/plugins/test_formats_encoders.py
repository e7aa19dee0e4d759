"""Encoder programs: which is taken, and what is said when one fails."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest

from glassmaster.errors import Exit, Refused
from glassmaster_mp3 import Mp3
from tests.formats_support import EMBEDDED, FORMATS, audio_of, music

posix = pytest.mark.skipif(os.name != "posix", reason="stands in for an encoder with a shell script")
mp3 = FORMATS["mp3"]


def stand_in(folder: Path, name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program of this name first on the path."""
    folder.mkdir(exist_ok=True)
    program = folder / name
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin")


def encode(tmp_path: Path, encoder: str) -> None:
    mp3.encode(audio_of(music(300_000)), tmp_path / "out.mp3", Mp3(), encoder)


@posix
@pytest.mark.parametrize("encoder", ["lame", "ffmpeg"])
@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -9 $$", "was killed by SIGKILL"),
        ("cat >/dev/null; kill -11 $$", "was killed by SIGSEGV"),
        ("echo first >&2; echo 'no such preset' >&2; exit 3", 'exit status 3 and said "no such preset"'),
        ("cat >/dev/null; exit 1", "ended with exit status 1"),
        ("exit 0", "ended with exit status 0"),
    ],
)
def test_a_failing_encoder_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: str, script: str, said: str
) -> None:
    stand_in(tmp_path / "bin", encoder, script, monkeypatch)
    with pytest.raises(Refused) as refused:
        encode(tmp_path, encoder)
    finding = refused.value.findings[0]
    assert refused.value.exit == Exit.STAGE
    assert encoder in finding.message
    assert said in finding.message
    assert "doctor" in finding.hint


@pytest.mark.parametrize("encoder", ["lame", "ffmpeg"])
def test_an_absent_encoder_comes_with_the_line_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused) as refused:
        encode(tmp_path, encoder)
    assert refused.value.exit == Exit.STAGE
    assert encoder in refused.value.findings[0].message
    assert refused.value.findings[0].hint == mp3.install


def test_soundfile_is_always_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    for name, made in FORMATS.items():
        assert len(made.encoders()) == (name in EMBEDDED)
        assert all(each.version for each in made.encoders())


@posix
def test_the_fastest_present_comes_first_with_its_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(
        tmp_path / "bin",
        "ffmpeg",
        'case "$1" in -version) echo "ffmpeg version 9.9";; *) echo libmp3lame;; esac',
        monkeypatch,
    )
    stand_in(tmp_path / "bin", "lame", 'echo "LAME 64bits version 3.100 (http://lame.sf.net)"', monkeypatch)
    found = mp3.encoders()
    assert [(e.name, e.version) for e in found[:2]] == [("lame", "3.100"), ("ffmpeg", "9.9")]
    assert found[2].name == "soundfile"


@posix
def test_an_ffmpeg_without_lame_and_a_broken_lame_do_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "bin", "ffmpeg", "echo 'ffmpeg version 9.9'", monkeypatch)
    stand_in(tmp_path / "bin", "lame", "exit 127", monkeypatch)
    assert [e.name for e in mp3.encoders()] == ["soundfile"]


@posix
def test_a_fault_in_the_sound_stops_the_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "bin", "ffmpeg", f"echo $$ > '{tmp_path}/pid'; exec cat >/dev/null", monkeypatch)
    sound = music(2_000_000)
    sound[-1] = np.nan
    with pytest.raises(ValueError, match="frame 1999999"):
        mp3.encode(audio_of(sound), tmp_path / "out.mp3", Mp3(), "ffmpeg")
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
