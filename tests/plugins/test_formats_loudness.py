"""What lossy encoders do to loudness: what they turn down by themselves is known, and little else is lost."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

import glassmaster_checks_delivery as checks
from glassmaster.loudness import measure
from glassmaster_mp3 import Mp3
from tests.formats_support import FORMATS, audio_of

RATE = 44_100
ALBUM = os.environ.get("GLASSMASTER_REAL_ALBUM", "")
REAL = sorted(Path(ALBUM, "mixes").glob("*.wav")) if ALBUM else []
SETTINGS: list[tuple[str, dict[str, Any]]] = [
    *(("mp3", {"bitrate": each}) for each in (320, 224, 192, 160, 128, 64)),
    *(("mp3", {"quality": each}) for each in ("V0", "V4", "V9")),
    *(("opus", {"bitrate": each}) for each in (160, 96, 64)),
    *(("vorbis", {"quality": each}) for each in (6.0, 3.0, 0.0)),
    *(("aac", {"bitrate": each}) for each in (256, 128)),  # at 64 ffmpeg's own makes one real song 1 LU louder
]
CALLED = [f"{name} {value}" for name, how in SETTINGS for value in how.values()]


def lost(name: str, how: dict[str, Any], sound: Any, rate: int, encoder: str, folder: Path) -> float:
    """LU between a file and what it was made of, but for what its encoder turns by itself."""
    offer, settings = FORMATS[name], FORMATS[name].settings(**how)
    path = folder / f"sound{offer.suffix}"
    offer.encode(audio_of(sound, rate), path, settings, encoder)
    before, after = (measure(each).integrated_lufs for each in (audio_of(sound, rate), offer.decode(path)))
    assert before is not None
    assert after is not None
    return after - before - offer.own_gain_db(settings, rate)


def tones(seconds: float, rate: int) -> Any:
    """Sound far below every low-pass."""
    time = np.arange(round(seconds * rate)) / rate
    mono = sum(0.1 * np.sin(2 * np.pi * hertz * time) for hertz in (220.0, 554.4, 987.8, 2793.8))
    return np.stack([mono, np.roll(mono, 11)], axis=1).astype(np.float32)


@pytest.mark.parametrize("rate", [RATE, 22_050])
@pytest.mark.parametrize("encoder", [each.name for each in FORMATS["mp3"].encoders()])
@pytest.mark.parametrize("bitrate", [64, 128, 160, 192, 224, 256, 320])
def test_what_lame_turns_down_by_itself_is_known(tmp_path: Path, bitrate: int, encoder: str, rate: int) -> None:
    assert lost("mp3", {"bitrate": bitrate}, tones(3, rate), rate, encoder, tmp_path) == pytest.approx(0, abs=0.03)


def test_that_is_half_a_decibel_at_low_bitrates_and_nothing_else() -> None:
    gain = FORMATS["mp3"].own_gain_db
    assert gain(Mp3(bitrate=128), RATE) == pytest.approx(-0.4455, abs=1e-4)
    assert gain(Mp3(bitrate=192), RATE) == pytest.approx(-0.2646, abs=1e-4)
    assert gain(Mp3(), 22_050) == gain(Mp3(bitrate=160), RATE)
    for settings in (Mp3(), Mp3(bitrate=256), Mp3(quality="V9")):
        assert gain(settings, RATE) == 0
    for name, offer in FORMATS.items():
        assert name == "mp3" or offer.own_gain_db(offer.settings(), 48_000) == 0


@pytest.mark.skipif(not REAL, reason="GLASSMASTER_REAL_ALBUM names no folder with mixes/*.wav")
@pytest.mark.parametrize(("name", "how"), SETTINGS, ids=CALLED)
def test_real_songs_lose_less_than_what_is_told_as_a_change(tmp_path: Path, name: str, how: dict[str, Any]) -> None:
    if not FORMATS[name].encoders():
        pytest.skip(FORMATS[name].install)
    for path in REAL:
        told = soundfile.info(path)
        rate = told.samplerate
        if FORMATS[name].rates and rate not in FORMATS[name].rates:
            continue
        sound, _ = soundfile.read(path, frames=5 * rate, start=told.frames // 3, dtype="float32")
        found = lost(name, how, sound * np.float32(0.5), rate, FORMATS[name].encoders()[0].name, tmp_path)
        assert abs(found) < checks._LOSSY_LU, path.name
