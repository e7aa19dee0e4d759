"""Plays a score: every layer into a stereo mix, a room around it, the drums making way for themselves."""

from __future__ import annotations

import math

import numpy as np

from . import sounds
from .score import Score
from .sounds import Sound

TAIL_S = 3.0


def play(score: Score, rate: int) -> Sound:
    """The piece as frames x 2, with the reverb's tail; at no level in particular."""
    return _Player(score, rate).mix()


def bar_at(score: Score, bar: int, rate: int) -> int:
    """The frame at which a bar begins."""
    return round(bar * 4 * 60 / score.bpm * rate)


class _Player:
    def __init__(self, score: Score, rate: int) -> None:
        self._score, self._rate = score, rate
        frames = bar_at(score, score.bars, rate) + round(TAIL_S * rate)
        self._soft, self._hard, self._send = (np.zeros((frames, 2), np.float32) for _ in range(3))
        self._noise = np.random.default_rng(score.seed)
        self._way = np.ones(frames, np.float32)

    def mix(self) -> Sound:
        self._pads()
        self._plucks()
        self._bass()
        self._lead()
        self._drums()
        room = sounds.reverb(self._send, self._rate, self._score.room_s, self._score.seed)
        return (self._soft + self._score.wet * room) * self._way[:, None] + self._hard

    def _bars(self, layer: str) -> list[int]:
        return [bar for bar, sign in enumerate(layer) if sign == "x"]

    def _frame(self, beat: float) -> int:
        return round(beat * 60 / self._score.bpm * self._rate)

    def _chord(self, bar: int) -> tuple[int, ...]:
        return self._score.chords[bar % len(self._score.chords)]

    def _add(self, bus: Sound, at: int, left: Sound, right: Sound, send: float) -> None:
        end = min(len(bus), at + len(left))
        for channel, sound in enumerate((left, right)):
            bus[at:end, channel] += sound[: end - at]
            if send:
                self._send[at:end, channel] += send * sound[: end - at]

    def _panned(self, bus: Sound, at: int, sound: Sound, place: float, send: float) -> None:
        """`place`: -1 left to 1 right, at equal power."""
        angle = (place + 1) * math.pi / 4
        self._add(bus, at, sound * math.cos(angle), sound * math.sin(angle), send)

    def _pads(self) -> None:
        frames = self._frame(4.3)
        for bar in self._bars(self._score.pad):
            for note in self._chord(bar)[1:]:
                self._add(self._soft, self._frame(4 * bar), *sounds.pad(note, frames, self._rate), 0.5)

    def _plucks(self) -> None:
        dry = np.zeros_like(self._soft)
        kept: dict[int, Sound] = {}
        for bar in self._bars(self._score.plucks):
            for eighth, step in enumerate(self._score.steps):
                note = self._chord(bar)[1:][step % 4] + 12
                sound = kept.setdefault(note, sounds.pluck(note, self._rate))
                accent = 1.0 if eighth % 4 == 0 else 0.7
                self._panned(dry, self._frame(4 * bar + eighth / 2), sound * accent, (-0.6, 0.6)[eighth % 2], 0.4)
        self._soft += dry
        for echo in (1, 2):  # from side to side, a dotted eighth later each
            late, sides = self._frame(0.75 * echo), dry[:, ::-1] if echo % 2 else dry
            self._soft[late:] += np.float32(0.4**echo) * sides[:-late]

    def _bass(self) -> None:
        busy = bool(self._score.drums)
        for bar in self._bars(self._score.bass):
            root = self._chord(bar)[0]
            line = ((0, 1.5, 0), (1.5, 0.5, 0), (2, 1, 12), (3, 0.5, 7), (3.5, 0.5, 0)) if busy else ((0, 3.5, 0),)
            for beat, beats, above in line:
                sound = sounds.bass(root + above, self._frame(beats), self._rate)
                self._panned(self._soft, self._frame(4 * bar + beat), sound, 0.0, 0.02)

    def _lead(self) -> None:
        bars = self._bars(self._score.lead)
        for first in (bar for bar in bars if bar - 1 not in bars):
            last = next(bar for bar in range(first, len(self._score.lead) + 1) if bar not in bars)
            for beat, note, beats in self._score.tune:
                if 4 * first + beat < 4 * last:
                    sound = sounds.lead(note, self._frame(beats + 0.1), self._rate)
                    self._panned(self._soft, self._frame(4 * first + beat), sound, 0.12, 0.7)

    def _drums(self) -> None:
        rate, score = self._rate, self._score
        drums = (
            (score.kick, sounds.kick(rate), 0.0, 0.0),
            (score.snare, sounds.snare(rate, self._noise), -0.1, 0.35),
            (score.hat, sounds.hat(rate, self._noise, 0.09), 0.35, 0.05),
        )
        duck = 1 - 0.5 * sounds.decay(round(0.3 * rate), rate, 0.45)
        for bar in self._bars(score.drums):
            for pattern, sound, place, send in drums:
                for step, sign in enumerate(pattern):
                    if sign == "x":
                        at = self._frame(4 * bar + step / 4)
                        self._panned(self._hard, at, sound * (0.85 + 0.15 * (step % 4 == 0)), place, send)
                        if pattern is score.kick:
                            way = self._way[at : at + len(duck)]
                            np.minimum(way, duck[: len(way)], out=way)
