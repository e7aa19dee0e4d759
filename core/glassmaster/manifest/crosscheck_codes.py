"""Codes and dates: ISRC (ISO 3901), EAN-13 and UPC-A (GS1 General Specifications), ISO 8601 and ISO 639."""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterator

from ..model import Release
from .page import Trouble, quoted

_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FAR_YEARS = 10
_DOUBTFUL = re.compile(r"O[\dO]|[\dO]O")
_ISRC_FORM = "two letters, three letters or digits, then seven digits: GBAAA2600001"


def compact(code: str) -> str:
    """A code without hyphens and spaces, in upper case."""
    return re.sub(r"[\s-]", "", code).upper()


def release_codes(release: Release, today: datetime.date) -> Iterator[Trouble]:
    """Barcode, date and language of the release."""
    if release.barcode:
        yield from _barcode(compact(release.barcode))
    if release.date:
        yield from _date(release.date, today)
    if release.language and not _LANGUAGE.fullmatch(release.language):
        yield _language(("release", "language"), release.language)


def song_codes(release: Release) -> Iterator[Trouble]:
    """ISRC and language of every song; no two songs share an ISRC."""
    first: dict[str, int] = {}
    for index, song in enumerate(release.songs):
        if song.language and not _LANGUAGE.fullmatch(song.language):
            yield _language(("song", index, "language"), song.language)
        if not song.isrc:
            continue
        code, keys = compact(song.isrc), ("song", index, "isrc")
        other = first.setdefault(code, index)
        if other != index:
            message = f"ISRC {quoted(code)} belongs to song {other + 1} already"
            yield Trouble(keys, "duplicate-isrc", message, "every recording has its own, a remix or edit too")
        yield from _isrc(keys, code)


def _isrc(keys: tuple[str, int, str], code: str) -> Iterator[Trouble]:
    from stdnum import isrc
    from stdnum.exceptions import InvalidComponent, ValidationError

    try:
        isrc.validate(code)
    except InvalidComponent:
        message = f"ISRC {quoted(code)} starts with {quoted(code[:2])}, a prefix that is not known here"
        yield Trouble(keys, "doubtful-isrc", message, "compare it with what your agency gave you", "warning")
    except ValidationError:
        yield Trouble(keys, "bad-isrc", f"{quoted(code)} is no ISRC: {_ISRC_FORM}", _zeros(code))
        return
    if _DOUBTFUL.search(code[2:5]):
        message = f"ISRC {quoted(code)} has a letter O among digits"
        yield Trouble(keys, "doubtful-isrc", message, "is it meant to be the digit 0 (zero)?", "warning")


def _zeros(code: str) -> str:
    from stdnum import isrc

    mended = code[:5] + code[5:].replace("O", "0").replace("I", "1")
    return f"did you mean {mended}, with digits?" if mended != code and isrc.is_valid(mended) else ""


def _barcode(code: str) -> Iterator[Trouble]:
    from stdnum import ean

    keys = ("release", "barcode")
    if not (code.isascii() and code.isdigit()) or len(code) not in (12, 13):
        message = f"{quoted(code)} is no barcode: EAN-13 has 13 digits, UPC-A has 12; this has {len(code)} characters"
        yield Trouble(keys, "bad-barcode", message)
        return
    right = ean.calc_check_digit(code[:-1])
    if right != code[-1]:
        message = f"the last digit of barcode {code} does not fit the others: it is {code[-1]}, it should be {right}"
        hint = f"compare the other digits; if they are right, write {code[:-1]}{right}"
        yield Trouble(keys, "bad-barcode", message, hint)


def _date(text: str, today: datetime.date) -> Iterator[Trouble]:
    keys = ("release", "date")
    reason = _no_date(text)
    if reason:
        yield Trouble(keys, "bad-date", f"{quoted(text)} is no date: {reason}")
    elif int(text[:4]) > today.year + _FAR_YEARS:
        message = f"the release date {text} is {int(text[:4]) - today.year} years ahead"
        yield Trouble(keys, "distant-date", message, "is the year right?", "warning")


def _no_date(text: str) -> str:
    """Why a text is no date, or nothing."""
    match = _DATE.fullmatch(text)
    if match is None:
        return "write 2026-11-20, 2026-11 or 2026, without a time of day"
    year, month, day = (int(part) if part else None for part in match.groups())
    if not year:
        return "there is no year 0"
    if month is not None and not 1 <= month <= 12:
        return "months go from 01 to 12"
    if month is None or day is None:
        return ""
    days = calendar.monthrange(year, month)[1]
    return "" if 1 <= day <= days else f"{year}-{month:02d} has {days} days"


def _language(keys: tuple[str | int, ...], text: str) -> Trouble:
    message = f"{quoted(text)} is no ISO 639 code in small letters"
    return Trouble(
        keys, "doubtful-language", message, 'for example "eng", "deu", "fra"; "zxx" if nobody sings', "warning"
    )
