"""The built-in meters beside loudness: what a mastering engineer looks at in the same pass."""

from __future__ import annotations

from collections.abc import Iterable

from glassmaster.hooks import Meter, hookimpl
from glassmaster.model import Listener


@hookimpl
def glassmaster_meters() -> Iterable[Meter]:
    yield Meter("bit_depth", _bit_depth, about="Bits that the samples really use, where it is less than 24.")
    about = "Single samples and steps that stand out of the sound around them."
    yield Meter("clicks", _clicks, version=2, about=about)
    yield Meter("codec_traces", _codec_traces, about="Lines that a lossy encoder set to zero, found at its framing.")
    yield Meter("dc_offset", _dc_offset, about="Mean of each channel's samples; full scale is 1.")
    yield Meter("dropouts", _dropouts, about="Short holes in the sound, of all channels or one.")
    yield Meter("edges", _edges, about="The first and the last sample of each channel.")
    yield Meter("flat_tops", _flat_tops, about="Clipped runs at the level of the highest peaks.")
    yield Meter(
        "peak_histogram", _peak_histogram, version=2, about="How often 10 ms peaks reach which level, in steps of 1 dB."
    )
    yield Meter("rms", _rms, about="RMS in dBFS by AES17, and the crest factor.", masters=True)
    yield Meter(
        "spectrum",
        _spectrum,
        version=3,
        about="Third octaves from 20 Hz to 20 kHz, low and high end, where it ends, hum and noise in quiet moments.",
        masters=True,
    )
    image = "Correlation, width and balance of two channels, second by second."
    yield Meter("stereo", _stereo, about=image, masters=True)


def _bit_depth(rate: int, channels: int) -> Listener:
    from glassmaster.meters.depth import BitDepth

    return BitDepth(rate, channels)


def _clicks(rate: int, channels: int) -> Listener:
    from glassmaster.meters.clicks import Clicks

    return Clicks(rate, channels)


def _codec_traces(rate: int, channels: int) -> Listener:
    from glassmaster.meters.traces import Traces

    return Traces(rate, channels)


def _dc_offset(rate: int, channels: int) -> Listener:
    from glassmaster.meters.rms import DcOffset

    return DcOffset(rate, channels)


def _peak_histogram(rate: int, channels: int) -> Listener:
    from glassmaster.meters.histogram import PeakHistogram

    return PeakHistogram(rate, channels)


def _rms(rate: int, channels: int) -> Listener:
    from glassmaster.meters.rms import Rms

    return Rms(rate, channels)


def _spectrum(rate: int, channels: int) -> Listener:
    from glassmaster.meters.spectrum import Spectrum

    return Spectrum(rate, channels)


def _stereo(rate: int, channels: int) -> Listener:
    from glassmaster.meters.stereo import Stereo

    return Stereo(rate, channels)


def _dropouts(rate: int, channels: int) -> Listener:
    from glassmaster.meters.dropouts import Dropouts

    return Dropouts(rate, channels)


def _edges(rate: int, channels: int) -> Listener:
    from glassmaster.meters.edges import Edges

    return Edges(rate, channels)


def _flat_tops(rate: int, channels: int) -> Listener:
    from glassmaster.meters.flat_tops import FlatTops

    return FlatTops(rate, channels)
