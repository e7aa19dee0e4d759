"""A whole made-up outcome: twelve songs, one of them a draft, two distinct masters, three references, every finding.

The figures of `SONGS` are typed in as a measuring would tell them; the curves are made so that they belong to them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from glassmaster.model import (
    Adjust,
    Album,
    Blob,
    Cut,
    Decided,
    Deliverable,
    Finding,
    Heard,
    Master,
    Order,
    Outcome,
    Part,
    Product,
    Reference,
    Release,
    Song,
    Step,
)
from tests.outcome_sound_support import RATE, extra, grid, hash_of, measurement, source


@dataclass(frozen=True)
class LevelSettings:
    match: str = "short-term"
    mode: str = "album"
    target_lufs: float | None = -14.0
    amount: float = 1.0


@dataclass(frozen=True)
class Gain:
    gain_db: float
    aim_lufs: float


@dataclass(frozen=True)
class LimitSettings:
    ceiling_dbtp: float = -1.0
    release_ms: float = 120.0
    max_gain_reduction_db: float = 4.0


@dataclass(frozen=True)
class WavSettings:
    bits: int = 24


@dataclass(frozen=True)
class Mp3Settings:
    bitrate: int = 320
    quality: str | None = None


SONGS = (
    # title, seconds, mixdown (LUFS, short-term max, range, true peak), at -14: LUFS, drive, reduction, at -9: two
    ("Opening", 258.4, (-24.3, -19.6, 8.1, -6.2), -14.2, 0.4, 1.1, -9.3, 4.6),
    ("Second Light", 301.0, (-22.8, -18.0, 6.4, -4.8), -13.6, 0.9, 1.8, -8.8, 5.1),
    ("Advanced Simulacra", 347.2, (-26.9, -21.3, 11.2, -7.7), -14.8, 0.0, 0.6, -10.0, 3.9),
    ("Awakening", 203.5, (-20.1, -16.9, 4.2, -3.1), -13.2, 1.2, 2.4, -8.6, 5.8),
    ("By-Product", 141.9, (-25.4, -20.0, 7.5, -5.9), -14.0, 0.3, 1.0, -9.1, 4.2),
    ("By-Product, Part 2", 147.3, (-23.7, -18.8, 6.9, -5.0), -13.5, 0.8, 1.7, -8.9, 5.0),
    ("Deprecation", 269.6, (-24.9, -20.4, 9.3, -6.6), -14.5, 0.2, 0.8, -9.6, 4.1),
    ("Enemy Unknown", 44.0, (-33.2, -29.8, 3.0, -14.1), -23.4, 0.0, 0.0, -18.4, 0.0),
    ("Inevitable", 252.5, (-21.5, -17.4, 5.1, -3.9), -13.4, 1.1, 2.2, -8.7, 5.6),
    ("Media Threat", 351.9, (-23.1, -18.1, 7.0, -4.4), -13.9, 0.7, 1.5, -9.0, 4.8),
    ("Nebula", 320.8, (-28.6, -23.2, 12.6, -9.0), None, 0.0, 0.0, None, 0.0),
    ("Orbital Elevator", 286.2, (-24.0, -18.9, 8.8, -5.5), -14.1, 0.5, 1.2, -9.2, 4.4),
)
DRAFT = 10
REFERENCES = (
    ("slow-burn", "Slow Burn.flac", "FLAC", (-9.8, -7.6, 5.2, 0.3)),
    ("night-drive", "night_drive.mp3", "MP3", (-8.2, -6.1, 4.0, 0.9)),
    ("open-air", "Open Air.flac", "FLAC", (-11.5, -8.9, 7.5, -0.2)),
)


def song(index: int) -> Song:
    title = SONGS[index][0]
    return Song(
        mixdown=Path(f"mixes/{index + 1:02}_{title.replace(' ', '')}_Mix1_48k_24b.wav"),
        title=title,
        status="draft" if index == DRAFT else "final",
        isrc=f"GBAAA26{index + 1:05}",
        gap={3: 0.5, 9: 4.0}.get(index),
        joined=index == 5,
        level_db=-9.0 if index == 7 else 0.0,
        references=("slow-burn",) if index == 7 else None,
        notes="Keep the long reverb tail." if index == 2 else "",
        adjust=(Adjust("limit", (("release_ms", 200.0),)),) if index == 3 else (),
    )


TREATMENT = (Step("level", LevelSettings()), Step("limit", LimitSettings()))
DELIVERABLES = (
    Deliverable("distributor", "wav", WavSettings(), profile="distributor-generic"),
    Deliverable("promo", "mp3", Mp3Settings()),
    Deliverable(
        "cd-16-44",
        "wav",
        WavSettings(16),
        rate_hz=44_100,
        dither="shaped",
        adjust=(
            Adjust("level", (("target_lufs", -9.0),)),
            Adjust("limit", (("ceiling_dbtp", -0.3), ("max_gain_reduction_db", 6.0))),
        ),
    ),
)


def release(**changes: Any) -> Release:
    made = Release(
        title="Night Signals",
        artist="The Example",
        date="2026-11-20",
        label="Example Records",
        catalog_number="EX001",
        barcode="5012345678900",
        genre="Electronic",
        copyright="2026 Example Records",
        phonogram="2026 Example Records",
        revision=2,
        songs=tuple(song(index) for index in range(len(SONGS))),
        references=tuple(Reference(name, Path("references") / file) for name, file, *_ in REFERENCES),
        treatment=TREATMENT,
        deliverables=DELIVERABLES,
    )
    return replace(made, **changes)


def mixdown(index: int, *, head: float = 0.5, tail: float = 1.5) -> tuple[Heard, Cut]:
    """A mixdown with half a second of silence before the song and one and a half behind it."""
    _, seconds, figures, *_ = SONGS[index]
    body = grid(seconds, figures[0], seed=index)
    energies = np.concatenate([np.zeros(round(head * 100)), body, np.zeros(round(tail * 100))]).astype(np.float32)
    start = round(head * RATE)
    told = extra(figures[0], head + seconds + tail, seed=index)
    found = measurement(energies, figures, told=told)
    heard = Heard(source(song(index).mixdown.as_posix(), len(energies) * RATE // 100), found)
    return heard, Cut(start, start + round(seconds * RATE))


def references() -> dict[str, Heard]:
    heard = {}
    for place, (name, file, container, figures) in enumerate(REFERENCES):
        energies = grid(210.0 + 20 * place, figures[0], seed=50 + place)
        told = extra(figures[0], 210.0 + 20 * place, seed=50 + place, tilt=-2.0 - place * 0.5, rate=44_100)
        found = measurement(energies, figures, rate=44_100, told=told)
        heard[name] = Heard(source(file, found.frames, container=container, rate=44_100), found)
    return heard


def album(**changes: Any) -> Album:
    heard = [mixdown(index) for index in range(len(SONGS))]
    return Album(
        release=release(**changes),
        mixdowns=tuple(each for each, _ in heard),
        cuts=tuple(cut for _, cut in heard),
        references=references(),
    )


def master(index: int, *, loud: bool) -> Master | None:
    """The song's master at -14 (or, loud, at -9 LUFS); None for the draft."""
    _, seconds, (mix, short, spread, _), quiet_lufs, quiet_drive, quiet_reduction, loud_lufs, loud_reduction = SONGS[
        index
    ]
    lufs, reduction = (loud_lufs, loud_reduction) if loud else (quiet_lufs, quiet_reduction)
    if lufs is None:
        return None
    drive = quiet_drive + (3.0 if loud else 0.0)
    ceiling = -0.3 if loud else -1.0
    energies = grid(seconds, lufs, seed=index)
    peak = ceiling if index != 7 else -6.2
    told = extra(lufs, seconds, seed=index, tilt=-3.0 if loud else -2.6)
    found = measurement(energies, (lufs, short - mix + lufs - 0.4, spread - 0.3, peak), told=told)
    falls_short = loud and index == 2
    return Master(
        song=index,
        spool=Blob(hash_of(f"spool {index} {loud}"), len(energies) * 3840),
        rate_hz=RATE,
        channels=2,
        start=0,
        frames=found.frames,
        aim_lufs=lufs + (0.6 if falls_short else 0.0),
        measurement=found,
        gain_db=round(lufs - mix - drive + 0.3, 2),
        drive_db=drive,
        max_gain_reduction_db=reduction,
        sustained_gain_reduction_db=reduction / 2,
        reduction=np.full(len(energies), reduction / 2, np.float32),
        stopped="1 dB more drive brings less than 0.25 LU: 0.6 LU short" if falls_short else "",
    )


