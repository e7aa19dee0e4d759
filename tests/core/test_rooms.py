"""Who may import whom, and what it may cost to start."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CORE = ROOT / "core" / "glassmaster"
LAYERS = (
    {"model"},
    {
        "errors",
        "budget",
        "phrases",
        "names",
        "memory",
        "limits",
        "pulse",
        "hashing",
        "imports",
        "threads",
        "hooks",
        "values",
        "errands",
        "store",
        "sound",
        "loudness",
        "peaks",
        "native",
        "records",
        "folders",
        "codecs",
    },
    {"sources", "tagging", "serving", "work", "plugins", "gathering", "guests"}
    | {"cuts", "ends", "levels", "roles", "settings"},
)
"""The ground, lowest first: each only imports from its own layer and those before it."""
HEAVY = ("numpy", "soundfile", "soxr", "pydantic", "jinja2", "mutagen", "PIL", "scipy", "pyloudnorm", "rich")


def imports(path: Path, package: str) -> Iterator[str]:
    """Absolute names of all that a file imports anywhere in it, relative ones resolved against its package."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            whole = ".".join([*base, *([node.module] if node.module else [])])
            yield from (f"{whole}.{each.name}" for each in node.names)


def modules(folder: Path) -> Iterator[tuple[str, set[str]]]:
    """(dotted name, what it imports) of every module below a folder that stands on the path."""
    for path in folder.rglob("*.py"):
        parts = path.relative_to(folder).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield name, set(imports(path, ".".join(parts[:-1])))


ROOMS = dict(modules(ROOT / "core"))
GUESTS = {**dict(modules(ROOT / "plugins")), **dict(modules(ROOT / "reports"))}
GUEST_ROOMS = {name.split(".")[0] for name in GUESTS}


def reaches(found: set[str], *wanted: str) -> set[str]:
    return {each for each in found for name in wanted if each == name or each.startswith(f"{name}.")}


def test_there_is_something_to_look_at() -> None:
    assert {"glassmaster.flow", "glassmaster.model.release", "glassmaster.cli"} <= {*ROOMS}
    assert {"glassmaster_level", "glassmaster_reports.page"} <= {*GUESTS}
    assert "glassmaster.model.Audio" in ROOMS["glassmaster.sound.blocks"]
    assert "glassmaster.local_plugins.named" in ROOMS["glassmaster.cli.plugins"]


@pytest.mark.parametrize("name", GUESTS)
def test_plugins_and_reports_never_import_each_other_nor_flow_nor_cli(name: str) -> None:
    own = name.split(".")[0]
    assert not reaches(
        GUESTS[name], *(GUEST_ROOMS - {own}), "glassmaster.flow", "glassmaster.standing", "glassmaster.cli"
    )


def test_the_core_never_imports_a_plugin_or_report_by_name() -> None:
    assert {name: found for name, each in ROOMS.items() if (found := reaches(each, *GUEST_ROOMS))} == {}


def test_the_model_imports_nothing_above_it() -> None:
    for name, found in ROOMS.items():
        if name.startswith("glassmaster.model"):
            assert not {each for each in reaches(found, "glassmaster") if not each.startswith("glassmaster.model")}, (
                name
            )


def layer(name: str) -> int:
    """Of a module of the core; everything that is not ground stands on top."""
    room = f"{name}..".split(".")[1]
    return next((number for number, each in enumerate(LAYERS) if room in each), len(LAYERS))


def test_the_ground_never_imports_from_above() -> None:
    wrong = {
        (name, each)
        for name, found in ROOMS.items()
        for each in reaches(found, "glassmaster")
        if each != "glassmaster.plugins" and layer(name) < layer(each)
    }
    assert wrong == set()


def test_nothing_imports_the_flow_but_the_command_line() -> None:
    users = {name for name, found in ROOMS.items() if reaches(found, "glassmaster.flow")}
    assert {name.split(".")[1] for name in users} == {"cli", "standing"}
    of_standing = {name for name, found in ROOMS.items() if reaches(found, "glassmaster.standing")}
    assert {name.split(".")[1] for name in of_standing} == {"cli"}
    above = {name for name, found in ROOMS.items() if reaches(found, "glassmaster.cli") and ".cli" not in name}
    assert above == {"glassmaster.__main__"}


def test_results_and_keys_are_never_pickled() -> None:
    """Only workers pickle: what crosses a pipe between them and us."""
    users = {name for name, found in {**ROOMS, **GUESTS}.items() if reaches(found, "pickle", "shelve", "marshal")}
    assert users == {"glassmaster.serving"}


STARTS = {
    "help": "from glassmaster.cli import run\nrun(['--help'])",
    "version": "from glassmaster.cli import run\nrun(['--version'])",
    "plugins": "from glassmaster import plugins\nassert not plugins.load().broken",
    "worker": "import glassmaster.__main__, glassmaster.work",
    "flow": "import glassmaster.model, glassmaster.hooks, glassmaster.place",
}


@pytest.mark.parametrize("start", STARTS)
def test_starting_imports_nothing_heavy(start: str) -> None:
    script = f"{STARTS[start]}\nimport sys\nprint(*sorted(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    loaded = set(done.stderr.split())
    assert "glassmaster" in loaded
    assert loaded.isdisjoint(HEAVY)
    assert start != "worker" or "click" not in loaded  # each worker imports what the program was started by


def test_one_door_to_the_terminal() -> None:
    """Words for people go through `say`, so that nothing in them can move a terminal."""
    told = {path.name: path.read_text("utf-8") for path in (CORE / "cli").glob("*.py")}
    assert [name for name, text in told.items() if "click.echo(" in text or "click.secho(" in text] == ["show.py"]
    assert not [name for name, text in told.items() if " print(" in text]


def test_bars_load_rich_when_there_is_something_to_do() -> None:
    """On a terminal, a build with nothing to do has no bars."""
    code = (
        "import sys; sys.stderr.isatty = lambda: True\n"
        "from glassmaster.cli.progress import progress\n"
        "from glassmaster.model import Event\n"
        "told = []\n"
        "with progress() as tell:\n"
        "    for kind in ('kept', 'planned', 'ended'):\n"
        "        tell(Event(kind, 'encode', 'One', 1.0))\n"
        "        told += [kind, 'rich' in sys.modules]\n"
        "print(*told)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert run.stdout.split() == ["kept", "False", "planned", "True", "ended", "True"]
