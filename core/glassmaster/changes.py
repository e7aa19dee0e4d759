"""What changed between two measurings, or between two sets of decisions, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from .model import Json

_LEAST_DB = 0.05
_LEAST_RANGE_LU = 0.3
_LEAST_SECONDS = 0.0005
_EQUAL = 0.005  # decided figures that another machine's arithmetic may move
_LAYOUT = {"rate_hz": "{} Hz", "bits": "{} bits", "channels": "{} channels"}


def measured_changes(then: Mapping[str, Json], now: Mapping[str, Json]) -> list[str]:
    """What a listener or editor would notice: layout, length, loudness, peak, range. Figures as `record.figures` names
    them; what either side does not tell is left out."""
    return [
        *_layout(then, now),
        *_length(then, now),
        *_moved(then, now, "integrated_lufs", "{:.1f} dB louder", "{:.1f} dB quieter", _LEAST_DB),
        *_moved(then, now, "true_peak_dbtp", "true peak {:.1f} dB higher", "true peak {:.1f} dB lower", _LEAST_DB),
        *_moved(then, now, "loudness_range_lu", "range {:.1f} LU wider", "range {:.1f} LU narrower", _LEAST_RANGE_LU),
    ]


def _layout(then: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[str]:
    for name, words in _LAYOUT.items():
        if name in then and name in now and then[name] != now[name]:
            told = ["float" if each is None else words.format(each) for each in (now[name], then[name])]
            yield f"{told[0]} instead of {told[1]}"


def _length(then: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[str]:
    before, after = _seconds(then), _seconds(now)
    if before is not None and after is not None and abs(after - before) > _LEAST_SECONDS:
        apart = abs(after - before)
        yield f"{apart:.{1 if apart >= 0.1 else 3}f} s {'longer' if after > before else 'shorter'}"


def _seconds(told: Mapping[str, Json]) -> float | None:
    frames, rate = told.get("frames"), told.get("rate_hz")
    return frames / rate if isinstance(frames, int) and isinstance(rate, int) and rate > 0 else None


def _moved(
    then: Mapping[str, Json], now: Mapping[str, Json], name: str, more: str, less: str, least: float
) -> Iterator[str]:
    before, after = then.get(name), now.get(name)
    if isinstance(before, int | float) and isinstance(after, int | float):
        if abs(after - before) >= least:
            yield (more if after > before else less).format(abs(after - before))
    elif name == "integrated_lufs" and name in then and name in now and (before is None) != (after is None):
        yield "silent now" if after is None else "no longer silent"


def decided_changes(then: Mapping[str, Json], now: Mapping[str, Json]) -> list[str]:
    """Every decision that both sides tell and that differs: "gain_db +2.1 -> +2.4"."""
    both = [name for name in then if name in now]
    return [f"{name} {_value(then[name])} -> {_value(now[name])}" for name in both if _differ(then[name], now[name])]


def _differ(before: Json, after: Json) -> bool:
    if all(isinstance(each, int | float) and not isinstance(each, bool) for each in (before, after)):
        return bool(abs(after - before) > _EQUAL)
    return bool(before != after)


def _value(value: Json) -> str:
    if isinstance(value, float):
        return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
    return "none" if value is None else str(value)
