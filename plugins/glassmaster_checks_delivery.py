"""Looks at the finished files: ceilings, loudness, lengths, rates, and what their destinations ask for."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from glassmaster.hooks import hookimpl
from glassmaster.model import HOP_SECONDS, Check, Code, Deliverable, Finding, Master, Outcome, Product, Profile, Song

_PEAK_DB = 0.05
_LEAST_TRIM_DB = 0.005
_LOSSLESS_LU = 0.1
_LOSSY_LU = 0.3
_LENGTH_SECONDS = 0.05
_SILENCE = 10 ** (-60 / 20)

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
        "The file's loudness is not that of its master with its trim. Something between the two is wrong: report it.",
        cause="an encoder or stage at fault",
        remedy="plugin",
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
    Code(
        "profile-format",
        "Not the format the destination wants",
        "The deliverable names a profile, and its rate, depth, channels or format is none that the destination takes. "
        "`glassmaster profiles` shows what it asks for, from which source and of which date.",
        cause="a deliverable that is not set up for its destination",
        remedy="manifest",
    ),
    Code(
        "profile-level",
        "Not the level the destination wants",
        "Loudness or true peak lies outside what the destination asks for. Give the deliverable its own level: adjust "
        "= { level = { target_lufs = ... }, limit = { ceiling_dbtp = ... } }.",
        cause="a level or ceiling meant for another destination",
        remedy="manifest",
        built=True,
    ),
    Code(
        "profile-length",
        "Not the length the destination wants",
        "A song is too short, has too much silence at an end, or the release is too long or has too many songs for "
        "the destination. Start, end and gap are set in the manifest; a song that is too short is a matter for the "
        "arrangement.",
        cause="songs or gaps outside the destination's limits",
        remedy="manifest",
        built=True,
    ),
    Code(
        "profile-artwork",
        "Not the artwork the destination wants",
        "The cover is smaller than the destination asks for. Export it again from its source; enlarging adds nothing.",
        cause="a cover exported too small",
        remedy="file",
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


def _where(song: Song) -> str:
    return f"{song.number:02d} {song.title}"


def _some(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _about_files(outcome: Outcome, deliverable: Deliverable) -> Iterator[Finding]:
    from glassmaster.plugins import load

    products = [each for each in outcome.products if each.deliverable == deliverable.name]
    masters = {each.song: each for each in outcome.masters.get(deliverable.name, ())}
    lossy = load().formats[deliverable.format].lossy
    for product in products:
        yield from _peak(outcome, deliverable, product, lossy)
        yield from _alone(outcome, deliverable, product)
        if product.song in masters:
            yield from _kept(outcome, product, masters[product.song], lossy)
    if not lossy:
        yield from _upsampled(outcome, deliverable, products)
    yield from _converted(outcome, deliverable, products)
    profile = load().profiles.get(deliverable.profile)
    if profile is not None:
        yield from _destination(outcome, deliverable, products, profile, lossy)


def _file(outcome: Outcome, product: Product) -> str:
    return f"{_where(outcome.album.release.songs[product.song])}, {product.deliverable}"


def _peak(outcome: Outcome, deliverable: Deliverable, product: Product, lossy: bool) -> Iterator[Finding]:
    from glassmaster.destinations import decoded_ceiling_dbtp
    from glassmaster.plugins import load

    peak, at = product.measured.true_peak_dbtp, product.measured.true_peak_at
    ceiling = decoded_ceiling_dbtp(deliverable, load().profiles) if lossy else _ceiling(outcome, product)
    if peak is None or ceiling is None or peak <= ceiling + _PEAK_DB:
        return
    message = f"{'decodes to' if lossy else 'peaks at'} {peak:+.1f} dBTP, above its ceiling of {ceiling:+.1f}"
    if lossy:
        hint = "it keeps its frozen trim: let it go with `glassmaster freeze --release SONG`"
        yield Finding("decoded-ceiling-passed", "warning", _file(outcome, product), message, hint, product.song, at)
    else:
        hint = "put the limiter last in the treatment"
        yield Finding("ceiling-passed", "error", _file(outcome, product), message, hint, product.song, at)


def _alone(outcome: Outcome, deliverable: Deliverable, product: Product) -> Iterator[Finding]:
    """A song that the shared trim does not hold."""
    further = -deliverable.max_trim_db - product.trim_db
    if deliverable.trim == "song" or further < _LEAST_TRIM_DB:
        return
    at, untrimmed = product.measured.true_peak_at, product.untrimmed_dbtp
    message = f"is turned down {further:.1f} dB further than the others, by {-product.trim_db:.1f} dB"
    if untrimmed is not None:
        message += f": untrimmed it decodes to {untrimmed:+.1f} dBTP, highest"
    message += f" at {_clock(at or 0.0)}"
    hint = f"max_trim_db = {math.ceil(-product.trim_db * 10) / 10:g} turns all down alike; else a higher bitrate"
    yield Finding("trimmed-alone", "warning", _file(outcome, product), message, hint, product.song, at)


def _ceiling(outcome: Outcome, product: Product) -> float | None:
    orders = outcome.orders.get(product.deliverable, ())
    mine = (order for order in orders if any(part.song == product.song for part in order.parts))
    return next((order.ceiling_dbtp for order in mine), None)


def _kept(outcome: Outcome, product: Product, master: Master, lossy: bool) -> Iterator[Finding]:
    """Loudness and length of a file against its master."""
    before, after = master.measurement.integrated_lufs, product.measured.integrated_lufs
    if before is not None and after is not None:
        off = after - before - product.trim_db
        if abs(off) > (_LOSSY_LU if lossy else _LOSSLESS_LU):
            message = f"is {abs(off):.1f} LU {'louder' if off > 0 else 'quieter'} than its master with its trim"
            yield Finding("loudness-changed", "warning", _file(outcome, product), message, "report it", product.song)
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
        yield Finding("native-rates-differ", "note", f"deliverables {_some(names)}", message, hint)


def _upsampled(outcome: Outcome, deliverable: Deliverable, products: Sequence[Product]) -> Iterator[Finding]:
    up = [_where(outcome.album.release.songs[each.song]) for each in products if _is_upsampled(outcome, each)]
    if up:
        message = f"{len(up)} files run above the rates of their mixdowns: {_some(up)}"
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


def _destination(
    outcome: Outcome, deliverable: Deliverable, products: Sequence[Product], profile: Profile, lossy: bool
) -> Iterator[Finding]:
    where = f"deliverable {deliverable.name}"
    wrong = list(_format(outcome, deliverable, products, profile, lossy))
    if wrong:
        message, hint = f"{profile.title} does not take {'; '.join(wrong)}", _asked(profile)
        yield Finding("profile-format", "error", where, message, hint)
    for code, told in (
        ("profile-level", _level(outcome, products, profile)),
        ("profile-length", _length(outcome, products, profile.rules)),
        ("profile-artwork", _artwork(outcome, profile.rules)),
    ):
        unmakeable = code == "profile-length" and "max_songs" in profile.rules  # no plant can press such a disc
        severity: Literal["error", "warning"] = "error" if unmakeable else "warning"
        for message in told:
            yield Finding(code, severity, where, f"for {profile.title}, {message}", _asked(profile))


def _asked(profile: Profile) -> str:
    return f"`glassmaster profiles` shows what it asks for (as of {profile.dated})"


def _format(
    outcome: Outcome, deliverable: Deliverable, products: Sequence[Product], profile: Profile, lossy: bool
) -> Iterator[str]:
    """What the files are, or will be, that the profile does not allow."""
    from glassmaster.plugins import load

    rules = profile.rules
    if rules.get("lossless") and lossy:
        yield f"lossy files ({deliverable.format})"
        return
    rates = {each.rate_hz for each in products} or _planned(outcome, deliverable)
    bits = load().formats[deliverable.format].bits(deliverable.settings)
    if profile.rates_hz and (other := sorted(rates - {*profile.rates_hz})):
        yield f"{', '.join(map(str, other))} Hz"
    if profile.bits and not lossy and bits not in profile.bits:
        yield "float" if bits is None else f"{bits} bits"
    channels = {each.measured.channels for each in products}
    if "channels" in rules and (odd := sorted(channels - {rules["channels"]})):
        yield f"{', '.join(map(str, odd))} channels"
    if rules.get("upsampled") is False and any(_is_upsampled(outcome, each) for each in products):
        yield "upsampled files"


def _planned(outcome: Outcome, deliverable: Deliverable) -> set[int]:
    if deliverable.rate_hz != "native":
        return {deliverable.rate_hz}
    return {min((each.source.rate_hz for each in outcome.album.mixdowns if each), default=44_100)}


def _level(outcome: Outcome, products: Sequence[Product], profile: Profile) -> Iterator[str]:
    ceiling, rules = profile.true_peak_dbtp, profile.rules
    if ceiling is not None:
        peaks = [(peak, each) for each in products if (peak := each.measured.true_peak_dbtp) is not None]
        over = [_named(outcome, each, f"{peak:+.1f}") for peak, each in peaks if peak > ceiling + _PEAK_DB]
        if over:
            yield f"true peaks are above {ceiling:+.1f} dBTP: {_some(over)}"
    if "lufs" in rules:
        wanted, within = rules["lufs"], rules["within_lu"]
        heard = [(lufs, each) for each in products if (lufs := each.measured.integrated_lufs) is not None]
        off = [_named(outcome, each, f"{lufs:.1f}") for lufs, each in heard if abs(lufs - wanted) > within]
        if off:
            yield f"loudness is not {wanted:.1f} LUFS within {within:g} LU: {_some(off)}"


def _named(outcome: Outcome, product: Product, figure: str) -> str:
    return f"{_where(outcome.album.release.songs[product.song])} ({figure})"


def _length(outcome: Outcome, products: Sequence[Product], rules: Mapping[str, Any]) -> Iterator[str]:
    lengths = {each: each.measured.frames / each.measured.rate_hz for each in products}
    least, most = rules.get("min_song_seconds", 0.0), rules.get("max_silence_seconds", math.inf)
    short = [_named(outcome, each, f"{seconds:.1f} s") for each, seconds in lengths.items() if seconds < least]
    if short:
        yield f"a song lasts {least:g} s at least: {_some(short)}"
    quiet = [(max(_silent_ends(each)), each) for each in products]
    silent = [_named(outcome, each, f"{seconds:.1f} s") for seconds, each in quiet if seconds > most]
    if silent:
        yield f"no more than {most:g} s of silence may stand at an end: {_some(silent)}"
    yield from _discs(outcome, lengths, rules)


def _discs(outcome: Outcome, lengths: Mapping[Product, float], rules: Mapping[str, Any]) -> Iterator[str]:
    by_disc: dict[int, list[float]] = {}
    for product, seconds in lengths.items():
        by_disc.setdefault(outcome.album.release.songs[product.song].disc, []).append(seconds)
    for disc, each in by_disc.items():
        if len(each) > rules.get("max_songs", len(each)):
            yield f"disc {disc} has {len(each)} songs, more than {rules['max_songs']}"
        if sum(each) > rules.get("max_total_seconds", sum(each)):
            most = rules["max_total_seconds"]
            yield f"disc {disc} lasts {_clock(sum(each))}, more than {_clock(most)}"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _silent_ends(product: Product) -> tuple[float, float]:
    """Seconds of silence at the start and at the end of a file."""
    peaks = product.measured.peaks
    loud = (peaks > _SILENCE).nonzero()[0]
    if not len(loud):
        return 0.0, len(peaks) * HOP_SECONDS
    return float(loud[0]) * HOP_SECONDS, (len(peaks) - 1 - float(loud[-1])) * HOP_SECONDS


def _artwork(outcome: Outcome, rules: Mapping[str, Any]) -> Iterator[str]:
    artwork, least = outcome.album.release.artwork, rules.get("min_artwork_px")
    if artwork is None or least is None:
        return
    from PIL import Image

    try:
        with Image.open(artwork, formats=("JPEG", "PNG")) as image:
            width, height = image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return  # what cannot be read is told by whoever embeds it
    if min(width, height) < least:
        yield f"the artwork has {width} x {height} pixels, less than {least} x {least}"
