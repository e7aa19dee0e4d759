"""Only what changed is made again, and the program says why: told by the trace of errands that a build leaves."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.faults_support import glassmaster as run
from tests.faults_support import plugin, tree
from tests.flow_support import glassmaster, music, published, write_manifest, write_mix

SONGS = [f'title = "{name}"\nmixdown = "{name}.wav"' for name in ("One", "Two", "Three")]
TAIL = """
[[treatment]]
stage = "level"
mode = "song"
match = "none"

[[treatment]]
stage = "limit"
ceiling_dbtp = -1.0

[[deliverable]]
name = "wav"
format = "wav"

[[deliverable]]
name = "mp3"
format = "mp3"
"""
PHASES = ("measure", "render", "prepare", "encode", "finish")
HUM = """
from dataclasses import dataclass
from glassmaster.hooks import Stage, hookimpl

@dataclass(frozen=True)
class Hum:
    depth: float = 1.0

def render(audio, settings):
    yield from audio

@hookimpl
def glassmaster_stages():
    yield Stage("hum", Hum, render)
"""

TOOLS = """
import os
from dataclasses import dataclass
from glassmaster.codecs import libsndfile, payload, wave
from glassmaster.hooks import Format, Meter, hookimpl
from glassmaster.model import Encoder

@dataclass(frozen=True)
class Settings:
    pass

class Counter:
    passages = 0

    def hear(self, passage):
        self.passages += 1

    def done(self):
        return self.passages

def encode(audio, path, settings, encoder):
    wave.write(audio, path, 32)

@hookimpl
def glassmaster_formats():
    encoder = Encoder("coder", os.environ["CODER"])
    yield Format("toy", ".wav", Settings, False, lambda: (encoder,), "", encode, libsndfile.decode, payload.pcm_hash)

