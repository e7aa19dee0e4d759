"""The verb `doctor`: what this machine has, and which encoders a release will be made with here."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from ..errors import Exit, Refused
from ..limits import limits
from ..model import Json
from ..names import printable
from ..plugins import Offers
from .common import HERE, cores, json_option
from .show import show_findings, show_json, wrapped


@click.command()
@click.argument("manifest", type=click.Path(path_type=Path), required=False)
@json_option
def doctor(manifest: Path | None, as_json: bool) -> int:
    """Tell what this machine has: versions, cores, encoders, plugins that do not load.

    With a MANIFEST, or in a folder with a release.toml: also which encoder makes each of its deliverables, and why.
    """
    from ..local_plugins import offers_for
    from ..place import place_of

    offers = offers_for(place_of(manifest or HERE).manifest)
    told: dict[str, Json] = {
        "glassmaster": version("glassmaster"),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": cores(),
        "worker": asdict(limits()),
        "libraries": {name: version(name) for name in ("numpy", "soundfile", "soxr", "mutagen", "pyloudnorm")},
        "formats": {name: _encoders(offer) for name, offer in sorted(offers.formats.items())},
    }
    if manifest is not None or HERE.is_file():
        told["deliverables"] = list(_deliverables(manifest or HERE, offers))
    if as_json:
        show_json({**told, "broken": [each.message for each in offers.broken]})
    else:
        _show(told)
        show_findings(offers.broken)
    return Exit.OK


def _encoders(offer: Any) -> Json:
    """Best first: the first is taken where nothing else was said."""
    found = [
        {"name": each.name, "version": each.version, "rank": rank, "chosen": rank == 1}
        for rank, each in enumerate(offer.encoders(), 1)
    ]
    return {"encoders": found, "install": offer.install}


def _deliverables(path: Path, offers: Offers) -> Iterator[Json]:
    """The encoder of each deliverable; raises `Refused` for a manifest or lock that cannot be read."""
    from .. import manifest, release_lock
    from ..place import place_of
    from ..targets import choice

    place = place_of(path)
    release, _ = manifest.load(place.manifest, offers)
    kept = release_lock.read(place.lock).encoders
    for each in release.deliverables:
        told: dict[str, Json] = {"name": each.name, "format": each.format}
        try:
            encoder, why = choice(each, offers, kept.get(each.name))
            yield {**told, "encoder": encoder.name, "version": encoder.version, "why": why}
        except Refused as refused:
            why = "; ".join(f"{finding.message}: {finding.hint}" for finding in refused.findings)
            yield {**told, "encoder": None, "version": None, "why": why}


def _show(told: dict[str, Json]) -> None:
    for name in ("glassmaster", "python", "system", "cores"):
        click.echo(f"{name:<12} {told[name]}")
    memory, still = told["worker"]["memory_mib"], told["worker"]["still_seconds"]
    click.echo(f"{'worker':<12} may use {memory:,} MiB, and do nothing for {still:g} s")
    click.echo(f"{'libraries':<12} " + ", ".join(f"{name} {each}" for name, each in told["libraries"].items()))
    for name, each in told["formats"].items():
        click.echo(f"{name:<12} " + (_ranked(each["encoders"]) or f"cannot be made here. {each['install']}"))
    for each in told.get("deliverables", ()):
        made = f"{each['encoder']} {each['version']}, {each['why']}" if each["encoder"] else each["why"]
        click.echo(wrapped(printable(f"deliverable {each['name']} ({each['format']}): {made}")))


def _ranked(encoders: list[dict[str, Json]]) -> str:
    """ "lame 3.100, then ffmpeg 7.1": what is taken, and what could be pinned instead."""
    return ", then ".join(f"{each['name']} {each['version']}" for each in encoders)
