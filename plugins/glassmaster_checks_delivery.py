"""Looks at the finished files: ceilings, loudness, lengths and rates against their masters and mixdowns."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from glassmaster.hooks import hookimpl
from glassmaster.model import Check, Code, Deliverable, Finding, Master, Order, Outcome, Product
from glassmaster.phrases import clock, some, where

_PEAK_DB = 0.05
_LEAST_TRIM_DB = 0.005
_LOSSLESS_LU = 0.1
_LOSSY_LU = 0.3
"""Real music loses 0.25 LU at most, at the lowest quality of Vorbis, and 0.1 LU at usual ones: what lies above an
encoder's low-pass counts for little. tests/plugins/test_formats_loudness.py holds that."""
_LENGTH_SECONDS = 0.05

CODES = (
    Code(
        "ceiling-passed",
        "Lossless file above its ceiling",
        "A file that must hold its true-peak ceiling does not. Rate conversion and dither are held under it, so this "
        "is a fault of a stage behind the limiter, or of glassmaster: put the limiter last.",
        cause="a stage behind the limiter",
        remedy="manifest",
        built=True,
    ),
    Code(
        "decoded-ceiling-passed",
        "Lossy file decodes above its ceiling",
        "Decoded, the file peaks higher than decoded_ceiling_dbtp; players without headroom will clip there. Encoders "
        "move peaks. It is frozen, so it keeps the trim that it was published with: let the song go with `glassmaster "
        "freeze --release SONG`, or allow what it decodes to.",
        cause="another encoder or version than the one that made the published file",
        remedy="manifest",
        built=True,
    ),
    Code(
        "trimmed-alone",
        "Song turned down further than the others",
        "All songs share the gain that holds the decoded ceiling, up to max_trim_db; this one needs more and sits "
        "lower against the others than in the lossless files. Allow more max_trim_db to turn all down alike, use a "
        "higher bitrate, give the song's limit a lower ceiling_dbtp, or tame the place in the mix.",
        cause="an encoder that moves the peaks of one song much further than those of the others",
        remedy="manifest",
        built=True,
    ),
    Code(
        "loudness-changed",
        "File sounds louder or quieter than its master",
        "The file's loudness is not that of its master with its trim, and with what its encoder is known to turn by "
        "itself. A lossy encoder does that where the bitrate is too low for the music: choose a higher one, or another "
        "encoder. Of a lossless file it is a fault: report it.",
        cause="a bitrate too low for this music, or an encoder at fault",
        remedy="manifest",
        built=True,
    ),
    Code(
        "length-changed",
        "File has another length than its master",
        "The file does not last as long as the master with its gap. Something between the two is wrong: report it.",
        cause="an encoder or stage at fault",
        remedy="plugin",
        built=True,
    ),
    Code(
        "upsampled",
        "File above its mixdown's rate",
        "The file runs at a higher rate than its mixdown. Nothing is gained by that, and several destinations refuse "
        'it. Set rate_hz to "native", or to the rate of the mixdown.',
        cause="a rate_hz above the mixdown's",
        remedy="manifest",
        built=True,
    ),
    Code(
        "rate-converted",
        "Rate that the format cannot hold",
        "MP3 ends at 48 kHz, and Opus always runs at 48 kHz. The files get the nearest rate that the format can hold; "
        "nothing needs to be done.",
        cause="a format that knows few rates",
        remedy="mastering",
        built=True,
    ),
    Code(
        "native-rates-differ",
        "One rate for mixdowns of several",
        'rate_hz is "native", but the mixdowns do not share a rate; all files of the deliverable get the lowest one. '
        "Name a rate_hz to decide it yourself.",
        cause="mixdowns of several rates",
        remedy="mastering",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All findings about the files, deliverable by deliverable; before a build, what can be told already."""
    yield from _native(outcome)
    for deliverable in outcome.album.release.deliverables:
        yield from _about_files(outcome, deliverable)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("delivery", CODES, look)


def _about_files(outcome: Outcome, deliverable: Deliverable) -> Iterator[Finding]:
    from glassmaster.plugins import load

    products = [each for each in outcome.products if each.deliverable == deliverable.name]
    masters = {each.song: each for each in outcome.masters.get(deliverable.name, ())}
    orders = {part.song: order for order in outcome.orders.get(deliverable.name, ()) for part in order.parts}
    offer = load().formats[deliverable.format]
    lossy = offer.lossy
    for product in products:
        order = orders.get(product.song)
        yield from _peak(outcome, deliverable, product, order, lossy)
        yield from _alone(outcome, deliverable, product, order)
        if product.song in masters:
            own = offer.own_gain_db(deliverable.settings, product.rate_hz)
            yield from _kept(outcome, product, masters[product.song], own, _LOSSY_LU if lossy else _LOSSLESS_LU)
    if not lossy:
        yield from _upsampled(outcome, deliverable, products)
    yield from _converted(outcome, deliverable, products)


def _file(outcome: Outcome, product: Product) -> str:
    return f"{where(outcome.album.release.songs[product.song])}, {product.deliverable}"


def _peak(
    outcome: Outcome, deliverable: Deliverable, product: Product, order: Order | None, lossy: bool
) -> Iterator[Finding]:
    from glassmaster.destinations import decoded_ceiling_dbtp
    from glassmaster.plugins import load

    peak, at = product.measured.true_peak_dbtp, product.measured.true_peak_at
    ceiling = decoded_ceiling_dbtp(deliverable, load().profiles) if lossy else order.ceiling_dbtp if order else None
    if peak is None or ceiling is None or peak <= ceiling + _PEAK_DB:
        return
    message = f"{'decodes to' if lossy else 'peaks at'} {peak:+.1f} dBTP, above its ceiling of {ceiling:+.1f}"
    if lossy:
        hint = "it keeps its frozen trim: let it go with `glassmaster freeze --release SONG`"
        yield Finding("decoded-ceiling-passed", "warning", _file(outcome, product), message, hint, product.song, at)
    else:
        hint = "put the limiter last in the treatment"
        yield Finding("ceiling-passed", "error", _file(outcome, product), message, hint, product.song, at)


def _alone(outcome: Outcome, deliverable: Deliverable, product: Product, order: Order | None) -> Iterator[Finding]:
    """A song that the shared trim does not hold."""
    further = -deliverable.max_trim_db - product.trim_db
    if deliverable.trim == "song" or further < _LEAST_TRIM_DB or not _decides(outcome, product, order):
        return
    at, untrimmed = product.measured.true_peak_at, product.untrimmed_dbtp
    message = f"is turned down {further:.1f} dB further than the others, by {-product.trim_db:.1f} dB"
    if untrimmed is not None:
        message += f": untrimmed it decodes to {untrimmed:+.1f} dBTP, highest"
    message += f" at {clock(at or 0.0)}"
    hint = f"max_trim_db = {math.ceil(-product.trim_db * 10) / 10:g} turns all down alike; else a higher bitrate"
    yield Finding("trimmed-alone", "warning", _file(outcome, product), message, hint, product.song, at)


def _decides(outcome: Outcome, product: Product, order: Order | None) -> bool:
    """Whether it is the one of the songs that run on, and share a trim, which asks for it."""
    if order is None or len(order.parts) == 1:
        return True
    songs = {part.song for part in order.parts}
    beside = [each for each in outcome.products if each.deliverable == product.deliverable and each.song in songs]
    return max(beside, key=_untrimmed).song == product.song


def _untrimmed(product: Product) -> float:
    return -math.inf if product.untrimmed_dbtp is None else product.untrimmed_dbtp


def _kept(outcome: Outcome, product: Product, master: Master, own_db: float, within: float) -> Iterator[Finding]:
    """Loudness and length of a file against its master; `own_db`: what its encoder turns it by itself."""
    before, after = master.measurement.integrated_lufs, product.measured.integrated_lufs
    if before is not None and after is not None:
        off = after - before - product.trim_db - own_db
        if abs(off) > within:
            message = f"is {abs(off):.1f} LU {'louder' if off > 0 else 'quieter'} than its master with its trim"
            message += f" and the {own_db:+.2f} dB of its encoder" if own_db else ""
            hint = "choose a higher bitrate or another encoder" if within == _LOSSY_LU else "report it"
            yield Finding("loudness-changed", "warning", _file(outcome, product), message, hint, product.song)
    wanted = master.frames / master.rate_hz + product.silence_frames / product.rate_hz  # of a frozen file: as it is out
    lasts = product.measured.frames / product.measured.rate_hz
    if abs(lasts - wanted) > _LENGTH_SECONDS:
        message = f"lasts {lasts:.2f} s, its master with the gap {wanted:.2f} s"
        yield Finding("length-changed", "error", _file(outcome, product), message, "report it", product.song)


def _native(outcome: Outcome) -> Iterator[Finding]:
    from glassmaster.plugins import load

    release = outcome.album.release
    pairs = zip(release.songs, outcome.album.mixdowns, strict=True)
    rates = sorted({heard.source.rate_hz for song, heard in pairs if heard and song.status == "final"})
    offers = load().formats
    names = [each.name for each in release.deliverables if each.rate_hz == "native" and not offers[each.format].lossy]
    if names and len(rates) > 1:
        message = f"the mixdowns run at {' and '.join(map(str, rates))} Hz, so all files get {rates[0]} Hz"
        hint = f"set rate_hz = {rates[0]} if that is right"
        yield Finding("native-rates-differ", "note", f"deliverables {some(names)}", message, hint)


def _upsampled(outcome: Outcome, deliverable: Deliverable, products: Sequence[Product]) -> Iterator[Finding]:
    up = [where(outcome.album.release.songs[each.song]) for each in products if _is_upsampled(outcome, each)]
    if up:
        message = f"{len(up)} files run above the rates of their mixdowns: {some(up)}"
        hint = 'set rate_hz to "native", or to the rate of the mixdowns'
        yield Finding("upsampled", "note", f"deliverable {deliverable.name}", message, hint)


def _converted(outcome: Outcome, deliverable: Deliverable, products: Sequence[Product]) -> Iterator[Finding]:
    from glassmaster.plugins import load

    wanted, made = _planned(outcome, deliverable), {each.rate_hz for each in products}
    able = load().formats[deliverable.format].rates
    if able and made and not wanted <= {*able}:
        rates = [" and ".join(map(str, sorted(each))) for each in (wanted, made)]
        message = f"{deliverable.format} cannot hold {rates[0]} Hz: the files run at {rates[1]} Hz"
        hint = f"it can hold {', '.join(map(str, sorted(able)))} Hz"
        yield Finding("rate-converted", "note", f"deliverable {deliverable.name}", message, hint)


def _is_upsampled(outcome: Outcome, product: Product) -> bool:
    heard = outcome.album.mixdowns[product.song]
    return heard is not None and product.rate_hz > heard.source.rate_hz


def _planned(outcome: Outcome, deliverable: Deliverable) -> set[int]:
    if deliverable.rate_hz != "native":
        return {deliverable.rate_hz}
    return {min((each.source.rate_hz for each in outcome.album.mixdowns if each), default=44_100)}
