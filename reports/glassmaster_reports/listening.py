"""What the page lets one listen to: previews as the player takes them, and the words that say how they are matched."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from glassmaster.model import LOUDEST_SECONDS, PIECE_SECONDS, Album, Outcome, Preview

from .sequence import Place
from .takes import Take
from .words import listed, tenths


@dataclass(frozen=True)
class SongSound:
    """What stands at a song's chart."""

    song: int
    """Index in `release.songs`."""
    masters: int
    looped: bool
    """Long enough for its loudest part to be played over and over by itself."""
    words: str


@dataclass(frozen=True)
class Join:
    """From one song to the next."""

    number: int
    words: str


@dataclass(frozen=True)
class Listening:
    """All that can be listened to on a page."""

    data: Mapping[str, Any]
    """For the player; plain values that JSON can write."""
    songs: Mapping[int, SongSound]
    """By song index."""
    joins: tuple[Join, ...]
    whole: bool
    """Songs from start to end, in files beside the page; else their loudest part, inside it."""
    sounds: tuple[tuple[str, str], ...] = ()
    """(name, base64) of every piece inside the page."""


def listening(
    outcome: Outcome, places: Sequence[Place], found: Sequence[Take], names: Mapping[str, str], *, whole: bool
) -> Listening | None:
    """The previews of the songs at `places`; None where there are none. `names`: of the sounds, by their hash."""
    by_song = {
        place.song: own for place in places if (own := [each for each in outcome.previews if each.song == place.song])
    }
    if not by_song:
        return None
    labels = _labels(found)
    level = min((each.gain_db for each in outcome.previews if each.kind == "master"), default=0.0)
    drawn = [place for place in places if place.song in by_song]
    songs = [_song(place, by_song[place.song], labels, names, level) for place in drawn]
    joins = _joins(outcome.album, drawn, by_song, songs) if whole else []
    return Listening(
        data={
            "rate": outcome.previews[0].rate_hz,
            "piece": PIECE_SECONDS * outcome.previews[0].rate_hz,
            "songs": songs,
            "joins": joins,
        },
        songs={
            place.song: _about(place.song, by_song[place.song], labels, _unplayed(outcome.album, place.song), whole)
            for place in drawn
        },
        joins=tuple(Join(number, each["title"]) for number, each in enumerate(joins)),
        whole=whole,
    )


def _labels(found: Sequence[Take]) -> dict[str, str]:
    """What a master is called, by the name of its first deliverable."""
    if len(found) == 1:
        return {found[0].deliverables[0]: found[0].label}
    return {take.deliverables[0]: f"{take.label} ({take.deliverables[0]})" for take in found}


def _label(preview: Preview, labels: Mapping[str, str]) -> str:
    if preview.kind == "reference":
        return preview.name
    return "Mixdown" if preview.kind == "mixdown" else labels.get(preview.name, preview.name)


def _song(
    place: Place, own: Sequence[Preview], labels: Mapping[str, str], names: Mapping[str, str], level: float
) -> dict[str, Any]:
    known = [each.loudest_lufs for each in own if each.loudest_lufs is not None]
    voices = [
        {
            "label": _label(each, labels),
            "file": names[each.sha256],
            "frames": each.frames,
            "loop": _loop(each),
            "loopGain": _factor(min(known) - each.loudest_lufs if each.loudest_lufs is not None else 0.0),
            "level": _factor(level - each.gain_db),
            "kind": each.kind,
        }
        for each in own
    ]
    first = own[0]
    length = first.frames / first.rate_hz if place.length is None else place.length
    return {
        "id": place.song + 1,
        "title": f"{place.number} {place.title}",
        "at": round(first.start * first.rate_hz),
        "frames": first.frames,
        "whole": round(length * first.rate_hz),
        "loop": _loop(first),
        "voices": [each for each in voices if each["kind"] != "reference"],
        "references": [each for each in voices if each["kind"] == "reference"],
    }


def _loop(preview: Preview) -> list[int] | None:
    first, frames = round(preview.loudest_at * preview.rate_hz), LOUDEST_SECONDS * preview.rate_hz
    return [first, first + frames] if first + frames <= preview.frames else None


def _factor(decibels: float) -> float:
    return round(float(10 ** (min(0.0, decibels) / 20)), 5)


def _joins(
    album: Album, drawn: Sequence[Place], by_song: Mapping[int, Sequence[Preview]], songs: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """From the end of a master to the start of the next one on the same disc, with the gap between them."""
    found = []
    for number, (one, other) in enumerate(pairwise(drawn)):
        masters = all(len(songs[each]["voices"]) > 1 for each in (number, number + 1))
        if not masters or other.song != one.song + 1 or other.disc != one.disc:
            continue
        gap = album.release.gap_after(one.song)
        how = f"{tenths(gap)} s of silence" if gap else "without a break"
        title = f"{one.number} {one.title} \N{RIGHTWARDS ARROW} {other.number} {other.title}, {how}"
        rate = by_song[one.song][0].rate_hz
        found.append({"from": number, "to": number + 1, "gap": round(gap * rate), "title": title})
    return found


def _about(song: int, own: Sequence[Preview], labels: Mapping[str, str], unplayed: str, whole: bool) -> SongSound:
    masters = sum(each.kind == "master" for each in own)
    looped = whole and _loop(own[0]) is not None and own[0].frames > LOUDEST_SECONDS * own[0].rate_hz
    return SongSound(song, masters, looped, _matched(own, labels, whole=whole, looped=looped) + unplayed)


def _unplayed(album: Album, song: int) -> str:
    """The song's references that are never cut, because they are no stereo records."""
    wanted = album.release.songs[song].references
    own = {name: each.source.channels for name, each in album.references.items() if wanted is None or name in wanted}
    surround = [f"{name} ({channels} channels)" for name, channels in own.items() if channels > 2]
    if not surround or not album.release.report.reference_audio:
        return ""
    return f" Only stereo plays beside your songs, so this cannot be heard: {listed(surround)}."


def _matched(own: Sequence[Preview], labels: Mapping[str, str], *, whole: bool, looped: bool) -> str:
    level = next((each.lufs for each in own if each.lufs is not None), None)
    if level is None:
        return "Silent: nothing to match."
    turned = listed([f"{_label(each, labels)} {tenths(each.gain_db, signed=True)} dB" for each in own])
    span = "the whole song" if whole else f"the song\N{RIGHT SINGLE QUOTATION MARK}s loudest {LOUDEST_SECONDS} s"
    words = f"Matched at {tenths(level)} LUFS integrated over {span}"
    if any(each.kind == "reference" for each in own):
        seconds = max(round(each.frames / each.rate_hz) for each in own if each.kind == "reference")
        words += f" (references: over their loudest {seconds} s)"
    words += f": {turned}."
    return words + (" While the loudest part repeats, that part is matched." if looped else "")
