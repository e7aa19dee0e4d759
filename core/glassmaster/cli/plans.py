"""The plan as people and programs read it: measured, wanted, gain, expected limiting, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from ..again import NEW
from ..codes import known
from ..forecast import of_songs, promised
from ..masters import errand_for
from ..model import Event, Finding, Json, Order, Outcome, Part, Promise
from ..names import printable
from ..plugins import Offers
from ..record import finding_json, rounded
from ..roles import gain_db, last
from ..work import Crew
from .show import figure, table, wrapped


def about_plan(outcome: Outcome, offers: Offers) -> list[Finding]:
    """Findings that tell of what is decided, or why nothing can be."""
    codes = known(offers)
    return [
        each for each in outcome.findings if each.exit is not None or (each.code in codes and codes[each.code].planned)
    ]


def plan_json(outcome: Outcome, offers: Offers, crew: Crew, left: Iterable[Event]) -> Json:
    """The answer of `plan --json`; deliverables that sound the same stand together."""
    groups: dict[tuple[Order, ...], list[str]] = {}
    for name, orders in outcome.orders.items():
        groups.setdefault(orders, []).append(name)
    return {
        "masters": [
            {"deliverables": names, "songs": [*_songs(outcome, orders, offers, crew)]}
            for orders, names in groups.items()
        ],
        "to_do": [{"phase": each.phase, "what": each.what, "why": each.message} for each in left],
        "left_out": [
            {"number": song.number, "disc": song.disc, "title": song.title, "status": song.status}
            for index, song in enumerate(outcome.album.release.songs)
            if not any(part.song == index for orders in groups for order in orders for part in order.parts)
        ],
        "findings": [finding_json(each, outcome.album.release.songs) for each in about_plan(outcome, offers)],
    }


def _songs(outcome: Outcome, orders: Sequence[Order], offers: Offers, crew: Crew) -> Iterable[Json]:
    errands = [errand_for(order, outcome.album.release) for order in orders]
    for order, kept in zip(orders, crew.kept(errands), strict=True):
        promise = promised(order, outcome.album, offers)
        run = {"together": _numbers(outcome, order), "expected_together_lufs": rounded(promise.lufs)}
        for part, own in zip(order.parts, of_songs(order, promise, outcome.album, offers), strict=True):
            yield {**_song(outcome, order, part, own, offers), **run, "done": kept is not None}


def _numbers(outcome: Outcome, order: Order) -> list[Json]:
    """The songs that are mastered in one go."""
    return [outcome.album.release.songs[part.song].number for part in order.parts]


def _song(outcome: Outcome, order: Order, part: Part, promise: Promise, offers: Offers) -> dict[str, Json]:
    song, heard = outcome.album.release.songs[part.song], outcome.album.mixdowns[part.song]
    steps = (*part.steps, *order.steps)
    return {
        "number": song.number,
        "disc": song.disc,
        "title": song.title,
        "measured_lufs": rounded(heard.measurement.integrated_lufs) if heard else None,
        "true_peak_dbtp": rounded(heard.measurement.true_peak_dbtp) if heard else None,
        "aim_lufs": rounded(order.aim_lufs),
        "gain_db": rounded(gain_db(part.steps, offers)),
        "drive_db": rounded(promise.drive_db),
        "expected_lufs": rounded(promise.lufs),
        "expected_max_gain_reduction_db": rounded(promise.max_gain_reduction_db),
        "expected_sustained_gain_reduction_db": rounded(promise.sustained_gain_reduction_db),
        "ceiling_dbtp": rounded(last(steps, offers, "ceiling")),
        "why": [why for step in steps if (why := getattr(step.value, "why", ""))],
        "stopped": promise.why,
    }


_HEAD = ("#", "song", "measured", "dBTP", "aim", "gain", "expected", "GR", "most GR", "")


def show_plan(document: Json) -> None:
    """A table for each sound that differs, with the reasons under it."""
    for group in document["masters"]:
        click.echo(click.style(", ".join(group["deliverables"]), bold=True))
        click.echo(table(_HEAD, [_cells(song) for song in group["songs"]], left=2))
        for song in group["songs"]:
            for told in _reasons(song):
                click.echo(wrapped(f"  {song['number']}: {printable(told)}"))
        click.echo()
    for song in document["left_out"]:
        click.echo(f"{song['number']} {printable(song['title'])}: not mastered ({song['status']})")
    _show_left(document["to_do"])


def _show_left(to_do: Sequence[Json]) -> None:
    """What is made again, and why; what was never made is only counted."""
    new = sum(each["why"] == NEW for each in to_do)
    if len(to_do) > new:
        click.echo("made again, with all that follows:")
    for each in to_do:
        if each["why"] != NEW:
            click.echo(wrapped(f"  {each['phase']} {printable(each['what'])}: {printable(each['why'])}"))
    if len(to_do) > new > 0:
        click.echo(f"  and {new} for the first time")


def _reasons(song: Json) -> Iterable[str]:
    """Why it is placed as it is; what holds for a whole run is said once, at its first song."""
    yield from song["why"]
    numbers = song["together"]
    if numbers[0] != song["number"]:
        return
    if len(numbers) > 1:
        aim = "" if song["aim_lufs"] is None else f" of {song['aim_lufs']:.1f} wanted"
        lufs = figure(song["expected_together_lufs"], 2)
        yield f"runs on to {numbers[-1]}: mastered as one, {lufs} LUFS together{aim}"
    if song["stopped"]:
        yield song["stopped"]


def _cells(song: Json) -> tuple[str, ...]:
    return (
        str(song["number"]),
        song["title"][:32],
        figure(song["measured_lufs"]),
        figure(song["true_peak_dbtp"]),
        figure(song["aim_lufs"]),
        figure(None if song["drive_db"] is None else song["gain_db"] + song["drive_db"], sign=True),
        figure(song["expected_lufs"], 2),
        figure(song["expected_sustained_gain_reduction_db"]),
        figure(song["expected_max_gain_reduction_db"]),
        "done" if song["done"] else "to do",
    )
