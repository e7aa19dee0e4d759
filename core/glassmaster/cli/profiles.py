"""The verb that tells about destinations: `profiles`, `profiles show NAME`."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Iterable
from typing import Any

import click

from ..errors import Exit, refuse
from ..model import Profile
from .common import json_option
from .show import figure, say, show_json, table

_WHOLE: dict[str, Any] = {"break_long_words": False, "break_on_hyphens": False}  # addresses stay in one piece


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def profiles(context: click.Context, as_json: bool) -> int:
    """List destinations, what holds there and where that was read; `profiles show NAME` tells about one."""
    from .. import plugins

    if context.invoked_subcommand:
        return Exit.OK
    known = list(plugins.load().profiles.values())
    if as_json:
        from dataclasses import asdict

        show_json([{**asdict(profile), "rules": dict(profile.rules)} for profile in known])
        return Exit.OK
    head, *lines = table(("name", "kind", "LUFS", "dBTP", "read on"), map(_profile, known), left=2)
    say(head)
    for profile, line in zip(known, lines, strict=True):
        say(line)
        for told in ("; ".join(_rules(profile)), f"source: {profile.source}"):
            say(*textwrap.wrap(told, 100, initial_indent="  ", subsequent_indent="  ", **_WHOLE))
    return Exit.OK


def _profile(profile: Profile) -> tuple[str, ...]:
    level = profile.rules.get("lufs", profile.plays_at_lufs)
    return (profile.name, profile.kind, figure(level), figure(profile.true_peak_dbtp), profile.dated)


def _rules(profile: Profile) -> tuple[str, ...]:
    from ..destinations import fault, in_words

    wrong = fault(profile)
    return (f"cannot be used: {wrong}",) if wrong else in_words(profile) or ("no rules",)


@profiles.command("show")
@click.argument("name")
def profiles_show(name: str) -> int:
    """Everything about one destination: its rules one by one, what may need care, and where all that was read."""
    from .. import plugins

    known = plugins.load().profiles
    profile = known.get(name)
    if profile is None:
        near = difflib.get_close_matches(name, known, 1)
        hint = f'did you mean "{near[0]}"?' if near else f"there are: {', '.join(known)}"
        raise refuse(Exit.USAGE, "unknown", "profiles show", f'no profile is named "{name}"', hint)
    say(*_told_fully(profile))
    return Exit.OK


def _told_fully(profile: Profile) -> Iterable[str]:
    yield f"{profile.name}: {profile.title} ({profile.kind})"
    if profile.about:
        yield f"  {profile.about}"
    if profile.kind == "playback" and profile.true_peak_dbtp is not None:
        yield f"  - asks for true peaks up to {profile.true_peak_dbtp:g} dBTP"
    yield from (f"  - {rule}" for rule in _rules(profile))
    if profile.plays_at_lufs is not None:
        yield f'  as a target: target_from = "{profile.name}" in level'
    if profile.kind == "playback" and not profile.rules.get("official"):
        yield "  the service does not say so itself: told or measured by others"
    yield f"  source: {profile.source}, read {profile.dated}"
    for rule, where in dict(profile.rules.get("second_hand", {})).items():
        yield f"  source of {rule}: {where}"