def masters(*, loud: bool) -> tuple[Master, ...]:
    return tuple(each for index in range(len(SONGS)) if (each := master(index, loud=loud)))


def orders(made: tuple[Master, ...], *, loud: bool) -> tuple[Order, ...]:
    return tuple(_order(each, loud=loud) for each in made)


def _order(made: Master, *, loud: bool) -> Order:
    heard, cut = mixdown(made.song)
    level = LevelSettings(target_lufs=-9.0 if loud else -14.0)
    limit = LimitSettings(-0.3, 120.0, 6.0) if loud else LimitSettings()
    if made.song == 3:
        limit = replace(limit, release_ms=200.0)
    steps = (
        Decided("level", "1", level, Gain(made.gain_db, made.aim_lufs or 0.0)),
        Decided("limit", "1", limit, limit),
    )
    part = Part(made.song, heard.source, cut, steps)
    return Order((part,), (), made.aim_lufs, limit.ceiling_dbtp)


def product(deliverable: Deliverable, made: Master) -> Product:
    """A finished file; lossy ones are trimmed by 0.4 dB and peak higher."""
    lossy = deliverable.format == "mp3"
    rate = 44_100 if deliverable.rate_hz == 44_100 else made.rate_hz
    told = made.measurement
    lufs, peak = told.integrated_lufs, told.true_peak_dbtp
    assert lufs is not None
    assert peak is not None
    measured = replace(
        told, integrated_lufs=lufs - (0.4 if lossy else 0.0), true_peak_dbtp=peak + (0.6 if lossy else 0.0)
    )
    path = f"{deliverable.name}/{made.song + 1:02} {SONGS[made.song][0]}.{deliverable.format}"
    seconds = made.frames / made.rate_hz
    bits = getattr(deliverable.settings, "bits", None)
    return Product(
        deliverable=deliverable.name,
        song=made.song,
        path=path,
        sha256=hash_of(path),
        size=math.floor(seconds * (40_000 if lossy else rate * 2 * (bits or 16) // 8)),
        payload_sha256=hash_of(f"payload {path}"),
        measured=measured,
        rate_hz=rate,
        bits=bits,
        encoder="lame 3.100" if lossy else "libsndfile 1.2.2",
        trim_db=-0.4 if lossy else 0.0,
        untrimmed_dbtp=0.1 if lossy else None,
        encodes=1.06 if lossy else 1.0,
        tags={"title": SONGS[made.song][0]},
    )


FINDINGS = (
    Finding(
        "draft",
        "error",
        "11 Nebula",
        "Nebula is a draft: it was measured, but not mastered",
        'set status = "final" when the mix is approved, then build again',
        song=DRAFT,
    ),
    Finding(
        "clipped",
        "warning",
        "4 Awakening",
        "the mixdown is clipped at 3 places, the longest for 7 samples",
        "fix it in the mix: lower the mix bus by 3 dB and export again",
        song=3,
        at=83.46,
    ),
    Finding(
        "target-not-reached",
        "warning",
        "3 Advanced Simulacra, cd-16-44",
        "ends 0.6 LU under its aim of −9.4 LUFS: more drive brings less than 0.25 LU a dB",
        "accept it, or lower target_lufs of cd-16-44",
        song=2,
    ),
    Finding(
        "loudness-jump",
        "warning",
        "8 Enemy Unknown",
        "sits 9.9 LU under the song before it",
        "meant so? then its level_db says it already",
        song=7,
        waived="It is an interlude.",
    ),
    Finding("mixed-rates", "note", "release", "two of the mixdowns are at 44.1 kHz, the others at 48 kHz"),
)
PROVENANCE = {"glassmaster": "0.1.0", "numpy": "2.4.6", "libsndfile": "1.2.2", "soxr": "0.5.0", "lame": "3.100"}


def outcome(**changes: Any) -> Outcome:
    """The whole; `changes` are fields of the outcome itself."""
    return replace(_outcome(), **changes)


@cache
def _outcome() -> Outcome:
    quiet, loud = masters(loud=False), masters(loud=True)
    by_name = {"distributor": quiet, "promo": quiet, "cd-16-44": loud}
    return Outcome(
        album=album(),
        orders={name: orders(each, loud=each is loud) for name, each in by_name.items()},
        masters=by_name,
        products=tuple(product(each, one) for each in DELIVERABLES for one in by_name[each.name]),
        findings=FINDINGS,
        verdict="not ready",
        provenance=PROVENANCE,
    )
