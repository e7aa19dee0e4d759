"""What a file's own header declares, and what is really there: no decoder compares the two for us."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ..errors import Exit, Refused, refuse

MAX_CHUNKS = 10_000


@dataclass(frozen=True)
class Layout:
    """A header as it was found; what a container does not tell is None."""

    container: str
    rate_hz: int | None = None
    channels: int | None = None
    frame_bytes: int | None = None
    """Bytes a frame of plain PCM or float."""
    data_at: int = 0
    """Where the sound starts, in bytes."""
    declared: int | None = None
    """Bytes of sound that the header speaks of; None: it leaves that open."""
    present: int = 0
    """Bytes from there to the end of the file."""
    stray: int = 0
    """Bytes behind the declared sound that belong to nothing."""
    mask: int = 0
    """Loudspeakers of the channels, as in WAVEFORMATEXTENSIBLE; 0: not told."""
    raw: str = ""
    """The codec in libsndfile's words where the sound is read without a decoder (`raw`)."""
    endian: str = "<"
    """Byte order of such sound, in numpy's sign."""
    md5: bool = True
    """FLAC: whether a checksum of the sound is stored."""
    mqa: bool = False


class Reader:
    """Reads pieces of a header; a piece that is not there is a `Refused`."""

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self.file, self.path = file, path
        self.size = file.seek(0, 2)

    def take(self, at: int, count: int) -> bytes:
        """`count` bytes from position `at`."""
        self.file.seek(at)
        data = self.file.read(count)
        if len(data) < count:
            raise self.broken("its header ends in the middle")
        return data

    def broken(self, what: str) -> Refused:
        """A header that cannot be what the program that wrote it meant."""
        hint = "export it again, or wait until the export has finished"
        return refuse(Exit.SOURCE, "header-damaged", self.path, f"this cannot be read: {what}", hint)
