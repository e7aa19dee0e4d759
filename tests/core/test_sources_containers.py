"""What a source is: told by its content, and its header held against what is really there."""

from __future__ import annotations

import random
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from numpy.typing import NDArray

from glassmaster.errors import Exit, Refused
from glassmaster.model import Finding
from glassmaster.sources import open_source, probe
from tests.sources_support import RATE, chunk, noise, only, pcm, wav, written

SOUND = noise(5000)


def made(tmp_path: Path, data: bytes, name: str = "a.wav") -> Path:
    path = tmp_path / name
    path.write_bytes(data)
    return path


def refused(path: Path, *, allow_lossy: bool = False, surround: bool = False) -> Finding:
    with pytest.raises(Refused) as caught:
        probe(path, allow_lossy=allow_lossy, surround=surround)
    assert caught.value.exit == Exit.SOURCE
    assert only(caught.value).where == str(path)
    assert only(caught.value).hint
    return only(caught.value)


def heard(path: Path) -> NDArray[np.float32]:
    return np.concatenate(list(open_source(path)))


@pytest.mark.parametrize(
    ("container", "how"),
    [
        ("WAV", {"format": "WAV"}),
        ("WAV", {"format": "WAVEX"}),
        ("RF64", {"format": "RF64"}),
        ("W64", {"format": "W64"}),
        ("AIFF", {"format": "AIFF"}),
        ("CAF", {"format": "CAF"}),
        ("FLAC", {"format": "FLAC"}),
    ],
)
@pytest.mark.parametrize("channels", [1, 2])
def test_every_lossless_container(tmp_path: Path, container: str, how: dict[str, str], channels: int) -> None:
    sound = noise(5000, channels)
    path = written(tmp_path / "mix.bin", sound, **how)
    source, findings = probe(path)
    assert (source.container, source.codec, source.bits, source.lossy) == (container, "PCM_24", 24, False)
    assert (source.rate_hz, source.channels, source.frames) == (RATE, channels, 5000)
    assert findings == ()
    assert np.array_equal(heard(path), sound)


@pytest.mark.parametrize(
    ("subtype", "bits"), [("PCM_16", 16), ("PCM_24", 24), ("PCM_32", 32), ("FLOAT", None), ("DOUBLE", None)]
)
def test_bits_are_those_of_integers(tmp_path: Path, subtype: str, bits: int | None) -> None:
    assert probe(written(tmp_path / "a.wav", SOUND, subtype))[0].bits == bits


@pytest.mark.parametrize("form", ["MP3", "OGG"])
def test_a04_a05_lossy_files_are_known_under_any_name(tmp_path: Path, form: str) -> None:
    path = written(tmp_path / "a.wav", noise(RATE), {"MP3": "MPEG_LAYER_III", "OGG": "VORBIS"}[form], format=form)
    finding = refused(path)
    assert finding.code == "lossy-source"
    assert "although it is named .wav" in finding.message
    assert "allow_lossy" in finding.hint
    source, _ = probe(path, allow_lossy=True)
    assert (source.container, source.lossy, source.bits) == (form, True, None)
    assert source.frames == RATE


def test_a04_flac_behind_an_id3_tag_is_flac(tmp_path: Path) -> None:
    plain = written(tmp_path / "a.flac", SOUND).read_bytes()
    path = made(tmp_path, b"ID3\x04\0\0\0\0\x01\x00" + bytes(128) + plain, "b.flac")
    assert probe(path)[0].container == "FLAC"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"DSD " + bytes(80), "DSD"),
        (b"FRM8" + bytes(80), "DSD"),
        (b"\0\0\0\x20ftypM4A " + bytes(80), "M4A"),
        (b"RIFF\0\0\0\0AVI " + bytes(80), "no WAVE"),
        (b"#EXTM3U\nfile:///etc/passwd\n", "no sound file"),
        (b"\xff\xd8\xff\xe0" + bytes(80), "picture"),
        (b"\xff\xff\xff\xff" + bytes(80), "no sound file"),
    ],
)
def test_a25_other_contents_never_reach_a_decoder(tmp_path: Path, data: bytes, said: str) -> None:
    finding = refused(made(tmp_path, data))
    assert finding.code == "container-unknown"
    assert said in finding.message


@pytest.mark.parametrize(
    ("subtype", "said"), [("PCM_U8", "8-bit"), ("ULAW", "u-law"), ("ALAW", "A-law"), ("IMA_ADPCM", "IMA_ADPCM")]
)
def test_a25_unfit_codecs_are_refused_with_the_reason(tmp_path: Path, subtype: str, said: str) -> None:
    finding = refused(written(tmp_path / "a.wav", SOUND, subtype), allow_lossy=True)
    assert finding.code == "codec-unfit"
    assert said in finding.message


