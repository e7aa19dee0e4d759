"""Plugins that do not load, break their contract or talk in between, through the command line (section P)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.faults_support import HEAD, WAV, Run, glassmaster, manifest, mixdown, plugin, song, tree
from tests.local_plugins_support import release, user, within
from tests.strangers_support import stage

HOOK = "from glassmaster.hooks import hookimpl\n@hookimpl\n"
BROKEN = {
    "missing.py": ("import no_such_module_anywhere", "ModuleNotFoundError: No module named 'no_such_module_anywhere'"),
    "leaves.py": ("raise SystemExit(3)", "SystemExit: 3"),
    "torn.py": ("def torn(:", "SyntaxError"),
    "stagez.py": (HOOK + "def glassmaster_stagez():\n    return ()", "there is no hook glassmaster_stagez"),
    "colour.py": (HOOK + "def glassmaster_event(event, colour):\n    pass", "colour"),
    "nothing.py": (HOOK + "def glassmaster_stages():\n    return None", "TypeError"),
    "newer.py": ("GLASSMASTER_HOOKS = 2", "written for version 2 of the hooks, and this glassmaster has version 1"),
    "older.py": ("GLASSMASTER_HOOKS = 0", "a newer plugin is needed"),
}
"""Plugin files that cannot be loaded, and what is said of each."""


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A release with all of them, trusted, and an installed plugin that does not load either."""
    folder = tmp_path_factory.mktemp("broken")
    release(folder, {name: text for name, (text, _) in BROKEN.items()})
    site = plugin(folder / "site", "raise ValueError('at birth')", "tapes")
    env = user(folder / "config", *(folder / name for name in BROKEN), PYTHONPATH=site["PYTHONPATH"])
    return folder, env


@pytest.fixture(scope="module")
def asked(broken: tuple[Path, dict[str, str]]) -> Run:
    """The manifest asks for a stage that nobody offers who could be loaded."""
    folder, env = broken
    release(folder, {name: text for name, (text, _) in BROKEN.items()}, ["tape"])
    return within(folder, "check", env=env)


@pytest.fixture(scope="module")
def unasked(broken: tuple[Path, dict[str, str]]) -> dict[str, Any]:
    """It asks for nothing of theirs: findings by where they are."""
    folder, env = broken
    release(folder, {name: text for name, (text, _) in BROKEN.items()})
    run = within(folder, "check", "--json", env=env)
    assert run.code == 0, run.said
    return {each["where"]: each for each in json.loads(run.out)["findings"] if each["code"] == "plugin-broken"}


def said_of(name: str, found: Mapping[str, Any]) -> str:
    [finding] = [each for where, each in found.items() if where.startswith(f"plugin ./{name} (sha256 ")]
    assert finding["severity"] == "warning"
    assert finding["hint"] == "mend the file, or take it out of plugins in the manifest"
    return str(finding["message"])


@pytest.mark.parametrize("name", ["missing.py", "leaves.py", "torn.py"])
def test_p01_one_that_fails_to_load_is_named_and_the_others_load(name: str, unasked: dict[str, Any]) -> None:
    assert BROKEN[name][1] in said_of(name, unasked)


def test_p01_an_installed_one_is_named_with_its_version(unasked: dict[str, Any], asked: Run) -> None:
    told = unasked["plugin tapes (tapes 1.0)"]
    assert "ValueError: at birth" in told["message"]
    assert told["hint"] == "update or remove it: pip install --upgrade tapes"


def test_p01_whoever_asks_for_what_it_may_offer_is_told_why_it_is_not_there(asked: Run) -> None:
    assert asked.code == 4, asked.said
    assert 'there is no stage "tape"' in asked.err
    for name, (_, words) in BROKEN.items():
        assert f"plugin ./{name}" in asked.err
        assert words in asked.err
    assert "plugin tapes (tapes 1.0) could not be loaded: ValueError: at birth" in asked.err


def test_p01_a_manifest_that_is_wrong_besides_is_a_manifest_error(tmp_path: Path) -> None:
    path = release(tmp_path, {"tape.py": "raise ValueError"}, ["tape"])
    path.write_text(path.read_text("utf-8").replace("artist", "artits"), "utf-8")
    run = within(tmp_path, "check", env=user(tmp_path / "config"))
    assert run.code == 2, run.said
    assert "artist" in run.err
    assert 'there is no stage "tape"' in run.err


@pytest.mark.parametrize("name", ["stagez.py", "colour.py", "nothing.py"])
def test_p02_hooks_that_do_not_exist_or_take_other_things_are_told(name: str, unasked: dict[str, Any]) -> None:
    assert BROKEN[name][1] in said_of(name, unasked)


