"""Sources as sound: exact frames from anywhere, damage with its place, and no numbers that are no sound."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from glassmaster.errors import Exit, Refused
from glassmaster.model import Audio
from glassmaster.sources import guarded, open_source, probe
from tests.sources_support import RATE, noise, only, pcm, wav, written

SOUND = noise(150_000)


def whole(audio: Audio) -> NDArray[np.float32]:
    return np.concatenate(list(audio))


def of(sound: NDArray[np.float32], size: int = 1000) -> Audio:
    def blocks() -> Iterator[NDArray[np.float32]]:
        return (sound[at : at + size] for at in range(0, len(sound), size))

    return Audio(RATE, sound.shape[1], len(sound), blocks)


def caught(audio: Audio) -> Refused:
    with pytest.raises(Refused) as found:
        whole(audio)
    return found.value


@pytest.mark.parametrize("form", ["WAV", "FLAC", "AIFF", "CAF", "W64", "RF64"])
@pytest.mark.parametrize(("start", "end"), [(0, None), (1, 2), (65_535, 131_073), (149_999, None), (70_000, 70_000)])
def test_any_stretch_is_exact(tmp_path: Path, form: str, start: int, end: int | None) -> None:
    source, _ = probe(written(tmp_path / "a.bin", SOUND, format=form))
    audio = open_source(source, start, end)
    blocks = list(audio)
    assert audio.frames == len(SOUND[start:end])
    assert all(block.dtype == np.float32 and 0 < len(block) <= 65_536 for block in blocks)
    assert np.array_equal(np.concatenate([SOUND[:0], *blocks]), SOUND[start:end])


def test_audio_is_re_iterable_and_blocks_stay_what_they_were(tmp_path: Path) -> None:
    audio = open_source(written(tmp_path / "a.wav", SOUND))
    first, second = list(audio), list(audio)
    assert np.array_equal(np.concatenate(first), SOUND)
    assert np.array_equal(np.concatenate(second), SOUND)


@pytest.mark.parametrize(("form", "subtype"), [("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("OGG", "OPUS")])
def test_lossy_stretches_are_cut_from_the_whole(tmp_path: Path, form: str, subtype: str) -> None:
    path = tmp_path / "a.bin"
    with soundfile.SoundFile(path, "w", RATE, 2, subtype, format=form) as file:
        for at in range(0, len(SOUND), 65_536):
            file.write(SOUND[at : at + 65_536])
    source, _ = probe(path, allow_lossy=True)
    everything = whole(open_source(source))
    assert source.frames == len(everything) == len(SOUND)
    assert np.array_equal(whole(open_source(source, 65_000, 140_001)), everything[65_000:140_001])


def test_an_mp3_is_as_long_as_it_decodes(tmp_path: Path) -> None:
    """libsndfile promises the length of the Xing header even where half of the file is missing."""
    data = written(tmp_path / "a.mp3", noise(5 * RATE), "MPEG_LAYER_III", format="MP3").read_bytes()
    path = tmp_path / "half.mp3"
    path.write_bytes(data[: len(data) // 2])
    source, _ = probe(path, allow_lossy=True)
    assert soundfile.info(path).frames == 5 * RATE
    assert 2 * RATE < source.frames < 3 * RATE
    assert len(whole(open_source(source))) == source.frames


def test_float_above_full_scale_and_tiny_numbers(tmp_path: Path) -> None:
    sound = np.array([[3.98, -3.98], [1e-40, -1e-42], [1e-30, 0]], np.float32)
    path = written(tmp_path / "a.wav", sound, "FLOAT")
    assert np.array_equal(whole(open_source(path)), np.array([[3.98, -3.98], [0, 0], [1e-30, 0]], np.float32))


def test_a18_truncated_flac_tells_where(tmp_path: Path) -> None:
    data = written(tmp_path / "a.flac", SOUND).read_bytes()
    (tmp_path / "b.flac").write_bytes(data[: len(data) * 3 // 4])
    found = caught(open_source(tmp_path / "b.flac"))
    assert (found.exit, only(found).code) == (Exit.SOURCE, "file-damaged")
    assert "0:01.365 (frame 65,536)" in only(found).message


@pytest.mark.parametrize("place", [0.3, 0.6, 0.95])
def test_a18_one_flipped_bit_in_flac_is_found(tmp_path: Path, place: float) -> None:
    data = bytearray(written(tmp_path / "a.flac", SOUND).read_bytes())
    data[int(len(data) * place)] ^= 0x10
    (tmp_path / "b.flac").write_bytes(data)
    assert only(caught(open_source(tmp_path / "b.flac"))).code == "file-damaged"


def test_a_source_that_became_shorter_is_not_read_silently(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(wav(pcm(SOUND)))
    source, _ = probe(path)
    path.write_bytes(wav(pcm(SOUND[:70_000])))
    found = caught(open_source(source))
    assert "70,000" in only(found).message


def test_guarded_sound_is_the_same_sound() -> None:
    sound = noise(10_000, level=0.99)
    sound[17, 1] = 1000.0
    audio = guarded(of(sound), "01 Opening")
    assert (audio.rate, audio.channels, audio.frames) == (RATE, 2, 10_000)
    assert np.array_equal(whole(audio), sound)
    assert np.array_equal(whole(audio), sound)


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        (np.nan, "not-finite", "not a number"),
        (np.inf, "not-finite", "infinite"),
        (-np.inf, "not-finite", "infinite"),
        (1e30, "implausible-level", "+600 dBFS"),
        (-1001.0, "implausible-level", "+60 dBFS"),
    ],
)
def test_a12_a13_first_place_and_count(value: float, code: str, said: str) -> None:
    sound = noise(10_000)
    sound[4800:4803, 1] = value
    sound[9000, 0] = value
    found = caught(guarded(of(sound), "02 Second Light"))
    finding = only(found)
    assert (found.exit, finding.code, finding.where) == (Exit.SOURCE, code, "02 Second Light")
    assert finding.at == pytest.approx(0.1)
    for part in (said, "0:00.100", "right", "frame 4,800", "4 of the kind"):
        assert part in finding.message


def test_what_is_refused_crosses_process_borders() -> None:
    sound = noise(10)
    sound[3] = np.nan
    found = caught(guarded(of(sound), "01"))
    assert pickle.loads(pickle.dumps(found)).findings == found.findings
