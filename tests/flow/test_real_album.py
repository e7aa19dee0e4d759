"""A real album, 12 songs and 50 minutes, built as a user would; runs where GLASSMASTER_REAL_ALBUM names its folder."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.flow_support import glassmaster, published
from tests.previews_support import heard_in, loudness

ALBUM = os.environ.get("GLASSMASTER_REAL_ALBUM", "")
pytestmark = [
    pytest.mark.skipif(not ALBUM, reason="GLASSMASTER_REAL_ALBUM names no folder with mixes/ and references/"),
    pytest.mark.skipif(not shutil.which("ffmpeg"), reason="ffmpeg is not installed: sudo apt-get install ffmpeg"),
    pytest.mark.timeout(2400),
]
LOUD = "adjust = { level = { target_lufs = -9.0 } }"
FORMATS = [("wav", "wav", ""), ("flac", "flac", ""), ("mp3", "mp3", ""), ("opus", "opus", ""), ("loud", "flac", LOUD)]


@pytest.fixture(scope="module")
def album(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("real")
    for name in ("mixes", "references"):
        shutil.copytree(Path(ALBUM) / name, folder / name)
    glassmaster("init", folder)
    manifest = folder / "release.toml"
    text = manifest.read_text("utf-8")
    text = text[: text.index("[[deliverable]]")] if "\n[[deliverable]]" in text else text
    for name, form, more in FORMATS:
        text += f'\n[[deliverable]]\nname = "{name}"\nformat = "{form}"\n{more}\n'
    manifest.write_text(text, "utf-8")
    glassmaster("build", folder, timeout=2300)
    return folder


def test_masters_end_where_the_plan_said_or_say_why_not(album: Path) -> None:
    songs = published(album / "dist")["songs"]
    for place in range(len(FORMATS)):
        masters = [song["masters"][place] for song in songs]
        joined = masters[4:6]  # songs 5 and 6 are one programme, with one promise for their pooled loudness
        alone = [(each["integrated_lufs"], each) for each in (*masters[:4], *masters[6:])]
        for lufs, master in (*alone, (_pooled(joined), joined[0])):
            assert abs(lufs - master["promised_lufs"]) <= 0.15, master
            assert abs(lufs - master["aim_lufs"]) <= 0.1 or " LU short of " in master["stopped"], master


def _pooled(masters: Any) -> float:
    frames = sum(each["frames"] for each in masters)
    return 10 * math.log10(sum(10 ** (each["integrated_lufs"] / 10) * each["frames"] for each in masters) / frames)


def test_ffmpeg_agrees_that_the_ceiling_holds(album: Path) -> None:
    for each in published(album / "dist")["deliverables"]:
        if each["format"] in ("wav", "flac"):
            assert _ffmpeg_peak(album / "dist" / each["path"]) <= -1.0 + 0.05, each["path"]


def _ffmpeg_peak(path: Path) -> float:
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-i", str(path), "-af", "ebur128=peak=true", "-f", "null", "-"]
    told = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stderr
    summary = told[told.rindex("Summary:") :].split()
    return float(summary[summary.index("Peak:") + 1])


def test_lossy_files_decode_under_their_ceiling(album: Path) -> None:
    for each in published(album / "dist")["deliverables"]:
        if each["format"] in ("mp3", "opus"):
            assert each["measured"]["true_peak_dbtp"] <= 0.0, each["path"]


def test_ffprobe_reads_the_tags_back(album: Path) -> None:
    for each in published(album / "dist")["deliverables"]:
        tags = _ffprobe(album / "dist" / each["path"])
        assert tags["title"] == each["title"]
        assert tags["track"].split("/")[0] == str(each["song"])


def _ffprobe(path: Path) -> Any:
    command = ["ffprobe", "-v", "error", "-of", "json", "-show_entries", "format_tags:stream_tags", str(path)]
    told = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    found = {**told["format"].get("tags", {}), **told.get("streams", [{}])[0].get("tags", {})}
    return {name.lower(): value for name, value in found.items()}


def test_a_second_build_does_nothing_and_the_delivery_verifies(album: Path) -> None:
    told = glassmaster("build", album)
    assert not [line for line in told.stderr.splitlines() if line.startswith(("render:", "encode:", "finish:"))]
    assert "proven" in glassmaster("verify", album / "dist").stdout


def test_what_can_be_heard_is_equally_loud(album: Path) -> None:
    """The shortest song with both its masters and its references, decoded by ffmpeg and measured by pyloudnorm."""
    versions = heard_in(album / "dist/report/index.html", by_ffmpeg=True, only="8 Enemy Unknown")["8 Enemy Unknown"]
    assert len(versions) == 6
    levels = [loudness(each.sound, each.rate) for each in versions.values()]
    assert max(levels) - min(levels) <= 0.1
    assert len({len(each.sound) for each in versions.values() if each.kind != "reference"}) == 1


def test_one_file_to_send_stays_under_12_mb(album: Path) -> None:
    glassmaster("report", album, "--single-file", timeout=600)
    assert (album / "dist-report.html").stat().st_size <= 12_000_000
    versions = heard_in(album / "dist-report.html", only="8 Enemy Unknown")["8 Enemy Unknown"]
    levels = [loudness(each.sound, each.rate) for each in versions.values()]
    assert max(abs(level - round(level)) for level in levels) <= 0.1  # whole LUFS, as the page says