def test_a25_mqa_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.flac"
    with soundfile.SoundFile(path, "w", RATE, 2, "PCM_24") as file:
        file.comment = "MQAENCODER=MQAEncode v1.1"
        file.write(SOUND)
    assert "MQA" in refused(path).message


def test_a06_truncated_wav_tells_both_lengths(tmp_path: Path) -> None:
    finding = refused(made(tmp_path, wav(pcm(SOUND), declared=4_294_967_000)))
    assert finding.code == "truncated"
    assert "715,827,833" in finding.message
    assert "5,000" in finding.message


@pytest.mark.parametrize("form", ["RF64", "W64", "AIFF", "CAF"])
def test_a06_truncated_in_every_container(tmp_path: Path, form: str) -> None:
    whole = written(tmp_path / "a.bin", SOUND, format=form).read_bytes()
    finding = refused(made(tmp_path, whole[: len(whole) // 2], "b.bin"))
    assert finding.code == "truncated"
    assert "5,000" in finding.message


def test_a06_a_header_cut_in_the_middle(tmp_path: Path) -> None:
    whole = wav(pcm(SOUND))
    for end in range(13, 44):
        assert refused(made(tmp_path, whole[:end])).code == "header-damaged"


@pytest.mark.parametrize("declared", [0, 0xFFFFFFFF, 0x7FFFF000])
def test_a07_streamed_wav_is_read_to_its_end_with_a_warning(tmp_path: Path, declared: int) -> None:
    path = made(tmp_path, wav(pcm(SOUND), declared=declared))
    source, findings = probe(path)
    assert source.frames == len(SOUND)
    assert [(each.code, each.severity) for each in findings] == [("length-untold", "warning")]
    assert np.array_equal(heard(path), SOUND)
    assert np.array_equal(np.concatenate(list(open_source(source, 1234, 4321))), SOUND[1234:4321])


def test_a07_streamed_rf64(tmp_path: Path) -> None:
    plain = wav(pcm(SOUND), declared=0xFFFFFFFF)
    path = made(tmp_path, b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", bytes(28)) + plain[12:])
    assert probe(path)[0].frames == len(SOUND)
    assert np.array_equal(heard(path), SOUND)


def test_a07_no_sound_and_then_a_chunk_is_no_sound(tmp_path: Path) -> None:
    path = made(tmp_path, wav(b"", after=chunk(b"LIST", b"INFOISFT\x04\0\0\0demo")))
    assert refused(path).code == "file-empty"


def test_a07_flac_of_unknown_length(tmp_path: Path) -> None:
    sound = noise(150_000)
    data = bytearray(written(tmp_path / "a.flac", sound).read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path = made(tmp_path, bytes(data), "b.flac")
    source, findings = probe(path)
    assert source.frames == len(sound)
    assert [each.code for each in findings] == ["length-untold"]
    assert np.array_equal(np.concatenate(list(open_source(source, 70_000, 149_999))), sound[70_000:149_999])


def test_sound_behind_the_declared_end_is_told(tmp_path: Path) -> None:
    loud = np.full((RATE, 2), 0.5, np.float32)
    path = made(tmp_path, wav(pcm(loud), declared=6 * RATE // 2))
    source, findings = probe(path)
    assert source.frames == RATE // 2
    assert [each.code for each in findings] == ["length-short"]
    assert "0:00.500" in findings[0].message


@pytest.mark.parametrize("rate", [0, 1, 7999, 384_001, 2**31 - 1])
def test_a08_absurd_rates(tmp_path: Path, rate: int) -> None:
    finding = refused(made(tmp_path, wav(pcm(SOUND), rate=rate)))
    assert finding.code == "sample-rate"
    assert f"{rate:,} Hz" in finding.message


@pytest.mark.parametrize(("rate", "codes"), [(8000, ["low-sample-rate"]), (44_100, []), (384_000, [])])
def test_a08_unusual_rates_work(tmp_path: Path, rate: int, codes: list[str]) -> None:
    source, findings = probe(made(tmp_path, wav(pcm(SOUND), rate=rate)))
    assert (source.rate_hz, [each.code for each in findings]) == (rate, codes)


def test_a08_absurd_rate_in_aiff_and_caf(tmp_path: Path) -> None:
    aiff = written(tmp_path / "a.aiff", SOUND).read_bytes()
    at = aiff.index(b"COMM") + 16
    assert "0 Hz" in refused(made(tmp_path, aiff[:at] + b"\xff" * 10 + aiff[at + 10 :], "b.aiff")).message
    caf = written(tmp_path / "a.caf", SOUND).read_bytes()
    at = caf.index(b"desc") + 12
    assert (
        refused(made(tmp_path, caf[:at] + struct.pack(">d", float("nan")) + caf[at + 8 :], "b.caf")).code
        == "sample-rate"
    )


@pytest.mark.parametrize("channels", [0, 6, 1024])
def test_a09_channel_counts(tmp_path: Path, channels: int) -> None:
    finding = refused(made(tmp_path, wav(pcm(SOUND), channels=channels)))
    assert finding.code == "channels"
    assert f"{channels} channels" in finding.message


def test_a09_surround_may_be_measured(tmp_path: Path) -> None:
    path = written(tmp_path / "a.wav", noise(1000, 6))
    assert "stereo downmix" in refused(path).hint
    assert probe(path, surround=True)[0].channels == 6
    assert refused(made(tmp_path, wav(pcm(SOUND), channels=1024), "b.wav"), surround=True).code == "channels"


@pytest.mark.parametrize(
    ("channels", "mask", "fits"), [(2, 0x3, True), (2, 0x600, True), (2, 0xC, False), (2, 0x4, False)]
)
def test_a10_channel_masks(tmp_path: Path, channels: int, mask: int, fits: bool) -> None:
    path = made(tmp_path, wav(pcm(SOUND), channels=channels, mask=mask))
    if fits:
        assert probe(path)[0].channels == channels
    else:
        assert refused(path).code == "channel-order"


def test_a17_more_than_4_gib(tmp_path: Path) -> None:
    if sys.platform in ("win32", "darwin"):
        pytest.skip("the file system may not leave holes in files")
    frames = 5 * 2**30 // 6
    head = wav(b"", declared=0xFFFFFFFF)
    size = struct.pack("<QQQI", frames * 6, frames * 6, frames, 0)
    path = made(tmp_path, b"RF64\xff\xff\xff\xffWAVE" + chunk(b"ds64", size) + head[12:])
    start = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(start + frames * 6)
        file.seek(start + (frames - 1) * 6)
        file.write(pcm(SOUND[:1]))
    source, _ = probe(path, sha256="not hashed here")
    assert source.frames == frames
    assert np.array_equal(
        np.concatenate(list(open_source(source, frames - 2))), np.vstack([np.zeros((1, 2)), SOUND[:1]])
    )


def test_a18_flac_without_checksum_is_a_note(tmp_path: Path) -> None:
    data = bytearray(written(tmp_path / "a.flac", SOUND).read_bytes())
    data[26:42] = bytes(16)
    _, findings = probe(made(tmp_path, bytes(data), "b.flac"))
    assert [(each.code, each.severity) for each in findings] == [("flac-no-md5", "note")]


def test_a27_other_chunks_are_passed_over(tmp_path: Path) -> None:
    hostile = chunk(b"bext", b"\x1b[2J\0" * 150) + chunk(b"iXML", b"<BWFXML>\xff" * 3) + chunk(b"cue ", b"\xff" * 28)
    path = made(tmp_path, wav(pcm(SOUND), before=hostile, after=chunk(b"smpl", b"\xff" * 60)))
    source, findings = probe(path)
    assert (source.frames, findings) == (len(SOUND), ())
    assert np.array_equal(heard(path), SOUND)


@pytest.mark.parametrize("form", ["WAV", "RF64", "W64", "AIFF", "CAF", "FLAC"])
def test_a_damaged_header_is_an_answer_never_a_traceback(tmp_path: Path, form: str) -> None:
    whole = written(tmp_path / "a.bin", SOUND, format=form).read_bytes()
    dice = random.Random(form)
    outcomes: set[bool | str] = set()
    for _ in range(150):
        data = bytearray(whole)
        for _ in range(dice.choice([1, 2, 4])):
            data[dice.randrange(100)] = dice.choice([0, 255, dice.randrange(256)])
        path = made(tmp_path, bytes(data), "b.bin")
        try:
            source, _ = probe(path, surround=True)
            outcomes.add(sum(len(block) for block in open_source(source)) == source.frames)
        except Refused as refusal:
            outcomes.add(only(refusal).code)
    assert False not in outcomes
    assert len(outcomes) > 2


def test_a_decoder_that_stops_early_is_told(tmp_path: Path) -> None:
    """Of a VBR MP3 without its Xing frame, libsndfile guesses its length from the first frames, large ones here."""
    sound = np.concatenate([noise(RATE, level=0.9), noise(45 * RATE, level=1e-4)])
    path = tmp_path / "a.mp3"
    with soundfile.SoundFile(
        path, "w", RATE, 2, "MPEG_LAYER_III", bitrate_mode="VARIABLE", compression_level=0.0
    ) as file:
        for at in range(0, len(sound), 65_536):
            file.write(sound[at : at + 65_536])
    data = path.read_bytes()
    second = data.index(data[:2], 4)
    assert b"Xing" in data[:second] or b"Info" in data[:second]
    told = {each.code for each in probe(path, allow_lossy=True)[1]}
    source, findings = probe(made(tmp_path, data[second:], "b.mp3"), allow_lossy=True)
    assert told == set()
    assert source.frames < 40 * RATE
    assert [each.code for each in findings] == ["partly-heard"]
