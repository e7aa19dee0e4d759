"""Who took part in a song, by the fields that tags know."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .model import Credit, Release, Song

NAMED = ("composer", "lyricist", "producer", "mixer", "engineer")
"""Roles with a key of their own in the manifest."""
ROLES = {
    **{name: name for name in (*NAMED, "arranger", "conductor", "remixer")},
    **dict.fromkeys(("mix", "mixing", "mixing engineer"), "mixer"),
    **dict.fromkeys(
        ("mastering", "mastering engineer", "recording", "recording engineer", "sound engineer"), "engineer"
    ),
    **dict.fromkeys(("music", "written by", "writer"), "composer"),
    **dict.fromkeys(("words", "lyrics"), "lyricist"),
    "production": "producer",
    "arrangement": "arranger",
}
"""Field of the tags for what people write as a role; whoever did anything else performed it."""
_AND = ";"


def people(release: Release, song: Song) -> dict[str, str]:
    """Fields of `Tags` with names, several with "; " between; performers as "name (role)".

    A role that the song names holds instead of the release's, role by role.
    """
    own, shared = _credits(song), _credits(release)
    roles = {_role(each) for each in own}
    found: dict[str, list[str]] = {}
    for each in (*own, *(each for each in shared if _role(each) not in roles)):
        field = ROLES.get(_role(each), "performer")
        found.setdefault(field, []).append(f"{each.name} ({each.role.strip()})" if field == "performer" else each.name)
    return {field: "; ".join(dict.fromkeys(names)) for field, names in found.items()}


def _credits(owner: Release | Song) -> Sequence[Credit]:
    """Everybody by role, one name each; the keys of their own first."""
    named = [Credit(role, getattr(owner, role)) for role in NAMED]
    return [
        Credit(each.role, name.strip())
        for each in (*named, *owner.credits)
        for name in each.name.split(_AND)
        if name.strip()
    ]


def _role(credit: Credit) -> str:
    """As it counts: without case, and under the field that it goes into."""
    role = " ".join(credit.role.casefold().split())
    return ROLES.get(role, role)


def faults(named: Iterable[Credit]) -> Iterable[tuple[int, str, str]]:
    """(place, key, what is wrong) of credits that no tag could hold."""
    for place, each in enumerate(named):
        if not each.role.strip():
            yield place, "role", "the role is empty"
        elif set("();") & {*each.role}:
            yield place, "role", "a role has no brackets or semicolons"
        if not each.name.strip(" ;"):
            yield place, "name", "the name is empty"
