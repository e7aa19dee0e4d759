"""Looks at the release as a whole: its codes, its artwork, the lengths of its songs, its references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.model import Check, Code, Finding, Outcome, Release
from glassmaster.phrases import some, where

_APART_LU = 2.0
_PAID_SECONDS = 30.0

CODES = (
    Code(
        "references-apart",
        "References sit elsewhere",
        "The release is levelled to one loudness, and the references sit at another. Neither is wrong: -14 LUFS is "
        'where services play, not a goal of mastering. To go where the references are, set target_from = "references" '
        "or target_lufs.",
        cause="references mastered to another loudness",
        remedy="manifest",
        planned=True,
    ),
    Code(
        "reference-unusable",
        "Reference without a loudness",
        "The reference is silent or shorter than 400 ms, so nothing can be compared with it. Name another file.",
        cause="a silent or very short file",
        remedy="file",
    ),
    Code(
        "reference-surround",
        "Reference with more than two channels",
        "The reference is a surround mix: its loudness and spectrum are those of another mix than the one that is sold "
        "in stereo, and the report cannot play it beside yours, for a fold-down is no record that anybody released. "
        "Name the record's stereo version.",
        cause="a surround mix, or stems in one file",
        remedy="file",
    ),
    Code(
        "isrc-missing",
        "No ISRC",
        "Each recording has a code by which plays are counted and paid. Your distributor may give one; if you have "
        "codes, set isrc in each [[song]].",
        cause="no codes given yet",
        remedy="manifest",
    ),
    Code(
        "barcode-missing",
        "No barcode",
        "Shops know a release by its EAN or UPC. Your distributor may give one; if you have it, set barcode in "
        "[release].",
        cause="no code given yet",
        remedy="manifest",
    ),
    Code(
        "artwork-missing",
        "No artwork",
        "Players show the cover that is in the files. Set artwork in [release]: a square JPEG or PNG, 3000 x 3000.",
        cause="no cover named yet",
        remedy="manifest",
    ),
    Code(
        "song-short",
        "Song of less than 30 s",
        "Streaming services count and pay a play from 30 s on, and several distributors refuse shorter songs unless "
        "they are part of a whole (as https://melabel.io/knowledge-base/audio-file-requirements/ said on 2026-11-27). "
        "For an interlude all is well; else look whether start and end are right.",
        cause="an interlude, or start and end set too close",
        remedy="manifest",
    ),
    Code(
        "references-missing",
        "No references",
        "No record to compare with is named, so the report can only show the release by itself. Name two or three "
        "records that it shall stand beside, as [[reference]] with name and file; nothing of them is delivered.",
        cause="none named yet",
        remedy="manifest",
    ),
    Code(
        "target-reference-missing",
        "A target without all its references",
        'The target is the median of the references (target_from = "references"), and one of them could not be heard. '
        "The others decide then, and the release sits elsewhere than was meant. Put the file in its place, or take "
        "the reference out.",
        cause="a file that was moved or renamed",
        remedy="file",
        planned=True,
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All findings about the release: its words, its lengths, its references."""
    yield from _words(outcome.album.release)
    yield from _short(outcome)
    yield from _references(outcome)
    yield from _unheard(outcome)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("release", CODES, look)


def _words(release: Release) -> Iterator[Finding]:
    without = [where(song) for song in release.songs if not song.isrc]
    if without:
        message = f"{len(without)} of {len(release.songs)} songs have no ISRC: {some(without)}"
        yield Finding("isrc-missing", "note", "release", message, "set isrc, or let your distributor give them")
    if not release.barcode:
        yield Finding(
            "barcode-missing", "note", "release", "no barcode", "set barcode, or let your distributor give one"
        )
    if release.artwork is None:
        yield Finding("artwork-missing", "warning", "release", "no artwork", "set artwork = ... in [release]")


def _short(outcome: Outcome) -> Iterator[Finding]:
    """By what is cut from the mixdowns: the gap behind a song is no part of it."""
    album = outcome.album
    for index, (song, heard, cut) in enumerate(zip(album.release.songs, album.mixdowns, album.cuts, strict=True)):
        if heard is not None and cut is not None and cut.frames < _PAID_SECONDS * heard.source.rate_hz:
            message = (
                f"lasts {cut.frames / heard.source.rate_hz:.1f} s, less than the {_PAID_SECONDS:g} s of a paid play"
            )
            hint = "look whether start and end are right; for an interlude all is well"
            yield Finding("song-short", "note", where(song), message, hint, index)


def _unheard(outcome: Outcome) -> Iterator[Finding]:
    """References that a target needs, or any at all."""
    release, heard = outcome.album.release, outcome.album.references
    if not release.references:
        hint = "name records to compare with: [[reference]] with name and file"
        yield Finding("references-missing", "note", "references", "there is nothing to compare with", hint)
    lost = [each for each in release.references if each.name not in heard]
    followed = any(getattr(each.settings, "target_from", "") == "references" for each in _settings(outcome))
    for each in lost if followed else ():
        message = f"could not be heard, so the target follows {len(heard)} of {len(release.references)} references"
        hint = f"put {each.file.name} in its place, or take the reference out"
        yield Finding("target-reference-missing", "warning", f"reference {each.name}", message, hint)


def _settings(outcome: Outcome) -> Iterator[Any]:
    """Every stage of every master as it will run."""
    for order in (order for orders in outcome.orders.values() for order in orders):
        yield from (each for part in order.parts for each in part.steps)
        yield from order.steps


def _references(outcome: Outcome) -> Iterator[Finding]:
    from glassmaster.levels import references_loudness

    for name, heard in outcome.album.references.items():
        if heard.measurement.integrated_lufs is None:
            message = "is silent or too short to have a loudness"
            yield Finding("reference-unusable", "warning", f"reference {name}", message, "name another file")
        if heard.source.channels > 2:
            message = f"has {heard.source.channels} channels: its figures are a surround mix's, and nothing plays it"
            hint = "name the stereo version of the record"
            yield Finding("reference-surround", "note", f"reference {name}", message, hint)
    settings: Any = next((step.settings for step in outcome.album.release.treatment if step.stage == "level"), None)
    found = references_loudness(outcome.album)
    target = getattr(settings, "target_lufs", None)
    followed = getattr(settings, "target_from", "") != ""
    if target is None or found is None or followed or abs(found - target) <= _APART_LU:
        return
    message = f"levelled to {target:.1f} LUFS, while the references sit at {found:.1f} LUFS"
    hint = 'to go there, set target_from = "references" in level'
    yield Finding("references-apart", "note", "references", message, hint)
