"""The main job through the command line, on small releases of generated music."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from tests.flow_support import RATE, glassmaster, music, payloads, published, write_manifest, write_mix

FILES = """
[[deliverable]]
name = "wav"
format = "wav"

[[deliverable]]
name = "cd"
format = "wav"
bits = 16
rate_hz = 44100
dither = "shaped"
adjust = { level = { target_lufs = -11.0 }, limit = { ceiling_dbtp = -0.3, max_gain_reduction_db = 8 } }

[[deliverable]]
name = "mp3"
format = "mp3"
"""
SONGS = [
    'title = "One"\nmixdown = "mixes/1.wav"\nisrc = "GBAAA2600001"',
    'title = "Two, first half"\nmixdown = "mixes/2a.wav"\ngap = 1.5',
    'title = "Two, second half"\nmixdown = "mixes/2b.wav"\njoined = true',
    'title = "Not finished"\nmixdown = "mixes/3.wav"\nstatus = "draft"',
]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three songs and a draft; the second and third are halves of one piece, cut in the sound."""
    folder = tmp_path_factory.mktemp("album")
    whole = music(14, -12, 2, 48_000)
    write_mix(folder / "mixes/1.wav", music(8, -20, 1))
    write_mix(folder / "mixes/2a.wav", whole[: 7 * 48_000], 48_000)
    write_mix(folder / "mixes/2b.wav", whole[7 * 48_000 :], 48_000)
    write_mix(folder / "mixes/3.wav", music(5, -16, 3))
    write_manifest(folder, SONGS, FILES)
    told = glassmaster("build", folder, code=1)
    (folder / "stderr.txt").write_text(told.stderr)
    return folder


@pytest.fixture
def album(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "album"))


def _pcm(path: Path) -> Any:
    return sf.read(path, dtype="int32", always_2d=True)[0]


def test_drafts_are_measured_but_never_mastered(built: Path) -> None:
    told = published(built / "dist")
    assert told["verdict"] == "not ready"
    draft = told["songs"][3]
    assert draft["mixdown"]["integrated_lufs"] is not None
    assert draft["master"] is None
    assert [each["code"] for each in told["findings"] if each["severity"] == "error"] == ["draft"]
    assert len(told["deliverables"]) == 9


def test_masters_end_where_the_plan_said(built: Path) -> None:
    for song in published(built / "dist")["songs"][:3]:
        for master in song["masters"]:
            assert master["promised_lufs"] is not None
            together = song["number"] in (2, 3)  # the promise of joined songs is one for both
            if not together:
                assert abs(master["integrated_lufs"] - master["promised_lufs"]) <= 0.1 or master["stopped"]


def test_ceilings_hold_in_every_lossless_file(built: Path) -> None:
    for each in published(built / "dist")["deliverables"]:
        ceiling = {"wav": -1.0, "cd": -0.3}.get(each["name"])
        if ceiling is not None:
            assert each["measured"]["true_peak_dbtp"] <= ceiling


