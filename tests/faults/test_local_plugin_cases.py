"""Plugin files of a release: nothing of them runs before the user trusts path and hash (section P, case P10)."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.faults_support import Run, glassmaster, song, tree
from tests.local_plugins_support import MARK, half, release, user, within


def test_p10_a_file_that_is_not_trusted_is_left_out_with_a_hint_and_never_run(tmp_path: Path) -> None:
    release(tmp_path, {"plugins/tape.py": half()})
    env = user(tmp_path / "config")
    for verb in ("check", "plan", "build", "plugins", "doctor", "schema"):
        run = within(tmp_path, verb, env=env)
        assert run.code == 0, run.said
        if verb in ("check", "build", "plugins", "doctor"):
            assert "plugin ./plugins/tape.py\n  is not trusted, and was not run" in run.err
            assert f"glassmaster plugins trust {tmp_path / 'plugins/tape.py'}" in run.err
    assert not (tmp_path / "ran").exists()
    record = json.loads((tmp_path / "dist/release.json").read_bytes())
    [told] = [each for each in record["findings"] if each["code"] == "plugin-untrusted"]
    assert str(tmp_path) not in json.dumps(told), "what is handed on names no folder of ours"
    assert "plugin ./plugins/tape.py" not in record["provenance"]


def test_p10_whoever_asks_for_what_it_may_offer_is_told_of_it_before_any_work(tmp_path: Path) -> None:
    release(tmp_path, {"tape.py": half()}, ["tape"])
    env = user(tmp_path / "config")
    for verb in ("check", "plan", "build", "report", "freeze"):
        run = within(tmp_path, verb, env=env)
        assert run.code == 4, run.said
        assert 'there is no stage "tape"' in run.err
        assert "./tape.py is not trusted, and was not run" in run.err
        assert f"glassmaster plugins trust {tmp_path / 'tape.py'}" in run.err
        assert "measure:" not in run.err
    assert not (tmp_path / "ran").exists()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], Run]:
    """Two songs through a trusted plugin file, by two workers."""
    folder = tmp_path_factory.mktemp("built")
    songs = song("One") + song("Two", more="start = 0.1")
    release(folder, {"tape.py": half()}, ["tape"], songs, named=["./tape.py", "tape.py", ".\\\\tape.py"])
    env = user(folder / "config", folder / "tape.py")
    return folder, env, within(folder, "build", "--json", "--jobs", 2, env=env)


def turned(folder: Path, title: str, times: int, start: int = 0) -> bool:
    """Whether a song's file is its mixdown so many times softer, but for the dither of 16 bits and fades of 5 ms."""
    made, mix = (soundfile.read(folder / name)[0] for name in (f"dist/wav/{title}.wav", "mix.wav"))
    inner = slice(480, len(mix) - start - 480)
    return bool(np.abs(made[inner] - mix[start:][inner] / times).max() < 2**-13)


def test_p10_a_trusted_file_works_in_every_worker(built: tuple[Path, dict[str, str], Run]) -> None:
    folder, _, run = built
    assert run.code == 0, run.said
    assert turned(folder, "01 One", 2)
    assert turned(folder, "02 Two", 2, 4800)


def test_p10_what_is_published_names_it_by_its_hash(built: tuple[Path, dict[str, str], Run]) -> None:
    folder, _, run = built
    sha256 = hashlib.sha256((folder / "tape.py").read_bytes()).hexdigest()
    assert json.loads(run.out)["provenance"]["plugin ./tape.py"] == f"sha256 {sha256}"
    statement = json.loads((folder / "dist/provenance.json").read_bytes())
    used = statement["predicate"]["buildDefinition"]["resolvedDependencies"]
    assert {"name": "plugin ./tape.py", "digest": {"sha256": sha256}} in used


def copy(built: tuple[Path, dict[str, str], Run], folder: Path) -> Path:
    shutil.copytree(built[0], folder / "copy")
    return folder / "copy"


def test_p10_a_file_that_was_moved_is_asked_about_again(
    built: tuple[Path, dict[str, str], Run], tmp_path: Path
) -> None:
    folder = copy(built, tmp_path)
    run = within(folder, "check", env=built[1])
    assert run.code == 4, run.said
    assert "is not trusted, and was not run" in run.err


def test_p10_a_changed_file_is_asked_about_again_and_then_does_its_own_work_anew(
    built: tuple[Path, dict[str, str], Run], tmp_path: Path
) -> None:
    folder = copy(built, tmp_path)
    env = user(tmp_path / "config", folder / "tape.py")
    file = folder / "tape.py"
    file.write_text(file.read_text("utf-8").replace("block / 2", "block / 4").replace('"ran"', '"again"'), "utf-8")
    before = tree(folder / "dist")
    run = within(folder, "build", env=env)
    assert run.code == 4, run.said
    assert "./tape.py changed since you trusted it, and was not run" in run.err
    assert not (folder / "again").exists()
    assert tree(folder / "dist") == before
    run = within(folder, "build", "--json", env=user(tmp_path / "config", file))
    assert run.code == 0, run.said
    assert "measure:" not in run.err
    assert run.err.count("render: ") == 2
    assert turned(folder, "01 One", 4)
    run = within(folder, "plugins", "distrust", file, env=env)
    assert run.code == 0, run.said
    assert within(folder, "check", env=env).code == 4
    assert within(folder, "plugins", "distrust", file, env=env).code == 2


METER = MARK + (
    "from glassmaster.hooks import Meter, hookimpl\n"
    "class Count:\n    frames = 0\n"
    "    def hear(self, passage):\n        pass\n"
    "    def done(self):\n        return 1\n"
    "@hookimpl\ndef glassmaster_meters():\n    yield Meter('count', lambda rate, channels: Count())\n"
)


