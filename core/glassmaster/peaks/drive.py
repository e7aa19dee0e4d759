"""How far to drive a song into the limiter: the search for a loudness, and what may stop it on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from ..model import Grid
from .working import sustained

TOLERANCE_LU = 0.1
"""A song this close to its aim has reached it ..."""
_CLOSE_LU = 0.02
"""... but the search goes on until it is this close, as long as trials are left."""
_NEAR_DB = 0.08
"""Gain reduction this close to its limit has met it."""
SPARE_DB, _SPARE_SHARE = 0.3, 0.1
"""The model reads gain reduction within 0.3 dB of the limiter's on real music: it leaves that, or a tenth."""
_EXACT = 1e-6
_DIGITS = 2
"""Of a drive: what processors' measurements differ by, in the seventh digit, changes none but by rare chance."""
_WORTH = 0.25
"""LU that 1 dB more drive must bring."""
SINGLE = 2.0
"""A single peak may be taken down by this many times what the music may be."""


@dataclass(frozen=True)
class Trial:
    """What a drive led to."""

    lufs: float | None
    """Integrated loudness behind the limiter; None: silence."""
    sustained_db: float
    """Gain reduction at work on the music, as `sustained` reads it."""
    highest_db: float
    """The most that a single peak is taken down."""

    @classmethod
    def of(cls, lufs: float | None, reduction: Grid) -> Trial:
        """From the gain reduction of each 10 ms, dB >= 0."""
        return cls(lufs, sustained(reduction), float(reduction.max(initial=0.0)))

    @property
    def counted_db(self) -> float:
        """What is held against an allowance."""
        return max(self.sustained_db, self.highest_db / SINGLE)


@dataclass(frozen=True)
class Settled:
    """Where the search ended; `drive_db` is one of the drives tried."""

    drive_db: float
    trial: Trial
    stopped: str = ""
    """Which rule stopped it short of the aim, and by how much; empty when the aim is reached."""
    trials: int = 0


@dataclass(frozen=True)
class _Tried:
    drive: float
    lufs: float
    trial: Trial

    @property
    def reduction(self) -> float:
        return self.trial.counted_db


def find_drive(
    trial: Callable[[float], Trial],
    guess_db: float,
    aim_lufs: float,
    max_gain_reduction_db: float,
    most_trials: int = 6,
    *,
    model: bool = False,
) -> Settled:
    """Search, from `guess_db`, the drive that ends at `aim_lufs`; drives may be negative.

    It stops where `max_gain_reduction_db` is met by the gain reduction at work, or twice that by a single peak, or
    where 1 dB more drive brings less than 0.25 LU; of drives that are equally loud it takes the least. `trial` is run
    at most `most_trials` times (6: each is a pass over the audio).

    Trials of a `model` leave some of the allowance to what the model does not see, and one more proves that the last dB
    was worth it; a search on audio that starts from such a guess ends where that spare is all that is left.
    """
    search = _Search(aim_lufs, max_gain_reduction_db, model)
    drive: float | None = _whole_steps(guess_db)
    while drive is not None and len(search.tried) < most_trials:
        found = trial(drive)
        if found.lufs is None:
            return Settled(drive, found, "is silent: there is no loudness to aim at", 1)
        search.tried.append(_Tried(drive, found.lufs, found))
        search.tried.sort(key=lambda each: each.drive)
        drive = search.next_step()
    best = search.best()
    return Settled(best.drive, best.trial, search.reason(best), len(search.tried))


def _whole_steps(drive_db: float) -> float:
    return round(drive_db, _DIGITS) + 0.0


