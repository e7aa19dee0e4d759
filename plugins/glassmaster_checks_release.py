"""Looks at the release and its masters: codes, joints, references, levels, limiting."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from glassmaster.hooks import hookimpl
from glassmaster.model import HOP_SECONDS, Check, Code, Decided, Finding, Master, Outcome, Release, Song

_AIM_LU = 0.1
_FAR_DB = 4.0
_HARD_DB = 3.0
_HARD_SHARE = 0.1
_APART_LU = 2.0
_SPLICE = 10 ** (-50 / 20)

CODES = (
    Code(
        "fell-short",
        "Quieter than wanted",
        "The song did not reach its loudness: the limiter's allowance (max_gain_reduction_db) was used up, or more "
        "drive brought hardly more loudness. Mastering stops there on purpose, because beyond it only distortion "
        "grows. Accept it, ask for a lower target_lufs, allow more gain reduction, or lower the whole release with "
        'shortfall = "album". If it must be loud: fix it in the mix, by taming the peaks that stand out.',
        cause="peaks that stand too far above the loudness",
        remedy="mix",
        built=True,
    ),
    Code(
        "too-loud",
        "Louder than wanted",
        "The song ended above the loudness that level asked for: a stage behind level adds level and no stage turns "
        "it back. Put level behind that stage, or add limit.",
        cause="a stage behind level that adds level",
        remedy="manifest",
        built=True,
    ),
    Code(
        "loudness-spread",
        "Songs far apart in loudness",
        "After mastering, the loudest passages of the songs lie further apart than [qc] loudness_spread_lu allows, "
        "declared intent (level_db) left aside. Where it is meant, set level_db; otherwise look at match and at songs "
        "that fell short.",
        cause="songs that fell short, or intent that was not declared",
        remedy="manifest",
        built=True,
    ),
    Code(
        "moved-far",
        "Song moved far against the others",
        "Matching turned this song by more than 4 dB against the others. Often the mixdown was just bounced at "
        "another level, and all is well. But a quiet interlude is now as loud as the rest: if it is meant to be "
        "quieter or louder, say so with level_db, or set its gain_db.",
        cause="a mixdown bounced at another level, or a song meant to be quiet",
        remedy="mastering",
    ),
    Code(
        "references-apart",
        "References sit elsewhere",
        "The release is levelled to one loudness, and the references sit at another. Neither is wrong: -14 LUFS is "
        'where services play, not a goal of mastering. To go where the references are, set target_from = "references" '
        "or target_lufs.",
        cause="references mastered to another loudness",
        remedy="manifest",
    ),
    Code(
        "reference-unusable",
        "Reference without a loudness",
        "The reference is silent or shorter than 400 ms, so nothing can be compared with it. Name another file.",
        cause="a silent or very short file",
        remedy="file",
    ),
    Code(
        "limiter-hard",
        "Limiter working hard",
        "The limiter takes more than 3 dB away during more than a tenth of the song. That is heard as dullness, "
        "pumping or distortion. Lower target_lufs, or fix it in the mix: find the kick, snare or bass that stands "
        "out.",
        cause="a target above what the peaks of this mix allow",
        remedy="manifest",
        built=True,
    ),
    Code(
        "programme-levels",
        "Level inside a run of songs",
        "Songs that run on are one piece for a limiter and for every stage behind it. Where level stands there, all of "
        "them get the gain of the first, and a level_db or gain_db on a later one does nothing. Put level in front of "
        "limit: then each song gets its own gain, with a ramp where they meet.",
        cause="level behind limit, and a level of its own on a song that runs on",
        remedy="manifest",
    ),
    Code(
        "hard-splice",
        "Songs that meet without a joint",
        "gap = 0 puts two files together, but each is limited for itself, and both are in sound where they meet. If "
        "the music runs on, say joined = true: then both are mastered in one go.",
        cause="gap = 0 where the music runs on",
        remedy="manifest",
    ),
    Code(
        "isrc-missing",
        "No ISRC",
        "Each recording has a code by which plays are counted and paid. Your distributor may give one; if you have "
        "codes, set isrc in each [[song]].",
        cause="no codes given yet",
        remedy="manifest",
    ),
    Code(
        "barcode-missing",
        "No barcode",
        "Shops know a release by its EAN or UPC. Your distributor may give one; if you have it, set barcode in "
        "[release].",
        cause="no code given yet",
        remedy="manifest",
    ),
    Code(
        "artwork-missing",
        "No artwork",
        "Players show the cover that is in the files. Set artwork in [release]: a square JPEG or PNG, 3000 x 3000.",
        cause="no cover named yet",
        remedy="manifest",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All findings about the release: its words, its joints, its references, its levels, its masters."""
    yield from _words(outcome.album.release)
    yield from _joints(outcome)
    yield from _references(outcome)
    yield from _moved(outcome)
    for name, masters in _distinct(outcome):
        yield from _about_masters(outcome, name, masters)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("release", CODES, look)


