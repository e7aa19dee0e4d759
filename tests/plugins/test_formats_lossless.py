"""WAV, AIFF and FLAC keep every sample, in the same bytes each time."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from glassmaster.codecs import payload, wave
from glassmaster.errors import Refused
from glassmaster.model import Audio
from glassmaster_aiff import Aiff
from glassmaster_alac import Alac
from glassmaster_flac import Flac
from glassmaster_wav import Wav
from glassmaster_wavpack import WavPack
from tests.formats_support import FORMATS, audio_of, by_ffmpeg, heard, installed, on_grid, told

LOSSLESS: list[tuple[str, Any]] = [
    ("wav", Wav(bits=16)),
    ("wav", Wav()),
    ("aiff", Aiff(bits=16)),
    ("aiff", Aiff()),
    ("flac", Flac(bits=16)),
    ("alac", Alac(bits=16)),
    ("alac", Alac()),
    ("wavpack", WavPack(bits=16)),
    ("wavpack", WavPack()),
    ("wavpack", WavPack(effort=2)),
]
LOSSLESS += [("flac", Flac()), ("flac", Flac(level=0)), ("flac", Flac(level=8))]
KINDS = [
    name + str(settings.bits) + str(getattr(settings, "level", getattr(settings, "effort", "")))
    for name, settings in LOSSLESS
]
each_kind = pytest.mark.parametrize(("name", "settings"), LOSSLESS, ids=KINDS)


def made(tmp_path: Path, name: str, settings: object, sound: object) -> Path:
    path = tmp_path / f"sound{FORMATS[name].suffix}"
    FORMATS[name].encode(audio_of(sound), path, settings, first(name))
    return path


def first(name: str) -> str:
    found = FORMATS[name].encoders()
    if not found:
        pytest.skip(f"nothing here makes {name}")
    return found[0].name


def integers(sound: np.ndarray, bits: int) -> list[int]:
    return [round(float(value) * 2 ** (bits - 1)) for value in sound.ravel()]


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, 3, 70_001])
@each_kind
def test_every_sample_comes_back(tmp_path: Path, name: str, settings: Wav, frames: int, channels: int) -> None:
    sound = on_grid(frames, channels, settings.bits)
    decoded = FORMATS[name].decode(made(tmp_path, name, settings, sound))
    assert (decoded.rate, decoded.channels, decoded.frames) == (44_100, channels, frames)
    assert np.array_equal(heard(decoded), sound)
    assert np.array_equal(heard(decoded), sound), "it can be heard twice"


@each_kind
def test_payload_hash_is_that_of_the_pcm(tmp_path: Path, name: str, settings: Wav) -> None:
    sound = on_grid(1_001, 2, settings.bits)
    width = settings.bits // 8
    pcm = b"".join(value.to_bytes(width, "little", signed=True) for value in integers(sound, settings.bits))
    path = made(tmp_path, name, settings, sound)
    assert FORMATS[name].payload_hash(path) == hashlib.sha256(pcm).hexdigest()


@each_kind
def test_same_bytes_each_time_and_for_any_block_size(tmp_path: Path, name: str, settings: Wav) -> None:
    sound = on_grid(150_001, 2, settings.bits)
    data = made(tmp_path, name, settings, sound).read_bytes()
    again = tmp_path / f"again{FORMATS[name].suffix}"
    FORMATS[name].encode(audio_of(sound, block=1_000_000), again, settings, first(name))
    assert again.read_bytes() == data


@each_kind
def test_others_decode_the_same_samples(tmp_path: Path, name: str, settings: Wav) -> None:
    installed("ffmpeg")
    sound = on_grid(30_001, 2, settings.bits)
    assert np.array_equal(by_ffmpeg(made(tmp_path, name, settings, sound), 2), sound)


@each_kind
def test_samples_off_the_grid_are_refused_by_frame(tmp_path: Path, name: str, settings: Wav) -> None:
    sound = on_grid(20_000, 2, settings.bits)
    sound[12_345, 1] += 2.0**-30 if sound[12_345, 1] == 0 else sound[12_345, 1] * 2.0**-20
    sound[12_345, 1] = 0.3
    with pytest.raises(ValueError, match=rf"frame 12345, channel 2 is .*{settings.bits}-bit"):
        made(tmp_path, name, settings, sound)


@pytest.mark.parametrize("value", [1.0, -1.5])
def test_samples_beyond_the_range_are_refused(tmp_path: Path, value: float) -> None:
    sound = np.zeros((5, 1), np.float32)
    sound[4] = value
    with pytest.raises(ValueError, match="frame 4, channel 1"):
        made(tmp_path, "wav", Wav(), sound)


def test_flac_is_what_the_flac_command_calls_sound(tmp_path: Path) -> None:
    installed("flac")
    sound = on_grid(44_100, 2, 24)
    path = made(tmp_path, "flac", Flac(), sound)
    told("flac", "-t", "-w", path)
    told("flac", "-d", "-s", "-o", tmp_path / "back.wav", path)
    assert np.array_equal(soundfile.read(tmp_path / "back.wav", dtype="float32")[0], sound)


def test_float_wav_keeps_what_is_above_full_scale(tmp_path: Path) -> None:
    sound = (np.random.default_rng(1).standard_normal((70_001, 2)) * 3).astype(np.float32)
    path = made(tmp_path, "wav", Wav(bits=32), sound)
    assert FORMATS["wav"].bits(Wav(bits=32)) is None
    assert np.abs(sound).max() > 4
    assert np.array_equal(heard(FORMATS["wav"].decode(path)), sound)
    assert FORMATS["wav"].payload_hash(path) == hashlib.sha256(sound.astype("<f4").tobytes()).hexdigest()
    assert b"PEAK" not in path.read_bytes()[:200], "that chunk holds the time of day"


@pytest.mark.parametrize(("bits", "front"), [(16, 44), (24, 44), (32, 58)])
def test_nothing_stands_behind_the_samples(tmp_path: Path, bits: int, front: int) -> None:
    sound = on_grid(1_000, 2, 16)
    path = made(tmp_path, "wav", Wav(bits=bits), sound)  # type: ignore[arg-type]
    assert path.stat().st_size == front + 1_000 * 2 * bits // 8
    assert struct.unpack("<I", path.read_bytes()[4:8])[0] == path.stat().st_size - 8


@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("channels", [1, 2])
def test_rf64_where_riff_ends(tmp_path: Path, bits: int, channels: int) -> None:
    installed("ffmpeg")
    sound = on_grid(3_001, channels, 16)
    path = tmp_path / "long.wav"
    wave.write(audio_of(sound), path, bits, limit=1_000)
    assert soundfile.info(path).format == "RF64"
    assert np.array_equal(soundfile.read(path, dtype="float32", always_2d=True)[0], sound)
    assert np.array_equal(by_ffmpeg(path, channels), sound)


def test_header_of_seven_hours(tmp_path: Path) -> None:
    frames = 7 * 3600 * 48_000
    head = wave.header(Audio(48_000, 2, frames, lambda: iter(())), 24)
    assert head[:4] == b"RF64"
    riff, data, count = struct.unpack("<QQQ", head[20:44])
    assert (data, count, riff) == (frames * 6, frames, len(head) - 8 + frames * 6)


def test_the_hash_agrees_between_containers_and_with_a_stranger_s_wav(tmp_path: Path) -> None:
    sound = on_grid(5_000, 2, 24)
    pairs: list[tuple[str, object]] = [("wav", Wav()), ("aiff", Aiff()), ("flac", Flac())]
    ours = {payload.pcm_hash(made(tmp_path, name, settings, sound)) for name, settings in pairs}
    mixdown = tmp_path / "mixdown.wav"
    whole = np.array(integers(sound, 24), dtype=np.int32).reshape(-1, 2) << 8
    soundfile.write(mixdown, whole, 44_100, "PCM_24")
    assert ours == {payload.pcm_hash(mixdown)}


def test_a_cut_file_is_no_file(tmp_path: Path) -> None:
    path = made(tmp_path, "flac", Flac(), on_grid(200_000, 2, 24))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(Refused) as refused:
        heard(FORMATS["flac"].decode(path))
    assert refused.value.exit == 8
