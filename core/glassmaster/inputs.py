"""What a release is made of besides sound, by hash: manifest, release.lock, artwork, and the report's dress."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from . import dressing, release_lock
from .model import Input, Release
from .release_lock import ReleaseLock
from .store import sha256_of


def inputs(release: Release, lock: ReleaseLock) -> tuple[Input, ...]:
    """Every such file that is there; `lock` as the build leaves it behind."""
    return tuple(_inputs(release, lock))


def _inputs(release: Release, lock: ReleaseLock) -> Iterator[Input]:
    yield Input("manifest", release.manifest, release.manifest_sha256)
    text = release_lock.text_of(lock)
    yield Input("lock", release.manifest.with_suffix(".lock"), hashlib.sha256(text).hexdigest())
    if release.artwork and release.artwork.is_file():
        yield Input("artwork", release.artwork, sha256_of(release.artwork))
    if logo := dressing.logo(release):
        yield Input("logo", logo, sha256_of(logo))
    for each in dressing.template_files(release):
        yield Input("template", each, sha256_of(each))
