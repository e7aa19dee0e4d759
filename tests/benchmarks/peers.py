"""What stands behind a contestant that is a library: peers.py WHO FILE... does its job and says nothing."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from glassmaster.threads import one_thread


def bare(paths: list[Path]) -> None:
    """Our meter without the meters of plugins."""
    from glassmaster.listening import hear

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda path: hear(path, []), paths))


def encoders(line: list[Path]) -> None:
    """Programs and files by turns (lame, a, flac, b, meter, c ...), two at a time; what is made is thrown away."""
    from glassmaster.listening import hear

    def one(job: tuple[Path, Path]) -> None:
        program, path = str(job[0]), str(job[1])
        commands = {
            "lame": ["lame", "--quiet", "-b", "320", path, "-"],
            "flac": ["flac", "--silent", "--force", "--stdout", path],
            "ffmpeg": ["ffmpeg", "-nostdin", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"],
        }
        if program == "meter":
            hear(job[1], [])
        else:
            nowhere = subprocess.DEVNULL
            subprocess.run(commands[program], stdin=nowhere, stdout=nowhere, stderr=nowhere, check=True)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, zip(line[::2], line[1::2], strict=True)))


def libebur128(paths: list[Path]) -> None:
    """Integrated, range and true peak, two files at a time."""
    import soundfile

    from tests.libebur128_support import measured

    def one(path: Path) -> None:
        with soundfile.SoundFile(path) as sound:
            measured(sound.blocks(65_536, dtype="float32", always_2d=True), sound.samplerate, sound.channels)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, paths))


def pyloudnorm(paths: list[Path]) -> None:
    """Integrated loudness only."""
    import pyloudnorm
    import soundfile

    for path in paths:
        sound, rate = soundfile.read(path)
        pyloudnorm.Meter(rate, filter_class="DeMan").integrated_loudness(sound)


def limiter(paths: list[Path]) -> None:
    """Our limiter, to -1 dBTP."""
    from glassmaster.peaks import Limiting, limit
    from glassmaster.sources import open_source

    for path in paths:
        for _ in limit(open_source(path), Limiting(ceiling_dbtp=-1.0)):
            pass


PEERS: dict[str, Callable[[list[Path]], None]] = {
    each.__name__: each for each in (bare, encoders, libebur128, pyloudnorm, limiter)
}

if __name__ == "__main__":
    one_thread()  # as our workers do, and before anybody imports numpy
    PEERS[sys.argv[1]]([Path(each) for each in sys.argv[2:]])
