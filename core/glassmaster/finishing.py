"""The last errands: every file into the staging folder, tagged with what was measured of it and its album."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from .covers import Covers
from .errands import Finish, Finished
from .labels import file_paths, stamp_for, tags_for
from .model import Product, Release
from .phrases import where
from .plugins import Offers
from .rounds import File


def finishes(files: Sequence[File], release: Release, offers: Offers, covers: Covers) -> list[Finish]:
    """One errand a file; the destination is still relative to the staging folder."""
    from .loudness import album

    paths = file_paths(files, release, offers)
    pooled = {
        name: album([file.encoded.measured for file in files if file.target.deliverable.name == name])
        for name in dict.fromkeys(file.target.deliverable.name for file in files)
    }
    found = []
    for file in files:
        name = file.target.deliverable.name
        figures = {
            "integrated_lufs": pooled[name].integrated_lufs,
            "true_peak_dbtp": pooled[name].true_peak_dbtp,
        }
        found.append(
            Finish(
                what=f"{where(release.songs[file.song])} for {name}",
                seconds=file.encode.seconds,
                blob=file.encoded.blob,
                payload_sha256=file.encoded.payload_sha256,
                format=file.encode.format,
                tags=tags_for(release, file, figures, covers.sized.get(file.target.deliverable.cover_px)),
                tagger=_tagger(offers),
                path=paths[name, file.song],
                destination=Path(paths[name, file.song]),
                stamp=stamp_for(release, file) if offers.formats[file.encode.format].stamp else None,
            )
        )
    return found


def staged(errands: Sequence[Finish], staging: Path) -> list[Finish]:
    """The same errands with their destinations inside the staging folder."""
    return [replace(errand, destination=staging / errand.destination) for errand in errands]


def _tagger(offers: Offers) -> str:
    from importlib.metadata import version

    names = sorted(each.plugin_name for each in offers.hook.glassmaster_tag.get_hookimpls())
    known = {origin.plugin: f"{origin.plugin} ({origin.release})" for origin in offers.plugins}
    return ", ".join([*(known[name] for name in names), f"mutagen {version('mutagen')}"])


def products(files: Sequence[File], errands: Sequence[Finish], finished: Sequence[Finished]) -> tuple[Product, ...]:
    """What stands in the staging folder, file by file."""
    return tuple(
        Product(
            deliverable=file.target.deliverable.name,
            song=file.song,
            path=errand.destination.as_posix(),
            sha256=done.sha256,
            size=done.size,
            payload_sha256=file.encoded.payload_sha256,
            measured=file.encoded.measured,
            rate_hz=file.encode.rate_hz,
            bits=file.target.bits,
            encoder=f"{file.encode.encoder.name} {file.encode.encoder.version}",
            trim_db=file.encode.trim_db,
            untrimmed_dbtp=file.untrimmed_dbtp,
            encodes=file.encodes,
            tags=done.tags,
            silence_frames=file.encode.silence,
        )
        for file, errand, done in zip(files, errands, finished, strict=True)
    )
