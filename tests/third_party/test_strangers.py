"""Plugins that break their contract, through the command line: named, and nobody else's song suffers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.release_support import Run, glassmaster, manifest, mixdown
from tests.strangers_support import distribution, stage

EACH = "    for block in audio:\n        yield "
BAD = {
    "raises": ("    yield from audio\n    raise ValueError('of all things')", "ValueError: of all things"),
    "nothing": ("    return None", "NoneType"),
    "narrow": (EACH + "block[:, :1]", "shape"),
    "wide": (EACH + "block.astype('float64')", "float64"),
    "short": (EACH + "block[:-1]", "frames"),
    "endless": ("    while True:\n        yield from audio", "frames"),
    "strange": (EACH + "block * float('nan')", "no number at frame 0"),
    "greedy": ("    for block in audio:\n        block *= 2\n        yield block", "ValueError"),
}
"""P03, P04, P05: how it renders, and what is said about it."""
CHATTY = """
import os, sys
from glassmaster.hooks import hookimpl
print("at import")

def decide(song, album, settings, made):
    print("deciding")
    return settings

def talking(audio, settings):
    print("rendering")
    os.write(1, b"by descriptor \\xff\\n")
    yield from audio
"""


def chatty() -> str:
    return CHATTY + stage("chatty").replace("Settings, render)", "Settings, talking, decide)")


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One song for each bad stage, and a good one with a stage that only talks; (folder, site)."""
    folder = tmp_path_factory.mktemp("strangers")
    site = folder / "site"
    for name, (render, _) in BAD.items():
        distribution(site, f"glassmaster-{name}", {f"stranger_{name}": stage(name, render)}, {name: f"stranger_{name}"})
    distribution(site, "glassmaster-chatty", {"stranger_chatty": chatty()}, {"chatty": "stranger_chatty"})
    broken = {"stranger_broken": "raise ValueError('at birth')"}
    distribution(site, "glassmaster-broken", broken, {"broken": "stranger_broken"}, "2.3")
    songs = []
    for number, own in enumerate(["chatty", *BAD]):
        mixdown(folder / f"{own}.wav", 1.5, seed=number)
        others = ", ".join(f"{each} = false" for each in ("chatty", *BAD) if each != own)
        songs.append(f'title = "Song {own}"\nmixdown = "{own}.wav"\nadjust = {{ {others} }}')
    manifest(folder, *songs, treatment=[f'stage = "{each}"' for each in ("chatty", *BAD)])
    return folder, site


@pytest.fixture(scope="module")
def run(release: tuple[Path, Path]) -> Run:
    folder, site = release
    return glassmaster("build", folder, "--json", site=site)


def test_the_exit_code_says_that_a_stage_failed(run: Run) -> None:
    assert run.code == 4, run.err


def findings(run: Run) -> list[Any]:
    found = run.json["findings"]
    assert isinstance(found, list)
    return found


@pytest.mark.parametrize("name", BAD)
def test_a_bad_stage_is_named_with_its_plugin_and_song(run: Run, name: str) -> None:
    [finding] = [each for each in findings(run) if f'stage "{name}"' in each["message"]]
    assert finding["code"] == "stage-failed"
    assert finding["severity"] == "error"
    assert f"Song {name}" in finding["where"]
    assert f"{name} (glassmaster-{name} 1.0)" in finding["message"]
    assert BAD[name][1] in finding["message"]
    assert finding["hint"]


def test_no_traceback_reaches_anybody(run: Run) -> None:
    assert "Traceback" not in run.err + run.out


def test_what_strangers_print_never_gets_into_the_document(run: Run) -> None:
    """P07."""
    assert run.out.lstrip().startswith("{")
    assert run.json["verdict"] == "not ready"
    for words in ("at import", "deciding", "rendering", "by descriptor"):
        assert words in run.err
        assert words not in run.out


def test_nothing_is_published_but_the_other_song_is_finished_and_kept(run: Run, release: tuple[Path, Path]) -> None:
    folder, site = release
    assert not (folder / "dist").exists()
    assert "encode: 01 Song chatty for wav" in run.err
    again = glassmaster("build", folder, "--json", site=site)
    assert again.code == 4
    assert "Song raises failed" in again.err
    assert "Song chatty" not in again.err


def test_a_plugin_that_fails_to_load_is_named_and_stops_nobody(run: Run) -> None:
    """P01."""
    [finding] = [each for each in findings(run) if each["code"] == "plugin-broken"]
    assert finding["where"] == "plugin broken (glassmaster-broken 2.3)"
    assert "ValueError: at birth" in finding["message"]


def test_asking_for_what_a_broken_plugin_offered_says_so(release: tuple[Path, Path], tmp_path: Path) -> None:
    mixdown(tmp_path / "song.wav", 1.0)
    manifest(tmp_path, 'title = "Song"\nmixdown = "song.wav"', treatment=['stage = "broken"'])
    told = glassmaster("check", tmp_path, site=release[1])
    assert told.code == 4, told.err
    assert "glassmaster-broken 2.3" in told.err
    assert "at birth" in told.err


def test_two_plugins_with_one_offer_end_every_verb(tmp_path: Path) -> None:
    """P08."""
    for name in ("one", "two"):
        distribution(tmp_path, f"glassmaster-{name}", {f"stranger_{name}": stage("tape")}, {name: f"stranger_{name}"})
    told = glassmaster("plugins", site=tmp_path)
    assert told.code == 2
    assert "one (glassmaster-one 1.0)" in told.err
    assert "two (glassmaster-two 1.0)" in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


RESTLESS = """
def decide(song, album, settings, made):
    return Settings(strength=1.0 - sum(abs(each.measurement.integrated_lufs) for each in made.heard.values()) / 1000)
"""


def test_a_stage_that_decides_anew_each_round_ends_with_what_was_rendered_last(tmp_path: Path) -> None:
    """Its songs would have been left out without a word."""
    site, named = tmp_path / "site", {"restless": "stranger_restless"}
    text = RESTLESS + stage("restless", EACH + "block * settings.strength")
    text = text.replace("Settings, render)", "Settings, render, decide)")
    distribution(site, "glassmaster-restless", {"stranger_restless": text}, named)
    mixdown(tmp_path / "mix.wav", 1.5)
    manifest(tmp_path, 'title = "Song"\nmixdown = "mix.wav"', treatment=['stage = "restless"'])
    told = glassmaster("build", tmp_path, "--json", site=site)
    assert told.code == 0, told.err
    assert told.err.count("render: 01 Song") == 3, "it never settles"
    assert [each["song"] for each in told.json["deliverables"]] == [1]
    assert (tmp_path / "dist/wav/01 Song.wav").exists()
