"""`treatment = []` at the same rate and depth delivers the mixdown's own samples, whatever holds them."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.faults_support import HEAD, glassmaster, manifest, song
from tests.formats_support import FORMATS, by_ffmpeg, installed

RATE = 48_000
LOSSLESS = ("wav", "aiff", "flac", "alac", "wavpack")


@pytest.mark.parametrize("bits", [16, 24])
def test_the_mixdown_s_pcm_hash_comes_out(tmp_path: Path, bits: int) -> None:
    installed("ffmpeg")
    made = [name for name in LOSSLESS if FORMATS[name].encoders()]
    top = 1 << (bits - 1)
    values = np.random.default_rng(bits).integers(-top, top, (RATE, 2))
    values[0] = values[-1] = 0  # no edge, so no fade
    soundfile.write(tmp_path / "mix.wav", (values << (32 - bits)).astype(np.int32), RATE, f"PCM_{bits}")
    raw = b"".join(int(each).to_bytes(bits // 8, "little", signed=True) for each in values.ravel())
    deliverables = "".join(f'\n[[deliverable]]\nname = "{n}"\nformat = "{n}"\nbits = {bits}\n' for n in made)
    path = manifest(tmp_path, "treatment = []\n" + HEAD + song("Opening") + deliverables)
    run = glassmaster("build", "--jobs", 1, path)
    assert run.code in (0, 1), run.said
    rows = json.loads((tmp_path / "dist" / "release.json").read_text("utf-8"))["deliverables"]
    assert {row["format"]: row["payload_sha256"] for row in rows} == dict.fromkeys(
        made, hashlib.sha256(raw).hexdigest()
    )
    for row in rows:
        assert np.array_equal(by_ffmpeg(tmp_path / "dist" / row["path"], 2), (values / top).astype(np.float32))
