"""The comparison of spectra in words: "2.1 dB less below 60 Hz than all three references"."""

from __future__ import annotations

from collections.abc import Sequence

from .tables import Column, Row, Table, number, row
from .tone import DYNAMICS, IMAGE, Region, Tone, Tones, level, regions, shared
from .words import DASH, hundredths, spanned, tenths

_HEARD_DB = 1.0
"""What a listener hears of a region's level (about; broad changes of less than this are within takes of one mix)."""
_MOST_TOLD = 3
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_UNITS = {"plr_lu": "LU", "min_psr_lu": "LU", "loudness_range_lu": "LU", "crest_db": "dB"}


def sentences(found: Tones) -> tuple[str, ...]:
    """One sentence for each master, or for the mixdown before there are any."""
    masters = found.own[1:] if found.own[:1] and found.own[0].style == "mixdown" else found.own
    return tuple(told for tone in masters or found.own if (told := _sentence(tone, found.references)))


def _sentence(tone: Tone, references: Sequence[Tone]) -> str:
    known = [each for each in references if each.bands_db]
    if not known or not tone.bands_db:
        return ""
    shown = regions(shared((tone, *known)))
    differing = [(over, each) for each in shown if abs(over := _beyond(tone, known, each)) >= _HEARD_DB]
    told = [
        f"{tenths(abs(over))} dB {'more' if over > 0 else 'less'} {each.title}"
        for over, each in sorted(differing, key=lambda pair: -abs(pair[0]))[:_MOST_TOLD]
    ]
    if not shown:
        return ""
    start = f"{tone.label} at the references’ loudness"
    if not told:
        return f"{start}: no part of the spectrum lies {tenths(_HEARD_DB)} dB or more outside of {_whose(len(known))}."
    return f"{start}: {', '.join(told)} than {_all(len(known))}."


def _beyond(tone: Tone, references: Sequence[Tone], region: Region) -> float:
    """How far a region's level lies above (+) or below (-) that of every reference; 0 between them."""
    own = level(tone, region)
    known = [each for reference in references if (each := level(reference, region)) is not None]
    if own is None or not known:
        return 0.0
    return min(0.0, own - min(known)) + max(0.0, own - max(known))


def _all(count: int) -> str:
    """ "the reference", "both references", "all three references"."""
    if count < 3:
        return "the reference" if count == 1 else "both references"
    return f"all {_NUMBERS[count] if count < len(_NUMBERS) else count} references"


def _whose(count: int) -> str:
    return "the reference’s" if count == 1 else "the references’ range"


def sound_table(title: str, found: Tones) -> Table | None:
    """All that the spectrum and the dynamics show as figures; None where nothing is known but loudness."""
    if not found.own:
        return None
    everything = (*found.own, *found.references)
    with_spectrum = [each for each in everything if each.bands_db]
    rows = [_region(each, found) for each in regions(shared(with_spectrum))]
    rows += [_figure(name, f"{what} ({_UNITS[name]})", found) for name, what in DYNAMICS]
    rows += [_figure(name, what, found) for name, what in IMAGE]
    kept = tuple(each for each in rows if any(cell.text != DASH for cell in each.cells[1:]))
    own = [number(each.label) for each in found.own]
    columns = (Column("Compared"), *own, *([number("References")] if found.references else []))
    note = (
        "Spectrum in dB over each sound’s own integrated loudness. Least PSR: of the densest 3 s. LRA: loudness range."
    )
    return Table(f"Sound of {title}", columns, kept, note=note) if kept else None


def _region(region: Region, found: Tones) -> Row:
    known = [each for tone in found.references if (each := level(tone, region)) is not None]
    told = [tenths(level(tone, region), signed=True) for tone in found.own]
    name = f"{region.title[:1].upper()}{region.title[1:]} (dB)"
    return row(name, *told, *([spanned(known, signed=True)] if found.references else []))


def _figure(name: str, what: str, found: Tones) -> Row:
    write = tenths if name in _UNITS else hundredths
    known = sorted(each for tone in found.references if (each := tone.figures[name]) is not None)
    ends = dict.fromkeys(write(each) for each in known[:1] + known[-1:])
    told = [write(tone.figures[name]) for tone in found.own]
    return row(what, *told, *([" to ".join(ends) or DASH] if found.references else []))
