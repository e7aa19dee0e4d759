"""Damaged manifests and damaged heads of sound files: each is a release or a refusal, within seconds, and nobody falls.

Manifests are read in this process. Sound files go the way of a build: to a worker of the product's own pool, so that
one that crashes a decoder costs a worker and no more.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import soundfile as sf

from glassmaster import plugins
from glassmaster.budget import START
from glassmaster.cli.common import crew_for
from glassmaster.errands import Failure
from glassmaster.measure import hear
from glassmaster.model import Heard
from glassmaster.work import Crew
from tests.core.test_manifest_fuzz import SEED, answer, edited
from tests.torture.notes import ROOT, Row

MANIFESTS, SOUNDS = 20_000, 5_000
HANG_S, STUCK_S = 5.0, 120.0
"""Of a processor, for one input; and by the clock, on a machine that others use, too."""
_BATCH = 100
_PIECES = [*"[]{}=,.#\"'\n\r\\ \ufeff\u202e漢\x07\0", "[[", "]]", '"""', "'''", "\\u0000", "true", "nan", "0x", "-1"]
_PIECES += ["1e400", "-inf", "9" * 30, "2026-11-20", "a.b.c", "[song]", "[[song]]", "[[deliverable]]\n", "[qc]\n"]
_VALUES = ["0", "-1", "1.5", "true", "nan", '""', '" "', '"x"', "'CON'", '"auto"', r'"\u0000"', "[]", "[[]]", "{}"]
_VALUES += ["[{}]", "{ a = {} }", "2026-11-20", "10:00:00", "9" * 20, "[1, 'a', [], {}]", "{ limit = { x = nan } }"]
_KINDS = [(kind, "PCM_16") for kind in ("WAV", "RF64", "AIFF", "CAF", "FLAC")]
_KINDS += [(kind, "PCM_24") for kind in ("WAV", "WAVEX", "W64", "FLAC")]
_KINDS += [("WAV", "FLOAT"), ("AIFF", "FLOAT"), ("WAV", "ULAW"), ("WAV", "IMA_ADPCM")]
_KINDS += [("OGG", "VORBIS"), ("OGG", "OPUS"), ("MP3", "MPEG_LAYER_III")]
_HEAD = 160
"""Bytes in which most blows fall."""
_WORDS = (0, 1, 2, 3, 6, 255, 1024, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 2**31 - 1, 2**31, 2**32 - 1)


def manifests(seeds: Iterable[int]) -> list[str]:
    """What went wrong with damaged manifests."""
    texts = (SEED, (ROOT / "release.toml.example").read_text("utf-8"))
    return [told for seed in seeds for told in _timed(seed, texts)]


def _manifest(seed: int, texts: tuple[str, ...]) -> None:
    rng = random.Random(seed)
    text = rng.choice(texts)
    for _ in range(rng.randint(1, 6)):
        kind = rng.choice(("insert", "delete", "repeat", "value"))
        text = edited(text, kind, rng.random(), rng.randint(1, 40), rng.choice(_PIECES), rng.choice(_VALUES))
    answer(text.encode("utf-8", "surrogatepass"))


def _timed(seed: int, texts: tuple[str, ...]) -> Iterator[str]:
    began = time.process_time()
    try:
        _manifest(seed, texts)
    except Exception as problem:
        yield f"manifest {seed}: {type(problem).__name__}: {problem}"
    if (took := time.process_time() - began) > HANG_S:
        yield f"manifest {seed}: took {took:.1f} s"


def sounds(seeds: Iterable[int]) -> list[str]:
    """What went wrong with damaged sound files."""
    offers = plugins.load()
    found: list[str] = []
    with tempfile.TemporaryDirectory() as name, crew_for(Path(name, "room"), offers, 1) as crew:
        folder = Path(name)
        for seed in seeds:
            path = folder / f"{seed}.wav"
            path.write_bytes(damaged(seed, folder))
            before, began = _worked(crew), time.monotonic()
            [heard] = hear([(path.name, path, bool(seed % 2))], offers, crew)
            if (took := _worked(crew) - before) > HANG_S or time.monotonic() - began > STUCK_S:
                found.append(f"sound {seed}: took {took:.1f} s of a processor, {time.monotonic() - began:.0f} s in all")
            found += [f"sound {seed}: {each}" for each in _answered(heard)]
            path.unlink()
    return found


def _worked(crew: Crew) -> float:
    """Processor time that workers have spent on errands; to start one is not counted."""
    return sum(row.workers_cpu_s for name, row in crew.budget.phases.items() if name != START)


def _answered(heard: Heard | Failure) -> Iterator[str]:
    if isinstance(heard, Heard):
        return
    if heard.exit != 3 or not heard.findings:
        yield f"exit {heard.exit}: {'; '.join(each.message for each in heard.findings)}"


def damaged(seed: int, folder: Path) -> bytes:
    """A short file of some kind with its head spoilt."""
    rng = random.Random(seed)
    data = bytearray(_whole(*rng.choice(_KINDS), folder))
    for _ in range(rng.randint(1, 5)):
        _spoil(data, rng)
    return bytes(data)


def _spoil(data: bytearray, rng: random.Random) -> None:
    at = rng.randrange(min(_HEAD, len(data) - 8)) if rng.random() < 0.9 else rng.randrange(len(data) - 8)
    kind = rng.randrange(6)
    if kind == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif kind == 1:
        data[at : at + 4] = rng.choice(_WORDS).to_bytes(4, rng.choice(("little", "big")))
    elif kind == 2:
        data[at : at + 2] = (rng.choice(_WORDS) & 0xFFFF).to_bytes(2, rng.choice(("little", "big")))
    elif kind == 3:
        del data[at : at + rng.randint(1, 16)]
    elif kind == 4:
        data[at:at] = data[rng.randrange(len(data)) :][: rng.randint(1, 64)]
    elif len(data) > 64:
        del data[rng.randrange(16, len(data) - 16) :]


_made: dict[tuple[str, str], bytes] = {}


def _whole(kind: str, subtype: str, folder: Path) -> bytes:
    if (kind, subtype) not in _made:
        rng = np.random.default_rng(len(_made))
        path = folder / "whole"
        sf.write(path, rng.uniform(-0.3, 0.3, (4_800, 2)), 48_000, subtype, format=kind)
        _made[kind, subtype] = path.read_bytes()
    return _made[kind, subtype]


def rows(workshop: Path, known: set[str]) -> Iterator[Row]:
    """Every batch that is not known yet, one by one."""
    for kind, total, tried in (("manifests", MANIFESTS, manifests), ("heads of sound files", SOUNDS, sounds)):
        for start in range(0, total, _BATCH):
            if (name := f"fuzz-{kind}-{start:05d}") not in known:
                yield Row(name, kind, tried(range(start, start + _BATCH)), _BATCH)
