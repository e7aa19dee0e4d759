"""What the name of a mixdown tells: number, artist, title, revision."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

_WORD = r"(?:mix|master|mixdown|premaster|bounce|print|take|rev|revision|version|ver|v|final|rough|copy)"
_COUNTED = re.compile(rf"(?P<word>{_WORD})[ .#-]?(?P<count>\d+(?:\.\d+)?)(?P<letter>[a-z])?", re.IGNORECASE)
_UNCOUNTED = re.compile(r"final|unmastered|mixdown|premaster|bounce|rough|master|mix|copy", re.IGNORECASE)
_FORMAT = re.compile(
    r"(?:44\.?1|48|88\.?2|96|176\.?4|192)(?:k|khz)|44100|48000|88200|96000|176400|192000|"
    r"(?:16|24|32)[ -]?(?:b|bit|bits|f|fp|float)|float|stereo|wav|aiff?|flac",
    re.IGNORECASE,
)
_DATE = re.compile(r"(?:19|20)\d\d([-.]?)[01]\d\1[0-3]\d")
_NUMBER = re.compile(
    r"(?:track[ _]?|#)?(?:(?P<disc>\d{1,2})-(?=\d\d\D))?(?P<number>\d{1,3}(?=[ ._-])(?!\.\d)|0\d(?=[A-Za-z]))[ ._-]*",
    re.IGNORECASE,
)
_HELD = re.compile(r"(?i:the|a|an|my|your|our|of|in|to|this|that|no|and|for|is)")
_CAMEL = re.compile(
    r"(?<=[a-z])(?<!\bMc)(?<!\bMac)(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Za-z])(?=\d)|(?<=\d)(?=[A-Z][a-z])"
)

Rank = tuple[bool, tuple[int, ...], str, str, str]


@dataclass(frozen=True)
class Named:
    """A mixdown's name in its parts."""

    title: str
    number: int | None = None
    disc: int = 1
    artist: str = ""
    album: str = ""
    revision: str = ""
    """As it was written: "Mix2", "Master v3"."""
    rank: Rank = (False, (), "", "", "")
    """Sorts revisions of one song, the newest last: called final, count, letter, date, number of the copy."""


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 2 before 10, without regard to case."""
    parts = re.split(r"(\d+)", unicodedata.normalize("NFC", text).casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def read_names(stems: Sequence[str]) -> list[Named]:
    """Names of mixdowns (without suffix), read together: whether they start with track numbers shows in all of them."""
    texts = [unicodedata.normalize("NFC", stem).strip() for stem in stems]
    undated = [_DATE.sub(" ", text).strip(" _-") or text for text in texts]
    dates = [match[0] if (match := _DATE.search(text)) else "" for text in texts]
    numbered = _numbered(undated)
    return _artists([_read(text, date, numbered) for text, date in zip(undated, dates, strict=True)])


def _numbered(stems: Sequence[str]) -> bool:
    """Whether the digits that names start with are track numbers, and not part of titles such as "7 Years"."""
    found = [match for stem in stems if (match := _NUMBER.match(stem)) and match.end() < len(stem)]
    if len(stems) == 1:
        return bool(found) and found[0]["number"].startswith("0")
    return len(found) * 5 >= len(stems) * 3


def _read(rest: str, date: str, numbered: bool) -> Named:
    stem, named, match = rest, Named(""), _NUMBER.match(rest) if numbered else None
    if match and match.end() < len(rest):
        named, rest = Named("", int(match["number"]), int(match["disc"] or 1)), rest[match.end() :]
    slug = " " not in rest
    if slug and "_" not in rest and (rest.count("-") > 1 or rest.islower()):
        rest = rest.replace("-", " ")
    words, revision, rank = _without_tail(rest.replace("_", " "), date)
    parts = [part.strip(" -_") for part in re.split(r"\s+[-–—]\s+", words)]
    named = _placed(named, [part for part in parts if part] or [stem])
    return replace(named, title=_worded(named.title, slug), revision=revision, rank=rank)


def _placed(named: Named, parts: list[str]) -> Named:
    """Artist, album, number and title from "Artist - Album - 03 - Title"."""
    for place, part in enumerate(parts[:-1]):
        if place and part.isdecimal() and len(part) < 4:
            before = [*parts[:place], ""]
            return replace(
                named, number=int(part), artist=before[0], album=before[1], title=" - ".join(parts[place + 1 :])
            )
    if len(parts) == 1:
        return replace(named, title=parts[0])
    return replace(named, artist=parts[0], title=" - ".join(parts[1:]))


def _without_tail(text: str, date: str) -> tuple[str, str, Rank]:
    """(the name without what stands behind the title, the revision as written, its rank)."""
    tails: list[str] = []
    while (split := _tail(text)) and split[0]:
        head, tail = split
        if _HELD.fullmatch(head.split()[-1]) and not any(map(str.isdigit, tail)):
            break  # "The Final" is a title
        text = head
        if not _FORMAT.fullmatch(tail.strip("()")):
            tails.insert(0, tail)
    said = " ".join([*(each.strip("()") for each in tails), date]).strip()
    found = [(each["count"], (each["letter"] or "").lower()) for each in _COUNTED.finditer(" ".join(tails))]
    counts = [(tuple(map(int, count.split("."))), letter) for count, letter in found]
    copy = next((each for each in tails if each.strip("()").isdecimal()), "")
    return text, said, ("final" in said.lower(), *max(counts, default=((), "")), date, copy)


def _tail(text: str) -> tuple[str, str] | None:
    """(what stands before, the last piece) if the last piece is no part of the title."""
    text = text.rstrip(" -")
    bracketed = re.search(r"\s*[(\[]([^()\[\]]*)[)\]]$", text)
    if bracketed:
        inside = bracketed[1].strip()
        told = inside.isdecimal() or all(_plain(word) for word in inside.split())
        return (text[: bracketed.start()], f"({inside})") if told and inside else None
    pair = re.search(rf"(?:^|[ -]){_WORD}[ .]?\d+(?:\.\d+)?[a-z]?$", text, re.IGNORECASE)
    start = pair.start() if pair else max(text.rfind(" "), 0)
    head, tail = text[:start].rstrip(" -"), text[start:].strip(" -")
    return (head, tail) if pair or _plain(tail) else None


def _plain(word: str) -> bool:
    return bool(_COUNTED.fullmatch(word) or _UNCOUNTED.fullmatch(word) or _FORMAT.fullmatch(word))


def _worded(title: str, slug: bool) -> str:
    """Words of a title that was written without spaces: "ANewJourney" is "A New Journey"."""
    if not slug:
        return title
    if " " not in title:
        title = _CAMEL.sub(" ", title)
    title = re.sub(" +", " ", title).strip()
    return " ".join(word[:1].upper() + word[1:] for word in title.split(" ")) if title.islower() else title


def _artists(names: list[Named]) -> list[Named]:
    """What stands before a dash is an artist only if all names have it; otherwise it belongs to the title."""
    if all(name.artist for name in names):
        return names
    return [replace(n, artist="", title=f"{n.artist} - {n.title}") if n.artist and not n.album else n for n in names]
