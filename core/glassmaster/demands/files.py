"""Formats, rates, depths, channels, tags, sizes and names of files."""

from __future__ import annotations

from collections.abc import Iterator

from ..delivery_rules import either, khz
from ..phrases import some
from .view import Breach, Seen, View

_LETTERS = "letters, digits"


def wrong_files(view: View) -> Iterator[Breach]:
    """What the files are that the destination does not take."""
    wrong = list(_formats(view)) or [*_rates(view), *_depths(view), *_channels(view)]
    wrong += [*_inside(view), *_sizes(view)]
    if wrong:
        remedy = "set format, bits, rate_hz or metadata of this deliverable accordingly"
        yield Breach("format", f"does not take {'; '.join(wrong)}", remedy, severe=True)
    yield from _names(view)


def _formats(view: View) -> Iterator[str]:
    rules, name = view.rules, view.deliverable.format
    if rules.lossless and view.format.lossy:
        yield f"lossy files ({name})"
    elif rules.formats and name not in rules.formats:
        yield f"{name} files (it takes {either(rules.formats)})"


def _rates(view: View) -> Iterator[str]:
    rules, taken = view.rules, view.profile.rates_hz
    rates = {each.rate_hz for each in view.files}
    if taken and (other := sorted(rates - {*taken})):
        yield f"{', '.join(map(str, other))} Hz (it takes {khz(taken)} kHz)"
    least = rules.min_rate_hz
    if least is not None and (low := sorted(each for each in rates if each < least)):
        yield f"{', '.join(map(str, low))} Hz (it takes {least / 1000:g} kHz at least)"
    if not rules.upsampled and (up := [each for each in view.files if each.rate_hz > each.mixdown_rate_hz]):
        yield f"upsampled files: {some(view.named(each.song, _upsampled(each)) for each in up)}"


def _upsampled(seen: Seen) -> str:
    return f"{seen.rate_hz} Hz of {seen.mixdown_rate_hz}"


def _depths(view: View) -> Iterator[str]:
    bits, taken = view.format.bits(view.deliverable.settings), view.profile.bits
    if taken and not view.format.lossy and bits not in taken:
        told = "float" if bits is None else f"{bits} bits"
        yield f"{told} (it takes {either(taken)})"
    paired = view.rules.rates_of_bits.get(str(bits))
    if paired and (other := sorted({each.rate_hz for each in view.files} - {*paired})):
        yield f"{bits} bits at {', '.join(map(str, other))} Hz (it takes {khz(paired)} kHz at that depth)"


def _channels(view: View) -> Iterator[str]:
    wanted = view.rules.channels
    if wanted is not None and (odd := sorted({each.channels for each in view.files} - {wanted})):
        yield f"{', '.join(map(str, odd))} channels (it takes {wanted})"


def _inside(view: View) -> Iterator[str]:
    """What stands in the files besides sound."""
    rules, deliverable = view.rules, view.deliverable
    tagged, wave = deliverable.metadata != "none", deliverable.format == "wav"
    if tagged and not rules.tags:
        yield 'tags inside the files (metadata = "none" leaves them out)'
    elif tagged and wave and not rules.behind_data:
        yield 'tags behind the samples of a WAV file (metadata = "none" leaves them out)'
    if wave and not rules.broadcast and getattr(deliverable.settings, "bext", False):
        yield "a broadcast extension (bext = false leaves it out)"


def _sizes(view: View) -> Iterator[str]:
    most = view.rules.max_file_mb
    if most is not None:
        sizes = [(each.size / 1e6, each.song) for each in view.products]
        if large := [view.named(song, f"{size:.1f} MB") for size, song in sizes if size > most]:
            yield f"files above {most:g} MB: {some(large)}"


def _names(view: View) -> Iterator[Breach]:
    marks = view.rules.name_marks
    if marks is None:
        return
    names = [each.name.removesuffix(view.format.suffix) for each in view.files]
    odd = [name for name in names if any(not (letter.isalnum() or letter in marks) for letter in name)]
    if odd:
        message = f"takes file names of {_LETTERS} and {' '.join(marks)} only: {some(odd)}"
        yield Breach("name", message, 'set filename = "..." of this deliverable', severe=True)
