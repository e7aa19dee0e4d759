"""MP3, Opus and Ogg Vorbis: exact length, nothing clamped, the same bytes, damage found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster.codecs import mpeg, ogg
from glassmaster.errors import Refused
from glassmaster_aac import Aac
from glassmaster_mp3 import Mp3
from glassmaster_opus import Opus
from glassmaster_vorbis import RATES, Vorbis
from tests.formats_support import (
    FORMATS,
    LOSSY,
    MP3_ENCODERS,
    audio_of,
    by_ffmpeg,
    can,
    heard,
    installed,
    music,
    snr_db,
    told,
)

each_encoder = pytest.mark.parametrize(("name", "encoder"), LOSSY, ids=["-".join(pair) for pair in LOSSY])
RATE = {"mp3": 44_100, "opus": 48_000, "vorbis": 44_100, "aac": 44_100}
DEFAULTS: dict[str, Any] = {"mp3": Mp3(), "opus": Opus(), "vorbis": Vorbis(), "aac": Aac()}


def made(tmp_path: Path, name: str, sound: Any, settings: Any = None, encoder: str = "soundfile", **how: Any) -> Path:
    can(name, encoder)
    path = tmp_path / f"sound{FORMATS[name].suffix}"
    how = {"rate": RATE[name]} | how
    FORMATS[name].encode(audio_of(sound, **how), path, settings or DEFAULTS[name], encoder)
    return path


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("frames", [1, 576, 1_153, 1_198, 1_199, 48_000])
@each_encoder
def test_length_is_exact(tmp_path: Path, name: str, encoder: str, frames: int, channels: int) -> None:
    path = made(tmp_path, name, music(frames, channels), encoder=encoder)
    decoded = FORMATS[name].decode(path)
    assert (decoded.rate, decoded.channels, decoded.frames) == (RATE[name], channels, frames)
    assert heard(decoded).shape == (frames, channels)


@pytest.mark.parametrize("settings", [Mp3(bitrate=64), Mp3(bitrate=128), Mp3(quality="V0"), Mp3(quality="V9")], ids=str)
@pytest.mark.parametrize("encoder", MP3_ENCODERS)
def test_mp3_settings_keep_rate_and_length(tmp_path: Path, encoder: str, settings: Mp3) -> None:
    decoded = FORMATS["mp3"].decode(made(tmp_path, "mp3", music(30_011), settings, encoder))
    assert (decoded.rate, decoded.frames, len(heard(decoded))) == (44_100, 30_011, 30_011)


@pytest.mark.parametrize("encoder", MP3_ENCODERS)
@pytest.mark.parametrize(
    ("asked", "rate", "held"),
    [(320, 44_100, 320), (192, 48_000, 192), (64, 32_000, 64), (320, 22_050, 160), (320, 8_000, 64)],
)
def test_mp3_holds_the_bitrate_asked_for(tmp_path: Path, encoder: str, asked: int, rate: int, held: int) -> None:
    from mutagen.mp3 import MP3, BitrateMode

    settings = Mp3(bitrate=asked)  # type: ignore[arg-type]
    info: Any = MP3(made(tmp_path, "mp3", music(rate), settings, encoder, rate=rate)).info
    assert info.bitrate == pytest.approx(held * 1000, rel=0.001)
    assert info.sample_rate == rate
    assert info.bitrate_mode not in (BitrateMode.VBR, BitrateMode.ABR)


@pytest.mark.parametrize("encoder", MP3_ENCODERS)
@pytest.mark.parametrize("rate", FORMATS["mp3"].rates)
def test_mp3_at_every_rate(tmp_path: Path, encoder: str, rate: int) -> None:
    path = made(tmp_path, "mp3", music(20_001, 2, rate), encoder=encoder, rate=rate)
    decoded = FORMATS["mp3"].decode(path)
    assert (decoded.rate, len(heard(decoded))) == (rate, 20_001)
    assert mpeg.music_intact(path) is True


OGG = [pair for pair in LOSSY if pair[0] in ("opus", "vorbis")]
OTHERS = [pair for pair in LOSSY if pair[0] != "mp3"]


@pytest.mark.parametrize(("name", "encoder", "rate"), [(*pair, r) for pair in OTHERS for r in FORMATS[pair[0]].rates])
def test_others_at_every_rate(tmp_path: Path, name: str, encoder: str, rate: int) -> None:
    decoded = FORMATS[name].decode(made(tmp_path, name, music(20_001, 2, rate), encoder=encoder, rate=rate))
    assert (decoded.rate, len(heard(decoded))) == (rate, 20_001)


def test_vorbis_above_its_rates_is_refused_and_does_not_crash(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="384000 Hz"):
        made(tmp_path, "vorbis", music(1_000), rate=2 * RATES[-1])


@pytest.mark.parametrize("name", ["mp3", "opus", "vorbis"])
def test_a_minute_in_one_block(tmp_path: Path, name: str) -> None:
    frames = 61 * RATE[name]
    decoded = FORMATS[name].decode(made(tmp_path, name, music(frames, 2), block=frames))
    assert sum(len(block) for block in decoded) == frames


@each_encoder
def test_the_sound_is_kept_and_lies_where_it_was(tmp_path: Path, name: str, encoder: str) -> None:
    sound = music(3 * RATE[name], 2, RATE[name])
    decoded = heard(FORMATS[name].decode(made(tmp_path, name, sound, encoder=encoder)))
    assert snr_db(sound, decoded) > {"mp3": 30, "opus": 15, "vorbis": 20, "aac": 25}[name]


@each_encoder
def test_levels_above_full_scale_are_not_clamped(tmp_path: Path, name: str, encoder: str) -> None:
    sound = music(RATE[name], 2, RATE[name], peak=1.6)
    decoded = heard(FORMATS[name].decode(made(tmp_path, name, sound, encoder=encoder)))
    assert np.abs(decoded).max() > 1.45
    assert snr_db(sound, decoded) > 15


@each_encoder
def test_ffmpeg_hears_the_same_gapless_sound(tmp_path: Path, name: str, encoder: str) -> None:
    installed("ffmpeg")
    path = made(tmp_path, name, music(100_003, 2, RATE[name]), encoder=encoder)
    theirs, ours = by_ffmpeg(path, 2), heard(FORMATS[name].decode(path))
    if name == "aac":  # ffmpeg before 6.0 plays the padding of the last packet, whatever the file says
        theirs = theirs[: len(ours)]
    assert theirs.shape == ours.shape
    assert np.sum((theirs - ours).astype(float) ** 2) <= 1e-6 * np.sum(ours.astype(float) ** 2), "60 dB"


@each_encoder
def test_same_bytes_each_time_and_for_any_block_size(tmp_path: Path, name: str, encoder: str) -> None:
    sound = music(150_000)
    first = made(tmp_path, name, sound, encoder=encoder).read_bytes()
    assert made(tmp_path, name, sound, encoder=encoder, block=1_000_000).read_bytes() == first


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, 1e30])
@each_encoder
def test_no_broken_sample_reaches_an_encoder(tmp_path: Path, name: str, encoder: str, value: float) -> None:
    sound = music(100_000)
    sound[70_001, 1] = value
    with pytest.raises(ValueError, match="frame 70001, channel 2"):
        made(tmp_path, name, sound, encoder=encoder)


@pytest.mark.parametrize("at", [0.3, 0.6, 0.95])
@each_encoder
def test_a_flipped_bit_is_found(tmp_path: Path, name: str, encoder: str, at: float) -> None:
    path = made(tmp_path, name, music(2 * RATE[name]), encoder=encoder)
    data = bytearray(path.read_bytes())
    data[int(len(data) * at)] ^= 0x10
    before = FORMATS[name].payload_hash(path)
    path.write_bytes(data)
    if name == "aac":  # its packets carry no checksum: only the recorded hash tells
        assert FORMATS[name].payload_hash(path) != before
        return
    with pytest.raises(Refused) as refused:
        heard(FORMATS[name].decode(path))
    assert refused.value.exit == 8


@pytest.mark.parametrize("keep", [0.5, 0.99])
@each_encoder
def test_a_cut_file_is_found(tmp_path: Path, name: str, encoder: str, keep: float) -> None:
    path = made(tmp_path, name, music(2 * RATE[name]), encoder=encoder)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(Refused):
        heard(FORMATS[name].decode(path))


def test_ogg_cut_between_pages_is_found(tmp_path: Path) -> None:
    path = made(tmp_path, "vorbis", music(3 * 44_100))
    with path.open("rb") as file:
        last = [page.at for page in ogg.pages(file, path)][-1]
    path.write_bytes(path.read_bytes()[:last])
    with pytest.raises(Refused):
        FORMATS["vorbis"].decode(path)


@pytest.mark.parametrize(("name", "encoder"), OGG)
def test_the_serial_is_fixed_and_others_find_no_fault(tmp_path: Path, name: str, encoder: str) -> None:
    path = made(tmp_path, name, music(5 * RATE[name]), encoder=encoder)
    with path.open("rb") as file:
        assert {page.raw[14:18] for page in ogg.pages(file, path)} == {ogg.SERIAL.to_bytes(4, "little")}
    tool = {"opus": "opusinfo", "vorbis": "ogginfo"}[name]
    installed(tool)
    assert "WARNING" not in told(tool, path)


def test_ogg_checksum_by_the_letter() -> None:
    """RFC 3533, section 6, bit by bit."""
    page = b"OggS" + bytes(18) + b"\xde\xad\xbe\xef" + bytes(range(200))
    value = 0
    for byte in page[:22] + bytes(4) + page[26:]:
        value ^= byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    assert ogg.crc(page) == value


def test_mp3_hash_is_blind_to_tags_in_front_and_behind(tmp_path: Path) -> None:
    path = made(tmp_path, "mp3", music(44_100))
    audio, before = path.read_bytes(), mpeg.payload_hash(path)
    id3v2 = b"ID3\x03\x00\x00" + bytes([0, 0, 2, 44]) + bytes(2 * 128 + 44)
    ape = b"APETAGEX" + (2000).to_bytes(4, "little") + (32 + 5).to_bytes(4, "little")
    items = bytes(5)
    head, foot = (ape + bytes(4) + flags.to_bytes(4, "little") + bytes(8) for flags in (0xA0000000, 0x80000000))
    id3v1 = b"TAG" + bytes(125)
    path.write_bytes(id3v2 + audio + head + items + foot + id3v1)
    assert mpeg.payload_hash(path) == before
    path.write_bytes(id3v2 + audio[:-1] + b"\x01" + id3v1)
    assert mpeg.payload_hash(path) != before


@pytest.mark.parametrize("settings", [Mp3(), Mp3(quality="V0")], ids=str)
def test_the_programs_encode_what_the_library_would(tmp_path: Path, settings: Mp3) -> None:
    """Same LAME, same sound going in: no scaling, no normalising, no other mode."""
    sound = music(5 * 44_100, peak=0.1)
    found = {name: heard(FORMATS["mp3"].decode(made(tmp_path, "mp3", sound, settings, name))) for name in MP3_ENCODERS}
    figures = [snr_db(sound, decoded) for decoded in found.values()]
    assert max(figures) - min(figures) < 1
    assert min(figures) > 20


def test_mp3_takes_a_bitrate_or_a_quality() -> None:
    with pytest.raises(ValueError, match="not both"):
        Mp3(bitrate=320, quality="V0")
