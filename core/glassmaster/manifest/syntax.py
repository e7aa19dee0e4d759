"""From the manifest's text to plain tables; the parser's complaints in a musician's words."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import tomli

from ..errors import Exit, Refused
from ..model import Finding
from .page import Page, plain
from .scan import MAX_DEPTH, Keys, scan

_LONG_NUMBER = re.compile(r"\d{1000}")

_WORDS = (  # how tomli's message starts, our words, what to do
    ("Unterminated string", "a text is never closed", 'put a " at its end'),
    ("Unescaped '\\'", "a backslash in a text", "write paths with forward slashes, or put the text in 'single quotes'"),
    (
        "Invalid hex value",
        "a backslash in a text",
        "write paths with forward slashes, or put the text in 'single quotes'",
    ),
    ("Expected newline or end", "more on this line than one value", 'texts and times need quotes: end = "3:58.2"'),
    ("Expected '='", 'a "=" is missing behind the key', 'write `key = value`, for example title = "Opening"'),
    ("Expected ']", "the bracket of the table's name is not closed", "write [release] or [[song]]"),
    ("Invalid initial character for a key", "a key cannot start like this", "write key = value, with letters only"),
    ("Invalid statement", "this is neither a key nor a table", "remarks start with #"),
    ("Unclosed array", "the list is not closed, or a comma is missing", 'write references = ["one", "two"]'),
    ("Unclosed inline table", "the braces are not closed, or a comma is missing", "write { release_ms = 200 }"),
    ("Invalid date or datetime", "there is no such date or time", "write dates as 2026-11-20"),
    ("Invalid value", "this is no value", 'texts need quotes: title = "Opening"; otherwise a number, true or false'),
    (
        "Illegal character '\\n'",
        "a text is not closed on its line",
        'put a " at its end; """three""" hold several lines',
    ),
    ("Illegal character", "an unprintable character stands here", "delete it; inside quotes, a text ends on its line"),
    ("Found invalid character", "an unprintable character stands here", "delete it"),
)
_BEGAN = {"Unterminated": ('"""', "'''"), "Unescaped": ("\\",)}
"""Where to point instead of the parser's place behind the fault, by the first word of its message."""
_AGAIN = ("Cannot declare", "Cannot overwrite", "Cannot redefine", "Cannot mutate", "Duplicate inline table key")


def parse(name: str, text: str) -> tuple[dict[str, Any], Page]:
    """The tables of a manifest, and the page on which to find them. `name` is the path as the user gave it.

    Raises `Refused` (`Exit.USAGE`) where the text is no TOML (https://toml.io/en/v1.0.0) or nests too deep.
    """
    page = Page(name, text, scan(text))
    if page.places.too_deep is not None:
        message = f"too deep: more than {MAX_DEPTH} levels of brackets or dots; a manifest needs five"
        raise _refused(page.at(page.places.too_deep, "manifest-too-large", message))
    try:
        return tomli.loads(text), page
    except tomli.TOMLDecodeError as error:
        raise _refused(_finding(page, error)) from None
    except RecursionError:
        raise _refused(page.at(None, "manifest-too-large", "too deep: brackets inside brackets without end")) from None
    except ValueError:  # Python refuses numbers of thousands of digits
        digits = _LONG_NUMBER.search(text)
        message = "too large: a number of more than a thousand digits"
        raise _refused(page.at(digits and digits.start(), "manifest-too-large", message)) from None


def _refused(finding: Finding) -> Refused:
    return Refused(Exit.USAGE, finding)


def _finding(page: Page, error: tomli.TOMLDecodeError) -> Finding:
    if error.msg.startswith(_AGAIN):
        return _twice(page, error)
    message, hint = next(
        ((ours, hint) for theirs, ours, hint in _WORDS if error.msg.startswith(theirs)), (error.msg, "")
    )
    began = max(page.text.rfind(sign, 0, error.pos) for sign in _BEGAN.get(error.msg.partition(" ")[0], "\0"))
    at = began if began >= 0 else min(error.pos, max(len(page.text.rstrip()) - 1, 0))
    rest = page.text[at : at + 1]
    if rest in ("“", "”", "„", "‘", "’"):
        message, hint = "a curly quotation mark", 'use straight ones: "'
    return page.at(at, "manifest-syntax", plain(message), hint)


def _twice(page: Page, error: tomli.TOMLDecodeError) -> Finding:
    again = next((each for each in page.places.twice if each[2] <= error.pos), None)
    if again is None:
        message = "this gives a meaning to a key or table that already has another one"
        return page.at(error.pos, "manifest-duplicate", message, "keep one of them")
    keys, first, second = again
    at = f"line {page.line(first)}"
    message = f"{_named(keys)} stands here and on {at} already"
    hint = "keep one of the two"
    if keys in (("song",), ("reference",), ("treatment",), ("deliverable",)):
        hint = f"write [[{keys[0]}]] in double brackets, one for each"
    finding = page.at(second, "manifest-duplicate", message, hint)
    return replace(finding, message=f"{finding.message}\n{page.at(first, '', '').message.lstrip(chr(10))}")


def _named(keys: Keys) -> str:
    return plain(".".join(str(key) for key in keys if isinstance(key, str)))
