"""FLAC's metadata: what STREAMINFO declares (RFC 9639, section 8)."""

from __future__ import annotations

from .layout import MAX_CHUNKS, Layout, Reader

_MQA = (b"MQAENCODER", b"MQA ENCODER", b"ENCODER=MQAENCODE")


def flac(reader: Reader, at: int) -> Layout:
    """The layout of a FLAC file that starts at byte `at`. Raises `Refused` (exit 3).

    `declared` counts frames x channels x bytes of the decoded sound; None where the encoder could not know it.
    """
    info = reader.take(at + 8, 34)
    numbers = int.from_bytes(info[10:18], "big")
    rate, channels, bits = numbers >> 44, (numbers >> 41 & 7) + 1, (numbers >> 36 & 31) + 1
    frames = numbers & (1 << 36) - 1
    frame_bytes = channels * -(-bits // 8)
    return Layout(
        "FLAC",
        rate,
        channels,
        frame_bytes,
        declared=frames * frame_bytes or None,
        present=reader.size,
        md5=any(info[18:34]),
        mqa=any(mark in _comments(reader, at + 4).upper() for mark in _MQA),
    )


def _comments(reader: Reader, at: int) -> bytes:
    """The block of Vorbis comments, or nothing."""
    for _ in range(MAX_CHUNKS):
        head = reader.take(at, 4)
        size = int.from_bytes(head[1:], "big")
        if head[0] & 0x7F == 4:
            return reader.take(at + 4, size)
        if head[0] & 0x80:
            break
        at += 4 + size
    return b""
