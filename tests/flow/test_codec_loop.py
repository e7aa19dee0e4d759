"""The decoded ceiling through the command line: probes, trims, rebuilds, the record and the report."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.codecs_support import RATE, ffmpeg_true_peak, hard
from tests.flow_support import glassmaster, payloads, published, write_manifest, write_mix

FILES = """
[[deliverable]]
name = "album"
format = "mp3"
quality = "V2"
decoded_ceiling_dbtp = -1.0
max_trim_db = 6.0

[[deliverable]]
name = "songs"
format = "vorbis"
quality = 4.0
trim = "song"
decoded_ceiling_dbtp = "profile"
profile = "spotify"

[[deliverable]]
name = "opus"
format = "opus"
bitrate = 96
decoded_ceiling_dbtp = -1.0
max_trim_db = 6.0
"""
SONGS = [f'title = "{name}"\nmixdown = "mixes/{name}.wav"\ngap = 0.0' for name in ("Loud", "Soft")]


def hot(seed: int, gain: float = 1.0) -> Any:
    return np.tanh(5 * hard("pink noise", 5, seed)) * 0.89 * gain


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two songs delivered as they are, the one at its ceiling, the other 6 dB below it."""
    folder = tmp_path_factory.mktemp("loop")
    write_mix(folder / "mixes/Loud.wav", hot(1), RATE)
    write_mix(folder / "mixes/Soft.wav", hot(2, 0.5), RATE)
    path = write_manifest(folder, SONGS, FILES)
    path.write_text("treatment = []\n" + path.read_text("utf-8"), "utf-8")
    told = glassmaster("build", folder, "--jobs", "2", code=None)
    (folder / "stderr.txt").write_text(told.stderr, "utf-8")
    return folder


@pytest.fixture
def album(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "album"))


def files(folder: Path) -> dict[tuple[str, int], Any]:
    return {(each["name"], each["song"]): each for each in published(folder)["deliverables"]}


def work(said: str) -> list[str]:
    return sorted(line for line in said.splitlines() if line.startswith(("render:", "prepare:", "probe:", "encode:")))


def test_every_file_holds_its_decoded_ceiling_and_the_record_says_what_it_took(built: Path) -> None:
    found = files(built / "dist")
    assert len(found) == 6
    for each in found.values():
        assert each["measured"]["true_peak_dbtp"] <= -1.0
    for name in ("album", "songs", "opus"):
        loud = found[name, 1]
        assert loud["trim_db"] < 0
        assert loud["untrimmed_dbtp"] > -1.0
        assert loud["measured"]["true_peak_dbtp"] > -2.0
        assert loud["encodes"] >= 1
    assert found["songs", 2]["trim_db"] == 0
    soft = found["album", 2]
    assert soft["untrimmed_dbtp"] == pytest.approx(soft["measured"]["true_peak_dbtp"] - soft["trim_db"], abs=0.5)
    assert found["album", 1]["trim_db"] == found["album", 2]["trim_db"]
    assert found["opus", 1]["trim_db"] == found["opus", 2]["trim_db"]
    assert found["opus", 1]["measured"]["true_peak_dbtp"] == pytest.approx(-1.0, abs=0.012)


def test_another_decoder_and_meter_agree(built: Path) -> None:
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed: sudo apt-get install ffmpeg")
    for each in published(built / "dist")["deliverables"]:
        assert ffmpeg_true_peak(built / "dist" / each["path"]) <= -1.0 + 0.05


def test_songs_that_leave_no_room_are_probed_and_others_are_not(built: Path) -> None:
    done = work((built / "stderr.txt").read_text("utf-8"))
    probes = [line for line in done if line.startswith("probe:")]
    assert probes == ["probe: 01 Loud for album", "probe: 01 Loud for songs"]


def test_a_second_build_and_a_changed_title_probe_and_encode_nothing(album: Path) -> None:
    glassmaster("build", album, code=None)  # the folder was copied: files are hashed once, and no more
    assert work(glassmaster("build", album, code=None).stderr) == []
    path = album / "release.toml"
    path.write_text(path.read_text("utf-8").replace('"Soft"', '"Softer"'), "utf-8")
    assert work(glassmaster("build", album, code=None).stderr) == []


def test_a_changed_song_that_leaves_the_albums_trim_alone_is_the_only_one_encoded(album: Path) -> None:
    before = files(album / "dist")
    write_mix(album / "mixes/Soft.wav", hot(3, 0.5), RATE)
    done = work(glassmaster("build", album, code=None).stderr)
    assert {re.sub(" for .*", "", line) for line in done} == {"render: 02 Soft", "encode: 02 Soft"}
    after = files(album / "dist")
    assert {name: each["trim_db"] for name, each in after.items()} == {n: each["trim_db"] for n, each in before.items()}


