"""What the checks of mixdowns find in one file."""

from __future__ import annotations

import hashlib
from pathlib import Path

import glassmaster_checks_faults
import glassmaster_checks_image
import glassmaster_checks_mix
import glassmaster_checks_origin
from glassmaster.listening import installed_meters
from glassmaster.loudness import measure
from glassmaster.model import Cut, Finding, Heard
from glassmaster.sources import open_source, probe
from tests.defect_music import Mixdown
from tests.level_support import album, outcome

PLUGINS = (glassmaster_checks_mix, glassmaster_checks_image, glassmaster_checks_origin, glassmaster_checks_faults)


def found(mix: Mixdown, room: Path) -> list[Finding]:
    """Write it, hear it as `check` does, and look at it as the only song of a release."""
    return judged(mix.write(room / "mix.wav"))


def judged(*paths: Path) -> list[Finding]:
    """Findings about these files as the songs of a release, whole."""
    heard = [_heard(path) for path in paths]
    cuts = [Cut(0, each.measurement.frames) for each in heard]
    made = outcome(album(heard, cuts=cuts))
    return [finding for plugin in PLUGINS for finding in plugin.look(made)]


def _heard(path: Path) -> Heard:
    source, findings = probe(path, sha256=hashlib.sha256(path.read_bytes()).hexdigest(), allow_lossy=True)
    return Heard(source, measure(open_source(source), installed_meters()), findings)
