"""WAV's broadcast extension: by the letter of EBU Tech 3285, read by others, and through a build."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glassmaster.codecs import bext, wave
from glassmaster.model import Stamp
from glassmaster_wav import Wav
from tests.faults_support import HEAD, glassmaster, manifest, mixdown, song
from tests.formats_support import FORMATS, audio_of, by_ffmpeg, installed, on_grid, told

STAMP = Stamp("Møon über", "Example Records", "GBAAA2600001", "2026-11-20", -14.024, 5.5, -0.996, -9.1, -10.0)
format_ = FORMATS["wav"]


def chunk(path: Path) -> bytes:
    """The content of the file's first chunk, which must be bext."""
    data = path.read_bytes()
    at = 12 if data[:4] == b"RIFF" else 12 + 8 + 28
    name, size = struct.unpack_from("<4sI", data, at)
    assert name == b"bext"
    return data[at + 8 : at + 8 + size]


def made(path: Path, bits: int = 24, limit: int = wave.LIMIT) -> Path:
    audio = audio_of(on_grid(3_001, 2, 16), 48_000)
    wave.write(audio, path, bits, limit, bext.room(audio, bits))
    return path


@pytest.mark.parametrize(("bits", "limit"), [(16, wave.LIMIT), (24, wave.LIMIT), (32, wave.LIMIT), (24, 1_000)])
def test_fields_stand_where_the_standard_has_them(tmp_path: Path, bits: int, limit: int) -> None:
    path = made(tmp_path / "a.wav", bits, limit)
    before = format_.payload_hash(path)
    bext.fill(path, STAMP)
    found = chunk(path)
    assert found[:256].rstrip(b"\0") == b"M?on uber"
    assert found[256:288].rstrip(b"\0") == b"Example Records"
    assert found[288:320].rstrip(b"\0") == b"GBAAA2600001"
    assert found[320:338] == b"2026-11-2000:00:00"
    assert struct.unpack_from("<H", found, 346) == (2,)
    assert struct.unpack_from("<5h", found, 412) == (-1402, 550, -100, -910, -1000)
    assert not any(found[422:602])
    assert found[602:].startswith(b"A=PCM,F=48000,W=%d,M=stereo,T=glassmaster\r\n" % bits)
    assert len(found) % 2 == 0
    assert format_.payload_hash(path) == before
    assert format_.integrity(path) == ()


def test_what_is_not_known_is_said_as_the_standard_wants_it(tmp_path: Path) -> None:
    path = made(tmp_path / "a.wav")
    blank = chunk(path)
    assert struct.unpack_from("<5H", blank, 412) == (0x7FFF,) * 5
    silent = replace(STAMP, date="2026", integrated_lufs=None, loudness_range_lu=None, true_peak_dbtp=-400.0)
    bext.fill(path, silent)
    found = chunk(path)
    assert not any(found[320:338]), "a year is no date"
    assert struct.unpack_from("<3h", found, 412) == (0x7FFF, 0x7FFF, -0x7FFE)


def test_hostile_texts_stay_in_their_fields(tmp_path: Path) -> None:
    path = made(tmp_path / "a.wav")
    bext.fill(path, replace(STAMP, title="x\0\r\n" * 200, originator="é" * 99))
    found = chunk(path)
    assert found[:256] == (b"x   " * 64)
    assert found[256:288] == b"e" * 32


def test_a_file_without_the_chunk_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    format_.encode(audio_of(on_grid(100, 1, 24)), path, Wav(), "glassmaster")
    before = path.read_bytes()
    bext.fill(path, STAMP)
    assert path.read_bytes() == before
    assert b"bext" not in before


def test_others_read_it(tmp_path: Path) -> None:
    installed("mediainfo", "ffmpeg")
    path = made(tmp_path / "a.wav")
    bext.fill(path, STAMP)
    said = told("mediainfo", "--Full", path)
    assert "Example Records" in said
    assert "GBAAA2600001" in said
    assert np.array_equal(by_ffmpeg(path, 2), on_grid(3_001, 2, 16))


@pytest.mark.parametrize("more", ["", 'metadata = "none"\n'])
def test_a_build_writes_what_it_measured(tmp_path: Path, more: str) -> None:
    mixdown(tmp_path / "mix.wav", 4.0)
    text = HEAD + 'date = 2026-11-20\nlabel = "Example Records"\n' + song("Opening")
    text += f'\n[[deliverable]]\nname = "radio"\nformat = "wav"\nbext = true\n{more}'
    run = glassmaster("build", "--json", "--jobs", 1, manifest(tmp_path, text))
    assert run.code in (0, 1), run.said
    [path] = (tmp_path / "dist" / "radio").glob("*.wav")
    measured = json.loads((tmp_path / "dist" / "release.json").read_text("utf-8"))["deliverables"][0]["measured"]
    names = ("integrated_lufs", "loudness_range_lu", "true_peak_dbtp", "max_momentary_lufs", "max_short_term_lufs")
    for value, name in zip(struct.unpack_from("<5h", chunk(path), 412), names, strict=True):
        assert value == pytest.approx(100 * measured[name], abs=1)
    assert (b"Example Records" in chunk(path)) is not bool(more)
    assert glassmaster("verify", tmp_path / "dist").code == 0
