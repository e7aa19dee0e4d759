"""Proves one delivered file: what it is made of, what is heard of it, what is written in it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from .delivery import EXACT, FIGURES
from .errands import Prove, Proved
from .errors import Refused
from .figures import figures
from .model import Finding, Format, Json
from .plugins import Offers
from .store import Store, sha256_of
from .verify import wrong

_TOLERANCE = 0.05  # LU and dB: another machine's arithmetic may differ in the last digits, a damaged file by more
_GAIN_TOLERANCE = 0.06  # with two written digits
_GAINS = {"replaygain_track_gain": (-18.0, 1.0), "r128_track_gain": (-23.0, 256.0)}
"""Reference loudness in LUFS (ReplayGain 2.0; RFC 7845, section 5.2.1) and steps a dB."""


CHECKS: Mapping[str, tuple[str, ...]] = {
    "checksum": ("checksum",),
    "integrity": ("damaged",),
    "decode": ("unreadable",),
    "payload": ("payload",),
    "length": ("length",),
    "loudness": ("loudness",),
    "tags": ("tags",),
}
"""What is proven of a file, in order, and the codes of findings that leave it unproven. checksum: SHA-256 of the file;
integrity: checksums inside it and declared sizes; decode: to its end; payload: the sound is the one that was delivered;
length: frames, rate and channels; loudness: loudness and peaks, as recorded and as its tags say; tags: as recorded."""
_TAGS_BYTES = 64 << 20
_WITHOUT_SOUND = ("checksum", "tags")


def prove(errand: Prove, store: Store) -> Proved:
    """Do one `Prove` errand."""
    from . import plugins

    offers = plugins.load()
    if not errand.path.is_file():
        return Proved((wrong(errand.what, "missing", "the file is missing"),))
    if (size := errand.path.stat().st_size) > _most_bytes(errand.recorded):
        message = f"holds {size} bytes, far more than was delivered ({errand.recorded['size']}): it was not read"
        return Proved((wrong(errand.what, "checksum", message),))
    found = []
    if sha256_of(errand.path) != errand.recorded["sha256"]:
        found.append(wrong(errand.what, "checksum", "the file is not the one that was delivered (SHA-256 differs)"))
    if errand.format not in offers.formats:
        message = f"no plugin here reads {errand.format} files"
        found.append(wrong(errand.what, "unreadable", message))
        return Proved(tuple(found), proven=_proven(found, ("checksum",)))
    offer = offers.formats[errand.format]
    told, payload, now = _heard(errand, offer)
    about, tags = _tags(errand, offers)
    found += [*told, *_compared(errand, payload, now), *about, *_gains(errand, tags, now)]
    return Proved(tuple(found), payload, now, tags, _proven(found, tuple(CHECKS) if now else _WITHOUT_SOUND))


def _most_bytes(recorded: Mapping[str, Any]) -> int:
    """No file of so much sound is larger, whatever the record says: eight bytes a sample, and tags with pictures."""
    size, measured = recorded["size"], recorded["measured"]
    most: int = min(size, 8 * measured["frames"] * measured["channels"])
    return most + _TAGS_BYTES


def _proven(found: Iterable[Finding], looked: Iterable[str]) -> tuple[str, ...]:
    """Of what was looked at, that which nothing was found against."""
    codes = {each.code for each in found}
    return tuple(name for name in looked if not codes & {*CHECKS[name]})


def _heard(errand: Prove, offer: Format) -> tuple[list[Finding], str, dict[str, Json]]:
    """(what is wrong with the file in itself, hash of its audio, figures of what is heard)."""
    from .inspection import DamagedError, inspected

    try:
        found = inspected(offer, errand.path, errand.recorded.get("bits"))
        return [], found.payload_sha256, figures(found.measured)
    except DamagedError as damaged:
        return [wrong(errand.what, "damaged", each) for each in damaged.flaws], "", {}
    except Refused as refused:  # what reads it is not installed
        return [wrong(errand.what, "unreadable", each.message, each.hint) for each in refused.findings], "", {}
    except Exception as problem:  # a stranger's format
        return [wrong(errand.what, "unreadable", f"it cannot be read: {problem}")], "", {}


def _compared(errand: Prove, payload: str, now: Mapping[str, Json]) -> Iterable[Finding]:
    """What is heard now against what was recorded."""
    if not now:
        return
    if payload != errand.recorded["payload_sha256"]:
        yield wrong(errand.what, "payload", "the audio inside is not what was delivered")
    then = errand.recorded["measured"]
    for name in EXACT:
        if now[name] != then[name]:
            yield wrong(errand.what, "length", f"{name} is {now[name]}, delivered was {then[name]}")
    for name in FIGURES:
        if not _same(now[name], then[name]):
            yield wrong(errand.what, "loudness", f"{name} is {now[name]}, delivered was {then[name]}")


def _same(now: Json, then: Json) -> bool:
    if now is None or then is None:
        return now is then
    return abs(float(now) - float(then)) <= _TOLERANCE


def _tags(errand: Prove, offers: Offers) -> tuple[list[Finding], dict[str, str]]:
    """(what is wrong, the file's tags as they are)."""
    try:
        now = dict(offers.hook.glassmaster_read_tags(path=errand.path, format=errand.format) or {})
    except Exception as problem:  # whatever a tag reader says of a damaged file
        return [wrong(errand.what, "tags", f"its tags cannot be read: {problem}")], {}
    then = errand.recorded["tags"]
    return [
        wrong(errand.what, "tags", f"{name} is {_short(now.get(name))}, delivered was {_short(then.get(name))}")
        for name in sorted({*now, *then})
        if now.get(name) != then.get(name)
    ], now


def _short(text: str | None) -> str:
    return "nothing" if text is None else repr(text if len(text) <= 80 else text[:77] + "...")


def _gains(errand: Prove, tags: Mapping[str, str], now: Mapping[str, Any]) -> Iterable[Finding]:
    """Gain and peak in the tags must fit what is heard, whatever the record says."""
    for name, (reference, steps) in _GAINS.items():
        if name in tags and now:
            told = _number(tags[name].removesuffix(" dB"))
            heard = now["integrated_lufs"]
            if told is None or heard is None or abs(told / steps - (reference - heard)) > _GAIN_TOLERANCE:
                message = f"its tag {name} says {_short(tags[name])}, but its loudness is {heard} LUFS"
                yield wrong(errand.what, "loudness", message)
    peak, heard = _number(tags.get("replaygain_track_peak", "")), now.get("true_peak_dbtp")
    if peak and heard is not None and abs(20 * math.log10(abs(peak)) - heard) > _GAIN_TOLERANCE:
        message = f"its tag replaygain_track_peak says {peak}, but it peaks at {heard} dBTP"
        yield wrong(errand.what, "loudness", message)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) else None