def test_one_deliverable_alone_and_one_worker_give_the_same_bytes(album: Path) -> None:
    before = payloads(album / "dist")
    shutil.rmtree(album / ".glassmaster")
    glassmaster("build", album, "--only", "album", "--jobs", "1", code=None)
    alone = payloads(album / "dist-album")
    assert alone == {path: told for path, told in before.items() if path.startswith("album/")}


def test_the_report_shows_trims_and_what_files_decode_to_without(built: Path) -> None:
    page = (built / "dist/report/index.html").read_text("utf-8")
    assert "Untrimmed" in page
    untrimmed = files(built / "dist")["opus", 1]["untrimmed_dbtp"]
    assert f"{untrimmed:.1f}".replace("-", "−") in page


def test_frozen_trims_stay_whatever_is_added(album: Path) -> None:
    before = payloads(album / "dist")
    glassmaster("build", album, code=None)
    glassmaster("freeze", album)
    write_mix(album / "mixes/Bonus.wav", hot(4, 1.1), RATE)
    path = album / "release.toml"
    bonus = '\n[[song]]\ntitle = "Bonus"\nmixdown = "mixes/Bonus.wav"\ngap = 0.0\n'
    path.write_text(path.read_text("utf-8").replace("\n[[deliverable]]", f"{bonus}\n[[deliverable]]", 1), "utf-8")
    glassmaster("build", album, code=None)
    after = payloads(album / "dist")
    assert before.items() <= after.items()
    assert len(after) == len(before) + 3
    assert files(album / "dist")["album", 3]["trim_db"] < files(album / "dist")["album", 1]["trim_db"]


def test_a_song_that_needs_more_than_all_may_lose_is_told_with_its_time(album: Path) -> None:
    path = album / "release.toml"
    text = path.read_text("utf-8").replace("max_trim_db = 6.0", "max_trim_db = 0.1", 1)
    path.write_text(text, "utf-8")
    told = glassmaster("build", album, code=None)
    found = files(album / "dist")
    assert found["album", 2]["trim_db"] == -0.1
    assert found["album", 1]["trim_db"] < -0.1
    (finding,) = [each for each in published(album / "dist")["findings"] if each["code"] == "trimmed-alone"]
    assert (finding["song"], finding["severity"]) == (1, "warning")
    assert 0 <= finding["at"] <= 5
    assert "further than the others" in told.stderr


def test_songs_that_run_on_are_trimmed_alike_and_told_once(tmp_path: Path) -> None:
    for seed, (name, gain) in enumerate((("Loud", 1.0), ("Soft", 0.5), ("Apart", 0.5))):
        write_mix(tmp_path / f"mixes/{name}.wav", hot(seed + 1, gain), RATE)
    songs = [f'title = "{name}"\nmixdown = "mixes/{name}.wav"' for name in ("Loud", "Soft", "Apart")]
    songs[1] += "\njoined = true"
    files_wanted = '\n[[deliverable]]\nname = "promo"\nformat = "mp3"\nmax_trim_db = 0.1\ndecoded_ceiling_dbtp = -1.0\n'
    path = write_manifest(tmp_path, songs, files_wanted)
    path.write_text("treatment = []\n" + path.read_text("utf-8"), "utf-8")
    glassmaster("build", tmp_path, code=None)
    found = files(tmp_path / "dist")
    loud, soft, apart = (found["promo", number]["trim_db"] for number in (1, 2, 3))
    assert loud == soft < -0.1
    assert apart == -0.1
    told = [each for each in published(tmp_path / "dist")["findings"] if each["code"] == "trimmed-alone"]
    assert [each["song"] for each in told] == [1]


def test_a_frozen_file_above_a_ceiling_of_today_is_told(album: Path) -> None:
    glassmaster("build", album, code=None)
    assert "decoded-ceiling-passed" not in {each["code"] for each in published(album / "dist")["findings"]}
    glassmaster("freeze", album)
    path = album / "release.toml"
    path.write_text(
        path.read_text("utf-8").replace("decoded_ceiling_dbtp = -1.0", "decoded_ceiling_dbtp = -3.0", 1), "utf-8"
    )
    glassmaster("build", album, code=None)
    told = [each for each in published(album / "dist")["findings"] if each["code"] == "decoded-ceiling-passed"]
    assert [each["where"] for each in told] == ["01 Loud, album"]
    assert "above its ceiling of -3.0" in told[0]["message"]
    assert "glassmaster freeze --release SONG" in told[0]["hint"]
