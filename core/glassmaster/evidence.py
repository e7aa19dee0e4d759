"""What the files of a delivery say about one another.

A record can be made anew together with its checksums, and then agrees with whatever was done to a file. Files of the
same song still have to fit each other, and their tags the list of songs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from statistics import median_low
from typing import Any, TypeAlias

from .delivery import Record
from .errands import Proved
from .errors import Exit
from .model import Finding
from .plugins import Offers

Heard: TypeAlias = tuple[Mapping[str, Any], Proved]
"""What release.json says of a file, and what was found of it."""
_LOUDNESS_LU = 2.0  # what encoding may change
_FRAMES = 2  # what rate conversion may round
_HINT = "one of them was changed or swapped: get the delivery again, or build it anew"


def look(record: Record, heard: Sequence[Heard], offers: Offers) -> Iterator[Finding]:
    """Every contradiction among files that are each for itself what the record says."""
    alike: dict[tuple[int, int], list[Heard]] = defaultdict(list)
    for told, proved in heard:
        song = _song(told, record)
        if song is not None and proved.figures:
            alike[song["disc"], song["number"]].append((told, proved))
            yield from _named(told, proved, song, record)
            yield from _mastered(told, proved, song)
    for key, files in alike.items():
        yield from _long(files)
        yield from _equal(files, record.songs[key], offers)


def _song(told: Mapping[str, Any], record: Record) -> Mapping[str, Any] | None:
    """The song that a file is of, by its number and disc."""
    found = [each for (_, number), each in record.songs.items() if number == told["song"]]
    same = [
        each for each in found if each["title"] == told.get("title") and each["disc"] == told.get("disc", each["disc"])
    ]
    return same[0] if same else found[0] if len(found) == 1 else None


def _named(told: Mapping[str, Any], proved: Proved, song: Mapping[str, Any], record: Record) -> Iterator[Finding]:
    """Tags against the list of songs."""
    tags = proved.tags
    if not tags:
        return
    version = song.get("version", "")
    wanted = {
        "title": f"{song['title']} ({version})" if version else song["title"],
        "isrc": song["isrc"],
        "track": str(song["number"]),
        "disc": str(song["disc"]),
        "artist": song.get("artist", tags.get("artist")),
        "album": record.title,
        "album_artist": record.artist,
    }
    for name, text in wanted.items():
        if tags.get(name, "") != (text or ""):
            message = f"its {name} is {tags.get(name)!r:.80}, the list of songs says {text!r:.80}"
            yield _wrong(told["path"], message)


def _mastered(told: Mapping[str, Any], proved: Proved, song: Mapping[str, Any]) -> Iterator[Finding]:
    """Its loudest moment against that of the master that it was made of: the gap behind a song leaves it alone."""
    master = next((each for each in song["masters"] if each["deliverable"] == told["name"]), None)
    now = proved.figures["max_momentary_lufs"]
    if master is None or now is None or master["max_momentary_lufs"] is None:
        return
    trim = told.get("trim_db")
    wanted = master["max_momentary_lufs"] + (trim if isinstance(trim, int | float) else 0.0)
    if abs(now - wanted) > _LOUDNESS_LU:
        yield _wrong(told["path"], f"its loudest moment has {now:.1f} LUFS, its master's {wanted:.1f}")


def _long(files: Sequence[Heard]) -> Iterator[Finding]:
    """A song lasts equally long in all its files, but for the silence behind it: what is out keeps the gap it had."""
    lengths = [(proved.figures["frames"] - _silence(told)) / proved.figures["rate_hz"] for told, proved in files]
    usual = median_low(lengths)
    slack = _FRAMES / min(proved.figures["rate_hz"] for _, proved in files)
    for (told, _), seconds in zip(files, lengths, strict=True):
        if abs(seconds - usual) > slack:
            yield _wrong(told["path"], f"it lasts {seconds:.3f} s, other files of this song {usual:.3f} s")


def _silence(told: Mapping[str, Any]) -> int:
    """Frames of silence that were put behind the song."""
    found = told.get("silence_frames", 0)
    return found if isinstance(found, int) and 0 <= found <= told["measured"]["frames"] else 0


def _equal(files: Sequence[Heard], song: Mapping[str, Any], offers: Offers) -> Iterator[Finding]:
    """Lossless files of one master at one rate and depth hold the same samples."""
    groups: dict[Any, list[Heard]] = defaultdict(list)
    for told, proved in files:
        form = offers.formats.get(told["format"])
        if form is not None and not form.lossy and told.get("dither") is not None:
            alike = proved.figures["rate_hz"], told.get("bits"), told["dither"], _silence(told), _master(told, song)
            groups[alike].append((told, proved))
    for group in groups.values():
        if len({proved.payload_sha256 for _, proved in group}) > 1:
            names = ", ".join(told["path"] for told, _ in group)
            yield _wrong(group[0][0]["path"], f"these files should hold the same samples, and do not: {names}")


def _master(told: Mapping[str, Any], song: Mapping[str, Any]) -> str:
    """All that is recorded of the master that a file was made of."""
    own: Iterable[Any] = (each for each in song["masters"] if each["deliverable"] == told["name"])
    return repr([{name: value for name, value in each.items() if name != "deliverable"} for each in own])


def _wrong(where: str, message: str) -> Finding:
    return Finding("contradiction", "error", where, message, _HINT, exit=Exit.UNPROVEN)
