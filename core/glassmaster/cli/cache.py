"""The verb `cache`: what releases keep for their next build."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import Exit
from ..model import Json
from ..place import Place, place_of
from .common import json_option
from .show import say, show_json, table


@click.command()
@click.argument("manifests", nargs=-1, type=click.Path(path_type=Path), metavar="[MANIFEST]...")
@click.option("--prune", is_flag=True, help="Remove what the last build did not need.")
@click.option(
    "--keep-days", type=click.FloatRange(min=0), default=0.0, metavar="N", help="... if it is so old at least."
)
@click.option("--clear", is_flag=True, help="Remove all of it: the next build makes everything anew.")
@json_option
def cache(manifests: tuple[Path, ...], prune: bool, keep_days: float, clear: bool, as_json: bool) -> int:
    """Show what is kept so that only what changed is made again; or remove it. Nothing published is touched."""
    if prune and clear:
        raise click.UsageError("--prune and --clear: one of them, please")
    places = [place_of(path) for path in manifests or (Path("release.toml"),)]
    rows = [_row(place, prune, keep_days, clear) for place in places]
    if as_json:
        show_json({"releases": rows})
    else:
        for row in rows:
            _show(row)
    return Exit.OK


def _row(place: Place, prune: bool, keep_days: float, clear: bool) -> dict[str, Json]:
    from .. import cache as kept
    from ..lock import held
    from ..manifest import text_of
    from ..store import Store

    text_of(place.manifest)  # a release, not any folder
    store, freed = Store(place.room), None
    if prune or clear:
        with held(place.room):
            freed = kept.clear(place) if clear else kept.prune(place, store, keep_days)
    found = [{"kind": each.kind, "files": each.files, "bytes": each.size} for each in kept.kept(store)]
    return {"room": str(place.room), "freed_bytes": freed, "kept": found}


def _show(row: Json) -> None:
    say(lead=row["room"])
    rows = [(each["kind"], str(each["files"]), _size(each["bytes"])) for each in row["kept"]]
    rows.append(("all", str(sum(each["files"] for each in row["kept"])), _size(sum(e["bytes"] for e in row["kept"]))))
    say(*table(("kept", "files", "size"), rows))
    if row["freed_bytes"] is not None:
        say(f"freed: {_size(row['freed_bytes'])}")


def _size(count: int) -> str:
    return f"{count / 1e6:,.1f} MB"
