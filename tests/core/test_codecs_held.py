"""The decoded ceiling on a few hot masters: a fixed sample of `tests/proofs/codecs.py`."""

from __future__ import annotations

import shutil
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
import pytest

from glassmaster.loudness import measure
from glassmaster.model import Deliverable
from glassmaster.plugins import load
from glassmaster.rounds import File
from glassmaster.store import Store
from glassmaster.work import Crew
from tests.codecs_support import RATE, Hot, delivered, distances_db, ffmpeg_true_peak, hard, needed
from tests.formats_support import audio_of
from tests.work_support import Here

SETTINGS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("mp3", {"quality": "V2"}),
    ("mp3", {"bitrate": 320}),
    ("vorbis", {"quality": 3.0}),
    ("opus", {}),
)


def hot(name: str, seed: int) -> Hot:
    """Driven into a soft clipper, at -0.5 dBFS and above it between the samples."""
    sound = np.tanh(8 * hard(name, 6, seed)) * np.float32(0.944) * np.hanning(6 * RATE + 2)[1:-1, None] ** 0.1
    return Hot(name, sound.astype(np.float32), -0.5, measure(audio_of(sound, RATE)))


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory) -> Crew:
    return Crew(Store(tmp_path_factory.mktemp("room")), Here, lambda event: None)


@pytest.fixture(scope="module")
def files(crew: Crew) -> tuple[File, ...]:
    offers, wanted = load(), {}
    for number, (form, keys) in enumerate(SETTINGS):
        made = Deliverable(f"{form} {number}", form, offers.formats[form].settings(**keys), trim="song")
        wanted[made] = RATE
    return delivered([hot("pink noise", 1), hot("drums", 2), hot("saw chords", 3)], wanted, offers, crew)


def test_no_file_decodes_above_its_ceiling(files: tuple[File, ...]) -> None:
    assert len(files) == 12
    assert min(distances_db(files)) >= 0


def test_they_are_little_below_it_and_seldom_encoded_twice(files: tuple[File, ...]) -> None:
    turned = needed(files)
    assert len(turned) >= 8
    assert mean(distances_db(turned)) <= 0.45  # three short hard sounds; the proof has 20 masters
    assert mean(each.encodes - (each.probed.seconds / 6 if each.probed else 0) for each in files) <= 1.4


def test_ffmpeg_agrees(files: tuple[File, ...], crew: Crew) -> None:
    if not shutil.which("ffmpeg"):
        pytest.skip("ffmpeg is not installed: sudo apt-get install ffmpeg")
    for each in files:
        assert ffmpeg_true_peak(Path(crew.store.path(each.encoded.blob))) <= 0.05