@pytest.mark.parametrize("name", ["newer.py", "older.py"])
def test_p11_one_for_another_version_of_the_hooks_is_refused(name: str, unasked: dict[str, Any]) -> None:
    assert BROKEN[name][1] in said_of(name, unasked)


EACH = "    for block in audio:\n        yield "
WRONG = {
    "raises": ("    yield from audio\n    raise ValueError('of all things')", "ValueError: of all things"),
    "empty": ("    return None", "NoneType"),
    "narrow": (EACH + "block[:, :1]", "shape"),
    "wide": (EACH + "block.astype('float64')", "float64"),
    "strange": (EACH + "block * float('nan')", "no number at frame 0"),
    "short": (EACH + "block[:-1]", "frames"),
    "greedy": ("    for block in audio:\n        block *= 2\n        yield block", "ValueError"),
}
"""Stages that break their contract: how they render, and what is said of them."""
Wrong = tuple[Run, Run, Mapping[str, str], Mapping[str, str]]


@pytest.fixture(scope="module")
def wrong(tmp_path_factory: pytest.TempPathFactory) -> Wrong:
    """(build, the same again, published before, published after): a song for each bad stage, and one for none."""
    folder = tmp_path_factory.mktemp("wrong")
    files = {f"{name}.py": stage(name, render) for name, (render, _) in WRONG.items()}
    env = user(folder / "config")
    release(folder, files)
    assert within(folder, "build", env=env).code == 0
    before = tree(folder / "dist")
    env = user(folder / "config", *(folder / name for name in files))
    songs = ""
    for own in ("none", *WRONG):
        others = ", ".join(f"{each} = false" for each in WRONG if each != own)
        songs += song(f"Song {own}", more=f"adjust = {{ {others} }}\nstart = 0.0{len(own)}")
    release(folder, files, WRONG, songs)
    runs = [within(folder, "build", "--json", env=env) for _ in range(2)]
    return runs[0], runs[1], before, tree(folder / "dist")


def contract(name: str, run: Run) -> None:
    assert run.code == 4, run.said
    findings = json.loads(run.out)["findings"]
    [told] = [each for each in findings if f'stage "{name}" of ./{name}.py (sha256 ' in each["message"]]
    assert told["code"] == "stage-failed"
    assert f"Song {name}" in told["where"]
    assert WRONG[name][1] in told["message"]
    assert told["hint"]


def test_p03_a_stage_that_raises_is_named_with_plugin_and_song(wrong: Wrong) -> None:
    contract("raises", wrong[0])


def test_p03_the_other_songs_are_finished_and_kept_and_what_is_published_stays(wrong: Wrong) -> None:
    first, again, before, after = wrong
    assert "encode: 01 Song none for wav" in first.err
    assert again.code == 4
    assert "Song none" not in again.err
    assert after == before


@pytest.mark.parametrize("name", ["empty", "narrow", "wide", "strange", "short"])
def test_p04_what_is_no_sound_of_the_same_length_is_refused(name: str, wrong: Wrong) -> None:
    contract(name, wrong[0])


def test_p05_a_stage_that_writes_into_its_input_is_stopped(wrong: Wrong) -> None:
    contract("greedy", wrong[0])


FORECAST = """
def foretell(energies, peaks, value):
    print("foretelling")
    raise ValueError("no crystal ball")
"""
NO_ENCODER = """
from dataclasses import dataclass
from glassmaster.hooks import Format, hookimpl

@dataclass(frozen=True)
class Reel:
    speed_cm: int = 38

def encoders():
    print("looking for encoders")
    raise ValueError("no reel here")

@hookimpl
def glassmaster_formats():
    nothing = lambda *arguments: None
    yield Format("reel", ".reel", Reel, False, encoders, "", nothing, nothing, nothing)
"""


def test_p03_what_it_is_asked_before_any_sound_is_guarded_as_well(tmp_path: Path) -> None:
    own = FORECAST + stage("drive").replace(
        "Settings, render)", 'Settings, render, drive="strength", whole=True, forecast=foretell)'
    )
    path = release(tmp_path, {"drive.py": own, "reel.py": NO_ENCODER}, ["level", "drive"])
    env = user(tmp_path / "config", tmp_path / "drive.py", tmp_path / "reel.py")
    run = within(tmp_path, "plan", "--json", env=env)
    assert run.code == 4, run.said
    assert 'stage "drive" of ./drive.py (sha256 ' in run.err
    assert "could not foretell what it does: ValueError: no crystal ball" in run.err
    assert "foretelling" not in run.out
    path.write_text(path.read_text("utf-8") + '\n[[deliverable]]\nname = "reel"\nformat = "reel"\n', "utf-8")
    run = within(tmp_path, "check", "--json", env=env)
    assert run.code == 4, run.said
    assert 'format "reel" of ./reel.py (sha256 ' in run.err
    assert "could not tell what makes it here: ValueError: no reel here" in run.err
    assert "looking for encoders" not in run.out