def _where(song: Song) -> str:
    return f"{song.number:02d} {song.title}"


def _runs_on(song: Song) -> bool:
    return song.joined or song.crossfade > 0


def _some(names: Sequence[str], most: int = 5) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _words(release: Release) -> Iterator[Finding]:
    without = [_where(song) for song in release.songs if not song.isrc]
    if without:
        message = f"{len(without)} of {len(release.songs)} songs have no ISRC: {_some(without)}"
        yield Finding("isrc-missing", "note", "release", message, "set isrc, or let your distributor give them")
    if not release.barcode:
        yield Finding(
            "barcode-missing", "note", "release", "no barcode", "set barcode, or let your distributor give one"
        )
    if release.artwork is None:
        yield Finding("artwork-missing", "warning", "release", "no artwork", "set artwork = ... in [release]")


def _joints(outcome: Outcome) -> Iterator[Finding]:
    songs = outcome.album.release.songs
    for index in sorted(_levelled_late(outcome)):
        if songs[index].level_db or songs[index].gain_db is not None:
            message = (
                "runs on from the song before, and level stands behind limit, so its level_db or gain_db does nothing"
            )
            yield Finding(
                "programme-levels", "warning", _where(songs[index]), message, "put level in front of limit", index
            )
    for index in range(1, len(songs)):
        song = songs[index]
        if (
            song.gap == 0
            and not _runs_on(song)
            and _ends_in_sound(outcome, index - 1)
            and _begins_in_sound(outcome, index)
        ):
            message = f"meets {_where(songs[index - 1])} in the middle of the sound"
            yield Finding(
                "hard-splice", "warning", _where(song), message, "say joined = true instead of gap = 0", index
            )


def _levelled_late(outcome: Outcome) -> set[int]:
    """Songs that run on and are levelled together with those before them."""
    orders = [order for each in outcome.orders.values() for order in each]
    late = [order for order in orders if any(step.stage == "level" for step in order.steps)]
    return {part.song for order in late for part in order.parts[1:]}


def _edges(outcome: Outcome, index: int) -> tuple[float, float]:
    """Sample peaks of the first and last 10 ms of a song's cut; silence where it was not heard."""
    from glassmaster.levels import cut_hops

    heard, cut = outcome.album.mixdowns[index], outcome.album.cuts[index]
    if heard is None or cut is None:
        return 0.0, 0.0
    peaks = heard.measurement.peaks[cut_hops(heard.source.rate_hz, cut)]
    return (float(peaks[0]), float(peaks[-1])) if len(peaks) else (0.0, 0.0)


def _begins_in_sound(outcome: Outcome, index: int) -> bool:
    return _edges(outcome, index)[0] > _SPLICE


def _ends_in_sound(outcome: Outcome, index: int) -> bool:
    return _edges(outcome, index)[1] > _SPLICE


def _references(outcome: Outcome) -> Iterator[Finding]:
    from glassmaster.levels import references_loudness

    for name, heard in outcome.album.references.items():
        if heard.measurement.integrated_lufs is None:
            message = "is silent or too short to have a loudness"
            yield Finding("reference-unusable", "warning", f"reference {name}", message, "name another file")
    settings: Any = next((step.settings for step in outcome.album.release.treatment if step.stage == "level"), None)
    found = references_loudness(outcome.album)
    target = getattr(settings, "target_lufs", None)
    followed = getattr(settings, "target_from", "") != ""
    if target is None or found is None or followed or abs(found - target) <= _APART_LU:
        return
    message = f"levelled to {target:.1f} LUFS, while the references sit at {found:.1f} LUFS"
    hint = 'to go there, set target_from = "references" in level'
    yield Finding("references-apart", "note", "references", message, hint)


def _distinct(outcome: Outcome) -> Iterator[tuple[str, Sequence[Master]]]:
    """Each different set of masters once, with the deliverable that it is for where there are several."""
    seen: dict[tuple[tuple[str, int], ...], str] = {}
    for name, masters in outcome.masters.items():
        seen.setdefault(tuple((each.spool.sha256, each.start) for each in masters), name)
    for name in seen.values():
        yield name, outcome.masters[name]


def _about_masters(outcome: Outcome, deliverable: str, masters: Sequence[Master]) -> Iterator[Finding]:
    songs = outcome.album.release.songs
    several = len(list(_distinct(outcome))) > 1
    places = {each.song: _where(songs[each.song]) + (f", {deliverable}" if several else "") for each in masters}
    yield from _off_aim(masters, places)
    yield from _working_hard(masters, places)
    yield from _apart(outcome, deliverable, masters, places)


