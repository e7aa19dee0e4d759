"""Looks at what destinations ask of the deliverables that name them: `profile = "..."` of a [[deliverable]]."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from glassmaster.hooks import hookimpl
from glassmaster.model import Check, Code, Deliverable, Finding, Outcome, Profile

CODES = (
    Code(
        "profile-format",
        "Not the files that the destination wants",
        "The deliverable names a profile, and its format, rate, depth, channels, tags or sizes are none that the "
        "destination takes. `glassmaster profiles` shows what it asks for, from which source and of which date.",
        cause="a deliverable that is not set up for its destination",
        remedy="manifest",
    ),
    Code(
        "profile-name",
        "File names that the destination refuses",
        "The destination takes file names of few characters only. Give the deliverable names of such: filename = "
        '"{number:02}_{isrc}", for one.',
        cause="titles with blanks or marks in the names of files",
        remedy="manifest",
    ),
    Code(
        "profile-level",
        "Not the level the destination wants",
        "Loudness or true peak lies outside what the destination asks for. Give the deliverable its own level: adjust "
        "= { level = { target_lufs = ... }, limit = { ceiling_dbtp = ... } }.",
        cause="a level or ceiling meant for another destination",
        remedy="manifest",
        built=True,
    ),
    Code(
        "profile-length",
        "Not the length the destination wants",
        "A song is too short or too long, has too much silence at an end, or the release is too long or has too many "
        "songs for the destination. Start, end and gap are set in the manifest; a song that is too short is a matter "
        "for the arrangement.",
        cause="songs or gaps outside the destination's limits",
        remedy="manifest",
        built=True,
    ),
    Code(
        "profile-codes",
        "A code that the destination needs is missing",
        "The destination takes no release without these codes: it gives none itself. A label, a distributor or the "
        "national ISRC agency does.",
        cause="codes not given yet",
        remedy="manifest",
    ),
    Code(
        "profile-artwork",
        "Not the artwork the destination wants",
        "The cover's size, shape, colours or kind is none that the destination takes. Export it again from its source; "
        "enlarging adds nothing.",
        cause="a cover exported for something else",
        remedy="file",
    ),
)


def look(outcome: Outcome) -> Iterator[Finding]:
    """All that the destinations of the deliverables do not take; before a build, what can be told already."""
    for deliverable in outcome.album.release.deliverables:
        profile = outcome.album.profiles.get(deliverable.profile)
        if profile is not None:
            yield from _destination(outcome, deliverable, profile)


@hookimpl
def glassmaster_checks() -> Iterable[Check]:
    yield Check("profile", CODES, look)


def _destination(outcome: Outcome, deliverable: Deliverable, profile: Profile) -> Iterator[Finding]:
    from glassmaster.demands import View, breaches
    from glassmaster.plugins import load

    for breach in breaches(View(outcome, deliverable, profile, load())):
        yield Finding(
            f"profile-{breach.kind}",
            "error" if breach.severe else "warning",
            f"deliverable {deliverable.name}",
            f"{profile.title}: {breach.message}",
            f"{breach.remedy}; `glassmaster profiles show {profile.name}` tells its rules (as of {profile.dated})",
        )
