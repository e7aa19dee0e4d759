"""Mixdowns as they should not be, through the command line (catalogue of faults, section A)."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from tests.faults_support import (
    HEAD,
    LINUX,
    SLOW,
    WAV,
    as_ordinary_user,
    glassmaster,
    manifest,
    mixdown,
    plugin,
    release,
    song,
    started,
    tree,
    until,
)
from tests.sources_support import RATE, chunk, noise, pcm, wav, written

HALF = RATE // 2
Sound = NDArray[np.float32]


def bytes_of(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def raw(data: bytes) -> Callable[[Path], None]:
    return lambda path: bytes_of(path, data)


def sounding(sound: Sound, subtype: str = "PCM_24", **how: str) -> Callable[[Path], None]:
    return lambda path: void(written(path, sound, subtype, **how))


def void(_: object) -> None:
    return None


def tone(seconds: float, level: float = 0.25, hz: float = 997.0) -> Sound:
    """A sine on both channels, fading in and out so that it neither begins nor ends in sound."""
    time_ = np.arange(round(seconds * RATE)) / RATE
    edge = np.minimum(1.0, np.minimum(time_, time_[::-1]) * 50)
    return np.repeat((level * edge * np.sin(2 * np.pi * hz * time_))[:, None], 2, axis=1).astype(np.float32)


def at(sound: Sound, frame: int, channel: int, value: float) -> Sound:
    sound = sound.copy()
    sound[frame, channel] = value
    return sound


def flac(sound: Sound, change: Callable[[bytearray], object]) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        data = bytearray(written(path.with_suffix(".flac"), sound).read_bytes())
        path.with_suffix(".flac").unlink()
        change(data)
        path.write_bytes(data)

    return make


def flipped(data: bytearray) -> None:
    data[len(data) // 2] ^= 0x10


def halved(data: bytearray) -> None:
    del data[len(data) // 2 :]


def without_md5(data: bytearray) -> None:
    data[26:42] = bytes(16)


def mqa(path: Path) -> None:
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_24", format="FLAC") as file:
        file.comment = "MQAENCODER=MQAEncode v1.1"
        file.write(noise(HALF))


def sparse(path: Path) -> None:
    path.write_bytes(wav(b"", declared=RATE * 6))
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size + RATE * 6)


def clipped(path: Path) -> None:
    sound = np.clip(tone(1.0, 3.0), -1, 1 - 2**-23).astype(np.float32)
    void(written(path, sound))


QUIET, HISS = tone(0.5, 0.1), noise(HALF)
SILENCE = np.zeros((3 * RATE, 2), np.float32)
HOSTILE = chunk(b"bext", b"\x1b[2J\0" * 150) + chunk(b"iXML", b"<BWFXML>\xff" * 3) + chunk(b"cue ", b"\xff" * 28)

# what is wrong -> how the file is made, and words of the finding (all of them) with its severity
REFUSED: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "A01 missing": (void, ("there is no such file",)),
    "A02 empty": (raw(b""), ("0 bytes",)),
    "A02 folder": (Path.mkdir, ("a folder, not a regular file",)),
    "A04 MP3 named WAV": (
        sounding(noise(RATE), "MPEG_LAYER_III", format="MP3"),
        ("lossy (MP3)", "although it is named .wav"),
    ),
    "A05 lossy": (sounding(noise(RATE), "VORBIS", format="OGG"), ("lossy", "allow_lossy = true")),
    "A06 claims 4 GiB": (raw(wav(pcm(QUIET), declared=4_294_967_000)), ("truncated", "715,827,833", "24,000")),
    "A07 nothing in it": (raw(wav(b"")), ("no sound",)),
    "A08 rate 0": (raw(wav(pcm(QUIET), rate=0)), ("0 Hz",)),
    "A08 rate 1": (raw(wav(pcm(QUIET), rate=1)), ("1 Hz",)),
    "A08 rate beyond": (raw(wav(pcm(QUIET), rate=2**31 - 1)), ("2,147,483,647 Hz",)),
    "A09 no channel": (raw(wav(pcm(QUIET), channels=0)), ("0 channels",)),
    "A09 surround": (sounding(noise(HALF, 6)), ("6 channels", "stereo downmix")),
    "A09 crowd": (raw(wav(pcm(QUIET), channels=1024)), ("1024 channels",)),
    "A10 odd mask": (raw(wav(pcm(QUIET), mask=0xC)), ("loudspeakers 0xc",)),
    "A12 implausible": (sounding(at(QUIET, 9000, 1, 1e30), "FLOAT"), ("dBFS", "0:00.188", "right")),
    "A13 not a number": (
        sounding(at(at(QUIET, 12_000, 0, float("nan")), 13_000, 1, float("nan")), "FLOAT"),
        ("not a number", "0:00.250", "left", "frame 12,000", "2 of the kind"),
    ),
    "A13 infinite": (sounding(at(QUIET, 12_000, 1, float("inf")), "FLOAT"), ("infinite", "right", "1 of the kind")),
    "A18 truncated FLAC": (flac(noise(4 * HALF), halved), ("frame", "copy or export it again")),
    "A18 FLAC bit flip": (flac(noise(4 * HALF), flipped), ("frame", "copy or export it again")),
    "A25 8-bit": (sounding(HISS, "PCM_U8"), ("8-bit",)),
    "A25 ADPCM": (sounding(HISS, "IMA_ADPCM"), ("ADPCM",)),
    "A25 A-law": (sounding(HISS, "ALAW"), ("A-law",)),
    "A25 DSD": (raw(b"DSD " + bytes(80)), ("DSD",)),
    "A25 MQA": (mqa, ("MQA",)),
}
SILENT = "is silent from its start to its end"
RUINED = ("A20 dead channel", "A20 inverted", "A21 clipped")
"""Errors, for no release can go out like this; the others are told as what they are and do no harm."""
WORKS: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]] = {
    "A05 allowed": (sounding(noise(RATE), "VORBIS", format="OGG"), ("lossy",)),
    "A07 size 0": (raw(wav(pcm(QUIET), declared=0)), ("does not say how long it is",)),
    "A07 size of a pipe": (raw(wav(pcm(QUIET), declared=0xFFFFFFFF)), ("does not say how long it is",)),
    "A08 8 kHz": (raw(wav(pcm(QUIET), rate=8000)), ("only 8,000 Hz",)),
    "A08 384 kHz": (raw(wav(pcm(tone(4.0)), rate=384_000)), ()),
    "A09 mono": (sounding(QUIET[:, :1]), ("mono",)),
    "A11 float above full scale": (sounding(tone(0.5, 4.0), "FLOAT"), ("12.0 dB above full scale",)),
    "A12 denormals": (sounding(QUIET + np.float32(1e-41), "FLOAT"), ()),
    "A14 DC offset": (sounding(QUIET + np.float32(0.1)), ("DC offset", "+10.0%")),
    "A14 one-sided wave": (sounding(np.abs(tone(0.5))), ("DC offset",)),
    "A15 silence": (sounding(np.zeros((RATE, 2), np.float32)), (SILENT,)),
    "A16 one sample": (sounding(noise(1)), ("loudness begins at 0.4 s",)),
    "A16 0.1 s": (sounding(tone(0.1)), ("lasts 0.10 s", "loudness begins at 0.4 s")),
    "A16 0.39 s": (sounding(tone(0.39)), ("lasts 0.39 s",)),
    "A18 no MD5": (flac(QUIET, without_md5), ("no checksum",)),
    "A20 dead channel": (sounding(QUIET * np.array([1, 0], np.float32)), ("one of the two channels is dead",)),
    "A20 inverted": (sounding(QUIET * np.array([1, -1], np.float32)), ("correlation -1.00",)),
    "A20 mono in stereo": (sounding(QUIET), ("both channels are the same",)),
    "A21 clipped": (clipped, ("full scale in", "first at 0:00")),
    "A22 limited": (sounding(noise(RATE, level=0.5)), ("limited already",)),
    "A23 silence around": (
        sounding(np.concatenate([np.zeros((3 * RATE, 2), np.float32), QUIET])),
        ("begins with 3.0 s", "start ="),
    ),
    "A24 hard edges": (sounding(HISS), ("begins in sound", "ends in sound")),
    "A27 hostile chunks": (raw(wav(pcm(QUIET), before=HOSTILE, after=chunk(b"smpl", b"\xff" * 60))), ()),
    "A31 sparse": (sparse, (SILENT,)),
}


@dataclass(frozen=True)
class Checked:
    folder: Path
    code: int
    err: str
    answer: dict[str, Any]

    def told(self, title: str) -> str:
        number = next(each["number"] for each in self.answer["songs"] if each["title"] == title)
        findings = [each for each in self.answer["findings"] if each["song"] == number]
        return "\n".join(f"{each['severity']} {each['message']} {each['hint']}" for each in findings)

    def measured(self, title: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = next(e["mixdown"] for e in self.answer["songs"] if e["title"] == title)
        return found


def checked(folder: Path, cases: dict[str, tuple[Callable[[Path], None], tuple[str, ...]]]) -> Checked:
    """All cases as the songs of one release, each in a file of its own."""
    songs = []
    for index, (case, (make, _)) in enumerate(cases.items()):
        make(folder / f"{index:02d}.wav")
        lossy = "allow_lossy = true\n" if case == "A05 allowed" else ""
        songs.append(song(case, f"{index:02d}.wav", f"{lossy}allow_duplicate = true\ngap = 0"))
    manifest(folder, HEAD + "".join(songs) + WAV)
    before = tree(folder)
    run = glassmaster("check", "--json", "--jobs", 1, cwd=folder)
    after = {name: found for name, found in tree(folder).items() if not name.startswith(".glassmaster/")}
    assert after == before
    return Checked(folder, run.code, run.err, json.loads(run.out))


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    return checked(tmp_path_factory.mktemp("refused"), REFUSED)


@pytest.fixture(scope="module")
def works(tmp_path_factory: pytest.TempPathFactory) -> Checked:
    return checked(tmp_path_factory.mktemp("works"), WORKS)


@pytest.mark.parametrize("case", REFUSED)
def test_refused(refused: Checked, case: str) -> None:
    assert refused.code == 3
    assert refused.measured(case) is None
    told = refused.told(case)
    assert told.startswith("error ")
    for words in REFUSED[case][1]:
        assert words in told


@pytest.mark.parametrize("case", WORKS)
def test_works(works: Checked, case: str) -> None:
    assert works.code == 1
    assert works.measured(case) is not None
    told = works.told(case)
    assert ("error " in told) == (case in RUINED or WORKS[case][1] == (SILENT,))
    for words in WORKS[case][1]:
        assert words in told


def test_a15_a16_what_has_no_loudness_is_null(works: Checked) -> None:
    for case in ("A15 silence", "A16 one sample", "A16 0.1 s", "A16 0.39 s", "A31 sparse"):
        measured = works.measured(case)
        assert measured is not None
        assert measured["integrated_lufs"] is None


def test_a19_mixed_rates_are_listed(works: Checked) -> None:
    (finding,) = (each for each in works.answer["findings"] if each["code"] == "mix-rates")
    assert "8000 Hz" in finding["message"]
    assert "384000 Hz" in finding["message"]


# ---- files that need a system to make them


@pytest.mark.skipif(not LINUX, reason="made with Linux's devices, pipes and sockets")
def test_a02_a03_what_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    os.mkfifo("pipe.wav")
    with socket.socket(socket.AF_UNIX) as door:
        door.bind("socket.wav")
    mixdown(tmp_path / "real.wav")
    Path("link.wav").symlink_to("real.wav")
    Path("dangling.wav").symlink_to("nowhere.wav")
    Path("loop.wav").symlink_to("loop.wav")
    files = {
        "pipe.wav": "a named pipe, not a regular file",
        "socket.wav": "a socket, not a regular file",
        "/dev/zero": "a device, not a regular file",
        "dangling.wav": "is a link to nowhere.wav",
        "loop.wav": "is a link to loop.wav",
        "Café.wav": "its accents written another way",
        "link.wav": f"what is read is {tmp_path / 'real.wav'}",
    }
    mixdown(tmp_path / unicodedata.normalize("NFD", "Café.wav"))
    songs = [song(f"Song {index}", name) for index, name in enumerate(files)]
    manifest(tmp_path, HEAD + "".join(songs) + WAV)
    run = glassmaster("check", "--json", "--jobs", 1, timeout=20)
    answer = json.loads(run.out)
    assert run.code == 3
    assert [each["mixdown"] is not None for each in answer["songs"]] == [False] * 6 + [True]
    for number, words in enumerate(files.values(), 1):
        assert words in "\n".join(
            each["message"] + each["hint"] for each in answer["findings"] if each["song"] == number
        )


def test_a01_unreadable(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav").chmod(0)
    mixdown(tmp_path / "other.wav")
    manifest(tmp_path, HEAD + song("Locked") + song("Other", "other.wav") + WAV)
    run = glassmaster("check", "--json", "--jobs", 1, cwd=tmp_path, before=as_ordinary_user())
    answer = json.loads(run.out)
    assert run.code == 3
    told = next(each for each in answer["findings"] if each["song"] == 1)
    assert told["where"] == str(tmp_path / "mix.wav")
    assert os.strerror(13) in told["message"]
    assert answer["songs"][1]["mixdown"]


def test_a16_short_track_on_a_cd(tmp_path: Path) -> None:
    written(tmp_path / "mix.wav", tone(3.9))
    manifest(tmp_path, HEAD + song("Short") + WAV + 'profile = "cd"\nrate_hz = 44100\n')
    run = glassmaster("build", "--jobs", 1, cwd=tmp_path)
    assert run.code == 1
    assert "4 s" in run.err
    assert "Short" in run.err


PEAK = """
import resource, subprocess, sys  # a small parent: a process counts what its parent held when it was forked
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""


