"""A lossless file gives back every sample; of files of one sound one is measured."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from glassmaster import plugins
from glassmaster.encode import encode
from glassmaster.errands import Encode, Encoded, Failure
from glassmaster.errors import Exit
from glassmaster.model import Event
from glassmaster.proof import compared
from glassmaster.sound import spool
from glassmaster.store import Store
from glassmaster.twins import firsts, paired
from glassmaster.work import Crew
from tests.faults_support import HEAD, glassmaster, manifest, mixdown, plugin, song, tree
from tests.formats_support import FORMATS, audio_of, heard, on_grid
from tests.work_support import Here

FRAMES = 70_001
SOUND = on_grid(FRAMES, 2, 16)


class Differs(Exception):  # noqa: N818
    pass


class Longer(Exception):  # noqa: N818
    pass


def held(one: Any, other: Any, block: int, other_block: int) -> Any:
    return heard(compared(audio_of(one, block=block), audio_of(other, block=other_block), Differs, Longer))


@pytest.mark.parametrize("blocks", [(10_007, 10_007), (1, 70_001), (65_536, 4_096), (4_096, 65_537)])
def test_equal_sound_passes_however_it_is_cut(blocks: tuple[int, int]) -> None:
    some = SOUND[:9_000] if 1 in blocks else SOUND
    assert np.array_equal(held(some, some, *blocks), some)


@pytest.mark.parametrize("frame", [0, 9_999, 10_000, 65_535, FRAMES - 1])
def test_the_first_other_sample_is_named(frame: int) -> None:
    other = SOUND.copy()
    other[frame:, 1] += np.float32(2.0**-15)
    with pytest.raises(Differs) as problem:
        held(SOUND, other, 10_000, 65_536)
    assert problem.value.args == (frame,)


@pytest.mark.parametrize("frames", [0, 1, 65_536, FRAMES - 1, FRAMES + 1, FRAMES + 90_000])
def test_another_length_is_told(frames: int) -> None:
    longer = np.concatenate([SOUND, SOUND, SOUND])
    with pytest.raises(Longer) as problem:
        held(longer[:frames], SOUND, 10_000, 65_536)
    assert problem.value.args == (frames,)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "room")


def errand(store: Store, name: str, start: int = 0) -> Encode:
    with store.scratch() as path:
        spool.write(iter([SOUND]), path)
        blob = store.adopt(path)
    made = FORMATS[name]
    settings = made.settings() if made.lossy else made.settings(bits=16)
    return Encode(
        what=f"01 Song for {name}", seconds=1.0, spool=blob, rate_hz=48_000, channels=2, start=start, end=FRAMES,
        silence=4_800, format=name, format_version="1", settings=settings, encoder=made.encoders()[-1],
        trim_db=0.0, engine="tests",
    )  # fmt: skip


def test_a_file_of_the_same_sound_is_not_measured_again(store: Store) -> None:
    first, second = errand(store, "wav"), errand(store, "flac")
    told, alone = encode(first, store), encode(second, store)
    assert alone.payload_sha256 == told.payload_sha256
    assert (alone.measured.true_peak_dbtp, alone.measured.frames) == (told.measured.true_peak_dbtp, FRAMES + 4_800)
    assert np.array_equal(alone.measured.energies, told.measured.energies)
    marked = replace(told, measured=replace(told.measured, dr=77))
    assert encode(replace(second, twin=marked), store).measured.dr == 77
    assert replace(second, twin=told).key == second.key


def test_a_wrong_twin_never_hides_another_sample(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    told, wanted = encode(errand(store, "wav"), store), errand(store, "flac")
    offers = plugins.load()
    broken = replace(offers.formats["flac"], decode=lambda path: audio_of(on_grid(FRAMES + 4_800, 2, 16), 48_000))
    monkeypatch.setitem(offers.formats, "flac", broken)
    with pytest.raises(Exception, match="another sample than the master's at frame 0"):
        encode(replace(wanted, twin=told), store)


def test_only_lossless_files_of_one_stretch_are_paired(store: Store) -> None:
    offers = plugins.load()
    errands = [errand(store, name) for name in ("wav", "mp3", "flac", "aiff", "vorbis")] + [errand(store, "flac", 5)]
    first = firsts(errands, offers)
    assert [(each.format, each.start) for each in first] == [("wav", 0), ("mp3", 0), ("vorbis", 0), ("flac", 5)]
    told = encode(errands[0], store)
    made = {errands[0]: told, errands[1]: told}
    assert [each.twin for each in paired(errands[2:], made, offers)] == [told, told, None, None]
    assert paired(errands[2:3], {errands[0]: Failure(errands[0], 8, ())}, offers)[0].twin is None


DAMAGING = '''
"""A lossless format that is none: one sample of the song comes back another, or two too many."""
import os
from dataclasses import replace
import glassmaster_wav
from glassmaster.hooks import hookimpl
from glassmaster.model import Audio

def decode(path):
    audio = glassmaster_wav.decode(path)
    def blocks():
        for block in audio:
            block = block.copy()
            if os.environ["DAMAGE"] == "samples":
                block[1234, 1] += 2.0**-15
            yield block
        if os.environ["DAMAGE"] == "length":
            yield block[:2]
    return Audio(audio.rate, audio.channels, audio.frames, blocks)

@hookimpl
def glassmaster_formats():
    (wav,) = glassmaster_wav.glassmaster_formats()
    yield replace(wav, name="odd", suffix=".odd", decode=decode)
'''


@pytest.mark.parametrize(
    ("damage", "words"),
    [("samples", "decodes to another sample than the master's at frame 1,234"), ("length", "decodes to 24002 frames")],
)
def test_a_file_that_is_not_its_master_is_refused(tmp_path: Path, damage: str, words: str) -> None:
    mixdown(tmp_path / "mix.wav")
    deliverables = '\n[[deliverable]]\nname = "x"\nformat = "odd"\nbits = 16\n'
    path = manifest(tmp_path, HEAD + song("Opening") + deliverables)
    env = plugin(tmp_path / "site", DAMAGING) | {"DAMAGE": damage}
    run = glassmaster("build", "--jobs", 1, path, env=env)
    assert run.code == Exit.UNPROVEN, run.said
    assert f"the odd file {words}" in run.err
    assert "choose another encoder" in run.err
    assert not any(name.startswith("dist") for name in tree(tmp_path))


def test_of_several_lossless_files_each_is_made_once(store: Store) -> None:
    from glassmaster.rounds import _encoded

    told: list[Event] = []
    errands = [errand(store, name) for name in ("flac", "wav", "aiff")]
    found = _encoded(errands, plugins.load(), Crew(store, Here, told.append))
    assert all(isinstance(each, Encoded) for each in found)
    assert sorted(each.what for each in told if each.kind == "ended") == sorted(each.what for each in errands)
    assert len({each.payload_sha256 for each in found if isinstance(each, Encoded)}) == 1
