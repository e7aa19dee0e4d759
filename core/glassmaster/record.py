"""What stands beside the files: `release.json` for programs, `README.txt` for people, `SHA256SUMS` for proof."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from .approvals import standings
from .decisions import asked, places
from .figures import figures as figures
from .figures import rounded as rounded
from .model import Deliverable, Finding, Heard, Json, Master, Outcome, Product, Revision, Song
from .playback import Level, Playback, Turned, of
from .store import sha256_of


def release_json(outcome: Outcome) -> bytes:
    """The whole outcome as one document: same outcome, same bytes."""
    release = outcome.album.release
    document = {
        "schema": 1,
        "verdict": outcome.verdict,
        "title": release.title,
        "artist": release.artist,
        "type": release.type,
        "revision": release.revision,
        "artwork": _artwork(outcome),
        "songs": [_song(outcome, number) for number in range(len(release.songs))],
        "deliverables": [_product(outcome, product) for product in outcome.products],
        "references": [
            {"name": name, "file": each.source.path.name, "sha256": each.source.sha256, **figures(each.measurement)}
            for name, each in outcome.album.references.items()
        ],
        "playback": [_playback(outcome, each) for each in of(outcome, outcome.album.profiles.values())],
        "findings": [finding_json(each, release.songs) for each in outcome.findings],
        "approvals": [each.told(release) for each in standings(outcome)],
        "revised": [_revision(outcome, each) for each in outcome.revised],
        "provenance": dict(outcome.provenance),
    }
    text = json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    return text.encode("utf-8", "backslashreplace")  # half characters of a folder's name become JSON escapes


def _artwork(outcome: Outcome) -> dict[str, Json] | None:
    made = outcome.artwork
    if made is None:
        return None
    return {
        "path": made.path,
        "sha256": made.sha256,
        "size": made.size,
        "width": made.width,
        "height": made.height,
    }


def finding_json(finding: Finding, songs: Sequence[Song] = ()) -> dict[str, Json]:
    """One finding for our JSON documents; its song by number and disc, as in `songs[]`."""
    song = None if finding.song is None else songs[finding.song]
    told = {name: getattr(finding, name) for name in ("code", "severity", "where", "message", "hint")}
    told |= {"song": song.number if song else None, "disc": song.disc if song else None}
    rest = {name: rounded(getattr(finding, name)) for name in ("at", "waived", "confidence", "cause", "remedy")}
    return {**told, **rest}


def _song(outcome: Outcome, number: int) -> dict[str, Json]:
    song, heard = outcome.album.release.songs[number], outcome.album.mixdowns[number]
    masters = [(name, master) for name, each in outcome.masters.items() for master in each if master.song == number]
    first = masters[0][1] if masters else None
    return {
        "number": song.number,
        "disc": song.disc,
        "title": song.title,
        "version": song.version,
        "artist": song.artist or outcome.album.release.artist,
        "isrc": song.isrc,
        "status": song.status,
        "mixdown": _mixdown(heard) if heard else None,
        "master": _master(first) if first else None,
        "gain_db": rounded(first.gain_db + first.drive_db) if first else None,
        "max_gain_reduction_db": rounded(first.max_gain_reduction_db) if first else None,
        "masters": [
            {"deliverable": name, **_master(master), "settings": _settings(outcome, number, name)}
            for name, master in masters
        ],
    }


def _settings(outcome: Outcome, song: int, deliverable: str) -> dict[str, Json]:
    found = places(outcome, song).get(deliverable)
    return asked(*found) if found else {}


def _revision(outcome: Outcome, revision: Revision) -> dict[str, Json]:
    song = outcome.album.release.songs[revision.song]
    names = ("file", "sha256", "now_sha256", "changed")
    told = {name: getattr(revision, name) for name in names}
    return {"song": song.number, "disc": song.disc, "title": song.title, **told, "before": dict(revision.figures)}


def _mixdown(heard: Heard) -> dict[str, Json]:
    source = heard.source
    found = {"file": source.path.name, "sha256": source.sha256, "container": source.container, "codec": source.codec}
    return {**found, "bits": source.bits, **figures(heard.measurement)}


def _master(master: Master) -> dict[str, Json]:
    return {
        "gain_db": rounded(master.gain_db),
        "drive_db": rounded(master.drive_db),
        "max_gain_reduction_db": rounded(master.max_gain_reduction_db),
        "sustained_gain_reduction_db": rounded(master.sustained_gain_reduction_db),
        "aim_lufs": rounded(master.aim_lufs),
        "promised_lufs": rounded(master.promise.lufs) if master.promise else None,
        "stopped": master.stopped,
        **figures(master.measurement),
    }


def _product(outcome: Outcome, product: Product) -> dict[str, Json]:
    return {
        "name": product.deliverable,
        "song": outcome.album.release.songs[product.song].number,
        "disc": outcome.album.release.songs[product.song].disc,
        "title": outcome.album.release.songs[product.song].title,
        "format": _deliverable(outcome, product).format,
        "path": product.path,
        "sha256": product.sha256,
        "size": product.size,
        "payload_sha256": product.payload_sha256,
        "bits": product.bits,
        "dither": _deliverable(outcome, product).dither,
        "encoder": product.encoder,
        "trim_db": rounded(product.trim_db),
        "untrimmed_dbtp": rounded(product.untrimmed_dbtp),
        "encodes": rounded(product.encodes),
        "silence_frames": product.silence_frames,
        "tags": dict(product.tags),
        "measured": figures(product.measured),
    }


def _deliverable(outcome: Outcome, product: Product) -> Deliverable:
    return next(each for each in outcome.album.release.deliverables if each.name == product.deliverable)


def _playback(outcome: Outcome, playback: Playback) -> dict[str, Json]:
    profile = playback.profile
    return {
        "name": profile.name,
        "title": profile.title,
        "source": profile.source,
        "dated": profile.dated,
        "levels": [_level(outcome, each) for each in playback.levels],
    }


def _level(outcome: Outcome, level: Level) -> dict[str, Json]:
    return {
        "name": level.name,
        "plays_at_lufs": rounded(level.plays_at_lufs),
        "limits": level.limits,
        "album": [_turned(outcome, each) for each in level.album],
        "single": [_turned(outcome, each) for each in level.single],
    }


def _turned(outcome: Outcome, turned: Turned) -> dict[str, Json]:
    song = outcome.album.release.songs[turned.song]
    return {
        "song": song.number,
        "disc": song.disc,
        "title": song.title,
        "gain_db": rounded(turned.gain_db),
        "integrated_lufs": rounded(turned.lufs),
        "true_peak_dbtp": rounded(turned.true_peak_dbtp),
        "limiter_db": rounded(turned.limiter_db),
    }


def sums(folder: Path, products: Sequence[Product], others: Sequence[str] = ("release.json",)) -> bytes:
    """`SHA256SUMS` over the deliverables and other files in the folder, as `sha256sum -c` reads it."""
    lines = [f"{product.sha256}  {product.path}" for product in products]
    lines += [f"{sha256_of(folder / name)}  {name}" for name in others]
    return ("\n".join(sorted(lines, key=lambda line: line.split("  ", 1)[1])) + "\n").encode()


def readme(outcome: Outcome) -> bytes:
    """What each folder is for, in words for whoever receives the delivery."""
    release = outcome.album.release
    head = f"{release.artist} - {release.title} (revision {release.revision})"
    lines = [head, "=" * len(head), "", f"Verdict of the checks: {outcome.verdict}", ""]
    for deliverable in release.deliverables:
        made = [each for each in outcome.products if each.deliverable == deliverable.name]
        if made:
            lines.append(f"{deliverable.name}/  {_purpose(deliverable.format, made)}")
    lines += ["", *_HOW_TO]
    return ("\n".join(lines) + "\n").encode()


def _purpose(form: str, made: Sequence[Product]) -> str:
    depth = f", {made[0].bits} bit" if made[0].bits else ""
    return f"{len(made)} {form.upper()} files, {made[0].rate_hz} Hz{depth}, made by {made[0].encoder}"


_HOW_TO = (
    "report/index.html shows the release beside its references; it opens in any browser.",
    "release.json holds all figures and checksums for programs; provenance.json says what was made of what, by what.",
    "To prove that nothing changed on the way: sha256sum -c SHA256SUMS, or: glassmaster verify .",
)


def findings_by_exit(findings: Iterable[Finding]) -> int | None:
    """The exit code that findings lead to by themselves: the first step of the way that failed."""
    return min((each.exit for each in findings if each.exit is not None), default=None)
