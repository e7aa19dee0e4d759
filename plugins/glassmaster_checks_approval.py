"""Looks at the sign-offs: those that [qc] wants and misses, and those that no longer hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glassmaster.approvals import Standing, standings
from glassmaster.hooks import hookimpl
from glassmaster.model import Check, Code, Finding, Outcome
from glassmaster.phrases import where

CODES = (
    Code(
        "mix-unapproved",
        "Mixdown not signed off",
        'The manifest says require_approval = "mix", and nobody has signed this mixdown off. Once it is heard and '
        "found good: glassmaster approve SONG --mix --by NAME.",
        cause="a mix that nobody has signed off yet",
        remedy="approval",
    ),
    Code(
        "mix-changed",
        "Mixdown changed after its approval",
        "The mixdown is not the file that was signed off. The message says what changed since; `glassmaster diff OLD "
        "NEW` tells where. Put the approved file back, or have the new one approved: glassmaster approve SONG --mix "
        "--by NAME. Whoever no longer needs the approval withdraws it: approve SONG --mix --withdraw.",
        cause="a new bounce after the sign-off",
        remedy="approval",
    ),
    Code(
        "master-unapproved",
        "Master not signed off",
        'The manifest says require_approval = "master", and nobody has signed this master off. Build, listen to the '
        "files, then: glassmaster approve SONG --master --by NAME, and build again.",
        cause="a master that nobody has signed off yet",
        remedy="approval",
    ),
    Code(
        "master-changed",
        "Master changed after its approval",
        "The master's samples are not those that were signed off. The message says which decision changed: in an "
        "album, a new song or another target moves the others. `glassmaster freeze` keeps what is approved as it is. "
        "Otherwise listen again and approve again.",
        cause="another mixdown, setting or neighbour since the sign-off",
        remedy="approval",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """A finding for each sign-off that is missing or no longer holds."""
    for each in standings(outcome):
        if not each.holds:
            yield _finding(outcome, each)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("approval", CODES, look)


def _finding(outcome: Outcome, standing: Standing) -> Finding:
    song = outcome.album.release.songs[standing.song]
    place = ", ".join((where(song), *standing.deliverables))
    what, command = _WORDS[standing.kind], f'glassmaster approve "{song.full_title}" --{standing.kind} --by NAME'
    approval = standing.approval
    if approval is None:
        code = "mix-unapproved" if standing.kind == "mix" else "master-unapproved"
        return Finding(code, "error", place, f"the {what} is not approved", f"listen, then: {command}", standing.song)
    code = "mix-changed" if standing.kind == "mix" else "master-changed"
    message = f"the {what} is not the one that {approval.by} approved on {approval.date}: {standing.changed}"
    hint = f"put the approved one back, or listen again, then: {command}"
    return Finding(code, "error", place, message, hint, standing.song)


_WORDS = {"mix": "mixdown", "master": "master"}
