"""What reads other people's bytes, each as a function that raises only where a promise is broken, with whole inputs."""

from __future__ import annotations

import io
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glassmaster import again, builds, delivery, output, pictures, release_lock, statement
from glassmaster.codecs import integrity
from glassmaster.errors import Exit, Refused
from glassmaster.sources.headers import layout_of
from glassmaster.store import Store
from tests.core.test_manifest_fuzz import SEED, answer

Target = Callable[[bytes], None]
_HASH = "0" * 64


def header(data: bytes) -> None:
    """The header of a mixdown or reference, read by us before any decoder sees it."""
    with _answering(Exit.SOURCE):
        found = layout_of(io.BytesIO(data), Path("a.wav"))
        assert found.present <= len(data)


def proof_of(name: str) -> Target:
    """What a delivered file proves by itself."""
    look: Callable[[Path], tuple[str, ...]] = getattr(integrity, name)

    def target(data: bytes) -> None:
        with _file(data) as path:
            assert all(isinstance(each, str) for each in look(path))

    return target


def picture(data: bytes) -> None:
    """An artwork without its private data; ValueError is its answer to a broken one."""
    try:
        assert len(pictures.stripped(data)) <= len(data)
    except ValueError:
        return


def record(data: bytes) -> None:
    """release.json of a delivered folder, proven and compared."""
    with _file(data, "release.json") as path:
        with _answering(Exit.UNPROVEN):
            delivery.read(path.parent)
        with _answering(Exit.USAGE):
            document = builds.delivery(path)
            builds.changes(document, document)
            builds.changes(document, json.loads(RECORD))


def sums(data: bytes) -> None:
    """SHA256SUMS of a delivered folder."""
    with _file(data, "SHA256SUMS") as path:
        delivery.sums(path.parent)


def stated(data: bytes) -> None:
    """provenance.json; these are the errors that its reader names."""
    try:
        statement.subjects(data)
    except (ValueError, LookupError, TypeError, RecursionError):
        return


def lock(data: bytes) -> None:
    """release.lock."""
    with _file(data, "release.lock") as path, _answering(Exit.USAGE):
        release_lock.read(path)


def room(data: bytes) -> None:
    """What lies in a release's room: the note of errands, a result in the ledger, what was published."""
    with _file(data, "asked.json") as path:
        again.read(path)
        key = "ab" * 32
        entry = path.parent / "ledger" / key[:2] / f"{key}.json"
        entry.parent.mkdir(parents=True)
        entry.write_bytes(data)
        Store(path.parent).find(key)
        output.stands(path.parent / "dist", path, "")
        with _answering(Exit.OUTPUT):
            output.check_target(path.parent / "dist", (), path)


@contextmanager
def _answering(code: Exit) -> Iterator[None]:
    """A refusal will do, if it has this exit code and says something."""
    try:
        yield
    except Refused as refusal:
        if refusal.exit != code or not all(each.message for each in refusal.findings):
            raise AssertionError(f"refused with {refusal.exit}: {refusal}") from refusal


@contextmanager
def _file(data: bytes, name: str = "file") -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(data)
        yield path


