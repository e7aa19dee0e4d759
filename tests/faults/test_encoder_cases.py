"""Encoders that are not there and rates that they cannot hold, through the command line (section E)."""

from __future__ import annotations

import json
from pathlib import Path

from tests.faults_support import HEAD, environment, glassmaster, manifest, release, song, tree
from tests.sources_support import noise, pcm, wav


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
