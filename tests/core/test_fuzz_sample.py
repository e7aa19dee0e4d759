"""Five hundred damaged inputs with fixed seeds: a sample of what `make torture` tries in full."""

from __future__ import annotations

from tests.torture import fuzz


def test_four_hundred_damaged_manifests() -> None:
    assert fuzz.manifests(range(400)) == []


def test_a_hundred_damaged_heads_of_sound_files() -> None:
    assert fuzz.sounds(range(100)) == []
