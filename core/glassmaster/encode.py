"""Makes one song's file and has it proven."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from .codecs.disk import refuses
from .errands import Encode, Encoded
from .errors import Exit, Refused, disk_fault, refuse
from .model import Audio, Format
from .store import Store


def encode(errand: Encode, store: Store) -> Encoded:
    """Do one `Encode` errand."""
    from . import plugins
    from .proof import proven

    offer = plugins.load().formats[errand.format]
    with store.scratch(offer.suffix) as path:
        _made(offer, path, errand, store)
        payload, measured = proven(offer, path, errand, lambda: _sound(errand, store))
        return Encoded(store.adopt(path), payload, measured)


def _made(offer: Format, path: Path, errand: Encode, store: Store) -> None:
    """Write the file. Where an encoder fails on a disk that takes nothing, it is the disk's failure, not its own."""
    try:
        _write(offer, path, errand, store)
    except (OSError, MemoryError):
        raise
    except Exception as problem:
        if disk := disk_fault(problem) or refuses(path.parent):
            raise disk from problem
        if isinstance(problem, Refused):
            raise
        message = f"{errand.encoder.name} failed: {type(problem).__name__}: {problem}"
        raise refuse(Exit.STAGE, "encoder-failed", errand.what, message, _AGAIN) from problem


def _write(offer: Format, path: Path, errand: Encode, store: Store) -> None:
    """Encode, or turn the untrimmed file down where the format can do that: nothing is encoded twice."""
    if offer.trim is None or not errand.trim_db:
        offer.encode(_sound(errand, store), path, errand.settings, errand.encoder.name)
        return
    plain = replace(errand, trim_db=0.0)
    if isinstance(kept := store.find(plain.key), Encoded):
        shutil.copyfile(store.proven(kept.blob), path)
    else:
        _write(offer, path, plain, store)
    offer.trim(path, errand.trim_db)


def _sound(errand: Encode, store: Store) -> Audio:
    from .sound import spool
    from .sound.blocks import followed_by_silence, gained

    path = store.proven(errand.spool)

    def part(start: int, end: int) -> Audio | None:
        inside = max(0, start), min(end, errand.spool.size // (4 * errand.channels))
        audio = spool.read(path, errand.rate_hz, errand.channels, *inside)
        return gained(audio, errand.trim_db) if audio.frames > 0 else None

    around = round(_AROUND_SECONDS * errand.rate_hz)
    song = part(errand.start, errand.end)
    if song is None:
        message = f"has not one sample left at {errand.rate_hz} Hz: the song is too short for that rate"
        hint = "look whether this is the right file; else name a higher rate_hz, or take the song out"
        raise refuse(Exit.SOURCE, "song-vanishes", errand.what, message, hint)
    return replace(
        followed_by_silence(song, errand.silence),
        before=part(errand.start - around, errand.start),
        after=None if errand.silence else part(errand.end, errand.end + around),
    )


_AGAIN = "build again; if it fails again, name another encoder: `glassmaster doctor` lists them"
_AROUND_SECONDS = 2.5  # more than any encoder looks back or ahead at 44.1 kHz