RECORD = json.dumps(
    {
        "title": "A",
        "artist": "B",
        "verdict": "ready",
        "provenance": {"glassmaster": "1", "encoders": {"flac": "1"}},
        "findings": [{"code": "x", "severity": "note", "where": "w", "message": "m"}],
        "artwork": {"path": "cover.png", "sha256": _HASH},
        "songs": [
            {
                "number": 1,
                "disc": 1,
                "title": "A",
                "isrc": "",
                "status": "final",
                "masters": [{"deliverable": "wav", "max_momentary_lufs": -9.5, "gain_db": 1.0}],
                "mixdown": {"sha256": _HASH, "integrated_lufs": -14.0},
            }
        ],
        "deliverables": [
            {
                "name": "wav",
                "format": "wav",
                "size": 4,
                "song": 1,
                "path": "wav/01 A.wav",
                "title": "A",
                "sha256": _HASH,
                "payload_sha256": _HASH,
                "tags": {"title": "A"},
                "bits": 24,
                "measured": {
                    "frames": 48_000,
                    "rate_hz": 48_000,
                    "channels": 2,
                    "integrated_lufs": -14.0,
                    "true_peak_dbtp": -1.0,
                    "max_short_term_lufs": -12.0,
                    "sample_peak_dbfs": None,
                },
            }
        ],
    }
).encode()
_LOCK = {
    "schema": 1,
    "encoders": {"wav": {"name": "soundfile", "version": "1"}},
    "rates_hz": {"wav": 48_000},
    "frozen": [
        {
            "song": "A",
            "deliverable": "wav",
            "gains_db": {"level": 1.5},
            "drive_db": 1.0,
            "trim_db": 0.0,
            "silence_s": 2.0,
        }
    ],
    "approvals": [
        {
            "song": "A",
            "kind": "mix",
            "by": "B",
            "date": "2026-01-01",
            "sound": _HASH,
            "deliverable": "",
            "figures": {"integrated_lufs": -14.0},
        }
    ],
}
_STATED: dict[str, Any] = {
    "_type": statement.STATEMENT,
    "predicateType": statement.PREDICATE,
    "subject": [{"name": "a", "digest": {"sha256": _HASH}}],
}


def _sounds(*kinds: str) -> tuple[bytes, ...]:
    """A whole file of each kind, as short as it can be."""
    import numpy as np
    import soundfile

    found = []
    for kind in kinds:
        form, _, subtype = kind.partition(" ")
        held = io.BytesIO()
        soundfile.write(held, np.zeros((64, 2), np.float32), 48_000, subtype or None, format=form)
        found.append(held.getvalue())
    return tuple(found)


def _pictures() -> tuple[bytes, ...]:
    from PIL import Image

    found = []
    for kind in ("PNG", "JPEG"):
        held = io.BytesIO()
        Image.new("RGB", (8, 8)).save(held, kind)
        found.append(held.getvalue())
    return tuple(found)


_ALL = (
    "WAV PCM_16",
    "WAV FLOAT",
    "WAVEX PCM_24",
    "RF64 PCM_24",
    "W64 PCM_24",
    "AIFF PCM_16",
    "CAF PCM_24",
    "FLAC PCM_24",
)
_ROOM = (b'{"measure A": [{"key": "ab", "of": {}}]}', b'{"target": "/x/dist", "digest": "", "files": {"a": [1, 2]}}')
TARGETS: dict[str, tuple[Target, Callable[[], tuple[bytes, ...]]]] = {
    "manifest": (lambda data: answer(data), lambda: (SEED.encode(),)),
    "header": (header, lambda: _sounds(*_ALL, "MP3", "OGG VORBIS")),
    "flac": (proof_of("flac"), lambda: _sounds("FLAC PCM_16")),
    "mp3": (proof_of("mp3"), lambda: _sounds("MP3")),
    "ogg": (proof_of("ogg"), lambda: _sounds("OGG VORBIS", "OGG OPUS")),
    "m4a": (proof_of("m4a"), lambda: ()),
    "wave": (proof_of("wave"), lambda: _sounds("WAV PCM_16", "RF64 PCM_24")),
    "aiff": (proof_of("aiff"), lambda: _sounds("AIFF PCM_16")),
    "wavpack": (proof_of("wavpack"), lambda: ()),
    "picture": (picture, _pictures),
    "record": (record, lambda: (RECORD,)),
    "sums": (sums, lambda: (f"{_HASH}  wav/01 A.wav\n".encode(),)),
    "statement": (stated, lambda: (json.dumps(_STATED).encode(),)),
    "lock": (lock, lambda: (json.dumps(_LOCK).encode(),)),
    "room": (room, lambda: _ROOM),
}
"""By name: what reads, and whole inputs to begin with."""
