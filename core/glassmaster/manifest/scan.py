"""Where every key and value of a TOML text stands; the parser itself does not tell.

It accepts a little more than TOML does and stops without complaint where it cannot go on: complaints are the parser's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, NoReturn, TypeAlias

import tomli

Keys: TypeAlias = tuple[str | int, ...]
"""Way to a value: table and key names, and the index in arrays."""

MAX_DEPTH = 32
"""Deepest nesting and longest dotted key that is read; a manifest needs five."""
_MAX_LISTED = 1000

_SPACE = re.compile(r"[ \t]*+")
_BLANK = re.compile(r"(?:[ \t\n]++|#[^\n]*+)*+")
_BARE = re.compile(r"[A-Za-z0-9_-]++")
_SCALAR = re.compile(r"[^,\]}#\n]++")
_PLAIN = re.compile(  # what nearly every line is: only for speed
    r'([A-Za-z0-9_-]++)[ \t]*+=[ \t]*+("[^"\\\n]*+"(?!")|[^"\'\[{#\n,}\]]++)(?=[ \t]*+(?:[#\n]|\Z))'
)
_MANY = re.compile(r"""(?:[^\[\]{}"'#,]++,)++""")
_STRING = re.compile(
    r'"""(?:[^"\\]++|\\.|""?(?!"))*+"{3,5}'
    r"|'''(?:[^']++|''?(?!'))*+'{3,5}"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'[^'\n]*+'",
    re.DOTALL,
)


class Place(NamedTuple):
    """Offsets in the text."""

    key: int
    value: int


@dataclass(frozen=True)
class Places:
    """What one look over the text found."""

    found: Mapping[Keys, Place]
    twice: tuple[tuple[Keys, int, int], ...] = ()
    """Keys and tables that are defined again: what, offset of the first and of the second."""
    too_deep: int | None = None
    """Offset at which the text nests deeper than `MAX_DEPTH`."""

    def nearest(self, keys: Keys) -> Place | None:
        """Where `keys` stand, or else the innermost table around them; None for the file as a whole."""
        while keys and keys not in self.found:
            keys = keys[:-1]
        return self.found.get(keys)


class _Stop(Exception):  # noqa: N818 - the end of the readable text, not an error
    pass


class _TooDeep(_Stop):
    pass


@dataclass
class _Scanner:
    text: str
    at: int = 0
    found: dict[Keys, Place] = field(default_factory=dict)
    defined: dict[Keys, int] = field(default_factory=dict)
    last: dict[Keys, int] = field(default_factory=dict)
    """Index of the last `[[table]]` of each array of tables."""
    twice: list[tuple[Keys, int, int]] = field(default_factory=list)

    def document(self) -> None:
        table: Keys = ()
        while True:
            self.skip(_BLANK)
            if self.at >= len(self.text):
                return
            table = self.header() if self.text[self.at] == "[" else self.pair(table)

    def header(self) -> Keys:
        double = self.text.startswith("[[", self.at)
        self.expect("[[" if double else "[")
        parts = self.key(())
        self.expect("]]" if double else "]")
        parent = self.resolve(tuple(name for name, _ in parts[:-1]))
        name, offset = parts[-1]
        keys = (*parent, name)
        if (keys in self.defined) or (not double and keys in self.last):
            self.twice.append((keys, self.defined.get(keys, self.found[keys].key), offset))
        self.found.setdefault(keys, Place(offset, offset))
        if not double:
            self.defined[keys] = offset
            return keys
        self.last[keys] = self.last.get(keys, -1) + 1
        keys = (*keys, self.last[keys])
        self.found[keys] = Place(offset, offset)
        return keys

    def resolve(self, names: Keys) -> Keys:
        """A header's parents, each array of tables meaning its last one."""
        keys: Keys = ()
        for name in names:
            keys = (*keys, name)
            if keys in self.last:
                keys = (*keys, self.last[keys])
        return keys

    def pair(self, table: Keys, depth: int = 0) -> Keys:
        """Read `key = value`; the table stays the same."""
        if plain := _PLAIN.match(self.text, self.at):
            self.define((*table, plain[1]), plain.start(), plain.start(2))
            self.at = plain.end()
            return table
        parts = self.key(table)
        keys = (*table, *(name for name, _ in parts))
        for length in range(1, len(parts)):
            offset = parts[length - 1][1]
            self.found.setdefault(keys[: len(table) + length], Place(offset, offset))
        self.expect("=")
        self.skip(_SPACE)
        self.define(keys, parts[-1][1], self.at)
        self.value(keys, depth)
        return table

    def define(self, keys: Keys, offset: int, value: int) -> None:
        if keys in self.defined or keys in self.last:
            self.twice.append((keys, self.defined.get(keys, self.found[keys].key), offset))
        self.defined.setdefault(keys, offset)
        self.found.setdefault(keys, Place(offset, value))

    def key(self, table: Keys) -> list[tuple[str, int]]:
        """A dotted key's names, each with its offset; the blanks behind it are skipped."""
        parts: list[tuple[str, int]] = []
        while True:
            self.skip(_SPACE)
            parts.append((self.name(), self.at))
            self.skip(_BARE if self.text[self.at] not in "\"'" else _STRING)
            self.skip(_SPACE)
            if len(table) + len(parts) > MAX_DEPTH:
                raise _TooDeep
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def name(self) -> str:
        if bare := _BARE.match(self.text, self.at):
            return bare[0]
        quoted = _STRING.match(self.text, self.at) or self.stop()
        try:
            return str(tomli.loads(f"key = {quoted[0]}")["key"])
        except ValueError:
            self.stop()

    def value(self, keys: Keys, depth: int) -> None:
        if depth > MAX_DEPTH:
            raise _TooDeep
        first = self.text[self.at : self.at + 1]
        if first == "[":
            self.array(keys, depth)
        elif first == "{":
            self.inline(keys, depth)
        else:
            match = _STRING.match(self.text, self.at) or _SCALAR.match(self.text, self.at) or self.stop()
            self.at = match.end()

    def array(self, keys: Keys, depth: int) -> None:
        self.expect("[")
        index = 0
        while not self.closed("]"):
            if index < _MAX_LISTED:
                self.found.setdefault((*keys, index), Place(self.at, self.at))
            self.value((*keys, min(index, _MAX_LISTED)), depth + 1)
            index += 1
            self.comma("]")
            if index > _MAX_LISTED:
                self.skip(_MANY)

    def inline(self, keys: Keys, depth: int) -> None:
        self.expect("{")
        while not self.closed("}"):
            self.pair(keys, depth + 1)
            self.comma("}")

    def closed(self, bracket: str) -> bool:
        self.skip(_BLANK)
        if closed := self.text.startswith(bracket, self.at):
            self.at += 1
        return closed

    def comma(self, bracket: str) -> None:
        self.skip(_BLANK)
        if not self.text.startswith(bracket, self.at):
            self.expect(",")

    def skip(self, pattern: re.Pattern[str]) -> None:
        if match := pattern.match(self.text, self.at):
            self.at = match.end()

    def expect(self, sign: str) -> None:
        if not self.text.startswith(sign, self.at):
            self.stop()
        self.at += len(sign)

    def stop(self) -> NoReturn:
        raise _Stop


def scan(text: str) -> Places:
    """Look a TOML text over, whose line ends are "\\n". Never raises."""
    scanner = _Scanner(text)
    too_deep = None
    try:
        scanner.document()
    except _TooDeep:
        too_deep = scanner.at
    except _Stop:
        pass
    return Places(scanner.found, tuple(scanner.twice), too_deep)
