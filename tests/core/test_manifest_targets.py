"""`target_from`, wherever a manifest may say it: references that exist, or a destination that plays at a level."""

from __future__ import annotations

from pathlib import Path

import pytest

from glassmaster.plugins import load
from tests.manifest_support import MINIMAL, accepted, headline, only, place, refused

LEVEL = '[[treatment]]\nstage = "level"\n'
DELIVERED = f'{LEVEL}[[deliverable]]\nname = "x"\nformat = "wav"\n'


@pytest.mark.parametrize("name", ["", "spotify", "aes77", "ebu-r128"])
def test_destinations_that_play_at_a_level(tmp_path: Path, name: str) -> None:
    release, findings = accepted(tmp_path, f'{MINIMAL}{LEVEL}target_from = "{name}"\n', load())
    assert release.treatment[0].settings.target_from == name
    assert findings == ()


def test_a_misspelt_one_is_told_with_its_place_and_the_nearest(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, f'{MINIMAL}{LEVEL}target_from = "spotifi"\n', load()), "unknown-profile")
    assert (headline(finding), place(finding)) == ('there is no profile "spotifi"', "10:15")
    assert finding.hint.startswith('did you mean "spotify"? known: references, spotify')


def test_one_that_plays_at_no_level_is_told(tmp_path: Path) -> None:
    finding = only(refused(tmp_path, f'{MINIMAL}{LEVEL}target_from = "cd"\n', load()), "unknown-profile")
    assert headline(finding) == '"cd" names no loudness'


def test_a_deliverables_own_is_looked_at_too(tmp_path: Path) -> None:
    text = f'{MINIMAL}{DELIVERED}adjust = {{ level = {{ target_from = "tidl" }} }}\n'
    assert place(only(refused(tmp_path, text, load()), "unknown-profile")) == "13:36"
    text = text.replace("tidl", "references")
    assert place(only(refused(tmp_path, text, load()), "unknown-reference")) == "13:36"


def test_a_songs_own_is_looked_at_too(tmp_path: Path) -> None:
    text = f'{MINIMAL}adjust = {{ level = {{ target_from = "tidl" }} }}\n{LEVEL}'
    assert place(only(refused(tmp_path, text, load()), "unknown-profile")) == "8:36"
