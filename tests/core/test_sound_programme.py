"""Programmes: songs end to end or crossfaded, against plain numpy over whole arrays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from glassmaster.sound.programme import Piece, assembled, marks
from tests.formats_support import audio_of, heard

Songs = Sequence[tuple[int, int, int]]
"""(frames, overlap with the song before, frames to the mark)."""
CASES: dict[str, Songs] = {
    "one song": [(5000, 0, 0)],
    "end to end": [(5000, 0, 0), (3001, 0, 0), (70_000, 0, 0)],
    "crossfade": [(5000, 0, 0), (4000, 1500, 700)],
    "a splice, then a crossfade": [(5000, 0, 0), (4000, 0, 0), (6000, 999, 0)],
    "two crossfades": [(5000, 0, 0), (4000, 1500, 0), (6000, 1000, 500)],
    "crossfades that fill a song": [(5000, 0, 0), (2500, 1500, 0), (6000, 1000, 0)],
    "as long as a song": [(3000, 0, 0), (3000, 3000, 1500)],
    "one frame": [(1, 0, 0), (1, 0, 0), (1, 0, 0)],
}


def sounds(songs: Songs) -> list[np.ndarray]:
    noise = np.random.default_rng(4)
    return [noise.standard_normal((frames, 2)).astype(np.float32) for frames, _, _ in songs]


def pieces(songs: Songs, block: int) -> list[Piece]:
    made = zip(sounds(songs), songs, strict=True)
    return [Piece(audio_of(sound, 48_000, block), overlap, mark) for sound, (_, overlap, mark) in made]


def by_hand(songs: Songs) -> np.ndarray:
    """Every song under its rising and falling quarter sines, added up where it lies."""
    length = sum(frames - overlap for frames, overlap, _ in songs)
    out, at = np.zeros((length, 2)), 0
    for number, (sound, (frames, overlap, _)) in enumerate(zip(sounds(songs), songs, strict=True)):
        at -= overlap
        gain = np.ones(frames)
        if overlap:
            gain[:overlap] *= np.sin((np.arange(overlap) + 0.5) / overlap * np.pi / 2)
        if number + 1 < len(songs) and (ahead := songs[number + 1][1]):
            gain[-ahead:] *= np.cos((np.arange(ahead) + 0.5) / ahead * np.pi / 2)
        out[at : at + frames] += sound * gain[:, None]
        at += frames
    return out


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("block", [1, 64, 1499, 1500, 1501, 10**6])
def test_a_programme_is_what_adding_by_hand_gives(name: str, block: int) -> None:
    if block == 1 and max(frames for frames, _, _ in CASES[name]) > 10_000:
        block = 7
    made = assembled(pieces(CASES[name], block))
    wanted = by_hand(CASES[name])
    assert made.frames == len(wanted)
    np.testing.assert_allclose(heard(made), wanted, rtol=0, atol=2e-6)


@pytest.mark.parametrize("name", CASES)
def test_blocks_of_any_size_give_the_same_samples(name: str) -> None:
    first, *others = (heard(assembled(pieces(CASES[name], block))) for block in (33, 1500, 10**6))
    for other in others:
        assert np.array_equal(first, other)


def test_end_to_end_changes_no_sample() -> None:
    songs = CASES["end to end"]
    assert np.array_equal(heard(assembled(pieces(songs, 1000))), np.concatenate(sounds(songs)))


def test_a_crossfade_of_unlike_songs_keeps_the_power() -> None:
    noise = np.random.default_rng(5)
    one, other = (audio_of(noise.standard_normal((200_000, 2))) for _ in range(2))
    made = heard(assembled([Piece(one), Piece(other, overlap=100_000)]))[100_000:200_000].astype(np.float64)
    power = np.mean(made.reshape(10, -1) ** 2, axis=1)
    assert np.abs(10 * np.log10(power)).max() < 0.2


def test_marks_are_where_the_songs_begin() -> None:
    assert marks(pieces([(100, 0, 0)], 10)) == (0, 100)
    assert marks(pieces([(100, 0, 0), (50, 0, 0), (70, 0, 0)], 10)) == (0, 100, 150, 220)
    assert marks(pieces([(100, 0, 0), (50, 20, 5), (70, 0, 0)], 10)) == (0, 85, 130, 200)


def test_a_programme_can_be_heard_twice() -> None:
    made = assembled(pieces(CASES["two crossfades"], 512))
    assert np.array_equal(heard(made), heard(made))
