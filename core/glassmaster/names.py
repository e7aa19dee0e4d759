"""Names that every file system takes, and text that is safe to show.

The strictest rule of all systems holds everywhere, so that a delivery made on one computer can be copied to any other:
Windows' reserved names and characters (Microsoft, "Naming Files, Paths, and Namespaces"), 255 bytes as on ext4, names
that differ by more than case or composition as on APFS and exFAT.
"""

from __future__ import annotations

import json
import re
import unicodedata
from itertools import count

MAX_BYTES = 255
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{port}{n}" for port in ("com", "lpt") for n in "0123456789¹²³"}
)
_LOOKALIKES = str.maketrans({"/": "-", "\\": "-", ":": "-", "|": "-", '"': "'", "<": "(", ">": ")", "?": "", "*": "-"})
_JOINER = "\u200d"


def safe_title(title: str) -> str:
    """A title in characters that are allowed in file names everywhere, without a dangerous start or end."""
    text = unicodedata.normalize("NFC", title).translate(_LOOKALIKES)
    text = "".join(" " if each.isspace() else each for each in text if each.isspace() or not _hidden(each))
    text = re.sub(" +", " ", text).strip(" .").lstrip("-~ .")
    first, dot, rest = text.partition(".")
    device = first.strip().lower() in _DEVICES  # Windows takes it for one with whatever suffix
    return f"{first.strip()}_{dot}{rest}" if device else text


def _hidden(character: str) -> bool:
    """Control, format, private and half characters; the joiner inside an emoji stays."""
    return unicodedata.category(character).startswith("C") and character != _JOINER


def unlike(taken: set[str], stem: str, suffix: str) -> str:
    """`stem` and `suffix` (with its dot) as a file's name of 255 bytes at most, unlike all in `taken`.

    It is added there, as it counts: without case and composition.
    """
    ends = (f"-{copy}{suffix}" if copy > 1 else suffix for copy in count(1))
    names = (shortened(stem, MAX_BYTES - len(end.encode())) + end for end in ends)
    name = next(each for each in names if folded(each) not in taken)
    taken.add(folded(name))
    return name


def folded(name: str) -> str:
    """Equal for names that some file system, or somebody who types them, takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKD", name).casefold())


def shortened(text: str, room: int) -> str:
    """The longest start of whole written characters that fits into `room` bytes of UTF-8."""
    size, kept = 0, []
    for cluster in graphemes(text):
        size += len(cluster.encode())
        if size > room:
            break
        kept.append(cluster)
    return "".join(kept).rstrip(" .")


def graphemes(text: str) -> list[str]:
    """Text in what people call characters: a base with its marks, an emoji sequence, a flag, a Hangul syllable."""
    clusters: list[str] = []
    for each in text:
        if clusters and _continues(clusters[-1], each):
            clusters[-1] += each
        else:
            clusters.append(each)
    return clusters


def _continues(cluster: str, each: str) -> bool:
    """The main rules of Unicode Standard Annex 29, section 3.1.1 (GB6-GB9a, GB11, GB12)."""
    skin_tone = "\U0001f3fb" <= each <= "\U0001f3ff"
    if (
        unicodedata.category(each).startswith("M")
        or each == _JOINER
        or skin_tone
        or "\U000e0020" <= each <= "\U000e007f"
    ):
        return True
    if cluster[-1] == _JOINER:
        return True
    if _flag(each):
        return len(cluster) == 1 and _flag(cluster)
    return "\u1100" <= cluster[-1] <= "\u11ff" and "\u1160" <= each <= "\u11ff"


def _flag(each: str) -> bool:
    return "\U0001f1e6" <= each <= "\U0001f1ff"


def printable(text: str) -> str:
    """Text for a terminal: control and direction-changing characters are shown as escapes such as \\u202e."""
    if text.isprintable():
        return text
    return "".join(_escaped(each) if _unshown(each) else each for each in text)


def printables(text: str) -> str:
    """The same of several lines."""
    return "\n".join(printable(line) for line in text.split("\n"))


def _unshown(character: str) -> bool:
    return _hidden(character) or character in "\u2028\u2029"


def _escaped(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_ORDERS = re.compile(r"(?P<lead>^\s*):(?=:)|#(?=#\w*\[)", re.MULTILINE)
"""What CI servers take from a log as orders: GitHub's `::error::` at a line's start and `##[group]` anywhere, Azure's
`##vso[`, TeamCity's `##teamcity[`."""


def inert(line: str) -> str:
    """One line of text that does nothing but show, in a terminal and in the log of a CI server."""
    return _disarmed(printable(line), "\\x{:02x}")


def inert_json(text: str) -> str:
    """JSON that does nothing but show: the same document, with more of JSON's own escapes in its strings."""
    if not text.isascii():
        text = "".join(json.dumps(each)[1:-1] if each != "\n" and _unshown(each) else each for each in text)
    return _disarmed(text, "\\u{:04x}")


def inert_xml(text: str) -> str:
    """XML that does nothing but show: the same document, with more references in it."""
    return _disarmed(text, "&#{};")


def _disarmed(text: str, escape: str) -> str:
    return _ORDERS.sub(lambda found: f"{found['lead'] or ''}{escape.format(ord(found[0][-1]))}", text)


def csv_safe(text: str) -> str:
    """A cell that no spreadsheet takes for a formula and no terminal for an order: such a start (OWASP ASVS 5.0,
    1.2.10, and the wide forms that it leaves out) gets a quote in front, control characters become escapes."""
    return ("'" if text.startswith(_FORMULAS) else "") + inert(text)


_FORMULAS = (*"=+-@\t\r\n\0", *"\uff1d\uff0b\uff0d\uff20")
