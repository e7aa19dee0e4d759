"""What each deliverable's files will be: rate, depth, encoder. Decided before any audio is rendered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .destinations import decoded_ceiling_dbtp
from .errors import Exit, Refused, refuse
from .model import Album, Deliverable, Encoder, Finding, Format, Release
from .plan import ready_songs
from .plugins import Offers, asked
from .release_lock import ReleaseLock


@dataclass(frozen=True)
class Target:
    """How one deliverable's files are made."""

    deliverable: Deliverable
    rate_hz: int
    bits: int | None
    encoder: Encoder
    decoded_ceiling_dbtp: float = 0.0
    """True peak that a lossy file may decode to."""


def available(release: Release, offers: Offers, lock: ReleaseLock) -> dict[str, Encoder]:
    """The encoder for each deliverable, by name: the one of earlier builds where it is still here.

    Raises `Refused` (exit 4) with all that cannot be made on this machine.
    """
    chosen: dict[str, Encoder] = {}
    problems: list[Finding] = []
    for deliverable in release.deliverables:
        try:
            chosen[deliverable.name], _ = choice(deliverable, offers, lock.encoders.get(deliverable.name))
        except Refused as refusal:
            problems += refusal.findings
    if problems:
        raise Refused(Exit.STAGE, *problems)
    return chosen


def choice(deliverable: Deliverable, offers: Offers, before: Encoder | None) -> tuple[Encoder, str]:
    """The encoder of a deliverable, and why this one; `before`: what release.lock keeps.

    Raises `Refused` (exit 4) where the file cannot be made on this machine.
    """
    where = f'deliverable "{deliverable.name}"'
    if deliverable.package:
        message = f'package = "{deliverable.package}" is known, but this version cannot make it yet'
        raise refuse(Exit.STAGE, "package-unavailable", where, message, "deliver single files with format = ...")
    offer = offers.formats[deliverable.format]
    who = f'format "{offer.name}" of {offers.origins["format", offer.name]} could not tell what makes it here'
    found = asked(offer.encoders, who, where, "encoder-failed")
    if not found:
        message = f"nothing on this machine can make {offer.name} files"
        raise refuse(Exit.STAGE, "encoder-missing", where, message, offer.install)
    if not deliverable.encoder:
        return _unpinned(found, before)
    pinned = next((each for each in found if each.name == deliverable.encoder), None)
    if pinned is None:
        known = ", ".join(each.name for each in found)
        message = f'encoder "{deliverable.encoder}" is not here; {offer.name} can be made by: {known}'
        hint = f"pin one of those, leave `encoder` out, or install it. {offer.install}".strip()
        raise refuse(Exit.STAGE, "encoder-missing", where, message, hint)
    return pinned, "pinned in the manifest"


def _unpinned(found: Sequence[Encoder], before: Encoder | None) -> tuple[Encoder, str]:
    """The one of earlier builds, so that another machine's choice changes no file; else the best that is here."""
    kept = next((each for each in found if before and each.name == before.name), None)
    if kept is None or before is None:
        lost = f", as {before.name} {before.version} of release.lock is not here" if before else ""
        return found[0], f"the best here{lost}"
    new = f" (there {before.version})" if kept.version != before.version else ""
    return kept, f"kept from release.lock{new}"


def encoders_changed(release: Release, offers: Offers, lock: ReleaseLock) -> tuple[Finding, ...]:
    """Warnings of encoders that are not those of release.lock, though nobody asked for others: new bytes follow."""
    found = []
    for deliverable in release.deliverables:
        before = lock.encoders.get(deliverable.name)
        now, _ = choice(deliverable, offers, before)
        if before is not None and now != before and (not deliverable.encoder or now.name == before.name):
            was = f"{before.name} {before.version}"
            message = f"made by {now.name} {now.version}, before by {was}: its files are made again, with other bytes"
            hint = f"to keep what is out, install {was}"
            found.append(Finding("encoder-changed", "warning", f'deliverable "{deliverable.name}"', message, hint))
    return tuple(found)


def targets(album: Album, offers: Offers, lock: ReleaseLock) -> dict[str, Target]:
    """By the deliverable's name. Raises `Refused` for a rate above a mixdown's own that was not allowed."""
    encoders = available(album.release, offers, lock)
    found = {}
    for deliverable in album.release.deliverables:
        offer = offers.formats[deliverable.format]
        rate = lock.rates_hz.get(deliverable.name) or _rate(deliverable, offer, album)
        found[deliverable.name] = Target(
            deliverable,
            rate,
            offer.bits(deliverable.settings),
            encoders[deliverable.name],
            decoded_ceiling_dbtp(deliverable, offers.profiles),
        )
    return found


def _rate(deliverable: Deliverable, offer: Format, album: Album) -> int:
    rates = dict(_rates(album))
    if deliverable.rate_hz == "native":
        return _held(min(rates.values(), default=44_100), offer)
    low = [name for name, rate in rates.items() if rate < deliverable.rate_hz]
    if low and not deliverable.allow_upsampling:
        message = f"{deliverable.rate_hz} Hz lies above the mixdowns of {', '.join(low)}"
        hint = f"set rate_hz = {min(rates.values())} or allow_upsampling = true"
        raise refuse(Exit.USAGE, "upsampling", f'deliverable "{deliverable.name}"', message, hint)
    return _held(deliverable.rate_hz, offer)


def _rates(album: Album) -> Iterable[tuple[str, int]]:
    for index in ready_songs(album):
        heard = album.mixdowns[index]
        if heard is not None:
            yield f'"{album.release.songs[index].title}"', heard.source.rate_hz


def _held(rate: int, offer: Format) -> int:
    """The rate itself where the format can hold it, else the next below that divides it, else the next below or up."""
    if not offer.rates or rate in offer.rates:
        return rate
    below = [each for each in offer.rates if each < rate]
    whole = [each for each in below if rate % each == 0]
    return max(whole or below, default=min(offer.rates)) if max(offer.rates) < rate else _above(rate, offer)


def _above(rate: int, offer: Format) -> int:
    """A codec that wants its own rate (Opus: 48 kHz) keeps all of the sound at the next rate up."""
    return min(each for each in offer.rates if each > rate)
