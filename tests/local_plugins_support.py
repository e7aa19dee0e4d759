"""Releases that bring plugin files of their own, and the user's trust in them, kept in a folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.faults_support import HEAD, WAV, Run, environment, glassmaster, manifest, mixdown, song
from tests.strangers_support import stage

HALF = "    for block in audio:\n        yield block / 2"
"""A stage that turns down by 6 dB."""
MARK = 'import pathlib; pathlib.Path("ran").touch()\n'
"""Leaves a file in the working folder when it is run."""


def release(
    folder: Path,
    files: Mapping[str, str],
    treatment: Iterable[str] = (),
    songs: str = song("Opening"),
    named: Iterable[str] | None = None,
) -> Path:
    """A manifest that names plugin files (path -> text), with these stages in its treatment."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    if not (folder / "mix.wav").exists():
        mixdown(folder / "mix.wav")
    listed = ", ".join(f'"{name}"' for name in (files if named is None else named))
    steps = "".join(f'\n[[treatment]]\nstage = "{name}"\n' for name in treatment)
    none = "" if steps else "treatment = []\n"
    return manifest(folder, f"plugins = [{listed}]\n{none}{HEAD}{songs}{steps}{WAV}")


def user(folder: Path, *trusted: Path, **more: str) -> dict[str, str]:
    """The environment of a user whose decisions are kept in `folder`, and who trusts these files."""
    env = environment(GLASSMASTER_CONFIG=str(folder), **more)
    if trusted:
        run = glassmaster("plugins", "trust", *trusted, env=env)
        assert run.code == 0, run.said
    return env


def half(name: str = "tape", mark: str = MARK) -> str:
    """The text of a plugin file with one stage."""
    return mark + stage(name, HALF)


def within(folder: Path, *arguments: object, env: Mapping[str, str]) -> Run:
    """Run the program in the release's folder."""
    return glassmaster(*arguments, cwd=folder, env=dict(env))