def test_ffmpeg_measures_the_same_loudness_and_peak(built: Path) -> None:
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed: sudo apt-get install ffmpeg")
    for each in published(built / "dist")["deliverables"]:
        path = built / "dist" / each["path"]
        command = ["ffmpeg", "-nostdin", "-hide_banner", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"]
        told = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stderr
        summary = told[told.rindex("Summary:") :].split()
        assert float(summary[summary.index("I:") + 1]) == pytest.approx(each["measured"]["integrated_lufs"], abs=0.11)
        assert float(summary[summary.index("Peak:") + 1]) == pytest.approx(each["measured"]["true_peak_dbtp"], abs=0.2)


def test_joined_songs_are_one_sound(built: Path, tmp_path: Path) -> None:
    """Both halves as two files are, sample for sample, the file of the whole piece treated the same way."""
    whole = np.concatenate([_pcm(built / "mixes/2a.wav"), _pcm(built / "mixes/2b.wav")])
    sf.write(tmp_path / "whole.wav", whole, 48_000, subtype="PCM_24")
    level = "adjust = { level = false, limit = { drive_db = 12.0 } }"
    tail = '\n[[deliverable]]\nname = "cd"\nformat = "wav"\nbits = 16\nrate_hz = 44100\n'
    tail += (
        'adjust = { limit = { ceiling_dbtp = -0.5 } }\n\n[[deliverable]]\nname = "native"\nformat = "wav"\nbits = 24\n'
    )
    parts = [f'title = "{n}"\nmixdown = "{built / "mixes" / n}.wav"\n{level}' for n in ("2a", "2b")]
    parts[1] += "\njoined = true"
    for name, songs in (("two", parts), ("one", [f'title = "w"\nmixdown = "{tmp_path / "whole.wav"}"\n{level}'])):
        (tmp_path / name).mkdir()
        glassmaster("build", write_manifest(tmp_path / name, songs, tail), code=None)
    for name, bits, rate in (("cd", 16, 44_100), ("native", 24, 48_000)):
        halves = np.concatenate([_pcm(path) for path in sorted((tmp_path / "two/dist" / name).glob("*.wav"))])
        piece = tmp_path / "one/dist" / name / "01 w.wav"
        assert (sf.info(piece).samplerate, sf.info(piece).subtype) == (rate, f"PCM_{bits}")
        assert len(halves) == len(_pcm(piece))
        steps = np.abs(halves - _pcm(piece)) / 2 ** (32 - bits)
        assert steps.max() <= 3  # the dither is another noise; the sound is the same through the joint


def test_a_crossfade_is_cut_at_its_mark_and_lies_end_to_end(tmp_path: Path) -> None:
    """Three songs that run into one another, against the sines and cosines of all three added by hand."""
    sounds = [music(seconds, -18, seed) for seconds, seed in ((4, 5), (3, 6), (3.5, 7))]
    fade, mark = RATE, RATE // 4
    for number, each in enumerate(sounds):
        write_mix(tmp_path / f"{number}.wav", each)
    bodies = [f'title = "{n}"\nmixdown = "{n}.wav"' for n in range(3)]
    bodies[1] += "\ncrossfade = 1.0\nmark = 0.25"
    bodies[2] += "\njoined = true"
    tail = '\n[[deliverable]]\nname = "wav"\nformat = "wav"\nbits = 24\n'
    manifest = write_manifest(tmp_path, bodies, tail)
    manifest.write_text("treatment = []\n" + manifest.read_text("utf-8"), "utf-8")
    glassmaster("build", manifest, code=None)
    one, two, three = (_pcm(tmp_path / f"{n}.wav").astype(np.float64) for n in range(3))
    angle = ((np.arange(fade) + 0.5) * np.pi / 2 / fade)[:, None]
    middle = one[-fade:] * np.cos(angle) + two[:fade] * np.sin(angle)
    wanted = np.concatenate([one[:-fade], middle, two[fade:], three])
    files = [_pcm(path) for path in sorted((tmp_path / "dist/wav").glob("*.wav"))]
    assert [len(each) for each in files] == [len(one) - fade + mark, len(two) - mark, len(three)]
    assert np.abs(np.concatenate(files) - wanted).max() <= 2 * 2**8  # steps of 24 bits: dither and rounding


def test_each_delivery_has_its_own_rate_depth_and_level(built: Path) -> None:
    told = published(built / "dist")
    for name, bits in (("wav", "PCM_24"), ("cd", "PCM_16")):
        found = [sf.info(path) for path in sorted((built / "dist" / name).glob("*.wav"))]
        assert [(each.subtype, each.samplerate) for each in found] == [(bits, 44_100)] * 3
    for song in told["songs"][:3]:
        loud = {name: song["masters"][place]["integrated_lufs"] for place, name in enumerate(("wav", "cd"))}
        assert loud["cd"] > loud["wav"] + 1.0


def test_any_number_of_workers_gives_the_same_bytes(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "mixes", tmp_path / "mixes")
    shutil.copy(built / "release.toml", tmp_path)
    glassmaster("build", tmp_path, "--jobs", "1", code=1)
    assert payloads(tmp_path / "dist") == payloads(built / "dist")


def test_the_gap_stands_at_the_end_of_the_file_before(built: Path) -> None:
    first = _pcm(built / "dist/wav/01 One.wav")
    assert len(first) == int((8 + 1.5) * RATE)
    assert not first[-int(1.5 * RATE) :].any()
    assert len(_pcm(built / "dist/wav/02 Two, first half.wav")) == 7 * RATE


def test_a_second_build_does_nothing(album: Path) -> None:
    glassmaster("build", album, code=1)  # the folder was copied: files are hashed once, and no more
    before = {path: path.stat().st_mtime_ns for path in (album / "dist").rglob("*")}
    told = glassmaster("build", album, code=1)
    assert not [line for line in told.stderr.splitlines() if line.startswith(("render:", "encode:", "finish:"))]
    assert {path: path.stat().st_mtime_ns for path in (album / "dist").rglob("*")} == before


def test_a_changed_title_encodes_nothing(album: Path) -> None:
    before = payloads(album / "dist")
    write_manifest(album, [SONGS[0].replace("One", "Eins"), *SONGS[1:]], FILES)
    told = glassmaster("build", album, code=1)
    assert not [line for line in told.stderr.splitlines() if line.startswith(("render:", "prepare:", "encode:"))]
    after = payloads(album / "dist")
    assert sorted(after.values()) == sorted(before.values())
    assert "wav/01 Eins.wav" in after
    assert not (album / "dist/wav/01 One.wav").exists()


def test_one_changed_mixdown_renders_what_depends_on_it(album: Path) -> None:
    mode = FILES.replace("target_lufs = -11.0", 'mode = "song", target_lufs = -11.0')
    tail = '\n[[treatment]]\nstage = "level"\nmode = "song"\n[[treatment]]\nstage = "limit"\n' + mode
    write_manifest(album, SONGS, tail)
    glassmaster("build", album, code=1)
    write_mix(album / "mixes/1.wav", music(8, -19, 7))
    told = glassmaster("build", album, code=1)
    rendered = [line for line in told.stderr.splitlines() if line.startswith("render:")]
    assert rendered == ["render: 01 One"] * 2
    encoded = [line for line in told.stderr.splitlines() if line.startswith("encode:")]
    assert {line.partition(" for ")[0] for line in encoded} == {"encode: 01 One"}


def test_no_treatment_delivers_the_mixdown_itself(tmp_path: Path) -> None:
    mix = write_mix(tmp_path / "mix.wav", music(3, -10, 4))
    manifest = write_manifest(tmp_path, ['title = "As it is"\nmixdown = "mix.wav"'], '\n[[deliverable]]\nname = "x"\n')
    text = manifest.read_text().replace('name = "x"', 'name = "x"\nformat = "flac"')
    manifest.write_text("treatment = []\n" + text)
    glassmaster("build", tmp_path, code=None)
    assert np.array_equal(_pcm(tmp_path / "dist/x/01 As it is.flac"), _pcm(mix))


def test_a_failing_song_is_named_and_the_others_are_kept(album: Path) -> None:
    shutil.rmtree(album / ".glassmaster")
    before = payloads(album / "dist")
    data = bytearray((album / "mixes/1.wav").read_bytes())
    (album / "mixes/1.wav").write_bytes(data[: len(data) // 2])
    told = glassmaster("build", album, code=3)
    assert "1.wav" in told.stderr
    assert "render: 02 Two, first half + 03 Two, second half" in told.stderr
    assert payloads(album / "dist") == before


def test_only_one_deliverable_never_takes_the_place_of_the_release(album: Path) -> None:
    before = payloads(album / "dist")
    glassmaster("build", album, "--only", "mp3", code=1)
    assert payloads(album / "dist") == before
    assert len(payloads(album / "dist-mp3")) == 3
    told = glassmaster("build", album, "--only", "vinyl", code=2)
    assert "there are: wav, cd, mp3" in told.stderr


def test_the_report_can_be_made_again_and_breaks_no_proof(album: Path) -> None:
    shutil.rmtree(album / "dist/report")
    glassmaster("report", album)
    assert (album / "dist/report/index.html").stat().st_size > 20_000
    assert "proven" in glassmaster("verify", album / "dist").stdout


def test_json_tells_what_it_cost_and_no_file_does(album: Path) -> None:
    write_manifest(album, [SONGS[0].replace("One", "Eins"), *SONGS[1:]], FILES)
    told = glassmaster("build", album, "--json", code=1)
    document = json.loads(told.stdout)
    rows = {row["phase"]: row for row in document.pop("budget")["phases"]}
    assert document == published(album / "dist")
    assert next(name for name in rows if rows[name]["wall_s"]) == "start"
    assert (rows["render"]["kept"], rows["render"]["done"]) == (4, 0)
    assert (rows["encode"]["kept"], rows["encode"]["done"]) == (9, 0)
    assert rows["finish"]["done"] == 9
    assert rows["finish"]["workers_cpu_s"] > 0
    assert b"budget" not in (album / "dist/release.json").read_bytes()


def test_a_person_sees_the_budget_on_request(album: Path) -> None:
    told = glassmaster("build", album, "--verbose", code=1)
    assert any(line.startswith("render ") for line in told.stderr.splitlines())
    assert "wall s" in told.stderr
    assert "wall s" not in glassmaster("build", album, code=1).stderr
