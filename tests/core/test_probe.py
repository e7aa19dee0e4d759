"""Probes: what a song's loudest passages tell of what its lossy file decodes to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.encode import encode
from glassmaster.errands import Encode, Probe
from glassmaster.model import Audio
from glassmaster.plugins import load
from glassmaster.probe import SHARE, probe, seconds
from glassmaster.sound import spool
from glassmaster.store import Store
from tests.codecs_support import RATE, hard
from tests.formats_support import FORMATS, audio_of, heard

PASSAGE = RATE // 4


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "room")


def errand(store: Store, sound: Any, name: str = "mp3", before: int = 0, **keys: Any) -> Probe:
    """A probe of `sound`, which stands behind `before` frames of something louder in its spool."""
    whole = np.concatenate([np.full((before, 2), 0.9, np.float32), sound, np.full((1000, 2), 0.9, np.float32)])
    with store.scratch() as path:
        spool.write(iter(audio_of(whole, RATE)), path)
        blob = store.adopt(path)
    made = FORMATS[name]
    song = Encode(
        what="01 Song for web",
        seconds=len(sound) / RATE,
        spool=blob,
        rate_hz=RATE,
        channels=2,
        start=before,
        end=before + len(sound),
        silence=0,
        format=name,
        format_version="1",
        settings=made.settings(**keys),
        encoder=made.encoders()[-1],
        trim_db=0.0,
        engine="tests",
    )
    return Probe(song.what, seconds(song), song)


@pytest.fixture
def fed(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What a format that keeps every sample is given to encode."""
    kept: list[Any] = []

    def write(audio: Audio, path: Path, settings: Any, encoder: str) -> None:
        kept.append(heard(audio))
        assert len(kept[-1]) == audio.frames

    exact = replace(FORMATS["mp3"], encode=write, decode=lambda path: audio_of(kept[-1], RATE))
    monkeypatch.setitem(load().formats, "mp3", exact)
    return kept


def swells(places: dict[int, float], passages: int) -> Any:
    """A tone at -26 dBFS that swells in some quarters of a second."""
    heights = np.full(passages, 0.05)
    for place, height in places.items():
        heights[place] = height
    tone = np.sin(2 * np.pi * 441 * np.arange(passages * PASSAGE) / RATE)
    return np.stack([np.repeat(heights, PASSAGE) * tone] * 2, axis=1).astype(np.float32)


def test_the_loudest_passages_are_tried_and_no_others(store: Store, fed: list[Any]) -> None:
    loud = {3: 0.8, 4: 0.79, 17: 0.8, 50: 0.78, 51: 0.8, 70: 0.77, 90: 0.8, 99: 0.79}
    sound = swells(loud, 100)
    told = probe(errand(store, sound, before=12_345), store)
    (given,) = fed
    assert told.seconds == len(given) / RATE == len(loud) / 4
    parts = [sound[place * PASSAGE : (place + 1) * PASSAGE] for place in loud]
    middle = slice(300, PASSAGE - 300)
    for number, part in enumerate(parts):  # but for the fades of 5 ms
        assert np.array_equal(given[number * PASSAGE :][middle], part[middle])
    assert np.array_equal(given[PASSAGE - 300 : PASSAGE + 300], sound[4 * PASSAGE - 300 : 4 * PASSAGE + 300])
    assert np.abs(np.diff(given[:, 0])).max() < 0.06  # no joint clicks
    assert told.true_peak_dbtp == pytest.approx(20 * np.log10(0.8), abs=0.05)


def test_a_long_song_is_probed_by_its_share(store: Store, fed: list[Any]) -> None:
    asked = errand(store, swells(dict.fromkeys(range(0, 400, 5), 0.8), 400))
    told = probe(asked, store)
    assert told.seconds == asked.seconds == SHARE * 100
    assert told.expected_dbtp == pytest.approx(20 * np.log10(0.8), abs=0.02)  # all are alike: no fall-off


def test_silence_is_not_encoded(store: Store, fed: list[Any]) -> None:
    told = probe(errand(store, np.zeros((5 * RATE, 2), np.float32)), store)
    assert (told.true_peak_dbtp, told.expected_dbtp, told.spread_db, told.seconds) == (None, None, 0.0, 0.0)
    assert fed == []


@pytest.mark.parametrize(("name", "keys"), [("mp3", {"quality": "V2"}), ("mp3", {"bitrate": 192}), ("vorbis", {})])
def test_the_whole_file_decodes_to_about_what_was_foretold(store: Store, name: str, keys: dict[str, Any]) -> None:
    sound = np.tanh(6 * hard("pink noise", 8, 5)) * np.float32(0.97)
    asked = errand(store, sound, name, **keys)
    told, whole = probe(asked, store), encode(asked.encode, store)
    assert told.expected_dbtp is not None
    assert whole.measured.true_peak_dbtp is not None
    assert told.seconds == 2.0
    assert told.expected_dbtp == pytest.approx(whole.measured.true_peak_dbtp, abs=0.1 + 2 * told.spread_db)


def test_the_same_song_gives_the_same_forecast(store: Store) -> None:
    asked = errand(store, hard("drums", 8, 2), before=777)
    assert probe(asked, store) == probe(asked, store)
