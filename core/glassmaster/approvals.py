"""Sign-offs: given with hash, name and date, and held against what stands there now."""

from __future__ import annotations

import datetime
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .changes import decided_changes, measured_changes
from .decisions import RESULTS, asked, masters_of, places, reached, sound_of
from .errors import Exit, refuse
from .figures import figures
from .model import Approval, Heard, Json, Outcome, Release
from .names import printable
from .songs import names_of

Kind: TypeAlias = Literal["mix", "master"]
_LONGEST_NAME = 100


@dataclass(frozen=True)
class Standing:
    """One sign-off beside what it is about, or one that is missing."""

    song: int
    """Index in `release.songs`."""
    kind: Kind
    deliverables: tuple[str, ...]
    """Those that a master is for; none for a mixdown."""
    approval: Approval | None
    changed: str = ""
    """What is no longer as it was approved; empty where the sign-off holds."""

    @property
    def holds(self) -> bool:
        return self.approval is not None and not self.changed

    def told(self, release: Release) -> dict[str, Json]:
        """For our JSON documents."""
        song, approval = release.songs[self.song], self.approval
        return {
            "song": song.number,
            "disc": song.disc,
            "title": song.title,
            "kind": self.kind,
            "deliverables": list(self.deliverables),
            "by": approval.by if approval else None,
            "date": approval.date if approval else None,
            "sound": approval.sound if approval else None,
            "holds": self.holds,
            "changed": self.changed,
        }


def today() -> str:
    """The date in UTC, YYYY-MM-DD; that of SOURCE_DATE_EPOCH where it is set. Raises `Refused` (exit 2)."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "")
    try:
        now = datetime.datetime.fromtimestamp(int(told), datetime.UTC) if told else datetime.datetime.now(datetime.UTC)
    except (ValueError, OverflowError, OSError):
        hint = "set it to seconds since 1970, or take it out of the environment"
        raise refuse(Exit.USAGE, "source-date", "SOURCE_DATE_EPOCH", f'"{printable(told)}" is no time', hint) from None
    return now.strftime("%Y-%m-%d")


def signer(name: str) -> str:
    """A name as it is written down. Raises `Refused` (exit 2) for one that could not be read."""
    text = " ".join(name.split())
    if not text or len(text) > _LONGEST_NAME or not text.isprintable():
        message = f"a name has 1 to {_LONGEST_NAME} letters, and no control characters"
        raise refuse(Exit.USAGE, "approval-name", "--by", message, 'say who approves: --by "A. Artist"')
    return text


def given(outcome: Outcome, songs: Collection[int], kind: Kind, by: str, date: str) -> list[Approval]:
    """New sign-offs for these songs as they stand. Raises `Refused` (exit 2) for what is not there to be approved."""
    made = [each for song in sorted(songs) for each in _given(outcome, song, kind, by, date)]
    without = sorted(set(songs) - {song for song in songs for each in made if each.song == _name(outcome, song)})
    if without:
        names = ", ".join(f'"{outcome.album.release.songs[song].title}"' for song in without)
        message = f"{names} has no {'mixdown that could be heard' if kind == 'mix' else 'master yet'}"
        hint = "see what `glassmaster check` says of it" if kind == "mix" else "drafts are not mastered: finish the mix"
        raise refuse(Exit.USAGE, "approval-nothing", "approve", message, hint)
    return made


def _given(outcome: Outcome, song: int, kind: Kind, by: str, date: str) -> Iterator[Approval]:
    name, heard = _name(outcome, song), outcome.album.mixdowns[song]
    if kind == "mix":
        if heard is not None:
            yield Approval(name, "mix", by, date, heard.source.sha256, "", tuple(_heard(heard).items()))
        return
    known = places(outcome, song)
    for deliverable, master in masters_of(outcome, song).items():
        facts = {**asked(*known[deliverable]), **reached(master)}
        yield Approval(name, "master", by, date, sound_of(master), deliverable, tuple(facts.items()))


def _heard(heard: Heard) -> dict[str, Json]:
    return {"file": heard.source.path.name, "bits": heard.source.bits, **figures(heard.measurement)}


def _name(outcome: Outcome, song: int) -> str:
    return names_of(outcome.album.release.songs)[song]


def without(approvals: Iterable[Approval], outcome: Outcome, songs: Collection[int], kind: Kind) -> list[Approval]:
    """The sign-offs that are left when those of one kind for these songs are withdrawn, or given anew."""
    names = {_name(outcome, song) for song in songs}
    return [each for each in approvals if each.song not in names or each.kind != kind]


def standings(outcome: Outcome) -> list[Standing]:
    """Every sign-off of a song of this release with what became of it, and every one that `[qc]` wants and misses."""
    release = outcome.album.release
    found, names = list[Standing](), names_of(release.songs)
    for song, each in enumerate(release.songs):
        mine = [approval for approval in outcome.approvals if approval.song == names[song]]
        final, wanted = each.status == "final", release.qc.require_approval
        found += _mix(outcome, song, mine, final and wanted == "mix")
        found += _masters(outcome, song, mine, final and wanted == "master")
    return found


def _mix(outcome: Outcome, song: int, approvals: Sequence[Approval], wanted: bool) -> Iterator[Standing]:
    approval = next((each for each in approvals if each.kind == "mix"), None)
    heard = outcome.album.mixdowns[song]
    if approval is None:
        if wanted and heard is not None:
            yield Standing(song, "mix", (), None)
    elif heard is not None:
        same = heard.source.sha256 == approval.sound
        told = "" if same else "; ".join(measured_changes(dict(approval.facts), _heard(heard))) or _ALIKE
        yield Standing(song, "mix", (), approval, told)


_ALIKE = "as long and as loud as before, but another file"
_VERSIONS = "the same decisions gave other samples: another version of a stage or library, or another processor"


def _masters(outcome: Outcome, song: int, approvals: Sequence[Approval], wanted: bool) -> Iterator[Standing]:
    signed = {each.deliverable: each for each in approvals if each.kind == "master"}
    if not signed and not wanted:
        return
    made, known, seen = masters_of(outcome, song), places(outcome, song), dict[str, Standing]()
    by_sound = {each.sound: each for each in signed.values()}
    for name in known:
        sound = sound_of(made[name]) if name in made else ""
        approval = by_sound.get(sound) or signed.get(name)
        told = "" if approval is None or approval.sound == sound else _moved(outcome, song, name, approval)
        key = sound or f"{approval.sound if approval else ''} {told}"
        before = seen[key].deliverables if key in seen else ()
        seen[key] = Standing(song, "master", (*before, name), approval, told)
    yield from (each for each in seen.values() if wanted or each.approval)


def _moved(outcome: Outcome, song: int, deliverable: str, approval: Approval) -> str:
    """What changed; before a build, only what the manifest asks for can tell."""
    now, then = asked(*places(outcome, song)[deliverable]), dict(approval.facts)
    made = masters_of(outcome, song).get(deliverable)
    if made is None:
        then = {name: value for name, value in then.items() if name not in RESULTS}
        return "; ".join(decided_changes(then, now))
    return "; ".join(decided_changes(then, {**now, **reached(made)})) or _VERSIONS
