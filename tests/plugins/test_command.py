"""The stage `command`: programs that keep to the contract, and every way in which one can break it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.codecs import outside
from glassmaster.errors import Exit, Refused
from glassmaster_command import render
from tests.faults_support import HEAD, WAV, glassmaster, manifest, song
from tests.formats_support import audio_of, by_ffmpeg, heard, installed, music
from tests.sources_support import noise, pcm, wav

RATE = 44_100
HALVE = """
import sys, soundfile
sound, rate = soundfile.read(sys.argv[1], dtype="float32", always_2d=True)
soundfile.write(sys.argv[2], sound * 0.5, rate, subtype="FLOAT", format="WAV")
"""
posix = pytest.mark.skipif(os.name != "posix", reason="looks for a process by its number")


def running(tmp_path: Path, *args: str, program: str = sys.executable, **how: Any) -> outside.Running:
    plain = outside.Running(program, args, "1", 0, tmp_path, 60.0, 10.0)
    return replace(plain, **how)


def script(tmp_path: Path, text: str, *args: str, **how: Any) -> outside.Running:
    (tmp_path / "script.py").write_text(text, "utf-8")
    return running(tmp_path, "script.py", *args, **how)


def said(value: outside.Running, frames: int = 1_000) -> str:
    """What is said when it fails."""
    with pytest.raises(Refused) as refused:
        heard(render(audio_of(music(frames)), value))
    assert refused.value.exit == Exit.STAGE
    assert refused.value.findings[0].hint
    return refused.value.findings[0].message


@pytest.mark.parametrize("frames", [1, 1_000, 200_003])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_script_of_somebody_s_own(tmp_path: Path, frames: int, channels: int) -> None:
    sound = music(frames, channels, peak=1.7)
    made = heard(render(audio_of(sound), script(tmp_path, HALVE, "{input}", "{output}")))
    assert np.array_equal(made, sound * np.float32(0.5)), "float all the way, above full scale, too"


@pytest.mark.parametrize(
    "args",
    [
        ("{input}", "-b", "32", "-e", "float", "{output}", "vol", "0.5"),
        ("-t", "wav", "-", "-b", "32", "-e", "float", "-t", "wav", "-", "vol", "0.5"),
        ("-t", "wav", "-", "-b", "32", "-e", "float", "{output}", "vol", "0.5"),
    ],
)
def test_sox_by_files_and_by_its_streams(tmp_path: Path, args: tuple[str, ...]) -> None:
    installed("sox")
    sound = music(100_001)
    made = heard(render(audio_of(sound), running(tmp_path, *args, program="sox")))
    assert made == pytest.approx(sound * 0.5, abs=1e-6)


def test_an_ffmpeg_filter_by_its_streams(tmp_path: Path) -> None:
    installed("ffmpeg")
    words = [
        "-v",
        "error",
        "-f",
        "wav",
        "-i",
        "pipe:0",
        "-af",
        "volume=0.5",
        "-c:a",
        "pcm_f32le",
        "-f",
        "wav",
        "pipe:1",
    ]
    sound = music(100_001)
    made = heard(render(audio_of(sound), running(tmp_path, *words, program="ffmpeg")))
    assert made == pytest.approx(sound * 0.5, abs=1e-6)


def test_latency_is_taken_off(tmp_path: Path) -> None:
    late = HALVE.replace("sound * 0.5", "__import__('numpy').roll(sound, 1234, 0)")
    value = script(tmp_path, late, "{input}", "{output}", latency_frames=1234)
    sound = music(70_000)
    assert np.array_equal(heard(render(audio_of(sound), value)), sound)


def test_places_are_filled_and_other_braces_left_alone() -> None:
    values = {"input": "/in put.wav", "output": "o", "rate": "48000", "channels": "2", "frames": "9"}
    words = ("--in={input}", "{rate}/{channels}/{frames}", "{0}{else}", "$HOME", "; rm -rf {x}")
    assert outside.filled(words, values) == ["--in=/in put.wav", "48000/2/9", "{0}{else}", "$HOME", "; rm -rf {x}"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("import sys; sys.exit('no licence here')", ["exit status 1", "no licence here"]),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", ["exit status -11"]),
        ("", ["gave no WAV"]),
        ("import sys; open(sys.argv[2], 'w').write('RIFF?')", ["gave no WAV"]),
        (HALVE.replace("sound * 0.5", "sound[1:]"), ["gave 999 frames for the 1000"]),
        (HALVE.replace("sound * 0.5", "sound[:, :1]"), ["gave 1 channels at 44100 Hz instead of 2"]),
        (HALVE.replace("0.5, rate", "0.5, 48000"), ["2 channels at 48000 Hz"]),
    ],
)
def test_a_program_that_breaks_the_contract_is_told_of(tmp_path: Path, text: str, words: list[str]) -> None:
    message = said(script(tmp_path, text, "{input}", "{output}"))
    for word in words:
        assert word in message


@posix
def test_one_that_hangs_is_ended_with_its_children(tmp_path: Path) -> None:
    text = "import subprocess, sys, time\nchild = subprocess.Popen(['sleep', '300'])\n"
    text += "open('pid', 'w').write(str(child.pid))\nprint('at work', file=sys.stderr, flush=True)\ntime.sleep(300)\n"
    message = said(script(tmp_path, text, "{input}", "{output}", limit_seconds=3.0, limit_times=0.0))
    assert "still at work after 3 seconds" in message
    assert "at work" in message.rpartition("last words")[2]
    assert gone(int((tmp_path / "pid").read_text()))


@posix
def test_one_whose_build_is_killed_ends_with_it(tmp_path: Path) -> None:
    text = "import os, time\nopen('pid', 'w').write(str(os.getpid()))\ntime.sleep(300)\n"
    (tmp_path / "script.py").write_text(text, "utf-8")
    code = f"""
