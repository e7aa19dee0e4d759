"""What feeds a driven stage: read again where that costs less than a spool, spooled where it would cost more."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pytest
import soundfile

from glassmaster import render
from glassmaster.errands import Render, Rendered
from glassmaster.model import Cut, Decided, Order, Part
from glassmaster.sources import probe
from glassmaster.store import Store
from glassmaster_level import Levelled
from glassmaster_limit import Limit
from tests.flow_support import RATE, music

AIM_LUFS = -17.0


def errand(path: Path, steps: tuple[Decided, ...] = ()) -> Render:
    """`path` through `steps` and driven into a limiter until it is as loud as it shall be."""
    source, _ = probe(path, sha256="ab", allow_lossy=False)
    limit = Decided("limit", "1", Limit(), Limit(max_gain_reduction_db=12.0))
    part = Part(0, source, Cut(0, source.frames), steps)
    return Render("01 Song", 1.0, Order((part,), (limit,), AIM_LUFS, -1.0), "engine")


def mastered(order: Render, store: Store) -> tuple[Rendered, int]:
    """The master, and how many feeds were spooled for it."""
    with patch.object(render, "_spooled", side_effect=render._spooled) as spooled:
        return render.master(order, store), spooled.call_count


LEVEL = Decided("level", "1", None, Levelled(gain_db=2.0, aim_lufs=AIM_LUFS))


@pytest.mark.parametrize(("form", "subtype", "spools"), [("WAV", "PCM_24", 0), ("FLAC", "PCM_24", 1)])
def test_only_what_must_be_decoded_is_spooled(tmp_path: Path, form: str, subtype: str, spools: int) -> None:
    path, store = tmp_path / "mix.bin", Store(tmp_path / "store")
    soundfile.write(path, music(1, -20.0, 1), RATE, subtype, format=form)
    made, count = mastered(errand(path, (LEVEL,)), store)
    assert count == spools
    assert made.measurements[0].integrated_lufs == pytest.approx(AIM_LUFS, abs=0.1)


def test_a_master_is_the_same_from_a_spool_and_without(tmp_path: Path) -> None:
    store, on_grid = Store(tmp_path / "store"), np.rint(music(1, -20.0, 1) * 2**23).astype(np.int32) << 8
    made = []
    for form in ("WAV", "FLAC"):
        soundfile.write(tmp_path / form, on_grid, RATE, "PCM_24", format=form)
        made.append(mastered(errand(tmp_path / form, (LEVEL,)), store)[0])
    assert made[0].spool == made[1].spool
    assert made[0].drive_db == made[1].drive_db != 0.0
    assert np.array_equal(made[0].reduction, made[1].reduction)


def test_a_stage_that_is_no_gain_never_runs_twice(tmp_path: Path) -> None:
    path, store = tmp_path / "mix.wav", Store(tmp_path / "store")
    soundfile.write(path, music(1, -20.0, 1), RATE, "PCM_24")
    first = Decided("limit", "1", Limit(), Limit(ceiling_dbtp=-6.0))
    assert mastered(errand(path, (first,)), store)[1] == 1
