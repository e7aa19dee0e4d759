"""Plain PCM and float, read without a decoder: to the bit what libsndfile gives as float32."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from glassmaster.codecs import libsndfile
from glassmaster.model import Audio
from glassmaster.sources import as_it_stands, decoded, open_source, probe, speakers
from tests.sources_support import RATE, chunk, wav

FRAMES = 70_000  # more than one block
FORMS = [
    ("WAV", "PCM_16"),
    ("WAV", "PCM_24"),
    ("WAV", "PCM_32"),
    ("WAV", "FLOAT"),
    ("WAV", "DOUBLE"),
    ("WAVEX", "PCM_24"),
    ("RF64", "PCM_24"),
    ("W64", "PCM_24"),
    ("W64", "FLOAT"),
    ("AIFF", "PCM_16"),
    ("AIFF", "PCM_24"),
    ("AIFF", "PCM_32"),
]


def whole(audio: Audio) -> NDArray[np.float32]:
    return np.concatenate(list(audio))


def full_range(channels: int) -> NDArray[np.float64]:
    """Every bit used, both ends of the range included."""
    sound = np.random.default_rng(channels).uniform(-1, 1, (FRAMES, channels))
    sound[:4] = [[-1.0], [1.0], [2.0**-31], [-(2.0**-23)]]
    return sound


@pytest.mark.parametrize("channels", [1, 2, 6])
@pytest.mark.parametrize(("form", "subtype"), FORMS)
def test_every_sample_is_libsndfiles(tmp_path: Path, form: str, subtype: str, channels: int) -> None:
    path = tmp_path / "a.bin"
    soundfile.write(path, full_range(channels), RATE, subtype, format=form)
    expected = soundfile.read(path, dtype="float32", always_2d=True)[0]
    assert not decoded(path)
    source, _ = probe(path, surround=True)
    with patch.object(soundfile, "SoundFile", side_effect=AssertionError("a decoder was asked")):
        for start, end in ((0, FRAMES), (1, 2), (65_535, 65_538), (FRAMES - 1, FRAMES)):
            assert np.array_equal(whole(open_source(source, start, end)), expected[start:end])
    told = soundfile.info(path)
    assert (source.codec, source.frames, source.channels) == (told.subtype, told.frames, told.channels)


@pytest.mark.parametrize("name", [b"sowt", b"twos"])
def test_aifc_in_both_byte_orders(tmp_path: Path, name: bytes) -> None:
    samples = np.random.default_rng(1).integers(-32_768, 32_767, (1000, 2))
    rate = struct.pack(">HQ", 16383 + 15, RATE << 48)
    common = struct.pack(">hIh", 2, 1000, 16) + rate + name + b"\0\0"
    data = samples.astype("<i2" if name == b"sowt" else ">i2").tobytes()
    parts = [(b"FVER", struct.pack(">I", 0xA2805140)), (b"COMM", common), (b"SSND", struct.pack(">II", 0, 0) + data)]
    body = b"AIFC" + b"".join(each + struct.pack(">I", len(part)) + part for each, part in parts)
    path = tmp_path / "a.aiff"
    path.write_bytes(b"FORM" + struct.pack(">I", len(body)) + body)
    assert not decoded(path)
    assert np.array_equal(whole(open_source(path)), (samples / 32_768).astype(np.float32))
    assert np.array_equal(whole(open_source(path)), soundfile.read(path, dtype="float32")[0])


@pytest.mark.parametrize(("bits", "width"), [(24, 32), (20, 24), (12, 16)])
@pytest.mark.parametrize("mask", [None, 3])
def test_depths_that_do_not_fill_their_bytes_are_left_to_libsndfile(
    tmp_path: Path, bits: int, width: int, mask: int | None
) -> None:
    random = np.random.default_rng(bits).integers(0, 256, 1000 * 2 * width // 8, np.uint8).tobytes()
    data = bytearray(wav(random, bits=width, mask=mask))
    data[34:36] = struct.pack("<H", bits)
    path = tmp_path / "a.wav"
    path.write_bytes(data)
    assert decoded(path)
    expected = soundfile.read(path, dtype="float32")[0]
    expected[np.abs(expected) < np.finfo(np.float32).tiny] = 0  # 24 in 32 bits it may take for floats of an old editor
    assert np.array_equal(whole(open_source(path)), expected, equal_nan=True)


def test_sound_of_untold_length_and_odd_places(tmp_path: Path) -> None:
    """A header of odd length in front, a chunk behind, a data size that was never filled in."""
    samples = np.random.default_rng(2).integers(0, 256, 6 * 1000, np.uint8).tobytes()
    path = tmp_path / "a.wav"
    path.write_bytes(wav(samples, before=chunk(b"note", b"abc"), after=chunk(b"LIST", b"INFO")))
    told = soundfile.read(path, dtype="float32")[0]
    assert np.array_equal(whole(open_source(path)), told)
    path.write_bytes(wav(samples, declared=0xFFFFFFFF))
    assert np.array_equal(whole(open_source(path)), told)


def test_floats_too_small_to_matter_become_zero(tmp_path: Path) -> None:
    sound = np.array([[1e-40, -1e-42], [1e-30, -3.5]])
    for subtype in ("FLOAT", "DOUBLE"):
        soundfile.write(tmp_path / "a.wav", sound, RATE, subtype)
        expected = np.array([[0, 0], [1e-30, -3.5]], np.float32)
        assert np.array_equal(whole(open_source(tmp_path / "a.wav")), expected)


def test_what_needs_a_decoder(tmp_path: Path) -> None:
    for form, subtype in (("FLAC", "PCM_24"), ("OGG", "VORBIS"), ("CAF", "PCM_24"), ("AIFF", "FLOAT")):
        soundfile.write(tmp_path / "a.bin", np.zeros((1000, 2)), RATE, subtype, format=form)
        assert decoded(tmp_path / "a.bin"), form


def test_loudspeakers_are_told_by_the_header(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(wav(bytes(18 * 10), channels=6, mask=0x60F))
    (tmp_path / "b.wav").write_bytes(wav(bytes(6 * 10)))
    assert (speakers(tmp_path / "a.wav"), speakers(tmp_path / "b.wav")) == (0x60F, 0)


@pytest.mark.parametrize(
    ("form", "subtype"), [("WAV", "PCM_16"), ("WAV", "PCM_24"), ("RF64", "PCM_24"), ("AIFF", "PCM_24")]
)
def test_integers_of_a_made_file_need_no_decoder(tmp_path: Path, form: str, subtype: str) -> None:
    path = tmp_path / "a.bin"
    sound = np.random.default_rng(7).uniform(-1, 1, (FRAMES, 2))
    soundfile.write(path, sound, RATE, subtype, format=form)
    expected = soundfile.read(path, dtype="float32")[0]
    told = libsndfile.decode(path)
    with patch.object(libsndfile, "_blocks", side_effect=AssertionError("it was decoded")):
        standing = as_it_stands(path, told)
        assert (standing.rate, standing.channels, standing.frames) == (RATE, 2, FRAMES)
        assert np.array_equal(whole(standing), expected)


def test_a_made_file_is_decoded_where_its_bytes_do_not_say_it_all(tmp_path: Path) -> None:
    """Floats, of which the smallest would be lost; other formats; a decoder that finds another length."""
    small = np.array([[1e-40, -1e-42], [1e-30, -3.5]], np.float32)
    soundfile.write(tmp_path / "a.wav", small, RATE, "FLOAT")
    told = libsndfile.decode(tmp_path / "a.wav")
    assert as_it_stands(tmp_path / "a.wav", told) is told
    assert np.array_equal(whole(told), small)
    soundfile.write(tmp_path / "a.flac", np.zeros((1000, 2)), RATE, "PCM_24")
    told = libsndfile.decode(tmp_path / "a.flac")
    assert as_it_stands(tmp_path / "a.flac", told) is told
    soundfile.write(tmp_path / "b.wav", np.zeros((1000, 2)), RATE, "PCM_24")
    told = replace(libsndfile.decode(tmp_path / "b.wav"), frames=999)
    assert as_it_stands(tmp_path / "b.wav", told) is told


def test_a_made_file_cut_off_while_it_is_read_ends_early(tmp_path: Path) -> None:
    """Whoever compares it finds it short; nothing is made up."""
    path = tmp_path / "a.wav"
    soundfile.write(path, np.zeros((FRAMES, 2)), RATE, "PCM_24")
    standing = as_it_stands(path, libsndfile.decode(path))
    path.write_bytes(path.read_bytes()[: -6 * 1000])
    assert len(whole(standing)) == FRAMES - 1000
    path.unlink()
    with pytest.raises(FileNotFoundError):
        whole(standing)
