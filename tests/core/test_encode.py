"""Encoding: a trim goes on top of the untrimmed file where the format can do that."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from glassmaster.encode import encode
from glassmaster.errands import Encode, Encoded
from glassmaster.errors import Refused
from glassmaster.sound import spool
from glassmaster.store import Store
from tests.formats_support import FORMATS, music

FRAMES, SILENCE = 100_003, 4_800


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "room")


def errand(store: Store, trim_db: float, name: str = "opus") -> Encode:
    with store.scratch() as path:
        spool.write(iter([music(FRAMES, 2, 48_000)]), path)
        blob = store.adopt(path)
    made = FORMATS[name]
    return Encode(
        what="01 Song for web",
        seconds=2.0,
        spool=blob,
        rate_hz=48_000,
        channels=2,
        start=0,
        end=FRAMES,
        silence=SILENCE,
        format=name,
        format_version="1",
        settings=made.settings(),
        encoder=made.encoders()[-1],
        trim_db=trim_db,
        engine="tests",
    )


def kept(errand: Encode, store: Store) -> Encoded:
    store.keep(errand.key, encode(errand, store))
    found = store.find(errand.key)
    assert isinstance(found, Encoded)
    return found


def peak_dbtp(encoded: Encoded) -> float:
    assert encoded.measured.true_peak_dbtp is not None
    return encoded.measured.true_peak_dbtp


def test_a_trimmed_file_is_the_untrimmed_one_turned_down(store: Store) -> None:
    wanted = errand(store, -0.7)
    plain = kept(replace(wanted, trim_db=0.0), store)
    before = store.path(plain.blob).read_bytes()
    store.path(wanted.spool).unlink()  # so nothing can be encoded any more
    trimmed = encode(wanted, store)
    assert store.path(plain.blob).read_bytes() == before
    assert trimmed.measured.frames == FRAMES + SILENCE
    assert peak_dbtp(plain) - 0.7 - 1 / 256 - 0.001 < peak_dbtp(trimmed) <= peak_dbtp(plain) - 0.7
    assert trimmed.payload_sha256 != plain.payload_sha256


def test_a_trim_gives_the_same_bytes_whether_or_not_the_untrimmed_file_is_kept(store: Store) -> None:
    wanted = errand(store, -0.7)
    alone = encode(wanted, store)
    kept(replace(wanted, trim_db=0.0), store)
    after = encode(wanted, store)
    assert (after.blob, after.payload_sha256) == (alone.blob, alone.payload_sha256)


def test_a_kept_file_that_the_disk_damaged_is_not_turned_down(store: Store) -> None:
    wanted = errand(store, -0.7)
    plain = kept(replace(wanted, trim_db=0.0), store)
    data = bytearray(store.path(plain.blob).read_bytes())
    data[len(data) // 2] ^= 1
    store.path(plain.blob).write_bytes(data)
    with pytest.raises(Refused) as refused:
        encode(wanted, store)
    assert refused.value.findings[0].code == "store-damaged"
    assert peak_dbtp(encode(wanted, store)) < peak_dbtp(plain)


@pytest.mark.parametrize("name", ["mp3", "vorbis"])
def test_other_formats_are_encoded_anew(store: Store, name: str) -> None:
    wanted = errand(store, -6.0, name)
    plain = encode(replace(wanted, trim_db=0.0), store)
    assert peak_dbtp(encode(wanted, store)) == pytest.approx(peak_dbtp(plain) + 20 * np.log10(0.5), abs=0.3)
