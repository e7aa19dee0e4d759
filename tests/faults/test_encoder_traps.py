"""Encoders and readers that do something else than they are asked for: E04, E07, E09, E10, E11."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from tests.faults_support import HEAD, WAV, environment, glassmaster, manifest, mixdown, plugin, release, song, tree
from tests.sources_support import RATE, noise, written

QUIET = "[report]\npreviews = false\n"
POSIX = pytest.mark.skipif(sys.platform == "win32", reason="programs are stood in for by shell scripts")


def deliverable(name: str, more: str = "") -> str:
    return f'\n[[deliverable]]\nname = "{name}"\nformat = "{name}"\n{more}\n'


def test_e04_a_minute_of_sound_goes_to_the_library_in_blocks_of_floats(tmp_path: Path) -> None:
    """soundfile writes int16 as noise into MP3, and 60 s in one call to Vorbis end the interpreter."""
    sound = noise(61 * RATE, 1)
    written(tmp_path / "mix.wav", sound)
    made = "".join(deliverable(name, 'encoder = "soundfile"\n') for name in ("mp3", "vorbis"))
    text = "treatment = []\n" + HEAD + song("Opening") + made + QUIET
    run = glassmaster("build", "--json", manifest(tmp_path, text), timeout=400)
    assert run.code == 0, run.said
    gains = {each["name"]: each["trim_db"] for each in json.loads(run.out)["deliverables"]}
    for name, suffix in (("mp3", "mp3"), ("vorbis", "ogg")):
        heard, rate = sf.read(tmp_path / f"dist/{name}/01 Opening.{suffix}", dtype="float32", always_2d=True)
        assert (rate, heard.shape) == (RATE, sound.shape)
        off = heard[RATE:-RATE] - sound[RATE:-RATE] * np.float32(10 ** (gains[name] / 20))
        assert np.sqrt((off**2).mean() / (sound**2).mean()) < 0.5, "noise for noise would be 1.4"


SHORT = '''
"""Formats that lose the last frame of long songs: one keeps every sample otherwise, one does not."""
from dataclasses import dataclass, replace
from glassmaster.codecs import libsndfile, payload, wave
from glassmaster.hooks import Format, hookimpl
from glassmaster.model import Audio, Encoder

@dataclass(frozen=True)
class Settings:
    """None."""

def encode(audio, path, settings, encoder):
    left = audio.frames - (audio.frames > 30_000)
    def cut():
        at = 0
        for block in audio:
            yield block[: left - at]
            at += len(block)
    wave.write(Audio(audio.rate, audio.channels, left, cut), path, 32)

@hookimpl
def glassmaster_formats():
    encoders = lambda: (Encoder("cutter", "1"),)
    for name, lossy in (("cutexact", False), ("cutlossy", True)):
        yield Format(name, ".wav", Settings, lossy, encoders, "", encode, libsndfile.decode, payload.pcm_hash)
'''


def test_e07_a_file_that_decodes_to_another_length_is_not_delivered(tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", SHORT, "short")
    for each, seconds in (("short", 0.5), ("long", 0.9)):
        mixdown(tmp_path / f"{each}.wav", seconds)
    songs = HEAD + song("Short", "short.wav", "gap = 0") + song("Long", "long.wav", "gap = 0")
    path = manifest(tmp_path, songs + WAV + QUIET)
    assert glassmaster("build", "--jobs", 1, path, env=env).code == 0
    before, sound = tree(tmp_path / "dist"), (tmp_path / "long.wav").read_bytes()
    manifest(tmp_path, songs + WAV + deliverable("cutexact") + deliverable("cutlossy") + QUIET)
    for turn in ("first", "again"):
        run = glassmaster("build", "--json", "--jobs", 1, path, env=env)
        assert run.code == 8, run.said
        told = [each for each in json.loads(run.out)["findings"] if each["code"] == "length"]
        assert {each["where"] for each in told} == {"02 Long for cutexact", "02 Long for cutlossy"}
        for each in told:
            assert "file decodes to 43199 frames, the master has 43200" in each["message"]
            assert each["hint"].startswith("choose another encoder")
        assert ("encode: 01 Short" in run.err) == (turn == "first"), "the song that could be made is kept"
    assert tree(tmp_path / "dist") == before
    assert (tmp_path / "long.wav").read_bytes() == sound


@dataclass(frozen=True)
class Asked:
    """A built release, and every command line that its encoders were given."""

    folder: Path
    lines: Mapping[str, Sequence[Sequence[str]]]


PROGRAMS = {"lame": "mp3", "ffmpeg": "aac", "opusenc": "opus", "wavpack": "wavpack", "wvunpack": ""}
DASHED = "--help -rf"
_NOTE = '#!/bin/sh\nfor each; do printf "%s\\0" "$each"; done >>"$LINES/{name}"; printf "\\n" >>"$LINES/{name}"\n'
_NOTE += 'exec "{real}" "$@"\n'


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """Titles and files that begin with dashes, by every program that is here."""
    folder = tmp_path_factory.mktemp("dashes")
    here = {name: real for name in PROGRAMS if (real := shutil.which(name))}
    if "ffmpeg" not in here or "lame" not in here:
        pytest.skip("needs programs that encode: sudo apt-get install ffmpeg lame opus-tools wavpack")
    for name in ("bin", "lines"):
        (folder / name).mkdir()
    for name, real in here.items():
        (folder / "bin" / name).write_text(_NOTE.format(name=name, real=real))
        (folder / "bin" / name).chmod(0o755)
    mixdown(folder / "-r/-i.wav")
    pins = {form: f'encoder = "{name}"\n' for name, form in PROGRAMS.items() if form and name in here}
    pinned = "".join(deliverable(form, "" if form == "aac" else pin) for form, pin in pins.items())
    text = HEAD + song(DASHED, "-i.wav", 'artist = "-i /etc/passwd"') + deliverable("alac") + pinned + QUIET
    manifest(folder / "-r", text)
    env = environment(PATH=f"{folder / 'bin'}:{Path('/usr/bin')}:/bin", LINES=str(folder / "lines"))
    run = glassmaster("build", "--jobs", 1, "--", "-r", cwd=folder, env=env)
    assert run.code == 0, run.said
    lines = {each.name: _lines(each.read_bytes()) for each in (folder / "lines").iterdir()}
    return Asked(folder / "-r", lines)


def _lines(data: bytes) -> list[list[str]]:
    return [line.decode().split("\0")[:-1] for line in data.split(b"\n") if line]


@POSIX
def test_e09_what_begins_with_a_dash_is_never_taken_for_an_option(asked: Asked) -> None:
    assert {"lame", "ffmpeg"} <= {*asked.lines}
    for lines in asked.lines.values():
        for line in lines:
            theirs = [each for each in line if any(word in each for word in ("-rf", "passwd", "-i.wav"))]
            assert all(each.startswith(("/", "file:/")) for each in theirs), "a path from the root on, or not at all"
    record = json.loads((asked.folder / "dist/release.json").read_bytes())
    assert [each["title"] for each in record["songs"]] == [DASHED]
    for each in record["deliverables"]:
        assert each["path"].partition("/")[2].startswith("01 help -rf.")
        assert each["tags"]["title"] == DASHED
        assert each["tags"]["artist"] == "-i /etc/passwd"
    for verb in ("measure", "check"):
        given = "-i.wav" if verb == "measure" else "release.toml"
        assert glassmaster(verb, "--jobs", 1, "--", given, cwd=asked.folder).code == 0


@POSIX
def test_e10_ffmpeg_is_told_what_it_reads_and_from_where(asked: Asked) -> None:
    work = [line for line in asked.lines["ffmpeg"] if "-i" in line]
    assert len(work) >= 4, "AAC and ALAC, made and read"
    for line in work:
        at = line.index("-i")
        assert line[line.index("-protocol_whitelist") + 1] == "file,pipe"
        assert "-nostdin" in line
        assert line[line.index("-f") + 1] in ("f32le", "s32le", "mov", "mp4", "wv"), "no guess from the content"
        assert max(line.index("-f"), line.index("-protocol_whitelist")) < at, "said of what is read"
        assert line[at + 1] == "pipe:0" or line[at + 1].startswith("file:/")
        assert line.count("-i") == 1


PLAYLISTS = {
    "m3u": "#EXTM3U\n#EXTINF:1,x\n{secret}\n",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n",
    "concat": "ffconcat version 1.0\nfile '{secret}'\n",
    "pls": "[playlist]\nFile1={secret}\nNumberOfEntries=1\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 9 RTP/AVP 0\n",
}


def test_e10_playlists_are_no_sound_and_no_picture(tmp_path: Path) -> None:
    """Whatever they are named: of the file that they lead to, not one byte is read into anything."""
    secret, tables = mixdown(tmp_path / "secret.wav"), ""
    (tmp_path / "r").mkdir()
    for kind, text in PLAYLISTS.items():
        for name in (f"{kind}.wav", f"{kind}.flac", "cover.png"):
            (tmp_path / "r" / name).write_text(text.format(secret=secret))
        tables += f'[[reference]]\nname = "{kind}"\nfile = "{kind}.flac"\n'
    songs = "".join(song(kind, f"{kind}.wav") for kind in PLAYLISTS)
    path = manifest(tmp_path / "r", HEAD + 'artwork = "cover.png"\n' + songs + WAV + tables)
    before = tree(tmp_path)
    run = glassmaster("build", "--json", "--jobs", 1, path)
    assert run.code == 3, run.said
    told = {Path(each["where"]).name: (each["severity"], each["message"]) for each in json.loads(run.out)["findings"]}
    for kind in PLAYLISTS:
        assert told[f"{kind}.wav"] == ("error", "the content is no sound file we know, whatever the name says")
        assert told[f"{kind}.flac"] == ("warning", "the content is no sound file we know, whatever the name says")
    assert told["cover.png"] == ("error", "the artwork is no JPEG or PNG picture that can be read")
    assert not (tmp_path / "r/dist").exists()
    assert {**tree(tmp_path), **before} == tree(tmp_path)


def test_e10_a_delivered_file_that_became_a_playlist_is_not_followed(asked: Asked, tmp_path: Path) -> None:
    folder = Path(shutil.copytree(asked.folder / "dist", tmp_path / "dist"))
    (victim,) = (folder / "alac").iterdir()
    shutil.copy(victim, tmp_path / "secret.m4a")
    for kind in ("hls", "concat"):
        victim.write_text(PLAYLISTS[kind].format(secret=tmp_path / "secret.m4a"))
        run = glassmaster("verify", folder, "--jobs", 1)
        assert run.code == 8
        assert f"alac/{victim.name}" in run.said
        assert "damaged" in run.said or "cannot be" in run.said, "not: it holds another sound"


@POSIX
def test_e11_an_encoder_of_another_version_is_told_and_makes_its_own_files(tmp_path: Path) -> None:
    if not (lame := shutil.which("lame")):
        pytest.skip("needs an encoder whose version can be made up: sudo apt-get install lame")
    path = release(tmp_path / "r", deliverable("mp3", 'encoder = "lame"\n') + QUIET)
    assert glassmaster("build", "--jobs", 1, path).code == 0
    version = json.loads((tmp_path / "r/release.lock").read_bytes())["encoders"]["mp3"]["version"]
    (tmp_path / "bin").mkdir()
    stand_in = (
        f'#!/bin/sh\nif [ "$*" = "--version" ]; then exec echo "LAME 64bits version 3.999"; fi\nexec "{lame}" "$@"\n'
    )
    (tmp_path / "bin/lame").write_text(stand_in)
    (tmp_path / "bin/lame").chmod(0o755)
    env = environment(PATH=f"{tmp_path / 'bin'}:/usr/bin:/bin")
    sources = (tmp_path / "r/mix.wav").read_bytes()
    run = glassmaster("build", "--json", "--jobs", 1, path, env=env)
    assert run.code == 0, run.said
    (told,) = [each for each in json.loads(run.out)["findings"] if each["code"] == "encoder-changed"]
    assert (told["severity"], told["where"]) == ("warning", 'deliverable "mp3"')
    assert told["message"].startswith(f"made by lame 3.999, before by lame {version}")
    assert told["hint"] == f"to keep what is out, install lame {version}"
    assert "encode: 01 Opening for mp3" in run.err, "another version is another key"
    assert "encode: 01 Opening for wav" not in run.err
    assert "render: 01 Opening" not in run.err
    assert json.loads((tmp_path / "r/release.lock").read_bytes())["encoders"]["mp3"]["version"] == "3.999"
    assert (tmp_path / "r/mix.wav").read_bytes() == sources
    again = glassmaster("build", "--jobs", 1, path, env=env)
    assert (again.code, "before by" in again.err, "encode:" in again.err) == (0, False, False), again.err
