"""Other people's limiters, run by an interpreter of their own: strangers.py WHO IN.wav [OUT.wav] holds it to -1 dBFS.

They stand in the dependency group `bench` and are installed apart from us, so that what they need never moves what is
locked here. This file imports nothing of ours.
"""

import importlib
import sys
from pathlib import Path
from typing import Any

CEILING = 10 ** (-1 / 20)


def pedalboard(sound: Any, rate: int) -> Any:
    """Limiter (JUCE's): no true peak."""
    effect = importlib.import_module("pedalboard").Limiter(threshold_db=-1.0)
    return effect(sound.T, rate, reset=True).T


def matchering(sound: Any, rate: int) -> Any:
    """The limiter at the end of matchering, set to our ceiling by scaling around it."""
    config = importlib.import_module("matchering").Config(internal_sample_rate=rate)
    limit = importlib.import_module("matchering.limiter").limit
    return limit(sound / CEILING, config) * CEILING


def main(who: str, source: Path, target: Path | None = None) -> None:
    import soundfile

    sound, rate = soundfile.read(source, dtype="float32", always_2d=True)
    made = {"pedalboard": pedalboard, "matchering": matchering}[who](sound, rate)
    if target is not None:
        soundfile.write(target, made.astype("float32"), rate, "FLOAT")


if __name__ == "__main__":
    main(sys.argv[1], *map(Path, sys.argv[2:]))