def test_p10_another_text_of_a_meter_hears_again(tmp_path: Path) -> None:
    release(tmp_path, {"count.py": METER})
    file = tmp_path / "count.py"
    runs = []
    for text in (METER, METER, METER.replace("return 1", "return 2")):
        file.write_text(text, "utf-8")
        runs.append(within(tmp_path, "check", env=user(tmp_path / "config", file)))
        assert runs[-1].code == 0, runs[-1].said
    assert ["measure: 01 Opening" in run.err for run in runs] == [True, False, True]


def test_p10_the_bytes_that_were_looked_at_are_the_ones_that_run(tmp_path: Path) -> None:
    """One file changes the other between the look and the run."""
    first = 'import pathlib; pathlib.Path(__file__).with_name("second.py").write_text("raise SystemExit(1)")\n'
    release(tmp_path, {"first.py": first, "second.py": half()}, ["tape"])
    env = user(tmp_path / "config", tmp_path / "first.py", tmp_path / "second.py")
    run = within(tmp_path, "build", "--json", env=env)
    assert run.code == 0, run.said
    assert "plugin-broken" not in run.out
    assert (tmp_path / "ran").exists(), "what was trusted ran"
    run = within(tmp_path, "check", env=env)
    assert run.code == 4, run.said
    assert "./second.py changed since you trusted it" in run.err


LINKED = {
    "link.py": "is a link, not a file",
    "folder.py": "is a folder or a device, not a file",
    "gone.py": "cannot be read: No such file or directory",
    "large.py": "is larger than 1 MiB, which no plugin needs",
    "away/tape.py": "lies outside the release folder, behind a link",
}


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Path]:
    folder = tmp_path_factory.mktemp("odd")
    home, outside = folder / "home", folder / "outside"
    release(home, {}, named=LINKED)
    outside.mkdir()
    (outside / "tape.py").write_text(half(), "utf-8")
    try:
        (home / "link.py").symlink_to(outside / "tape.py")
        (home / "away").symlink_to(outside, target_is_directory=True)
    except OSError:
        pytest.skip("links cannot be made here")
    (home / "folder.py").mkdir()
    (home / "large.py").write_text(half() + "#" * 2**20, "utf-8")
    return within(home, "check", "--json", env=user(folder / "config", outside / "tape.py")), home


@pytest.mark.parametrize("name", LINKED)
def test_p10_what_is_no_file_of_the_release_is_left_out(name: str, odd: tuple[Run, Path]) -> None:
    run, home = odd
    assert run.code == 0, run.said
    [told] = [each for each in json.loads(run.out)["findings"] if each["where"] == f"plugin ./{name}"]
    assert told["code"] == "plugin-file"
    assert LINKED[name] in told["message"]
    assert told["hint"] == "put it there, or take it out of plugins in the manifest"
    assert not (home / "ran").exists()


@pytest.mark.parametrize("name", ["../tape.py", "/tmp/tape.py", "C:\\\\tape.py", "tape.txt"])
def test_p10_a_path_that_leads_outside_is_a_manifest_error(name: str, tmp_path: Path) -> None:
    release(tmp_path / "home", {"tape.txt": half()}, named=[name])
    (tmp_path / "tape.py").write_text(half(), "utf-8")
    run = within(tmp_path / "home", "check", env=user(tmp_path / "config", tmp_path / "tape.py"))
    assert run.code == 2, run.said
    assert "is no plugin file inside the release folder" in run.err
    assert not (tmp_path / "home/ran").exists()


def test_p10_what_is_trusted_is_listed_with_what_became_of_it(tmp_path: Path) -> None:
    names = ("same.py", "other.py", "gone.py")
    release(tmp_path, {name: half(name[:-3]) for name in names})
    env = user(tmp_path / "config", *(tmp_path / name for name in names))
    (tmp_path / "other.py").write_text("pass", "utf-8")
    (tmp_path / "gone.py").unlink()
    run = within(tmp_path, "plugins", "trust", env=env)
    assert run.code == 0, run.said
    rows = {Path(line.split()[0]).name: line.split()[2:] for line in run.out.splitlines()[1:]}
    assert rows == {"same.py": ["trusted"], "other.py": ["changed"], "gone.py": ["unusable"]}
    run = within(tmp_path, "plugins", "--json", env=env)
    files = {row["name"]: row["about"] for row in json.loads(run.out) if row["kind"] == "file"}
    assert files["./same.py"] == "trusted"
    assert files["./other.py"] == "changed since you trusted it, and was not run"
    assert files["./gone.py"].startswith("cannot be read")


def test_p10_a_note_of_trust_that_is_damaged_trusts_nobody(tmp_path: Path) -> None:
    release(tmp_path, {"tape.py": half()})
    env = user(tmp_path / "config", tmp_path / "tape.py")
    [note] = (tmp_path / "config/trusted").glob("*.json")
    for text in ("{", "[]", '{"path": "x"}', ""):
        note.write_text(text, "utf-8")
        run = within(tmp_path, "check", env=env)
        assert run.code == 0, run.said
        assert "is not trusted, and was not run" in run.err
    assert not (tmp_path / "ran").exists()


def test_p10_trust_that_cannot_be_noted_is_told(tmp_path: Path) -> None:
    (tmp_path / "tape.py").write_text(half(), "utf-8")
    (tmp_path / "config").write_text("a file", "utf-8")
    run = glassmaster("plugins", "trust", tmp_path / "tape.py", env=user(tmp_path / "config"))
    assert run.code == 5, run.said
    run = glassmaster("plugins", "trust", tmp_path / "none.py", env=user(tmp_path / "other"))
    assert run.code == 2, run.said
    assert "cannot be read" in run.err
