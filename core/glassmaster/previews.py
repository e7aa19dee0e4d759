"""What can be heard in the report: each song's mixdown and masters over the same frames, and excerpts of references."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .errands import Cue, Cued, Failure
from .errors import Exit, Refused
from .model import Album, Blob, Finding, Outcome, Preview, Release
from .work import Crew

if TYPE_CHECKING:
    from .previews_levels import Voice


def with_references(release: Release, *, heard: bool) -> Release:
    """The release with a report that plays references, or does not."""
    return replace(release, report=replace(release.report, reference_audio=heard))


def with_previews(outcome: Outcome, crew: Crew, *, excerpts: bool = False) -> Outcome:
    """The outcome with all that can be heard of it; a preview that cannot be made is a finding.

    `excerpts`: of each song only the loudest 20 s of its mixdown and first master, small enough to be mailed.
    """
    if not outcome.album.release.report.previews:
        return outcome
    wanted = list(_wanted(outcome, excerpts))
    results = crew.run([each.cue for each in wanted])
    pairs = list(zip(wanted, results, strict=True))
    if failing := [each for each in results if isinstance(each, Failure) and _of_the_disk(each)]:
        raise Refused(Exit.OUTPUT, *(finding for each in failing for finding in each.findings))
    made = tuple(each.preview(done, crew) for each, done in pairs if isinstance(done, Cued) and done.frames)
    told = [_told(each, done) for each, done in pairs if isinstance(done, Failure)]
    return replace(outcome, previews=made, findings=(*outcome.findings, *told))


def _of_the_disk(failure: Failure) -> bool:
    """A disk that fails or is full: the next file would not be written either, and the report lack what it had."""
    return any(each.code in ("disk-full", "output") for each in failure.findings)


def proven(outcome: Outcome, crew: Crew, *, excerpts: bool = False) -> Outcome:
    """The same outcome; previews that the disk did not keep are made anew."""
    kept = [_kept(blob, crew) for blob in {Blob(each.sha256, sum(each.pieces)) for each in outcome.previews}]
    return outcome if all(kept) else with_previews(outcome, crew, excerpts=excerpts)


def _kept(blob: Blob, crew: Crew) -> bool:
    try:
        return crew.store.proven(blob).is_file()
    except Refused:
        return False


@dataclass(frozen=True, eq=False)
class _Wanted:
    """One preview to be made."""

    song: int
    voice: Voice
    cue: Cue
    """The errand, complete with gain, rate and form."""
    lufs: float | None

    def preview(self, made: Cued, crew: Crew) -> Preview:
        voice, gain = self.voice, self.cue.gain_db
        heard = voice.loudest_lufs
        return Preview(
            song=self.song,
            kind=voice.kind,
            name=voice.name,
            file=crew.store.path(made.blob),
            sha256=made.blob.sha256,
            form="mp3" if self.cue.form == "mp3" else "flac",
            pieces=made.pieces,
            rate_hz=self.cue.to_rate_hz,
            frames=made.frames,
            start=voice.start,
            gain_db=gain,
            lufs=None if voice.lufs is None else self.lufs,
            loudest_at=voice.loudest_at,
            loudest_lufs=None if heard is None else heard + gain,
        )


def _wanted(outcome: Outcome, excerpts: bool) -> Iterator[_Wanted]:
    from .previews_levels import common_lufs, gain_to
    from .previews_voices import references, voices

    rate, records = _rate(outcome.album), references(outcome.album, excerpts=excerpts)
    for song, told in enumerate(outcome.album.release.songs):
        found = voices(outcome, song, excerpts=excerpts)
        if found:
            found += [each for name, each in records.items() if told.references is None or name in told.references]
        lufs = common_lufs(found)
        for voice in found:
            gain, form = gain_to(voice, lufs), "mp3" if excerpts else "flac"
            cue = replace(voice.cue, gain_db=gain, to_rate_hz=rate, form=form)
            yield _Wanted(song, voice, cue, lufs)


def _rate(album: Album) -> int:
    """One rate in Hz for all previews, so that one audio device plays them in step: that of most songs, in a sense.

    88.2 kHz counts as 44.1 and 96 as 48; more than 48 kHz no loudspeaker needs.
    """
    rates = [heard.source.rate_hz for heard in album.mixdowns if heard]
    of_discs = sum(rate % 11_025 == 0 for rate in rates)
    return 44_100 if 2 * of_discs > len(rates) else 48_000


def _told(wanted: _Wanted, failure: Failure) -> Finding:
    """Why something cannot be heard: worth a warning, and never the end of a build."""
    why = "; ".join(each.message for each in failure.findings)
    hint = "build again; what is not damaged is kept"
    return Finding(
        "preview-failed", "warning", wanted.cue.what, f"cannot be heard in the report: {why}", hint, wanted.song
    )


def identities(previews: Iterable[Preview]) -> tuple[tuple[object, ...], ...]:
    """What tells whether a report would sound the same."""
    return tuple((each.song, each.kind, each.name, each.sha256, each.gain_db) for each in previews)
