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


LOSSY = f'{MINIMAL}[[deliverable]]\nname = "x"\nformat = "mp3"\n'


def test_a_decoded_ceiling_may_be_the_destinations(tmp_path: Path) -> None:
    text = f'{LOSSY}profile = "spotify"\ndecoded_ceiling_dbtp = "profile"\n'
    release, findings = accepted(tmp_path, text, load())
    assert release.deliverables[0].decoded_ceiling_dbtp == "profile"
    assert findings == ()


@pytest.mark.parametrize(
    ("profile", "told"),
    [("", "there is no profile to take a true peak from"), ('profile = "cd"\n', '"cd" names no true peak')],
)
def test_a_destination_without_a_true_peak_gives_no_ceiling(tmp_path: Path, profile: str, told: str) -> None:
    text = f'{LOSSY}{profile}decoded_ceiling_dbtp = "profile"\n'
    finding = only(refused(tmp_path, text, load()), "unknown-profile")
    assert headline(finding) == told
    assert place(finding).split(":")[0] == str(text[: text.index("decoded_ceiling")].count("\n") + 1)


def test_a_deliverables_own_is_looked_at_too(tmp_path: Path) -> None:
    text = f'{MINIMAL}{DELIVERED}adjust = {{ level = {{ target_from = "tidl" }} }}\n'
    assert place(only(refused(tmp_path, text, load()), "unknown-profile")) == "13:36"
    text = text.replace("tidl", "references")
    assert place(only(refused(tmp_path, text, load()), "unknown-reference")) == "13:36"


def test_a_songs_own_is_looked_at_too(tmp_path: Path) -> None:
    text = f'{MINIMAL}adjust = {{ level = {{ target_from = "tidl" }} }}\n{LEVEL}'
    assert place(only(refused(tmp_path, text, load()), "unknown-profile")) == "8:36"


def test_a_target_that_the_treatments_own_source_overrules_is_refused(tmp_path: Path) -> None:
    taken = DELIVERED.replace('"level"\n', '"level"\ntarget_from = "spotify"\n')
    text = f"{MINIMAL}{taken}adjust = {{ level = {{ target_lufs = -9.0 }} }}\n"
    finding = only(refused(tmp_path, text, load()), "idle-key")
    assert headline(finding) == 'target_lufs does nothing here: the treatment says target_from = "spotify"'
    assert place(finding) == "14:36"
    release, findings = accepted(tmp_path, text.replace("-9.0", '-9.0, target_from = ""'), load())
    assert findings == ()
    assert dict(release.deliverables[0].adjust[0].changes or ()) == {"target_lufs": -9.0, "target_from": ""}


def test_a_target_said_twice_is_told(tmp_path: Path) -> None:
    _, findings = accepted(tmp_path, f'{MINIMAL}{LEVEL}target_from = "spotify"\ntarget_lufs = -9\n', load())
    assert (only(findings, "idle-key").severity, place(findings[0])) == ("warning", "11:15")
