"""Encoders that are not there and rates that they cannot hold, through the command line (section E)."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults_support import HEAD, environment, glassmaster, manifest, mixdown, plugin, release, song, tree
from tests.sources_support import noise, pcm, wav

LOUD = '''
"""A lossy format whose encoder brings whatever it gets to +0.7 dBFS."""
from dataclasses import dataclass
from pathlib import Path
import numpy as np
from glassmaster.hooks import Format, hookimpl
from glassmaster.model import Audio, Encoder

@dataclass(frozen=True)
class Settings:
    """None."""

def encode(audio, path, settings, encoder):
    sound = np.concatenate(list(audio))
    np.save(path.with_suffix(".npy"), sound / np.abs(sound).max() * np.float32(10 ** (0.7 / 20)))
    path.with_suffix(".npy").rename(path)

def decode(path):
    with path.open("rb") as file:
        sound = np.load(file)
    return Audio(48_000, sound.shape[1], len(sound), lambda: iter([sound]))

@hookimpl
def glassmaster_formats():
    encoders = lambda: (Encoder("loud", "1"),)
    yield Format("loud", ".loud", Settings, True, encoders, "", encode, decode, lambda path: "0" * 64)
'''


def test_e01_encoder_missing_is_told_before_any_work(tmp_path: Path) -> None:
    deliverables = '[[deliverable]]\nname = "promo"\nformat = "mp3"\nencoder = "lame"\n'
    deliverables += '[[deliverable]]\nname = "other"\nformat = "mp3"\nencoder = "ffmpeg"\n'
    path = release(tmp_path, deliverables)
    before = tree(tmp_path)
    (tmp_path / "empty").mkdir()
    env = environment(PATH=str(tmp_path / "empty"))
    for verb in ("plan", "build"):
        run = glassmaster(verb, path, env=env)
        assert run.code == 4
        for words in ('deliverable "promo"', '"lame" is not here', 'deliverable "other"', '"ffmpeg" is not here', "->"):
            assert words in run.err
    assert {name: found for name, found in tree(tmp_path).items() if ".glassmaster" not in name} == before
    assert not (tmp_path / "dist").exists()
    assert "lame" not in glassmaster("doctor", "--json", env=env).out.partition('"mp3"')[2].partition("install")[0]


def test_e01_a_format_that_cannot_be_made_here_is_told_with_the_line_to_install(tmp_path: Path) -> None:
    deliverables = "".join(f'[[deliverable]]\nname = "{n}"\nformat = "{n}"\n' for n in ("aac", "alac", "wavpack"))
    path = release(tmp_path, deliverables)
    (tmp_path / "empty").mkdir()
    run = glassmaster("plan", path, env=environment(PATH=str(tmp_path / "empty")))
    assert run.code == 4
    for name in ("aac", "alac", "wavpack"):
        assert f"nothing on this machine can make {name} files" in run.err
    for words in ("nstall ffmpeg", "nstall WavPack", "glassmaster[ffmpeg]"):
        assert words in run.err
    assert not (tmp_path / "dist").exists()


DEADLY = '''
"""A format whose encoder crashes for one song, as native code does."""
import os
from dataclasses import dataclass
from glassmaster.codecs import payload, libsndfile, wave
from glassmaster.hooks import Format, hookimpl
from glassmaster.model import Encoder

@dataclass(frozen=True)
class Settings:
    """None."""

def encode(audio, path, settings, encoder):
    wave.write(audio, path, 32)
    if audio.frames > 30_000:
        os.abort()

@hookimpl
def glassmaster_formats():
    yield Format("deadly", ".wav", Settings, False, lambda: (Encoder("deadly", "1"),), "", encode,
                 libsndfile.decode, payload.pcm_hash)
'''


def test_e03_a_crash_of_an_encoder_costs_one_file_and_is_named(tmp_path: Path) -> None:
    for name, seconds in (("short", 0.5), ("long", 0.9)):
        mixdown(tmp_path / f"{name}.wav", seconds)
    text = HEAD + song("Short", "short.wav", "gap = 0") + song("Long", "long.wav", "gap = 0")
    path = manifest(tmp_path, text + '\n[[deliverable]]\nname = "out"\nformat = "deadly"\n')
    run = glassmaster("build", "--jobs", 1, path, env=plugin(tmp_path / "plugin", DEADLY))
    assert run.code == 4, run.said
    assert "SIGABRT" in run.err
    assert "Long" in run.err
    assert "Short for out failed" not in run.err
    assert not (tmp_path / "dist").exists()
    kept = [each.read_text("utf-8", "replace") for each in (tmp_path / ".glassmaster").rglob("ledger/*/*.json")]
    assert sum('"Encoded"' in each for each in kept) == 1, "the other song's file is kept"


def test_e06_rates_that_a_format_cannot_hold_are_converted_and_listed(tmp_path: Path) -> None:
    (tmp_path / "mix.wav").write_bytes(wav(pcm(noise(48_000)), rate=96_000))
    (tmp_path / "old.wav").write_bytes(wav(pcm(noise(44_100, seed=8)), rate=44_100))
    text = HEAD + song("High") + '\n[[deliverable]]\nname = "promo"\nformat = "mp3"\n'
    run = glassmaster("build", "--json", "--jobs", 1, manifest(tmp_path, text))
    assert run.code == 0, run.said
    answer = json.loads(run.out)
    assert [each["measured"]["rate_hz"] for each in answer["deliverables"]] == [48_000]
    assert any("96000" in each["message"] and "48000" in each["message"] for each in answer["findings"]), run.out
    text = HEAD + song("Low", "old.wav") + '\n[[deliverable]]\nname = "stream"\nformat = "opus"\n'
    run = glassmaster("build", "--json", "--jobs", 1, manifest(tmp_path, text))
    assert run.code == 0, run.said
    answer = json.loads(run.out)
    assert [each["measured"]["rate_hz"] for each in answer["deliverables"]] == [48_000]
    assert any("44100" in each["message"] and "48000" in each["message"] for each in answer["findings"]), run.out


def test_e05_a_decoded_ceiling_that_three_rounds_do_not_hold_publishes_nothing(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav")
    env = plugin(tmp_path / "site", LOUD, "loud")
    web = '\n[[deliverable]]\nname = "web"\nformat = "{}"\ndecoded_ceiling_dbtp = {}\n'
    path = manifest(tmp_path, HEAD + song("Opening") + web.format("loud", 0.0))
    run = glassmaster("build", path, "--jobs", 1, env=env)
    assert run.code == 8, run.said
    for words in ("01 Opening for web", "still decodes to +", "above its ceiling of +0.00, after 3 rounds", "->"):
        assert words in run.err
    assert run.err.count("encode: 01 Opening") == 3
    assert not (tmp_path / "dist").exists()
    manifest(tmp_path, HEAD + song("Opening") + web.format("loud", 9.0))
    run = glassmaster("build", "--json", path, "--jobs", 1, env=env)
    assert run.code == 0, run.said
    (made,) = json.loads(run.out)["deliverables"]
    assert (made["trim_db"], made["encodes"]) == (0, 1)
    assert "encode:" not in run.err  # finished work was kept


def test_e05_an_encoder_that_overshoots_is_met_by_a_trim(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav")
    web = '\n[[deliverable]]\nname = "web"\nformat = "mp3"\nbitrate = 64\ndecoded_ceiling_dbtp = -20\n'
    path = manifest(tmp_path, "treatment = []\n" + HEAD + song("Opening") + web)
    run = glassmaster("build", "--json", path, "--jobs", 1)
    (made,) = json.loads(run.out)["deliverables"]
    assert made["untrimmed_dbtp"] > -20 >= made["measured"]["true_peak_dbtp"]
    assert made["trim_db"] < 0


LOSSY_READER = """
from glassmaster.tagging import id3
whole = id3.read
id3.read = lambda tags: {name: text[:2] if name == "title" else text for name, text in whole(tags).items()}
"""
"""A kind of tag that keeps two letters of a title."""


def test_e08_a_tag_that_reads_back_differently_stops_the_delivery(tmp_path: Path) -> None:
    path = release(tmp_path)
    assert glassmaster("build", "--jobs", 1, path).code in (0, 1)
    before = tree(tmp_path / "dist")
    path.write_text(path.read_text("utf-8").replace("Opening", "Uno"), "utf-8")
    run = glassmaster("build", "--jobs", 1, path, env=plugin(tmp_path / "plugins", LOSSY_READER))
    assert run.code == 8, run.said
    assert "title: wrote 'Uno', reads 'Un'" in run.said
    assert "Uno.wav" in run.said, "the file is named"
    assert "-> Look for characters in that field" in run.said
    assert tree(tmp_path / "dist") == before, "the last delivery stays"
