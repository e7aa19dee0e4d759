"""Made-up offers, and short ways to load a manifest from a text."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import pytest
from annotated_types import Ge, Gt, Le, MaxLen

from glassmaster.errors import Exit, Refused
from glassmaster.manifest import CODES, load
from glassmaster.model import Audio, Block, Encoder, Finding, Format, Profile, Release, Stage
from glassmaster.plugins import Offers

TODAY = datetime.date(2026, 11, 22)
MINIMAL = """\
[release]
title = "Night Signals"
artist = "The Example"

[[song]]
title = "Opening"
mixdown = "mixes/01_Opening_Mix3_48k_24b.wav"
"""


@dataclass(frozen=True)
class Level:
    """Settings of `level`."""

    match: Literal["short-term", "integrated", "none"] = "short-term"
    """What is made equal."""
    amount: Annotated[float, Ge(0), Le(1)] = 1.0
    mode: Literal["album", "anchor"] = "album"
    target_lufs: Annotated[float, Ge(-60), Le(0)] = -14.0
    """Loudness to reach."""
    target_from: Literal["", "references"] = ""
    anchor: str = ""


@dataclass(frozen=True)
class Limit:
    """Settings of `limit`."""

    ceiling_dbtp: Annotated[float, Ge(-20), Le(0)] = -1.0
    release_ms: Annotated[float, Ge(10), Le(1000)] = 60.0
    max_gain_reduction_db: float = 4.0


@dataclass(frozen=True)
class Band:
    """One band of `tone`; a class inside a class, with no word of pydantic in it."""

    hz: Annotated[float, Gt(0)] = 1000.0
    gain_db: float = 0.0


@dataclass(frozen=True, slots=True)
class Tone:
    """Settings of `tone`."""

    bands: Annotated[tuple[Band, ...], MaxLen(3)] = ()
    low_hz: float = 20.0
    high_hz: float = 20000.0
    order: int | Literal["auto"] = "auto"

    def __post_init__(self) -> None:
        if self.low_hz >= self.high_hz:
            raise ValueError("low_hz must be under high_hz")


@dataclass(frozen=True)
class Faulty:
    """A plugin's class that nobody can read."""

    what: NoSuchType = None  # type: ignore[name-defined]  # noqa: F821


@dataclass(frozen=True)
class Pcm:
    """Settings of lossless files."""

    bits: Literal[16, 24] = 24


@dataclass(frozen=True)
class Mp3:
    """Settings of MP3 files."""

    bitrate: Annotated[int, Ge(64), Le(320)] | None = None
    quality: Literal["V0", "V2"] | None = None


def _render(audio: Audio, value: Any) -> Iterator[Block]:
    yield from audio


def _format(name: str, settings: type[Any], lossy: bool) -> Format:
    def nothing(*arguments: Any) -> Any:
        raise AssertionError("loading a manifest touches no audio")

    encoders = (Encoder("made-up", "1"),)
    return Format(name, f".{name}", settings, lossy, lambda: encoders, "", nothing, nothing, nothing)


STAGES = {
    "level": Stage("level", Level, _render, aim="aim_lufs"),
    "limit": Stage("limit", Limit, _render),
    "tone": Stage("tone", Tone, _render),
    "faulty": Stage("faulty", Faulty, _render),
    "loud": Stage("loud", Limit, _render, aim="aim_lufs"),
}
FORMATS = {
    "wav": _format("wav", Pcm, False),
    "flac": _format("flac", Pcm, False),
    "mp3": _format("mp3", Mp3, True),
}
OFFERS = Offers(
    stages=STAGES,
    formats=FORMATS,
    profiles={"spotify": Profile("spotify", "Spotify", "playback", "its support page", "2026-11-20")},
)


def songs(*lines: str) -> str:
    """A release with these songs, each of its own title and mixdown unless its lines name others."""
    tables = [MINIMAL.partition("[[song]]")[0]]
    for index, own in enumerate(lines):
        title = "" if "title" in own else f'title = "Song {index + 1}"\n'
        mixdown = "" if "mixdown" in own else f'mixdown = "mixes/{index + 1}.wav"\n'
        tables.append(f"[[song]]\n{title}{mixdown}{own}\n")
    return tables[0] + "\n".join(tables[1:])


def released(line: str) -> str:
    return MINIMAL.replace("artist", f"{line}\nartist")


def written(folder: Path, text: str | bytes) -> Path:
    """A release.toml with this text."""
    path = folder / "release.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def accepted(folder: Path, text: str | bytes, offers: Offers = OFFERS) -> tuple[Release, tuple[Finding, ...]]:
    """What a manifest that holds becomes."""
    release, findings = load(written(folder, text), offers, TODAY)
    assert all(finding.severity != "error" for finding in findings)
    _explained(findings)
    return release, findings


def refused(folder: Path, text: str | bytes, offers: Offers = OFFERS) -> tuple[Finding, ...]:
    """What is said about a manifest that does not hold."""
    with pytest.raises(Refused) as refusal:
        load(written(folder, text), offers, TODAY)
    findings = refusal.value.findings
    assert refusal.value.exit == Exit.USAGE
    assert any(finding.severity == "error" for finding in findings)
    _explained(findings)
    return findings


def only(findings: tuple[Finding, ...], code: str) -> Finding:
    """The one finding there is, and it has this code."""
    assert [finding.code for finding in findings] == [code], findings
    return findings[0]


def place(finding: Finding) -> str:
    """Line and column of a finding: "12:3"."""
    return ":".join(finding.where.rsplit(":", 2)[1:])


def headline(finding: Finding) -> str:
    """The message without the excerpt."""
    return finding.message.partition("\n")[0]


def _explained(findings: tuple[Finding, ...]) -> None:
    known = {each.code for each in CODES}
    assert {finding.code for finding in findings} <= known
