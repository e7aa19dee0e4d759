"""Targets: which encoder, rate and depth each deliverable gets, told before any audio is rendered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from glassmaster.errors import Exit, Refused
from glassmaster.model import Album, Deliverable, Encoder, Format
from glassmaster.plugins import Offers, Origin
from glassmaster.release_lock import ReleaseLock
from glassmaster.targets import available, targets
from glassmaster_wav import Wav
from tests.formats_support import FORMATS
from tests.level_support import album, heard, song, stretches

NO_LOCK = ReleaseLock()
ALPHA, BETA = Encoder("alpha", "1.0"), Encoder("beta", "2.0")


def made(name: str = "test", encoders: Sequence[Encoder] = (ALPHA, BETA), rates: tuple[int, ...] = ()) -> Format:
    wav = FORMATS["wav"]
    return replace(wav, name=name, encoders=lambda: tuple(encoders), rates=rates, install=f"apt install {name}")


def offers(*formats: Format) -> Offers:
    origins = {("format", each.name): Origin(each.name, "strange-formats", "1.2") for each in formats}
    return Offers(formats={each.name: each for each in formats}, origins=origins)


def release(*deliverables: Deliverable, rates: Sequence[int] = (48_000,), **fields: Any) -> Album:
    mixdowns = [heard(stretches((5, -20)), rate=rate) for rate in rates]
    return album(mixdowns, deliverables=deliverables, **fields)


def deliverable(name: str = "main", form: str = "test", **fields: Any) -> Deliverable:
    return Deliverable(name, form, Wav(24), **fields)


def refusal(call: Any, *args: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        call(*args)
    return caught.value


def test_the_best_encoder_is_taken_or_the_one_that_is_asked_for() -> None:
    told = release(deliverable("one"), deliverable("two", encoder="beta")).release
    assert available(told, offers(made()), NO_LOCK) == {"one": ALPHA, "two": BETA}


def test_the_encoder_of_earlier_builds_is_kept_while_it_is_here() -> None:
    told = release(deliverable("one"), deliverable("two"), deliverable("three", encoder="alpha")).release
    before = {"one": Encoder("beta", "1.9"), "two": Encoder("gone", "1.0"), "three": BETA}
    found = available(told, offers(made()), ReleaseLock(encoders=before))
    assert found == {"one": BETA, "two": ALPHA, "three": ALPHA}


def test_everything_that_cannot_be_made_is_told_at_once() -> None:
    """E01."""
    told = release(
        deliverable("none", "missing"),
        deliverable("pinned", encoder="gamma"),
        deliverable("image", package="cd"),
        deliverable("fine"),
    ).release
    refused = refusal(available, told, offers(made(), made("missing", encoders=())), NO_LOCK)
    assert refused.exit == Exit.STAGE
    found = {each.where: each for each in refused.findings}
    assert list(found) == ['deliverable "none"', 'deliverable "pinned"', 'deliverable "image"']
    assert found['deliverable "none"'].hint == "apt install missing"
    assert "alpha, beta" in found['deliverable "pinned"'].message
    assert found['deliverable "image"'].code == "package-unavailable"


def rate_of(offer: Format, *rates: int, **fields: Any) -> int:
    return targets(release(deliverable(**fields), rates=rates), offers(offer), NO_LOCK)["main"].rate_hz


def test_the_mixdowns_own_rate_is_kept() -> None:
    assert rate_of(made(), 96_000) == 96_000
    assert rate_of(made(), 48_000, 44_100) == 44_100


MP3 = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
OPUS = (8000, 12_000, 16_000, 24_000, 48_000)


@pytest.mark.parametrize(
    ("rates", "native", "wanted"),
    [
        (MP3, 44_100, 44_100),
        (MP3, 48_000, 48_000),
        (MP3, 88_200, 44_100),
        (MP3, 96_000, 48_000),
        (MP3, 176_400, 44_100),
        (MP3, 192_000, 48_000),
        (OPUS, 44_100, 48_000),
        (OPUS, 48_000, 48_000),
        (OPUS, 96_000, 48_000),
        (OPUS, 88_200, 48_000),
    ],
)
def test_a_rate_that_a_format_cannot_hold_becomes_one_that_it_can(
    rates: tuple[int, ...], native: int, wanted: int
) -> None:
    """E06: by a whole divisor where there is one, else without losing any of the sound."""
    assert rate_of(made(rates=rates), native) == wanted


def test_a_rate_above_a_mixdowns_own_must_be_allowed() -> None:
    told = release(deliverable(rate_hz=48_000), rates=(48_000, 44_100))
    refused = refusal(targets, told, offers(made()), NO_LOCK)
    assert refused.exit == Exit.USAGE
    assert refused.findings[0].code == "upsampling"
    assert '"Song 2"' in refused.findings[0].message
    assert '"Song 1"' not in refused.findings[0].message
    assert "rate_hz = 44100" in refused.findings[0].hint
    assert rate_of(made(), 48_000, 44_100, rate_hz=48_000, allow_upsampling=True) == 48_000
    assert rate_of(made(), 48_000, 96_000, rate_hz=48_000) == 48_000


def test_the_rate_of_what_is_out_stays() -> None:
    told = release(deliverable(), rates=(48_000, 44_100))
    lock = ReleaseLock(rates_hz={"main": 48_000})
    assert targets(told, offers(made()), lock)["main"].rate_hz == 48_000


def test_drafts_have_no_say_in_the_rate() -> None:
    songs = [song("One"), song("Two", status="draft")]
    mixdowns = [heard(stretches((5, -20)), rate=rate) for rate in (96_000, 44_100)]
    told = album(mixdowns, songs, deliverables=(deliverable(),))
    assert targets(told, offers(made()), NO_LOCK)["main"].rate_hz == 96_000


def test_bits_are_the_formats_own_affair() -> None:
    depths = {"a": Wav(24), "b": Wav(32), "c": Wav(16)}
    told = release(*(replace(deliverable(name), settings=each) for name, each in depths.items()))
    found = targets(told, offers(made()), NO_LOCK)
    assert {name: each.bits for name, each in found.items()} == {"a": 24, "b": None, "c": 16}