@hookimpl
def glassmaster_meters():
    yield Meter("counter", lambda rate, channels: Counter(), version=int(os.environ["COUNTER"]))
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three songs, each at its own level, as WAV and MP3."""
    folder = tmp_path_factory.mktemp("album")
    for number, name in enumerate(("One", "Two", "Three"), 1):
        write_mix(folder / f"{name}.wav", music(1.0 + number / 2, -18, number))
    write_manifest(folder, SONGS, TAIL)
    build(folder)
    return folder


@pytest.fixture
def album(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "album"))


def build(folder: Path, *more: str) -> CompletedProcess[str]:
    return glassmaster("build", "--jobs", "1", folder, *more)


def edit(folder: Path, old: str, new: str) -> None:
    text = (folder / "release.toml").read_text("utf-8")
    assert old in text
    (folder / "release.toml").write_text(text.replace(old, new), "utf-8")


def trace(said: str) -> Mapping[str, set[str]]:
    """What was done, by phase: the songs and deliverables, as the lines of progress tell."""
    found: dict[str, set[str]] = {}
    for line in said.splitlines():
        phase, _, what = line.partition(": ")
        if phase in PHASES:
            found.setdefault(phase, set()).add(what)
    return found


def reasons(said: str) -> Mapping[str, str]:
    """What `build --why` says, by errand."""
    lines = (line.removeprefix("why ") for line in said.splitlines() if line.startswith("why "))
    return {errand: reason for errand, _, reason in (line.partition(": ") for line in lines)}


def test_one_changed_mixdown_costs_what_depends_on_it(album: Path) -> None:
    write_mix(album / "Two.wav", music(2.0, -17, 22))
    told = build(album, "--why").stderr
    found = trace(told)
    assert {phase: found[phase] for phase in PHASES[:3]} == {phase: {"02 Two"} for phase in PHASES[:3]}
    assert found["encode"] == {"02 Two for wav", "02 Two for mp3"}
    assert len(found["finish"]) == 6, (
        "the album's own loudness is in every file's tags, and a folder is made as a whole"
    )
    assert reasons(told)["measure 02 Two"] == "the file is another one"
    assert reasons(told)["render 02 Two"].startswith("the mixdown is another file")


def test_a_changed_ceiling_is_told_with_its_figures(album: Path) -> None:
    before = tree(album)
    edit(album, "ceiling_dbtp = -1.0", "ceiling_dbtp = -0.8")
    planned = json.loads(glassmaster("plan", album, "--json").stdout)["to_do"]
    assert [each["what"] for each in planned] == ["01 One", "02 Two", "03 Three"]
    assert {each["phase"] for each in planned} == {"render"}
    assert all("limit.ceiling_dbtp -1.0 -> -0.8" in each["why"] for each in planned)
    shown = glassmaster("plan", album).stdout
    assert "made again, with all that follows:\n  render 01 One: limit.ceiling_dbtp -1.0 -> -0.8" in shown
    assert {name: told for name, told in tree(album).items() if name in before} == {**before, **tree_of(album)}
    told = build(album, "--why").stderr
    assert "measure" not in trace(told)
    assert trace(told)["render"] == {"01 One", "02 Two", "03 Three"}
    assert "limit.ceiling_dbtp -1.0 -> -0.8" in reasons(told)["render 03 Three"]


def tree_of(album: Path) -> dict[str, str]:
    """The manifest, which the test itself changed."""
    return {name: told for name, told in tree(album).items() if name == "release.toml"}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('title = "Two"', 'title = "Two, again"', 'tags.title "Two" -> "Two, again"'),
        ('artist = "Nobody"', 'artist = "Somebody"', '"Nobody" -> "Somebody"'),
        ("date = 2026-11-20", "date = 2026-11-21", '"2026-11-20" -> "2026-11-21"'),
    ],
    ids=["title", "artist", "date"],
)
def test_a_tag_or_a_name_encodes_no_audio(album: Path, old: str, new: str, reason: str) -> None:
    sound = {each["payload_sha256"] for each in published(album / "dist")["deliverables"]}
    edit(album, old, new)
    planned = json.loads(glassmaster("plan", album, "--json").stdout)["to_do"]
    assert {each["phase"] for each in planned} == {"finish"}
    assert any(reason in each["why"] for each in planned)
    assert set(trace(build(album).stderr)) == {"finish"}
    assert {each["payload_sha256"] for each in published(album / "dist")["deliverables"]} == sound


def test_a_setting_of_one_format_encodes_that_format(album: Path) -> None:
    edit(album, 'format = "mp3"', 'format = "mp3"\nbitrate = 256')
    told = build(album, "--why").stderr
    assert set(trace(told)) == {"encode", "finish"}
    assert trace(told)["encode"] == {"01 One for mp3", "02 Two for mp3", "03 Three for mp3"}
    assert "bitrate" in reasons(told)["encode 01 One for mp3"]
    assert reasons(told)["finish 01 One for wav"] == "the folder is made anew"


def test_a_plugin_of_another_version_does_its_own_work_again(album: Path, tmp_path: Path) -> None:
    env = plugin(tmp_path / "plugin", HUM, "hum")
    edit(album, 'title = "Three"', 'title = "Three"\nadjust = { hum = { depth = 2.0 } }')
    edit(album, '[[treatment]]\nstage = "limit"', '[[treatment]]\nstage = "hum"\n\n[[treatment]]\nstage = "limit"')
    for name in ("One", "Two"):
        edit(album, f'title = "{name}"', f'title = "{name}"\nadjust = {{ hum = false }}')
    done = trace(run("build", "--jobs", 1, album, env=env).err)
    assert (done["render"], "measure" in done) == ({"03 Three"}, False)
    record = tmp_path / "plugin" / "hum-1.0.dist-info" / "METADATA"
    record.write_text(record.read_text().replace("Version: 1.0", "Version: 1.1"))
    told = run("build", "--jobs", 1, album, "--why", env=env).err
    assert trace(told)["render"] == {"03 Three"}
    assert "1.0" in reasons(told)["render 03 Three"]
    assert "-> " in reasons(told)["render 03 Three"]


def test_an_upgraded_encoder_or_meter_does_its_own_work_again(album: Path, tmp_path: Path) -> None:
    edit(album, 'name = "mp3"\nformat = "mp3"', 'name = "toy"\nformat = "toy"')
    env = plugin(tmp_path / "plugin", TOOLS, "tools")

    def upgraded(coder: str, counter: str) -> str:
        versions = {"CODER": coder, "COUNTER": counter}
        return run("build", "--jobs", 1, album, "--why", env={**env, **versions}).err

    upgraded("1.0", "1")
    encoders = upgraded("1.1", "1")
    assert set(trace(encoders)) == {"encode", "finish"}
    assert trace(encoders)["encode"] == {"01 One for toy", "02 Two for toy", "03 Three for toy"}
    assert 'encoder.version "1.0" -> "1.1"' in reasons(encoders)["encode 02 Two for toy"]
    meters = upgraded("1.1", "2")
    assert set(trace(meters)) <= {"measure", "finish"}
    assert trace(meters)["measure"] == {"01 One", "02 Two", "03 Three"}
    assert "1 -> 2" in reasons(meters)["measure 02 Two"]


def test_another_encoder_encodes_its_own_format_again(album: Path) -> None:
    """The version of the encoder is part of the key: pinned in release.lock, it is told when it is another."""
    entries = [*(album / ".glassmaster/ledger").rglob("*.json")]
    edit(album, 'format = "mp3"', 'format = "mp3"\nencoder = "soundfile"')
    told = build(album, "--why").stderr
    if "encode" in trace(told):  # another one was the best here
        assert trace(told)["encode"] == {"01 One for mp3", "02 Two for mp3", "03 Three for mp3"}
        assert "encoder.name" in reasons(told)["encode 01 One for mp3"]
        assert len([*(album / ".glassmaster/ledger").rglob("*.json")]) > len(entries)
    assert not {"measure", "render", "prepare"} & set(trace(told))


def test_what_is_missing_from_the_store_is_told_so(album: Path) -> None:
    for entry in (album / ".glassmaster" / "ledger").rglob("*.json"):
        if b'"Encoded"' in entry.read_bytes():
            entry.unlink()
    shutil.rmtree(album / "dist")
    told = build(album, "--why").stderr
    assert reasons(told)["encode 01 One for wav"] == "its result is no longer kept"


def test_a_damaged_entry_is_a_miss_with_a_warning(album: Path) -> None:
    """F19, without a word in what is published."""
    before = tree(album / "dist")
    entry = next(each for each in (album / ".glassmaster/ledger").rglob("*.json") if b'"Rendered"' in each.read_bytes())
    entry.write_bytes(entry.read_bytes()[:-9])
    told = build(album)
    assert "1 of the things kept for the next build were damaged, and made anew" in told.stderr
    assert len(trace(told.stderr)["render"]) == 1
    assert tree(album / "dist") == before
    assert "damaged" not in build(album).stderr


def test_only_one_deliverable_forgets_nothing_of_the_others(album: Path) -> None:
    edit(album, "ceiling_dbtp = -1.0", "ceiling_dbtp = -0.9")
    build(album, "--only", "mp3")
    told = build(album, "--why").stderr
    assert set(trace(told)) == {"prepare", "encode", "finish"}
    assert trace(told)["encode"] == {"01 One for wav", "02 Two for wav", "03 Three for wav"}
    assert "not made before" not in reasons(told)["encode 01 One for wav"]


def test_prune_after_one_deliverable_keeps_what_the_others_need(album: Path) -> None:
    """Two masters of each song: that the one was asked for last does not make the other needless."""
    edit(album, 'format = "mp3"', 'format = "mp3"\nadjust = { limit = { ceiling_dbtp = -3.0 } }')
    build(album)
    before = tree(album / "dist")
    edit(album, "ceiling_dbtp = -3.0", "ceiling_dbtp = -2.0")
    build(album, "--only", "mp3")
    edit(album, "ceiling_dbtp = -2.0", "ceiling_dbtp = -3.0")
    kept(album, "--prune")
    assert {*trace(build(album).stderr)} <= {"finish"}
    assert tree(album / "dist") == before


# ---- the verb cache


def kept(album: Path, *more: str) -> tuple[dict[str, int], int | None]:
    [row] = json.loads(glassmaster("cache", album, "--json", *more).stdout)["releases"]
    return {each["kind"]: each["files"] for each in row["kept"]}, row["freed_bytes"]


def test_cache_shows_what_is_there(album: Path) -> None:
    counts, freed = kept(album)
    assert freed is None
    room = album / ".glassmaster"
    everything = [each for name in ("ledger", "blobs") for each in (room / name).rglob("*") if each.is_file()]
    assert sum(counts.values()) == len(everything)
    assert counts["masters"] == 6  # a spool and a note each
    assert counts["measurements"] == 3
    assert counts["encoded files"] == 12
    shown = glassmaster("cache", album, album).stdout
    assert shown.count(str(room)) == 2
    assert "masters" in shown


def test_prune_leaves_what_the_next_build_needs(album: Path) -> None:
    assert kept(album, "--prune")[1] == 0, "nothing is old"
    edit(album, "ceiling_dbtp = -1.0", "ceiling_dbtp = -0.7")
    build(album)
    before = tree(album / "dist")
    assert kept(album)[0]["masters"] == 12
    assert kept(album, "--prune", "--keep-days", "1")[1] == 0
    counts, freed = kept(album, "--prune")
    assert counts["masters"] == 6
    assert freed is not None
    assert freed > 100_000
    assert Counter(trace(build(album).stderr)) == Counter()
    assert tree(album / "dist") == before


def test_clear_costs_time_and_nothing_else(album: Path) -> None:
    before = tree(album / "dist")
    counts, freed = kept(album, "--clear")
    assert counts == {}
    assert freed
    run_again = glassmaster("cache", album, "--prune", code=2)
    assert "glassmaster build" in run_again.stderr
    assert len(trace(build(album).stderr)["render"]) == 3
    assert tree(album / "dist") == before


def test_cache_wants_a_release_and_one_wish(tmp_path: Path, album: Path) -> None:
    assert "release.toml not found" in glassmaster("cache", tmp_path, code=2).stderr
    assert "one of them" in glassmaster("cache", album, "--prune", "--clear", code=2).stderr