def _off_aim(masters: Sequence[Master], places: Mapping[int, str]) -> Iterator[Finding]:
    from glassmaster.levels import ended_at

    programmes: dict[str, list[Master]] = {}
    for master in masters:
        programmes.setdefault(master.spool.sha256, []).append(master)
    for together in programmes.values():
        first, ended = together[0], ended_at(together)
        if first.aim_lufs is None or ended is None:
            continue
        short, where = first.aim_lufs - ended, " + ".join(places[each.song] for each in together)
        if short > _AIM_LU:
            message = first.stopped or f"ends at {ended:.1f} LUFS, {short:.1f} LU under its aim"
            hint = "lower target_lufs, allow more max_gain_reduction_db, or tame the peaks in the mix"
            yield Finding("fell-short", "warning", where, message, hint, first.song)
        elif short < -_AIM_LU:
            message = f"ends at {ended:.1f} LUFS, {-short:.1f} LU above its aim"
            yield Finding(
                "too-loud", "warning", where, message, "put level behind the stage that adds level", first.song
            )


def _working_hard(masters: Sequence[Master], places: Mapping[int, str]) -> Iterator[Finding]:
    for master in masters:
        share = float((master.reduction > _HARD_DB).mean()) if len(master.reduction) else 0.0
        if share > _HARD_SHARE:
            message = f"the limiter takes more than {_HARD_DB:.0f} dB away in {share:.0%} of the song"
            at = float(master.reduction.argmax()) * HOP_SECONDS
            hint = "lower target_lufs, or tame the peaks in the mix"
            yield Finding("limiter-hard", "warning", places[master.song], message, hint, master.song, at)


def _apart(
    outcome: Outcome, deliverable: str, masters: Sequence[Master], places: Mapping[int, str]
) -> Iterator[Finding]:
    """The spread of what the treatment makes equal, and of loudest passages where it makes nothing equal."""
    from glassmaster.loudness import loudest_passages, whole_hops

    release = outcome.album.release
    settings: Any = getattr(_level(outcome, deliverable), "settings", None)
    whole = getattr(settings, "match", "") == "integrated" or getattr(settings, "mode", "") == "song"
    found: list[tuple[float, str]] = []
    for master in masters:
        song, told = release.songs[master.song], master.measurement
        lufs = told.integrated_lufs if whole else loudest_passages(whole_hops(told))
        if lufs is not None and song.gain_db is None and not _runs_on(song):
            found.append((lufs - song.level_db, places[master.song]))
    if len(found) < 2 or max(found)[0] - min(found)[0] <= release.qc.loudness_spread_lu:
        return
    figure = "integrated loudness" if whole else "loudest passages"
    message = f"{max(found)[0] - min(found)[0]:.1f} LU in {figure} between {min(found)[1]} and {max(found)[1]}"
    hint = "meant so? set level_db; else see why the quiet one fell short"
    yield Finding("loudness-spread", "warning", "release", message, hint)


def _level(outcome: Outcome, deliverable: str) -> Decided | None:
    """What `level` decided for the first song of a deliverable that it decided for."""
    return next(iter(_levels(outcome, deliverable).values()), None)


def _levels(outcome: Outcome, deliverable: str) -> dict[int, Decided]:
    """What `level` decided, by song."""
    return {
        part.song: step
        for order in outcome.orders.get(deliverable, ())
        for part in order.parts
        for step in (*part.steps, *order.steps)
        if step.stage == "level"
    }


def _moved(outcome: Outcome) -> Iterator[Finding]:
    """By the first deliverable: targets of others move all songs alike."""
    songs = outcome.album.release.songs
    deliverable = next(iter(outcome.orders), "")
    gains = {
        index: step.value.gain_db - songs[index].level_db
        for index, step in _levels(outcome, deliverable).items()
        if songs[index].gain_db is None and not _runs_on(songs[index])
    }
    ordered = sorted(gains.values())
    for index, gain in gains.items() if len(gains) > 1 else ():
        apart = gain - _median_without(ordered, gain)
        if songs[index].level_db or abs(apart) <= _FAR_DB:
            continue
        message = f"moved by {gain:+.1f} dB, {apart:+.1f} dB against the others"
        hint = f"if it is meant to sit {'under' if apart > 0 else 'above'} them, set level_db"
        yield Finding("moved-far", "note", _where(songs[index]), message, hint, index)


def _median_without(ordered: Sequence[float], one: float) -> float:
    """Median of sorted numbers without one of them."""
    gone, left = bisect_left(ordered, one), len(ordered) - 1
    low, high = (ordered[place + (place >= gone)] for place in ((left - 1) // 2, left // 2))
    return (low + high) / 2
