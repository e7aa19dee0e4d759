"""What can be heard in a report, built through the command line and measured by another meter than ours."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from tests.flow_support import glassmaster, music, published, write_manifest, write_mix
from tests.previews_support import Heard, heard_in, loudness

RATE = 48_000
SONGS = (
    'title = "One"\nmixdown = "mixes/1.wav"\nstart = 0.5\nfade_out = 1.0',
    'title = "Two"\nmixdown = "mixes/2.wav"',
    'title = "Three"\nmixdown = "mixes/3.wav"\ncrossfade = 3.0\nmark = 1.0',
    'title = "Four"\nmixdown = "mixes/4.wav"\nstatus = "draft"',
    'title = "Five"\nmixdown = "mixes/5.wav"\nreferences = ["short"]',
)
REFERENCES = """
[[reference]]
name = "long"
file = "references/long.wav"

[[reference]]
name = "short"
file = "references/short.wav"

[[reference]]
name = "film"
file = "references/film.wav"
"""
FILES = """
[[deliverable]]
name = "wav"
format = "wav"

[[deliverable]]
name = "cd"
format = "wav"
bits = 16
adjust = { level = { target_lufs = -11.0 }, limit = { max_gain_reduction_db = 8 } }
"""
MOST_LU = 0.1
FADE = RATE // 100


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Songs at two rates, one of them mono, two in a crossfade, a draft; references of 40 s, of 12, and in 5.1."""
    folder = tmp_path_factory.mktemp("previews")
    write_mix(folder / "mixes/1.wav", _as_on_records(music(36, -20, 1, RATE), RATE), RATE)
    write_mix(folder / "mixes/2.wav", _as_on_records(music(26, -12, 2, RATE), RATE), RATE)
    write_mix(folder / "mixes/3.wav", _as_on_records(music(24, -15, 3, RATE), RATE), RATE)
    write_mix(folder / "mixes/4.wav", _as_on_records(music(9, -16, 4, RATE), RATE), RATE)
    write_mix(folder / "mixes/5.wav", _as_on_records(music(22, -16, 5)[:, :1]))
    long = _as_on_records(music(40, -16, 6))
    long[5 * 44_100 : 35 * 44_100] *= 2
    write_mix(folder / "references/long.wav", long)
    write_mix(folder / "references/short.wav", _as_on_records(music(12, -6, 7)))
    write_mix(folder / "references/film.wav", np.tile(_as_on_records(music(5, -16, 8)), 3))
    write_manifest(folder, SONGS, REFERENCES + FILES, previews=True)
    glassmaster("build", folder, code=1)
    return folder


def _as_on_records(sound: Any, rate: int = 44_100) -> Any:
    """Without what hardly any record has, and neither MP3 nor a converter of rates keeps: sound above 15 kHz."""
    found = np.fft.rfft(sound, axis=0)
    found[int(15_000 * len(sound) / rate) :] = 0
    return np.fft.irfft(found, len(sound), axis=0)


