"""What a destination of the kind "delivery" asks of files, typed, and in words for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any

from .model import Profile


@dataclass(frozen=True)
class DeliveryRules:
    """`Profile.rules` of the kind "delivery", beside the profile's own peak, rates and bits; None: nothing asked."""

    lossless: bool = False
    """Lossy files are refused."""
    formats: tuple[str, ...] = ()
    """Names of the formats that are taken."""
    upsampled: bool = True
    """False: files above their mixdown's rate are refused."""
    channels: int | None = None
    """How many each file must have."""
    min_rate_hz: int | None = None
    """Lowest sample rate."""
    rates_of_bits: Mapping[str, tuple[int, ...]] = field(default_factory=lambda: MappingProxyType({}))
    """Sample rates in Hz that go with a depth, by bits."""
    tags: bool = True
    """False: files with tags or a cover inside are refused."""
    behind_data: bool = True
    """False: nothing may stand behind the samples of a WAV file, as tags do."""
    broadcast: bool = True
    """False: WAV files with a broadcast extension are refused."""
    name_marks: str | None = None
    """File names hold letters, digits and these characters only."""
    max_file_mb: float | None = None
    """Largest file, in millions of bytes."""
    lufs: float | None = None
    """Integrated loudness of every file in LUFS ..."""
    within_lu: float = 0.0
    """... and how far off it may be."""
    min_song_seconds: float | None = None
    """Shortest file."""
    max_song_seconds: float | None = None
    """Longest file."""
    half_song_seconds: float | None = None
    """At least half of the songs last longer than this."""
    max_songs: int | None = None
    """Most songs of a disc."""
    max_total_seconds: float | None = None
    """All songs of a disc together."""
    sides: int | None = None
    """Sides that a disc's songs are cut onto, in running order ..."""
    max_side_seconds: float | None = None
    """... and the most that fits on each."""
    max_silence_seconds: float | None = None
    """Silence at either end of a file."""
    isrc: bool = False
    """Every song needs its ISRC."""
    barcode: bool = False
    """The release needs its barcode."""
    min_artwork_px: int | None = None
    """Shorter side of the cover."""
    max_artwork_px: int | None = None
    """Longer side of the cover."""
    square_artwork: bool = False
    """The cover must be square."""
    artwork_formats: tuple[str, ...] = ()
    """Kinds of picture that are taken: "JPEG", "PNG"."""
    rgb_artwork: bool = False
    """Colours must be RGB, not CMYK or grey."""
    max_artwork_mb: float | None = None
    """Largest cover, in millions of bytes."""


_WORDS: Mapping[str, str] = {
    "lossless": "lossless files",
    "upsampled": "never upsampled",
    "channels": "{} channels",
    "tags": "no tags inside",
    "behind_data": "nothing behind the samples of a WAV file",
    "broadcast": "no broadcast extension",
    "name_marks": "file names of letters, digits and {!r} only",
    "max_file_mb": "files up to {:g} MB",
    "min_song_seconds": "songs of {:g} s at least",
    "max_song_seconds": "songs up to {:g} s",
    "half_song_seconds": "half of the songs longer than {:g} s",
    "max_songs": "up to {} songs",
    "max_total_seconds": "up to {:g} s of music",
    "max_silence_seconds": "up to {:g} s of silence at either end",
    "isrc": "an ISRC for each song",
    "barcode": "a barcode",
    "min_artwork_px": "cover of {0} x {0} pixels at least",
    "max_artwork_px": "cover up to {0} x {0} pixels",
    "square_artwork": "square cover",
    "rgb_artwork": "cover in RGB",
    "max_artwork_mb": "cover up to {:g} MB",
}
_FIELDS = {each.name: str(each.type) for each in fields(DeliveryRules)}


def delivery_rules(profile: Profile) -> DeliveryRules:
    """The rules of a delivery profile; of a playback profile none. Other keys mean nothing here."""
    if profile.kind != "delivery":
        return DeliveryRules()
    return DeliveryRules(**{name: _frozen(value) for name, value in profile.rules.items() if name in _FIELDS})


def _frozen(value: Any) -> Any:
    if isinstance(value, Mapping):
        return MappingProxyType({str(name): _frozen(each) for name, each in value.items()})
    return tuple(value) if isinstance(value, list) else value


def fits(name: str, value: Any) -> bool:
    """Whether a rule can have this value; a rule of another name can have any."""
    kind = _FIELDS.get(name, "")
    if kind.startswith("bool"):
        return isinstance(value, bool)
    if kind.startswith(("int", "float")):
        return isinstance(value, int | float) and not isinstance(value, bool)
    if kind.startswith("tuple"):
        return isinstance(value, list | tuple) and all(isinstance(each, str) for each in value)
    if kind.startswith("Mapping"):
        return isinstance(value, Mapping) and all(isinstance(each, list | tuple) for each in value.values())
    return not kind or isinstance(value, str)


def asked(profile: Profile) -> Iterator[str]:
    """What is asked of files, one short clause each."""
    rules = delivery_rules(profile)
    if rules.lufs is not None:
        yield f"{rules.lufs:g} LUFS within {rules.within_lu:g} LU"
    if profile.true_peak_dbtp is not None:
        yield f"true peak up to {profile.true_peak_dbtp:g} dBTP"
    if rules.formats:
        yield either(rules.formats)
    if profile.bits:
        yield f"{either(profile.bits)} bit"
    if profile.rates_hz:
        yield f"{khz(profile.rates_hz)} kHz"
    if rules.min_rate_hz is not None:
        yield f"{rules.min_rate_hz / 1000:g} kHz at least"
    yield from (f"{khz(rates)} kHz at {bits} bit" for bits, rates in rules.rates_of_bits.items())
    yield from (words.format(profile.rules[name]) for name, words in _WORDS.items() if _asks(rules, name))
    if rules.sides and rules.max_side_seconds:
        yield f"{rules.sides} sides of {rules.max_side_seconds:g} s at most"
    if rules.artwork_formats:
        yield f"cover as {either(rules.artwork_formats)}"


def _asks(rules: DeliveryRules, name: str) -> bool:
    return bool(getattr(rules, name) != getattr(DeliveryRules(), name))


def either(values: Iterable[Any]) -> str:
    """ "16 or 24" """
    shown = [each if isinstance(each, str) else f"{each:g}" for each in values]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def khz(rates_hz: Iterable[int]) -> str:
    """ "44.1 or 48" """
    return either([rate / 1000 for rate in rates_hz])
