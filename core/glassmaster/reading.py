"""One file's measurement as Python users get it: a frozen value that a notebook shows as figures and small charts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, fields
from html import escape
from pathlib import Path
from typing import Any

from .listening import hear, installed_meters
from .model import Finding, Measurement, Seconds, Source

_CURVE_HOPS = 10
Curve = tuple[tuple[Seconds, float], ...]
"""(seconds from the file's start to the end of the window, LUFS), one each 100 ms; silence reads -120."""


@dataclass(frozen=True, eq=False)
class Reading(Measurement):
    """A measurement with the file it was made of. `source.sha256` is empty: the file was not hashed.

    `extra` holds what the installed meters told, by name: `spectrum`, `stereo`, `rms`, `dc_offset`, `peak_histogram`.
    """

    source: Source | None = None
    findings: tuple[Finding, ...] = ()
    """Peculiarities of the file that are worth knowing."""

    @property
    def momentary(self) -> Curve:
        """Momentary loudness (EBU Tech 3341: 400 ms) over time; empty for less than that."""
        from .loudness import momentary, whole_hops

        return _timed(momentary(whole_hops(self), _CURVE_HOPS), 0.4)

    @property
    def short_term(self) -> Curve:
        """Short-term loudness (EBU Tech 3341: 3 s) over time; empty for less than that."""
        from .loudness import short_term, whole_hops

        return _timed(short_term(whole_hops(self), _CURVE_HOPS), 3.0)

    def _repr_html_(self) -> str:
        """The figures as a table, loudness over time and the long-term spectrum; no scripts."""
        cells = "".join(f'<tr><th scope="row">{name}</th><td>{value}</td></tr>' for name, value in self._figures())
        table = f'<table style="color:inherit"><caption>{escape(self._name())}</caption><tbody>{cells}</tbody></table>'
        return f"<div>{table}{self._repr_svg_()}{self._spectrum()}</div>"

    def _repr_svg_(self) -> str:
        """Short-term loudness in LUFS over time; the dashed line is the integrated one, circles are maxima."""
        from .charts import loudness_chart

        title = f"{self._name()}: short-term loudness, {'; '.join(f'{n} {v}' for n, v in self._figures() if v != '-')}"
        marks = (
            ("loudest 3 s", 3.0, self.max_short_term_at, self.max_short_term_lufs),
            ("loudest 400 ms", 0.4, self.max_momentary_at, self.max_momentary_lufs),
        )
        return loudness_chart(title, self.frames / self.rate_hz, self.short_term, self.integrated_lufs, marks)

    def _spectrum(self) -> str:
        from .charts import spectrum_chart

        told: Any = self.extra.get("spectrum")
        if not told:
            return ""
        title = f"{self._name()}: level of each third octave in dBFS"
        return spectrum_chart(title, told["bands_hz"], told["levels_dbfs"])

    def _name(self) -> str:
        return self.source.path.name if self.source else ""

    def _figures(self) -> Iterator[tuple[str, str]]:
        """What people look for first; - where a value does not exist."""
        from .charts import clock

        told: tuple[tuple[str, float | None, str, Seconds | None], ...] = (
            ("integrated", self.integrated_lufs, "{:.1f} LUFS", None),
            ("range", self.loudness_range_lu, "{:.1f} LU", None),
            ("max momentary", self.max_momentary_lufs, "{:.1f} LUFS", self.max_momentary_at),
            ("max short-term", self.max_short_term_lufs, "{:.1f} LUFS", self.max_short_term_at),
            ("true peak", self.true_peak_dbtp, "{:.2f} dBTP", self.true_peak_at),
            ("sample peak", self.sample_peak_dbfs, "{:.2f} dBFS", None),
            ("PLR", self.plr_lu, "{:.1f} LU", None),
            ("min PSR", self.min_psr_lu, "{:.1f} LU", self.min_psr_at),
            ("DR", self.dr, "{}", None),
        )
        for name, value, form, at in told:
            place = "" if at is None else f" at {clock(at)}"
            yield name, "-" if value is None else form.format(value) + place


def _timed(curve: Any, first: Seconds) -> Curve:
    return tuple((round(first + number / 10, 1), lufs) for number, lufs in enumerate(curve.tolist()))


def read(path: str | os.PathLike[str], *, strict: bool = False) -> Reading:
    """Measure one file, in this process. Raises `Refused` (exit 3) for what cannot be heard."""
    heard = hear(Path(path), installed_meters(), strict=strict)
    told = {field.name: getattr(heard.measurement, field.name) for field in fields(Measurement)}
    return Reading(**told, source=heard.source, findings=heard.findings)
