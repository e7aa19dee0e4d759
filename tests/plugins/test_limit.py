"""The `limit` stage as the core sees it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

import glassmaster_limit
from glassmaster.model import Stage
from tests.peaks_support import Sound, audio, drained, hard, true_peak_db


@pytest.fixture
def stage() -> Stage:
    (stage,) = glassmaster_limit.glassmaster_stages()
    assert isinstance(stage, Stage)
    return stage


def sound() -> Sound:
    return hard(3, 13, 48000)


def test_it_renders_under_its_ceiling_and_tells_its_reduction(stage: Stage) -> None:
    value = replace(stage.settings(), ceiling_dbtp=-2.0, drive_db=5.0)
    result, grid = drained(stage.render(audio(sound(), 48000), value), sound().shape[1])
    assert -2.05 < true_peak_db(result, 48000) <= -1.98
    assert len(grid) == 100
    assert grid.max() > 3


def test_the_core_can_turn_and_read_what_it_names(stage: Stage) -> None:
    turned = replace(stage.settings(), **{stage.drive: 3.5})
    assert turned.drive_db == 3.5
    assert getattr(turned, stage.ceiling) == -1.0
    assert getattr(turned, stage.allowance) == 4.0
    assert stage.whole


def test_its_forecast_uses_its_settings(stage: Stage) -> None:
    assert stage.forecast is not None
    energies, peaks = np.full(300, 0.02, np.float32), np.full(300, 0.5, np.float32)
    value = replace(stage.settings(), ceiling_dbtp=-3.0, drive_db=6.0206)
    after, reduction = stage.forecast(energies, peaks, value)
    assert float(reduction.max()) == pytest.approx(3.0, abs=0.01)
    assert 10 * np.log10(after[150] / energies[150]) == pytest.approx(3.02, abs=0.1)


@pytest.mark.parametrize(
    "wrong",
    [{"ceiling_dbtp": 0.5}, {"release_ms": 1}, {"lookahead_ms": 0}, {"max_gain_reduction_db": -1}, {"drive_db": 99}],
)
def test_settings_have_bounds(stage: Stage, wrong: dict[str, float]) -> None:
    adapter = TypeAdapter(stage.settings)
    assert adapter.validate_python({}) == stage.settings()
    with pytest.raises(ValidationError):
        adapter.validate_python(wrong)


def test_loading_it_costs_no_numpy() -> None:
    code = "import sys, glassmaster_limit as m; list(m.glassmaster_stages()); print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
