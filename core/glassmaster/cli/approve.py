"""`glassmaster approve`: mixdowns and masters signed off, by hash, name and date."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from ..errors import Exit, refuse
from ..place import place_of
from .common import crew_for, json_option
from .show import show_json, table

if TYPE_CHECKING:
    from ..approvals import Standing
    from ..model import Release


@click.command()
@click.argument("songs", nargs=-1, metavar="SONG...")
@click.option("--mix", "kind", flag_value="mix", help="The mixdowns, as they are now.")
@click.option("--master", "kind", flag_value="master", help="The masters of the last build.")
@click.option("--by", default="", metavar="NAME", help="Who approves.")
@click.option("--all", "everything", is_flag=True, help="All songs but drafts.")
@click.option("--withdraw", is_flag=True, help="Take the sign-off back.")
@click.option("--list", "listed", is_flag=True, help="Show all sign-offs, and whether they still hold.")
@click.option("--manifest", "-m", type=click.Path(path_type=Path), default=Path("release.toml"), metavar="PATH")
@json_option
def approve(
    songs: tuple[str, ...],
    kind: Literal["mix", "master"] | None,
    by: str,
    everything: bool,
    withdraw: bool,
    listed: bool,
    manifest: Path,
    as_json: bool,
) -> int:
    """Sign songs off, named by title or number: kept in release.lock with hash, name and date.

    A mixdown or master that changes afterwards is an error. [qc] require_approval says which sign-offs there must be.
    """
    from .. import standing
    from ..approvals import signer, standings
    from ..local_plugins import offers_for

    if not listed:
        _told_enough(songs, kind, everything)
        by = "" if withdraw else signer(by)
    place = place_of(manifest)
    offers = offers_for(place.manifest)
    with crew_for(place.room, offers) as crew:
        if not listed:
            standing.approve(place, offers, crew, kind or "mix", songs, by, withdraw=withdraw)
        outcome = standing.approved(place, offers, crew)
    found = standings(outcome)
    if as_json:
        show_json([each.told(outcome.album.release) for each in found])
    else:
        _show(found, outcome.album.release)
        if not listed:
            click.echo(f"kept in {place.lock}: keep it with the manifest; build again, so that the delivery tells it")
    return Exit.OK


def _told_enough(songs: tuple[str, ...], kind: str | None, everything: bool) -> None:
    if kind is None:
        message = "say what is approved: --mix or --master"
        raise refuse(
            Exit.USAGE, "approval-what", "approve", message, "or see what there is: glassmaster approve --list"
        )
    if bool(songs) == everything:
        message = "name the songs, or say --all" if not songs else "either name songs, or say --all"
        raise refuse(Exit.USAGE, "approval-what", "approve", message, "songs are named by title or number")


def _show(found: list[Standing], release: Release) -> None:
    rows = [_row(each, release) for each in found]
    click.echo(table(("#", "song", "what", "by", "on", "stands"), rows, left=6) if rows else "nothing is approved yet")


def _row(standing: Standing, release: Release) -> tuple[str, ...]:
    song, approval = release.songs[standing.song], standing.approval
    what = "mixdown" if standing.kind == "mix" else f"master: {', '.join(standing.deliverables)}"
    stands = standing.changed or ("yes" if approval else "not approved")
    return (str(song.number), song.full_title[:40], what, *_signed(standing), stands)


def _signed(standing: Standing) -> tuple[str, str]:
    return (standing.approval.by, standing.approval.date) if standing.approval else ("-", "-")
