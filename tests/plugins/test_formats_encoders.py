"""Encoder programs: which is taken, and what is said when one fails."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import numpy as np
import pytest

from glassmaster.codecs import install, program
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
    assert not [*tmp_path.glob("*.s32")]


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
    listing = 'echo "ffmpeg version 9.9" >&2; echo "msmpeg4v2 variant version 2"; echo libmp3lame'
    stand_in(tmp_path / "bin", "ffmpeg", listing, monkeypatch)
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


@posix
@pytest.mark.parametrize("encoder", ["lame", "ffmpeg"])
def test_one_that_hangs_is_ended_after_a_time_that_follows_the_audio(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: str
) -> None:
    stand_in(tmp_path / "bin", encoder, "cat >/dev/null; exec sleep 300", monkeypatch)
    monkeypatch.setattr(program, "LEAST_SECONDS", 0.5)
    monkeypatch.setattr(program, "TIMES", 0.1)
    assert program.limit_seconds(60) == pytest.approx(6.5)
    with pytest.raises(Refused, match="still at work after 1 seconds and was stopped") as refused:
        encode(tmp_path, encoder)
    assert refused.value.exit == Exit.STAGE


@posix
def test_a_decoder_that_hangs_or_fails_is_ended_and_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program, "LEAST_SECONDS", 1.0)
    for script, said in (("exec sleep 300", "still at work"), ("echo broken >&2; exit 3", 'and said "broken"')):
        stand_in(tmp_path / "bin", "ffmpeg", script, monkeypatch)
        with pytest.raises(Refused, match=said) as refused:
            list(program.spill("ffmpeg", [], tmp_path / "song.m4a", "", 0.0))
        assert refused.value.exit == Exit.UNPROVEN


@posix
def test_a_decoder_that_nobody_listens_to_any_more_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stand_in(tmp_path / "bin", "ffmpeg", f"echo $$ > '{tmp_path}/pid'; exec cat /dev/zero", monkeypatch)
    parts = program.spill("ffmpeg", [], tmp_path / "song.m4a", "", 60.0)
    assert next(parts)
    parts.close()  # type: ignore[attr-defined]
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_the_extra_brings_an_ffmpeg_where_the_system_has_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    packed = types.SimpleNamespace(get_ffmpeg_exe=lambda: "/packed/ffmpeg")
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", packed)
    assert program.find("ffmpeg") == "/packed/ffmpeg"
    assert program.find("lame") is None
    packed.get_ffmpeg_exe = lambda: (_ for _ in ()).throw(RuntimeError("no program for this system"))
    assert program.find("ffmpeg") is None


def test_without_a_decoder_nothing_is_called_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("alac", "aac", "wavpack"):
        if not (found := FORMATS[name].encoders()):
            pytest.skip(f"nothing here makes {name}")
        path = tmp_path / f"sound{FORMATS[name].suffix}"
        with monkeypatch.context() as there:
            FORMATS[name].encode(audio_of(music(9_000) * 0), path, FORMATS[name].settings(), found[0].name)
            there.setenv("PATH", str(tmp_path))
            there.setitem(sys.modules, "imageio_ffmpeg", None)
            assert FORMATS[name].integrity(path) == ()
            with pytest.raises(Refused) as refused:
                list(FORMATS[name].decode(path))
            assert refused.value.exit == Exit.STAGE
            assert refused.value.findings[0].hint == FORMATS[name].install


@pytest.mark.parametrize(
    ("system", "release", "line"),
    [
        ("darwin", {}, "brew install ffmpeg"),
        ("win32", {}, "winget install Gyan.FFmpeg"),
        ("linux", {"ID": "debian"}, "sudo apt install ffmpeg"),
        ("linux", {"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "sudo apt install ffmpeg"),
        ("linux", {"ID": "fedora"}, "sudo dnf install ffmpeg-free"),
        ("linux", {"ID": "arch"}, "sudo pacman -S ffmpeg"),
        ("linux", {"ID": "nixos"}, "ffmpeg (by your system's packages)"),
    ],
)
def test_the_line_to_install_is_this_system_s(
    monkeypatch: pytest.MonkeyPatch, system: str, release: dict[str, str], line: str
) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr("platform.freedesktop_os_release", lambda: release)
    install.line.cache_clear()
    try:
        assert line in install.line("ffmpeg")
    finally:
        install.line.cache_clear()
