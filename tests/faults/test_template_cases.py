"""Templates that take all there is or reach for more than they are given: R10, R11, and other ways to go wrong."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.faults_support import HEAD, WAV, glassmaster, manifest, mixdown, song, tree

HOSTILE = {
    "R10 never ends": (
        "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "was stopped after",
    ),
    "R10 a gigabyte": ('{{ ("x" * 1000000000)|length }}', "more than 768 MB of memory"),
    "R10 by and by": (
        '{% set s = namespace(a="xxxxxxxxxx") %}{% for n in range(40) %}{% set s.a = s.a ~ s.a %}{% endfor %}',
        "more than 768 MB of memory",
    ),
    "R10 a page without end": ('{% for a in range(99999) %}{{ "x" * 9999 }}{% endfor %}', "writes an eighth of that"),
    "R11 attribute": ("{{ page.__class__.__mro__ }}", "unsafe"),
    "R11 filter": ('{{ page|attr("__class__")|attr("__mro__") }}', "has no attribute"),
    "R11 subscript": ('{{ page["__class__"]["__mro__"] }}', "unsafe"),
    "R11 format": ('{{ "{0.__class__}".format(page) }}', "unsafe"),
    "R11 out of the folder": ('{% include "../release.toml" %}', "TemplateNotFound"),
    "R09 not defined": ("one\n{{ page.songs[0].colour }}", "index.html.j2:2"),
    "R09 no template": ("one\n\n{% endfor %}", "index.html.j2:3"),
}
CPU_SECONDS = 60.0
"""Processor time that a template's process cannot reach: it is stopped after 10 s, and the rest takes a few."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dressed")
    mixdown(folder / "mix.wav")
    path = manifest(folder, HEAD + song("Opening") + WAV + '[report]\npreviews = false\ntemplates = "looks"\n')
    (folder / "looks").mkdir()
    assert glassmaster("build", "--jobs", 1, path).code == 0
    return path


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_template(built: Path, case: str) -> None:
    template, words = HOSTILE[case]
    own = built.parent / "looks/index.html.j2"
    own.write_text(template, "utf-8")
    before, began = theirs(built.parent), spent()
    try:
        run = glassmaster("report", built, timeout=400)
    finally:
        own.unlink()
    assert run.code == 4, run.said
    for each in (words, 'report "html" of', "mend the template, then: glassmaster report"):
        assert each in run.err
    assert theirs(built.parent) == before, "sources and files"
    assert spent() - began < CPU_SECONDS


def theirs(folder: Path) -> dict[str, str]:
    """All but the template in question, our own notes, and the report, which goes where it cannot be made."""
    ours = (".glassmaster/", "looks/", "dist/report/")
    return {name: each for name, each in tree(folder).items() if not name.startswith(ours)}


def spent() -> float:
    """Seconds of processor time of all processes that were started and waited for, theirs included."""
    if sys.platform == "win32":
        return 0.0
    import resource

    told = resource.getrusage(resource.RUSAGE_CHILDREN)
    return told.ru_utime + told.ru_stime
