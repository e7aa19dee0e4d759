"""The built-in meters beside loudness: what a mastering engineer looks at in the same pass."""

from __future__ import annotations

from collections.abc import Iterable

from glassmaster.hooks import Meter, hookimpl
from glassmaster.model import Listener


@hookimpl
def glassmaster_meters() -> Iterable[Meter]:
    yield Meter("dc_offset", _dc_offset, about="Mean of each channel's samples; full scale is 1.")
    yield Meter(
        "peak_histogram", _peak_histogram, version=2, about="How often 10 ms peaks reach which level, in steps of 1 dB."
    )
    yield Meter("rms", _rms, about="RMS in dBFS by AES17, and the crest factor.")
    yield Meter(
        "spectrum", _spectrum, version=2, about="Third octaves from 20 Hz to 20 kHz, low-end and high-end balance."
    )
    yield Meter("stereo", _stereo, about="Correlation, width and balance of two channels, second by second.")


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
