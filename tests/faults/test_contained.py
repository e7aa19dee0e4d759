"""What hangs, eats memory, never ends or crashes costs one file, which is named; the others go on."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import soundfile

from tests.faults_support import HEAD, LINUX, WAV, glassmaster, manifest, mixdown, plugin, release, song
from tests.sources_support import RATE, noise

NARROW = {"GLASSMASTER_WORKER_MIB": "512", "GLASSMASTER_STILL_SECONDS": "4"}
FAULTS = """
import mmap, os, signal, time
import numpy as np

def hang():
    time.sleep(600)

def allocate():
    held = []
    while True:
        held.append(np.ones(1 << 21))  # 16 MiB a time

def share():
    held = []
    while True:  # what several processes may see is not counted by the system
        held.append(mmap.mmap(-1, 1 << 24))
        held[-1].write(bytes([1]) * (1 << 24))

def crash():
    os.kill(os.getpid(), signal.SIGSEGV)
"""
DECODER = (
    FAULTS
    + """
import soundfile

_read = soundfile.SoundFile.read
_block = np.zeros((65_536, 2), np.float32)

def read(self, *arguments, **named):
    here = os.path.basename(os.fsdecode(getattr(self.name, "name", self.name)))
    for name, fault in (("hang", hang), ("allocate", allocate), ("share", share), ("crash", crash)):
        if name == here:
            fault()
    return _block if here == "endless" else _read(self, *arguments, **named)

soundfile.SoundFile.read = read
"""
)


def songs(folder: Path, names: Iterable[str]) -> str:
    """FLACs, which a decoder has to open, but "endless", an Ogg whose length only decoding tells."""
    found = HEAD
    for seed, name in enumerate(names, 1):
        sound, how = noise(RATE // 2, seed=seed), {"format": "OGG", "subtype": "VORBIS"} if name == "endless" else {}
        soundfile.write(folder / name, sound, 8_000 if how else RATE, **(how or {"format": "FLAC"}))
        found += song(name.title(), name, "allow_lossy = true" if how else "")
    return found


def told(findings: list[dict[str, Any]], codes: str) -> list[tuple[str, str, str]]:
    """(where, code, message) of the findings with these codes, in the order of the songs."""
    return sorted((each["where"], each["code"], each["message"]) for each in findings if each["code"] in codes.split())


@pytest.mark.skipif(not LINUX, reason="signals and limits as Linux has them")
def test_decoders_that_hang_eat_never_end_or_crash(tmp_path: Path) -> None:
    """A32."""
    env = {**plugin(tmp_path / "plugin", DECODER), **NARROW}
    names = ("good", "hang", "allocate", "share", "crash", "endless", "fine")
    (tmp_path / "r").mkdir()
    run = glassmaster(
        "check",
        "--json",
        "--jobs",
        2,
        manifest(tmp_path / "r", songs(tmp_path / "r", names) + WAV),
        env=env,
        timeout=200,
    )
    assert run.code == 3, run.said
    answer = json.loads(run.out)
    assert [bool(each["mixdown"]) for each in answer["songs"]] == [True, *[False] * 5, True]
    found = {each["song"]: each for each in answer["findings"] if each["severity"] == "error"}
    codes = ["worker-hung", *["worker-memory"] * 2, "decoder-crashed", "too-long"]
    assert [found[number]["code"] for number in range(2, 7)] == codes
    gists = ("no sign of life for 4 seconds", "more than 512 MiB", "more than 512 MiB", "signal 11", "48 hours")
    for number, gist in enumerate(gists, 2):
        assert gist in found[number]["message"]


STAGES = (
    FAULTS
    + '''
from dataclasses import dataclass
from glassmaster.codecs import libsndfile, payload, wave
from glassmaster.hooks import Format, Stage, hookimpl
from glassmaster.model import Encoder

def idle():
    pass

@dataclass(frozen=True)
class Settings:
    """Settings."""
    fault: str = "idle"
    """What goes wrong."""

def render(audio, settings):
    while settings.fault == "nothing":
        yield np.zeros((0, audio.channels), np.float32)
    globals()[settings.fault]()
    yield from audio

@dataclass(frozen=True)
class None_:
    """None."""

def encode(audio, path, settings, encoder):
    if audio.frames > 30_000:
        allocate()
    wave.write(audio, path, 32)

@hookimpl
def glassmaster_stages():
    yield Stage("faulty", Settings, render)

@hookimpl
def glassmaster_formats():
    yield Format("heavy", ".wav", None_, False, lambda: (Encoder("heavy", "1"),), "", encode,
                 libsndfile.decode, payload.pcm_hash)
'''
)


@pytest.mark.skipif(not LINUX, reason="signals and limits as Linux has them")
def test_stages_and_encoders_that_hang_eat_never_end_or_crash(tmp_path: Path) -> None:
    env = {**plugin(tmp_path / "plugin", STAGES), **NARROW}
    faults = ("idle", "hang", "allocate", "nothing", "idle")
    text = HEAD
    for number, fault in enumerate(faults):
        mixdown(tmp_path / "r" / f"{number}.wav", 0.9 if number == 4 else 0.5, seed=number)
        text += song(f"{fault} {number}", f"{number}.wav", f'gap = 0\nadjust = {{ faulty = {{ fault = "{fault}" }} }}')
    text += '\n[[treatment]]\nstage = "faulty"\n[[treatment]]\nstage = "level"\n'
    text += '\n[[deliverable]]\nname = "out"\nformat = "heavy"\n'
    run = glassmaster("build", "--json", "--jobs", 2, manifest(tmp_path / "r", text), env=env, timeout=200)
    assert run.code == 4, run.said
    findings = json.loads(run.out)["findings"]
    found = told(findings, "worker-hung stage-failed worker-memory")
    assert [(where, code) for where, code, _ in found] == [
        ("02 hang 1", "worker-hung"),
        ("03 allocate 2", "stage-failed"),
        ("04 nothing 3", "worker-hung"),
        ("05 idle 4 for out", "worker-memory"),
    ]
    assert "hostile (hostile 1.0) needs more than 512 MiB" in found[1][2]
    for number in (0, 2):
        assert "no sign of life for 4 seconds" in found[number][2]
    assert not (tmp_path / "r/dist").exists()
    kept = [each.read_text("utf-8", "replace") for each in (tmp_path / "r/.glassmaster").rglob("ledger/*/*.json")]
    assert sum('"Encoded"' in each for each in kept) == 1, "the sound song's file is kept"


@pytest.mark.parametrize("value", ["2 GiB", "nan", "16", "1e99"])
def test_a_limit_that_is_none(tmp_path: Path, value: str) -> None:
    run = glassmaster("check", release(tmp_path), env={**plugin(tmp_path / "p", ""), "GLASSMASTER_WORKER_MIB": value})
    assert run.code == 2
    assert f"GLASSMASTER_WORKER_MIB = {value!r}" in run.err
    assert "MiB of memory for each worker" in run.err