@pytest.mark.skipif(not LINUX, reason="holes in files and peak memory are told as Linux does")
def test_a17_r02_hours_in_constant_memory(tmp_path: Path) -> None:
    def peak(seconds: int) -> int:
        folder = tmp_path / str(seconds)
        folder.mkdir()
        for name in ("mix.wav", "record.wav"):
            (folder / name).write_bytes(wav(b"", rate=8000, bits=16, declared=seconds * 32_000))
            with (folder / name).open("r+b") as file:
                file.truncate((folder / name).stat().st_size + seconds * 32_000)
                file.seek(1000)
                file.write(name.encode())  # else one would be known from the other
        manifest(folder, HEAD + song("Long") + '[[reference]]\nname = "r"\nfile = "record.wav"\n' + WAV)
        command = [sys.executable, "-c", PEAK, sys.executable, "-m", "glassmaster", "check", "--jobs", "1"]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=200, check=False)
        assert done.returncode == 0, done.stderr
        return int(done.stdout) // 1024

    short, long = peak(10), peak(1200)
    assert long < 200
    assert long - short < 40  # as floats, the 20 minutes alone would take 77 MB


# ---- what happens meanwhile


def test_a29_a_source_grows_while_it_is_read(tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", SLOW)
    path = release(tmp_path / "r", '\n[[treatment]]\nstage = "slow"\nseconds = 0.0\n')
    assert glassmaster("build", path, "--jobs", 1, env=env).code == 0
    published = tree(tmp_path / "r/dist")
    path.write_text(path.read_text("utf-8").replace("seconds = 0.0", "seconds = 1.0"), "utf-8")
    (tmp_path / "plugin").joinpath(*[each.name for each in (tmp_path / "plugin").glob("worker-*")][:1]).unlink()
    log = tmp_path / "log"
    process = started("build", path, "--jobs", 1, log=log, env=env)
    until(lambda: [*(tmp_path / "plugin").glob("worker-*")])
    with (tmp_path / "r/mix.wav").open("ab") as file:
        file.write(b"more")
    assert process.wait(60) == 6, log.read_text()
    assert "changed while" in log.read_text()
    assert tree(tmp_path / "r/dist") == published


CRASHING = """
import os, signal, soundfile
_open = soundfile.SoundFile.__init__

def crash(self, file, *arguments, **named):
    if "crash" in str(getattr(file, "name", file)):
        os.kill(os.getpid(), signal.SIGSEGV)
    _open(self, file, *arguments, **named)

soundfile.SoundFile.__init__ = crash
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no signals there")
def test_a32_a_file_that_crashes_the_decoder(tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", CRASHING)
    for name, seed in (("first.wav", 1), ("last.wav", 3)):
        mixdown(tmp_path / "r" / name, seed=seed)
    written(tmp_path / "r/crash.wav", HISS, format="FLAC")
    songs = song("First", "first.wav") + song("Crash", "crash.wav") + song("Last", "last.wav")
    run = glassmaster("check", "--json", "--jobs", 1, manifest(tmp_path / "r", HEAD + songs + WAV), env=env)
    assert run.code == 3
    answer = json.loads(run.out)
    assert [bool(each["mixdown"]) for each in answer["songs"]] == [True, False, True]
    (told,) = (each["message"] for each in answer["findings"] if each["song"] == 2)
    assert "decoder crashed (signal 11" in told
