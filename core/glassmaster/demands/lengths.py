"""Lengths of songs, discs and sides, and silence at the ends of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..model import HOP_SECONDS, Product
from ..phrases import clock, some
from .view import Breach, Seen, View

_SILENCE = 10 ** (-60 / 20)
_TRIM = "set start, end or gap of the song"
_PLACE = "leave songs out, or put some on another disc"


def wrong_lengths(view: View) -> Iterator[Breach]:
    """Songs and discs of lengths that the destination does not want; what no plant can press is severe."""
    yield from _songs(view)
    yield from _halves(view)
    yield from _silences(view)
    for disc in sorted({view.release.songs[each.song].disc for each in view.files}):
        mine = [each for each in view.files if view.release.songs[each.song].disc == disc]
        yield from (Breach("length", message, _PLACE, severe=True) for message in _disc(view, disc, mine))


def _songs(view: View) -> Iterator[Breach]:
    least, most = view.rules.min_song_seconds, view.rules.max_song_seconds
    if least is not None and (short := [each for each in view.files if each.seconds < least]):
        message = f"a song lasts {least:g} s at least: {some(view.named(e.song, f'{e.seconds:.1f} s') for e in short)}"
        yield Breach("length", message, _TRIM, severe=view.medium)
    if most is not None and (long := [each for each in view.files if each.seconds > most]):
        message = f"a song lasts {clock(most)} at most: {some(view.named(e.song, clock(e.seconds)) for e in long)}"
        yield Breach("length", message, _TRIM)


def _halves(view: View) -> Iterator[Breach]:
    wanted = view.rules.half_song_seconds
    short = [each for each in view.files if wanted is not None and each.seconds <= wanted]
    if 2 * len(short) > len(view.files):
        told = some(view.named(each.song, f"{each.seconds:.1f} s") for each in short)
        message = f"half of the songs last longer than {wanted:g} s; {len(short)} of {len(view.files)} do not: {told}"
        yield Breach("length", message, _TRIM)


def _silences(view: View) -> Iterator[Breach]:
    most = view.rules.max_silence_seconds
    if most is None:
        return
    quiet = [(max(_silent_ends(each)), each.song) for each in view.products]
    if silent := [view.named(song, f"{seconds:.1f} s") for seconds, song in quiet if seconds > most]:
        yield Breach("length", f"no more than {most:g} s of silence may stand at an end: {some(silent)}", _TRIM)


def _silent_ends(product: Product) -> tuple[float, float]:
    """Seconds of silence at the start and at the end of a file."""
    peaks = product.measured.peaks
    loud = (peaks > _SILENCE).nonzero()[0]
    if not len(loud):
        return 0.0, len(peaks) * HOP_SECONDS
    return float(loud[0]) * HOP_SECONDS, (len(peaks) - 1 - float(loud[-1])) * HOP_SECONDS


def _disc(view: View, disc: int, files: Sequence[Seen]) -> Iterator[str]:
    rules, whole = view.rules, sum(each.seconds for each in files)
    if rules.max_songs is not None and len(files) > rules.max_songs:
        yield f"disc {disc} has {len(files)} songs, more than {rules.max_songs}"
    if rules.max_total_seconds is not None and whole > rules.max_total_seconds:
        yield f"disc {disc} lasts {clock(whole)}, more than {clock(rules.max_total_seconds)}"
    if rules.sides and rules.max_side_seconds:
        yield from _sides(view, disc, files, rules.sides, rules.max_side_seconds)


def _sides(view: View, disc: int, files: Sequence[Seen], sides: int, most: float) -> Iterator[str]:
    """In running order each side takes what fits: nothing needs fewer sides."""
    if long := [each for each in files if each.seconds > most]:
        told = some(view.named(each.song, clock(each.seconds)) for each in long)
        yield f"a side holds {clock(most)}: {told}"
        return
    needed, room = 1, most
    for each in files:
        if each.seconds > room:
            needed, room = needed + 1, most
        room -= each.seconds
    if needed > sides:
        whole = clock(sum(each.seconds for each in files))
        yield f"disc {disc} ({whole}) needs {needed} sides of {clock(most)} in this order, and has {sides}"