@pytest.fixture(scope="module")
def heard(built: Path) -> dict[str, dict[str, Heard]]:
    """By song and voice."""
    return heard_in(built / "dist/report/index.html")


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A song with an excerpt, a draft that is shorter than one, one deliverable and one reference."""
    folder = tmp_path_factory.mktemp("short")
    write_mix(folder / "mixes/1.wav", _as_on_records(music(21, -20, 1)))
    write_mix(folder / "mixes/4.wav", _as_on_records(music(9, -16, 4)))
    write_mix(folder / "references/short.wav", _as_on_records(music(6, -6, 7)))
    first = 'title = "One"\nmixdown = "mixes/1.wav"\nstart = 0.5'
    tables = REFERENCES.split("\n[[")[2], FILES.split("\n[[")[1]
    write_manifest(folder, [first, SONGS[3]], "".join(f"\n[[{each}" for each in tables), previews=True)
    glassmaster("build", folder, code=1)
    return folder


@pytest.fixture
def album(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "album"))


@pytest.fixture
def single(short: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(short, tmp_path / "single"))


def audio_of(folder: Path) -> dict[str, str]:
    files = sorted((folder / "dist/report").glob("audio/*"))
    return {each.name: hashlib.sha256(each.read_bytes()).hexdigest() for each in files}


def previews_made(folder: Path, *arguments: str) -> int:
    told = json.loads(glassmaster("build", folder, "--json", *arguments, code=1).stdout)
    return sum(each["done"] for each in told["budget"]["phases"] if each["phase"] == "preview")


def test_everything_that_can_be_heard_is_there(heard: dict[str, dict[str, Heard]]) -> None:
    masters = ["Master\u00a01 (wav)", "Master\u00a02 (cd)"]
    assert {song: list(voices) for song, voices in heard.items()} == {
        "1 One": ["Mixdown", *masters, "long", "short"],
        "2 Two": ["Mixdown", *masters, "long", "short"],
        "3 Three": ["Mixdown", *masters, "long", "short"],
        "4 Four": ["Mixdown", "long", "short"],
        "5 Five": ["Mixdown", *masters, "short"],
    }


def test_a_reference_in_surround_is_named_where_it_cannot_be_heard(album: Path) -> None:
    [found] = [each for each in published(album / "dist")["findings"] if each["code"] == "reference-surround"]
    assert (found["where"], found["severity"]) == ("reference film", "note")
    page = album / "dist/report/index.html"
    assert page.read_text("utf-8").count("cannot be heard: film (6 channels).") == 4  # the fifth has its own reference
    glassmaster("report", album, "--no-reference-audio")
    assert "film (6 channels)" not in page.read_text("utf-8")


def test_previews_of_a_song_are_equally_loud_and_never_clip(heard: dict[str, dict[str, Heard]]) -> None:
    for voices in heard.values():
        levels = [loudness(each.sound, each.rate) for each in voices.values()]
        assert max(levels) - min(levels) <= MOST_LU
        assert max(float(np.abs(each.sound).max()) for each in voices.values()) <= 10 ** (-0.9 / 20)


def test_the_loudest_20_s_are_equally_loud_as_they_are_played(heard: dict[str, dict[str, Heard]]) -> None:
    for song in ("1 One", "2 Two", "3 Three", "5 Five"):
        own = [each for each in heard[song].values() if each.loop]
        assert len(own) >= 3
        levels = [loudness(each.loudest * each.loop_gain, each.rate) for each in own]
        assert max(levels) - min(levels) <= MOST_LU


def test_mixdown_and_masters_hold_the_same_frames_as_the_delivery(
    built: Path, heard: dict[str, dict[str, Heard]]
) -> None:
    lengths = {each["song"]: each for each in published(built / "dist")["deliverables"] if each["name"] == "wav"}
    gaps = {1: 2.0, 2: 0.0, 3: 2.0, 5: 0.0}
    for number, (song, voices) in enumerate(heard.items(), 1):
        own = [each for each in voices.values() if each.kind != "reference"]
        assert len({len(each.sound) for each in own}) == 1, song
        if number in gaps:
            file = sf.info(built / "dist" / lengths[number]["path"])
            assert abs(len(own[0].sound) / RATE - (file.frames / file.samplerate - gaps[number])) < 1 / RATE


def test_mixdown_and_masters_are_in_step(heard: dict[str, dict[str, Heard]]) -> None:
    """The lag at which they are most alike is none, at the start as at the end."""
    for voices in heard.values():
        mixdown, *masters = (each.sound[:, 0] for each in voices.values() if each.kind != "reference")
        for master in masters:
            for part in (slice(RATE, 3 * RATE), slice(-4 * RATE, -2 * RATE)):
                one, other = mixdown[part], master[part]
                alike = np.fft.irfft(np.fft.rfft(one, 4 * RATE) * np.fft.rfft(other, 4 * RATE).conj())
                assert int(np.argmax(alike)) == 0


def test_the_mixdown_is_the_cut_song_turned_down(built: Path, heard: dict[str, dict[str, Heard]]) -> None:
    """Of song 1 from its start on, faded out at its end as its master is."""
    mixdown = heard["1 One"]["Mixdown"].sound
    whole, _ = sf.read(built / "mixes/1.wav")
    wanted = whole[RATE // 2 :]
    gain = float(np.sum(mixdown[RATE : 30 * RATE] * wanted[RATE : 30 * RATE]) / np.sum(wanted[RATE : 30 * RATE] ** 2))
    assert gain < 1
    middle = slice(RATE, 34 * RATE)
    assert np.abs(mixdown[middle] - gain * wanted[middle]).max() < 3 / 32_768  # dither
    assert np.abs(mixdown[-FADE // 8 :]).max() < 0.01 * np.abs(mixdown).max()


def test_a_reference_is_its_loudest_30_s(heard: dict[str, dict[str, Heard]]) -> None:
    assert len(heard["1 One"]["long"].sound) == 30 * RATE
    assert heard["1 One"]["long"].loudest.shape == (20 * RATE, 2)
    loud = heard["1 One"]["long"].sound[FADE:-FADE]
    first, last = (float(np.sqrt(np.mean(part**2))) for part in (loud[: 5 * RATE], loud[-5 * RATE :]))
    assert 0.7 < first / last < 1.4
    assert len(heard["1 One"]["short"].sound) == 12 * RATE
    assert heard["1 One"]["short"].loop is None


def test_a_build_with_nothing_to_do_makes_no_preview_and_touches_nothing(single: Path) -> None:
    assert previews_made(single) == 0  # a folder that was moved is published once more
    before = {each: each.stat().st_mtime_ns for each in (single / "dist").rglob("*")}
    assert previews_made(single) == 0
    assert {each: each.stat().st_mtime_ns for each in (single / "dist").rglob("*")} == before


def test_only_what_changed_is_cut_again(single: Path) -> None:
    """A note changes no sound. Of an isolated song's mixdown only that song's previews are made."""
    text = (single / "release.toml").read_text("utf-8")
    (single / "release.toml").write_text(text.replace('title = "Four"', 'title = "Four"\nnotes = "x"'), "utf-8")
    assert previews_made(single) == 0
    (single / "release.toml").write_text(text.replace('title = "Four"', 'title = "Four"\ngain_db = 3.0'), "utf-8")
    before = audio_of(single)
    assert previews_made(single) >= 1
    after = audio_of(single)
    assert {name for name in before if "mixdown" in name} == {
        name for name in after if before.get(name) == after[name] and "mixdown" in name
    }


def test_the_same_bytes_come_from_one_worker(short: Path, tmp_path: Path) -> None:
    for name in ("mixes", "references"):
        shutil.copytree(short / name, tmp_path / name)
    shutil.copy(short / "release.toml", tmp_path)
    glassmaster("build", tmp_path, "--jobs", "1", code=1)
    assert audio_of(tmp_path) == audio_of(short)


def test_references_can_be_left_out(single: Path) -> None:
    glassmaster("report", single, "--no-reference-audio")
    without = set(audio_of(single))
    assert not [name for name in without if "reference" in name]
    assert heard_in(single / "dist/report/index.html")["1 One"].keys() == {"Mixdown", "Master"}
    glassmaster("verify", single / "dist")
    glassmaster("build", single, code=1)
    assert [name for name in audio_of(single) if "reference" in name]
    glassmaster("build", single, "--no-reference-audio", code=1)
    assert set(audio_of(single)) == without
    manifest = single / "release.toml"
    manifest.write_text(manifest.read_text("utf-8") + "\n[report]\nreference_audio = false\n", "utf-8")
    glassmaster("build", single, code=1)
    assert set(audio_of(single)) == without
    glassmaster("report", single, "--reference-audio")
    assert [name for name in audio_of(single) if "reference" in name]


def test_a_report_can_do_without_sound_and_without_scripts(single: Path) -> None:
    manifest = single / "release.toml"
    manifest.write_text(manifest.read_text("utf-8") + "\n[report]\npreviews = false\n", "utf-8")
    assert previews_made(single) == 0
    assert not (single / "dist/report/audio").exists()
    assert "<script" not in (single / "dist/report/index.html").read_text("utf-8")


def test_one_file_holds_the_loudest_20_s_and_no_references_unasked(single: Path) -> None:
    told = glassmaster("report", single, "--single-file").stdout.strip()
    page = single / "dist-report.html"
    assert Path(told) == page
    assert "'strict-dynamic'" not in page.read_text("utf-8")
    found = heard_in(page)
    assert {kind.kind for voices in found.values() for kind in voices.values()} == {"mixdown", "master"}
    for song, voices in found.items():
        assert {round(len(each.sound) / each.rate, 6) for each in voices.values()} == {
            9.0 if song == "2 Four" else 20.0
        }
        levels = [loudness(each.sound, each.rate) for each in voices.values()]
        assert max(levels) - min(levels) <= MOST_LU
    before = page.read_bytes()
    glassmaster("report", single, "--single-file")
    assert page.read_bytes() == before
    glassmaster("report", single, "--single-file", "--reference-audio")
    assert "short" in heard_in(page)["1 One"]
    glassmaster("build", single, code=1)
    assert page.exists()


def test_what_cannot_be_heard_is_a_warning_and_the_report_is_made(single: Path) -> None:
    """A master's spool that the disk did not keep: the files are proven all the same."""
    manifest = single / "release.toml"
    whole = manifest.read_text("utf-8")
    manifest.write_text(whole + "\n[report]\npreviews = false\n", "utf-8")
    glassmaster("build", single, code=1)
    for ledger in (single / ".glassmaster/ledger").rglob("*.json"):
        if b'"!": "Cued"' in ledger.read_bytes()[:200]:
            ledger.unlink()
    spools = [each for each in (single / ".glassmaster/blobs").rglob("*") if each.is_file() and _spool_of_song_1(each)]
    for spool in spools:
        data = bytearray(spool.read_bytes())
        data[len(data) // 2] ^= 1
        spool.write_bytes(data)
    manifest.write_text(whole, "utf-8")
    glassmaster("report", single)
    page = (single / "dist/report/index.html").read_text("utf-8")
    assert "preview-failed" in page
    assert "cannot be heard in the report" in page
    assert "Mixdown" in heard_in(single / "dist/report/index.html")["1 One"]
    assert "Master" not in heard_in(single / "dist/report/index.html")["1 One"]
    glassmaster("explain", "preview-failed")


def _spool_of_song_1(path: Path) -> bool:
    return path.stat().st_size == round(20.5 * 44_100) * 2 * 4


def test_a_preview_that_the_disk_did_not_keep_is_made_anew(single: Path) -> None:
    before = audio_of(single)
    flacs = [each for each in (single / ".glassmaster/blobs").rglob("*") if each.is_file() and _is_flac(each)]
    for each in flacs:
        data = bytearray(each.read_bytes())
        data[-1] ^= 1
        each.write_bytes(data)
    glassmaster("report", single)
    assert audio_of(single) == before


def _is_flac(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"fLaC"
