"""What may reach a decoder is decided by the first bytes, against a list, whatever a file's name or its rest says."""

from __future__ import annotations

import io
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path

import pytest
import soundfile
from PIL import Image

from tests.faults_support import HEAD, WAV, glassmaster, manifest, plugin, release, song
from tests.sources_support import RATE, noise, pcm, wav

LISTED = {"WAV", "WAVEX", "RF64", "W64", "AIFF", "CAF", "FLAC", "OGG", "MP3"}
SPY = """
import os, soundfile
from pathlib import Path

_open = soundfile.SoundFile.__init__

def seen(self, file, *arguments, **named):
    with Path(os.environ["FAULTS"], "seen").open("a") as note:
        note.write(f"{getattr(file, 'name', file)}\\n")
    _open(self, file, *arguments, **named)

soundfile.SoundFile.__init__ = seen
"""
ID3 = b"ID3\x04\0\0\0\0\0\x0a" + bytes(10)


def others(folder: Path) -> dict[str, bytes]:
    """A file of every kind that libsndfile writes and we do not read. Made under a name: of a file without one it would
    put the resource fork into the folder where one stands."""
    folder.mkdir()
    found = {}
    for kind in sorted({*soundfile.available_formats()} - LISTED):
        for rate, channels in ((RATE, 2), (8_000, 1)):  # some hold telephony only
            held = folder / f"{kind}-{rate}"
            subtypes = [None, *soundfile.available_subtypes(kind)]
            for subtype in subtypes:
                try:
                    soundfile.write(held, noise(1000, channels), rate, subtype, format=kind)
                except (soundfile.LibsndfileError, ValueError, TypeError):
                    continue
                found[kind] = held.read_bytes()
                break
    return found


def polyglots(foreign: Mapping[str, bytes]) -> dict[str, bytes]:
    """Files that are two kinds at once, or one kind dressed as another."""
    sound = pcm(noise(1000))
    return {
        **{f"{kind} behind ID3": ID3 + data for kind, data in foreign.items() if kind != "RAW"},
        **{f"{kind} behind many ID3": ID3 * 9 + data for kind, data in foreign.items() if kind in ("PAF", "XI", "AU")},
        "WAV behind ID3": ID3 + wav(sound),
        "RIFF that is no WAVE": wav(sound).replace(b"WAVE", b"AVI ", 1),
        "FORM that is no AIFF": b"FORM\0\0\x10\x008SVXVHDR" + bytes(4000),
        "ZIP behind nothing": b"PK\x03\x04" + wav(sound),
        "playlist": b"#EXTM3U\n#EXT-X-TARGETDURATION:1\nfile:///etc/passwd\n",
        "concat script": b"ffconcat version 1.0\nfile '/etc/passwd'\n",
        "SDP": b"v=0\no=- 0 0 IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 97\n",
        "SVG": b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    }


def test_a24_a25_no_decoder_sees_what_is_not_on_the_list(tmp_path: Path) -> None:
    """Each under the names of kinds that are read, and of kinds that libsndfile knows by their names alone."""
    foreign = others(tmp_path / "made")
    assert {"AU", "AVR", "HTK", "IRCAM", "MAT4", "MAT5", "NIST", "PAF", "PVF", "RAW", "SDS", "SVX", "VOC", "XI"} <= {
        *foreign
    }
    text, suffixes = HEAD, ("wav", "flac", "aiff", "sd2", "vox", "raw", "mp3")
    cases = {**foreign, **polyglots(foreign)}
    (tmp_path / "r").mkdir()
    for number, (name, data) in enumerate(cases.items()):
        file = f"{number}.{suffixes[number % len(suffixes)]}"
        (tmp_path / "r" / file).write_bytes(data)
        text += song(name, file, "allow_lossy = true")
    env = plugin(tmp_path / "plugin", SPY)
    run = glassmaster("check", "--json", "--jobs", 1, manifest(tmp_path / "r", text + WAV), env=env, timeout=200)
    assert run.code == 3, run.said
    found = {each["song"]: each["code"] for each in json.loads(run.out)["findings"] if each["severity"] == "error"}
    told = {name: found.get(number) for number, name in enumerate(cases, 1)}
    wrong = {name: code for name, code in told.items() if code != "container-unknown"}
    assert wrong == {}
    assert not (tmp_path / "plugin/seen").exists()


def test_the_spy_sees_what_is_decoded(tmp_path: Path) -> None:
    """The test above could not fail otherwise."""
    path = release(tmp_path / "r")
    soundfile.write(tmp_path / "r/mix.wav", noise(RATE), RATE, format="FLAC")
    assert glassmaster("check", "--jobs", 1, path, env=plugin(tmp_path / "plugin", SPY)).code in (0, 1)
    assert "mix.wav" in (tmp_path / "plugin/seen").read_text("utf-8")


EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n%%EndComments\nshowpage\n%%EOF\n"
PICTURES = ("GIF", "TIFF", "BMP", "WEBP", "ICO", "PPM", "TGA", "PCX", "JPEG2000", "DDS", "PDF", "SGI", "ICNS")


def picture(kind: str) -> bytes:
    held = io.BytesIO()
    Image.new("RGB", (64, 64), "red").save(held, kind)
    return held.getvalue()


@pytest.mark.skipif(os.name == "nt", reason="Ghostscript is stood in for by a script")
def test_r06_no_other_picture_is_artwork_and_no_program_is_run_for_one(tmp_path: Path) -> None:
    path = release(tmp_path / "r")
    path.write_text(path.read_text("utf-8").replace("[release]", '[release]\nartwork = "cover.jpg"', 1), "utf-8")
    (tmp_path / "bin").mkdir()
    ghostscript = tmp_path / "bin/gs"
    ghostscript.write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    ghostscript.chmod(ghostscript.stat().st_mode | stat.S_IXUSR)
    (tmp_path / "r/cover.jpg").write_bytes(EPS)
    env = {**os.environ, "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}"}
    run = glassmaster("build", "--jobs", 1, path, env=env)
    assert run.code == 3, run.said
    assert "no JPEG or PNG" in run.err
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("kind", PICTURES)
def test_r06_other_kinds_of_pictures(tmp_path: Path, kind: str) -> None:
    from glassmaster.artwork import look_over

    (tmp_path / "cover.png").write_bytes(picture(kind))
    [told] = look_over(tmp_path / "cover.png")
    assert (told.code, told.exit) == ("artwork", 3)
    assert "no JPEG or PNG" in told.message