TALKATIVE = """
import os, sys
print("at import")
os.write(1, b"bytes at import \\xff\\n")

def decide(song, album, settings, made):
    print("deciding")
    sys.stdout.buffer.write(b"\\xfe bytes while deciding\\n")
    os.system("echo a program speaks")
    os.close(1)
    return settings

def talking(audio, settings):
    print("rendering")
    os.write(1, b"bytes while rendering \\xff\\n")
    os.close(1)
    yield from audio
"""


def test_p07_what_plugins_print_or_close_never_gets_into_the_answer(tmp_path: Path) -> None:
    text = TALKATIVE + stage("talk").replace("Settings, render)", "Settings, talking, decide)")
    release(tmp_path, {"talk.py": text}, ["talk"], song("One") + song("Two", more="start = 0.01"))
    env = user(tmp_path / "config", tmp_path / "talk.py")
    run = within(tmp_path, "build", "--json", "--jobs", 1, env=env)
    assert run.code == 0, run.said
    assert json.loads(run.out)["verdict"] == "ready"
    for words in ("at import", "deciding", "a program speaks", "rendering", "bytes while rendering"):
        assert words in run.err
    run = within(tmp_path, "verify", "dist", "--json", env=env)
    assert run.code == 0, run.said
    assert json.loads(run.out)
    run = within(tmp_path, "plugins", "--json", env=env)
    assert {"kind": "stage", "name": "talk"}.items() <= next(
        x for x in json.loads(run.out) if x["name"] == "talk"
    ).items()


@pytest.mark.parametrize(
    ("one", "other"), [("tape", "./two.py (sha256 "), ("limit", "limit (glassmaster ")], ids=["strangers", "built in"]
)
def test_p08_two_plugins_with_one_name_end_every_verb(one: str, other: str, tmp_path: Path) -> None:
    files = {"one.py": stage(one), "two.py": stage("tape")}
    release(tmp_path, files, ["tape"])
    run = within(tmp_path, "check", env=user(tmp_path / "config", *(tmp_path / name for name in files)))
    assert run.code == 2, run.said
    assert f'offer a stage named "{one}"' in run.err
    assert "./one.py (sha256 " in run.err
    assert other in run.err
    assert "-> take the file out of plugins in the manifest" in run.err
    assert run.out == ""


DICE = """    import numpy, os
    seed = int.from_bytes(os.urandom(8), "big")
    for block in audio:
        yield block + numpy.random.default_rng(seed).uniform(-0.01, 0.01, block.shape).astype("float32")"""


def test_p09_a_stage_that_throws_dice_is_named_by_reproduce(tmp_path: Path) -> None:
    release(tmp_path, {"dice.py": stage("dice", DICE)}, ["dice"])
    env = user(tmp_path / "config", tmp_path / "dice.py")
    assert within(tmp_path, "build", env=env).code == 0
    before = tree(tmp_path / "dist")
    run = within(tmp_path, "build", "--reproduce", env=env)
    assert run.code == 8, run.said
    assert "render: the same work gave another result; its stages: dice (./dice.py (sha256 " in run.err
    assert "not reproduced" in run.out
    assert tree(tmp_path / "dist") == before


def test_p01_a_format_and_a_profile_may_be_those_of_a_plugin_too(tmp_path: Path) -> None:
    mixdown(tmp_path / "mix.wav")
    env = plugin(tmp_path / "site", "import no_such_module_anywhere", "tapes")
    for wrong, words in (('format = "reel"', "no format"), ('profile = "archive"', "no profile")):
        kind = wrong if wrong.startswith("format") else f'format = "wav"\n{wrong}'
        path = manifest(tmp_path, HEAD + song("Opening") + f'\n[[deliverable]]\nname = "out"\n{kind}\n')
        run = glassmaster("check", path, env=env)
        assert run.code == 4, run.said
        assert words in run.err
        assert "plugin tapes (tapes 1.0) could not be loaded: ModuleNotFoundError" in run.err
    manifest(tmp_path, HEAD + song("Opening") + WAV)
    assert glassmaster("check", tmp_path, env=env).code == 0
