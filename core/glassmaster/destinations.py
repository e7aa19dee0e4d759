"""What holds at a destination: the rules of its profile, typed, and in words for people."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType
from typing import Any, Literal

from .delivery_rules import asked, fits
from .model import Deliverable, Profile

_ALBUM = {
    "loudest": "an album played as one gets one gain, set by its loudest song",
    "pooled": "an album played as one gets one gain, set by the loudness of all its songs together",
    "none": "an album's songs are set one by one",
}


@dataclass(frozen=True)
class PlaybackRules:
    """What a service does with the loudness of music: `Profile.rules` of the kind "playback"."""

    official: bool = False
    """The service says so itself; otherwise all of it was measured or told by others."""
    raises: bool = False
    """Quiet music is turned up, not only loud music down."""
    raises_to_dbtp: float | None = None
    """Music is turned up only as far as its true peak stays under this; None: whatever its peak."""
    album: Literal["loudest", "pooled", "none"] = "none"
    """What sets the one gain of an album that is played as one: its loudest song, all its songs, or nothing."""
    album_lufs: float | None = None
    """Where that loudness is put; None: where songs on their own are put."""
    other_levels: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Levels in LUFS that a listener can choose instead, by name."""
    limits_levels: tuple[str, ...] = ()
    """Names of the levels at which music is turned up whatever its peak, and limited."""
    limits_at_dbfs: float | None = None
    """Sample peak above which that limiter acts."""
    second_hand: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Rules that `source` does not state, each with where it was read."""


def playback_rules(profile: Profile) -> PlaybackRules:
    """The rules of a playback profile; what it leaves out keeps its default, and other keys mean nothing here.

    Raises `ValueError` for a rule that cannot be what it says.
    """
    if wrong := fault(profile):
        raise ValueError(wrong)
    told = {each.name: profile.rules[each.name] for each in fields(PlaybackRules) if each.name in profile.rules}
    if "limits_levels" in told:
        told["limits_levels"] = tuple(told["limits_levels"])
    return PlaybackRules(**told)


def fault(profile: Profile) -> str:
    """Why the rules of a profile cannot be used; empty when they can."""
    wrong = [f"{name} cannot be {value!r}" for name, value in profile.rules.items() if not _fits(name, value)]
    return "; ".join(wrong)


def _fits(name: str, value: Any) -> bool:
    match name:
        case "official" | "raises":
            return isinstance(value, bool)
        case "album":
            return isinstance(value, str) and value in _ALBUM
        case "other_levels":
            return isinstance(value, Mapping) and all(map(_number, value.values()))
        case "second_hand":
            return isinstance(value, Mapping)
        case "limits_levels":
            return isinstance(value, list | tuple)
        case "raises_to_dbtp" | "album_lufs" | "limits_at_dbfs":
            return _number(value)
    return fits(name, value)


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def decoded_ceiling_dbtp(deliverable: Deliverable, profiles: Mapping[str, Profile]) -> float:
    """The true peak that a deliverable's decoded files may reach. Raises ValueError where the profile says none."""
    if deliverable.decoded_ceiling_dbtp != "profile":
        return deliverable.decoded_ceiling_dbtp
    profile = profiles.get(deliverable.profile)
    if profile is None or profile.true_peak_dbtp is None:
        raise ValueError(f"the profile {deliverable.profile!r} names no true peak")
    return profile.true_peak_dbtp


def target_lufs(profile: Profile, mode: str) -> float | None:
    """Where a release for this destination sits: in mode "loudest" the album's own level, where there is one."""
    album = playback_rules(profile).album_lufs if profile.kind == "playback" and mode == "loudest" else None
    return profile.plays_at_lufs if album is None else album


def nearest_target(name: str, profiles: Mapping[str, Profile]) -> str:
    """A hint for a `target_from` that is no target: the nearest that is one, and all of them."""
    known = ["references", *(each.name for each in profiles.values() if each.plays_at_lufs is not None)]
    near = difflib.get_close_matches(name.casefold(), known, 1)
    return (f'did you mean "{near[0]}"? ' if near else "") + f"known: {', '.join(known)}"


def in_words(profile: Profile) -> tuple[str, ...]:
    """The rules of a profile, one short clause each, in plain ASCII."""
    return tuple(_playback(profile) if profile.kind == "playback" else asked(profile))


def _playback(profile: Profile) -> Iterator[str]:
    rules, level = playback_rules(profile), profile.plays_at_lufs
    if level is None:
        yield "plays everything as it is"
        return
    yield f"turns down what is louder than {level:g} LUFS" + _marked("plays_at_lufs", rules)
    yield _raising(rules) + _marked("raises", rules)
    others = [f"{name} {lufs:g} LUFS" for name, lufs in rules.other_levels.items()]
    if others:
        yield f"a listener can choose {' or '.join(others)}" + _marked("other_levels", rules)
    if rules.limits_levels and rules.limits_at_dbfs is not None:
        levels = " and ".join(rules.limits_levels)
        yield f"{levels} turns up whatever the peak, into a limiter at {rules.limits_at_dbfs:g} dBFS"
    at = "" if rules.album_lufs is None else f", at {rules.album_lufs:g} LUFS"
    yield _ALBUM[rules.album] + at + _marked("album", rules)


def _raising(rules: PlaybackRules) -> str:
    if not rules.raises:
        return "never turns music up"
    if rules.raises_to_dbtp is None:
        return "turns quiet music up"
    return f"turns quiet music up until its true peak meets {rules.raises_to_dbtp:g} dBTP"


def _marked(rule: str, rules: PlaybackRules) -> str:
    return " (second-hand)" if rule in rules.second_hand else ""