class _Search:
    """What is known after some trials, in the order of their drives, and where to look next."""

    def __init__(self, aim: float, allowed: float, model: bool) -> None:
        spare = min(SPARE_DB, _SPARE_SHARE * allowed)
        self.aim, self.allowed, self.model = aim, allowed, model
        self.most = allowed - spare if model else allowed
        self.near = _NEAR_DB if model else max(_NEAR_DB, 2 * spare)
        self.tried: list[_Tried] = []

    def next_step(self) -> float | None:
        """The next drive to try, in whole steps; None when there is nothing more to learn."""
        drive = self._next()
        step = None if drive is None else _whole_steps(drive)
        return None if any(each.drive == step for each in self.tried) else step

    def _next(self) -> float | None:
        """The next drive to try; None when there is nothing more to learn."""
        low = self._low()
        high = [each for each in self.tried if each not in low]
        if any(abs(each.lufs - self.aim) <= _CLOSE_LU for each in self._fits()):
            return None
        if low and self._met(low[-1]) and not (self.model and self._knee(low) is not None):
            return self._back(low)
        if not low:
            return self._down(high)
        knee = self._knee(low)
        if knee is not None:
            return self._around(low, knee)
        return self._between(low[-1], high[0]) if high else self._up(low)

    def _fits(self) -> list[_Tried]:
        return [each for each in self.tried if each.reduction <= self.most + _EXACT]

    def _low(self) -> list[_Tried]:
        """Those that are allowed, and not loud enough."""
        return [each for each in self._fits() if each.lufs <= self.aim]

    def _met(self, each: _Tried) -> bool:
        """No more drive is allowed, give or take a little."""
        over = [other.drive for other in self.tried if other.reduction > self.most + _EXACT]
        return each.reduction > max(0.0, self.most - self.near) or min(over, default=1e9) - each.drive <= 2 * _NEAR_DB

    def _back(self, low: list[_Tried]) -> float | None:
        last = low[-1].drive
        near = any(last - each.drive <= 1.0 for each in low[:-1])
        return None if near or not self.model or not low[-1].reduction else last - 1.0

    @staticmethod
    def _knee(low: list[_Tried]) -> int | None:
        """From which on more drive is not worth it."""
        pairs = enumerate(pairwise(low))
        return next((index for index, (one, other) in pairs if _slope(one, other) < _WORTH), None)

    @staticmethod
    def _around(low: list[_Tried], knee: int) -> float | None:
        """Closes in on the knee, to 1 dB."""
        if knee == 0:
            return low[0].drive - 2.0 if low[0].reduction > 0.0 else low[1].drive - _half(low[0], low[1])
        below, above = low[knee].drive - low[knee - 1].drive, low[knee + 1].drive - low[knee].drive
        if max(below, above) <= 1.0:
            return None
        return low[knee].drive + (above / 2 if above > below else -below / 2)

    def _down(self, high: list[_Tried]) -> float:
        least = high[0]
        slope = (1.0 + min(1.0, _slope(least, high[1]))) / 2 if len(high) > 1 else 1.0
        too_loud = (least.lufs - self.aim) / max(_WORTH, slope)
        return least.drive - max(too_loud, least.reduction - self.most + _NEAR_DB / 2)

    def _up(self, low: list[_Tried]) -> float:
        best = low[-1]
        slope = _slope(low[-2], best) if len(low) > 1 else 1.0
        step = (self.aim - best.lufs) / min(1.0, slope)
        if best.reduction > 0.0:
            step = min(step, 4.0, self.most - best.reduction - _NEAR_DB / 2)
        return best.drive + step

    def _between(self, low: _Tried, high: _Tried) -> float:
        ways = []
        if high.lufs > self.aim:
            ways.append(low.drive + (self.aim - low.lufs) / _slope(low, high))
        if high.reduction > self.most:
            rise = (high.reduction - low.reduction) / (high.drive - low.drive) if low.reduction > 0.0 else 1.0
            ways.append(high.drive - (high.reduction - self.most + _NEAR_DB / 2) / min(1.0, max(rise, 0.1)))
        inside = 0.02 * (high.drive - low.drive)
        return min(max(min(ways), low.drive + inside), high.drive - inside)

    def best(self) -> _Tried:
        """The one to keep: nearest to the aim; short of it, the loudest whose drive was still worth it."""
        fits = self._fits() or [min(self.tried, key=lambda each: each.reduction)]
        close = [each for each in fits if abs(each.lufs - self.aim) <= TOLERANCE_LU]
        if close:
            return min(close, key=lambda each: (round(abs(each.lufs - self.aim), 2), each.drive))
        low = self._low()
        if not low:
            return fits[0]
        knee = self._knee(low)
        return low[-1] if knee is None else low[knee]

    def reason(self, best: _Tried) -> str:
        away = self.aim - best.lufs
        if abs(away) <= TOLERANCE_LU and best.reduction <= self.most + _EXACT:
            return ""
        where = f"stops {abs(away):.1f} LU {'short of' if away > 0 else 'above'} {self.aim:.1f} LUFS"
        if away > 0 and self._knee(self._low()) is not None:
            return f"{where}: 1 dB more drive would bring less than {_WORTH} LU"
        if self._met(best):
            return f"{where}: {self._allowance(best.trial)}"
        return f"{where}: not found in {len(self.tried)} trials"

    def _allowance(self, trial: Trial) -> str:
        if trial.sustained_db >= trial.highest_db / SINGLE:
            return f"max_gain_reduction_db {self.allowed:.1f} is reached"
        most = f"{SINGLE * self.allowed:.1f} dB, twice max_gain_reduction_db {self.allowed:.1f}"
        return f"a single peak is taken down by {trial.highest_db:.1f} of at most {most}"


def _half(low: _Tried, high: _Tried) -> float:
    return (high.drive - low.drive) / 2


def _slope(low: _Tried, high: _Tried) -> float:
    """LU per dB of drive."""
    return (high.lufs - low.lufs) / (high.drive - low.drive)