import numpy as np
from pathlib import Path
from glassmaster.codecs import outside
from glassmaster.model import Audio
audio = Audio(44100, 1, 9, lambda: iter([np.zeros((9, 1), np.float32)]))
how = outside.Running({sys.executable!r}, ("script.py", "{{input}}"), "1", 0, Path({str(tmp_path)!r}), 300.0, 0.0)
list(outside.run(audio, how))
"""
    worker = subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL)
    patience = time.monotonic() + 60
    while not ((tmp_path / "pid").exists() and (tmp_path / "pid").read_text()):
        assert time.monotonic() < patience
        time.sleep(0.05)
    worker.kill()
    worker.wait()
    assert gone(int((tmp_path / "pid").read_text()))


def gone(pid: int) -> bool:
    for _ in range(200):
        try:
            os.kill(pid, 0)
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.05)
    return False


def test_a_new_version_or_another_script_is_another_key(tmp_path: Path) -> None:
    installed("sox")
    first = outside.version("sox", ("--version",), ("script.py",), tmp_path)
    assert "SoX" in first
    (tmp_path / "script.py").write_text("1", "utf-8")
    with_script = outside.version("sox", ("--version",), ("script.py", "{input}", "x\0y"), tmp_path)
    (tmp_path / "script.py").write_text("22", "utf-8")
    os.utime(tmp_path / "script.py", ns=(5, 5))
    other = outside.version("sox", ("--version",), ("script.py", "{input}"), tmp_path)
    assert len({first, with_script, other}) == 3
    assert "sha256" in outside.version("sox", (), (), tmp_path)
    assert "sha256" in outside.version(sys.executable, ("--version",), (), tmp_path), "named by a path: not run"


# ---- through the command line

UNFADED = "fade_in = 0.0\nfade_out = 0.0\n"
"""Noise to both ends would get the short fades of a cut through sound."""


def built(tmp_path: Path, stage: str, songs: int = 1) -> Any:
    text = "".join(song(f"Song {n}", f"mix{n}.wav") + UNFADED + ("joined = true\n" if n else "") for n in range(songs))
    for n in range(songs):
        (tmp_path / f"mix{n}.wav").write_bytes(wav(pcm(noise(40_000, seed=n)), rate=RATE))
    return glassmaster("build", "--json", "--jobs", 1, manifest(tmp_path, HEAD + text + stage + WAV))


def stage(tmp_path: Path, text: str, kind: str = "command") -> str:
    (tmp_path / "own.py").write_text(text, "utf-8")
    told = {"program": sys.executable, "args": ["own.py", "{input}", "{output}"]}
    rows = "\n".join(f"{key} = {json.dumps(value)}" for key, value in told.items())
    return f'\n[[treatment]]\nstage = "{kind}"\n{rows}\n'


@pytest.mark.parametrize("kind", ["command", "command-joined"])
def test_a_release_through_a_program(tmp_path: Path, kind: str) -> None:
    installed("ffmpeg")
    run = built(tmp_path, stage(tmp_path, HALVE, kind), songs=2)
    assert run.code in (0, 1), run.said
    asked = json.loads(run.out)["songs"][0]["masters"][0]["settings"]
    assert asked[f"{kind}.args"] == "own.py {input} {output}", "the record tells what was run"
    parts = [by_ffmpeg(path, 2) for path in sorted((tmp_path / "dist" / "wav").glob("*.wav"))]
    mixes = [by_ffmpeg(tmp_path / f"mix{n}.wav", 2) for n in range(2)]
    assert np.concatenate(parts) == pytest.approx(np.concatenate(mixes) * 0.5, abs=3 / 32_768)


def test_a_failing_program_is_named_with_its_song(tmp_path: Path) -> None:
    run = built(tmp_path, stage(tmp_path, "import sys; sys.exit('no licence here')"))
    assert run.code == 4
    assert "no licence here" in run.said
    assert "Song 0" in run.said
    assert not (tmp_path / "dist").exists()


def test_no_number_never_gets_on(tmp_path: Path) -> None:
    text = HALVE.replace("sound * 0.5", "sound * float('nan')")
    run = built(tmp_path, stage(tmp_path, text))
    assert run.code == 4
    assert "no number" in run.said


def test_an_absent_program_is_told_before_any_sound_is_made(tmp_path: Path) -> None:
    for words, told in (('program = "no-such-tape"\n', "no-such-tape"), ("", "names no program")):
        run = built(tmp_path, f'\n[[treatment]]\nstage = "command"\n{words}')
        assert run.code == (4 if words else 2)
        assert told in run.said
        assert "->" in run.said or "hint" in run.said


TAPE = """#!{python}
from pathlib import Path
import sys
Path({mark!r}).touch()
Path(sys.argv[2]).write_bytes(Path(sys.argv[1]).read_bytes()) if sys.argv[2:] else print("tape version 1.0")
"""


@posix
def test_nothing_but_build_runs_a_program_that_came_with_the_release(tmp_path: Path) -> None:
    mark, tape = tmp_path / "ran", tmp_path / "tape"
    tape.write_text(TAPE.format(python=sys.executable, mark=str(mark)), "utf-8")
    tape.chmod(0o755)
    (tmp_path / "mix.wav").write_bytes(wav(pcm(noise(40_000)), rate=RATE))
    step = '\n[[treatment]]\nstage = "command"\nprogram = "./tape"\nargs = ["{input}", "{output}"]\n'
    path = manifest(tmp_path, HEAD + song("Opening") + step + WAV)
    for verb in (["check"], ["plan"], ["plan", "--json"], ["report"], ["freeze"], ["build", "--dry-run"]):
        assert glassmaster(*verb, path).code in (0, 1, 2)
        assert not mark.exists(), verb
    run = glassmaster("build", "--jobs", 1, path)
    assert run.code in (0, 1), run.said
    assert mark.exists(), "this test could see it run"


def test_words_that_ask_for_more_than_a_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mix.wav").write_bytes(wav(pcm(noise(40_000)), rate=RATE))
    words = f'program = "python3"\nversion_args = ["-c", "open({str(tmp_path / "ran")!r}, \'w\')"]\n'
    path = manifest(tmp_path, HEAD + song("Opening") + f'\n[[treatment]]\nstage = "command"\n{words}' + WAV)
    for verb in ("check", "plan", "build"):
        run = glassmaster(verb, path)
        assert run.code == 2, run.said
        assert "version_args" in run.said
        assert not (tmp_path / "ran").exists()
