"""Checks of the finished files against their masters, ceilings and destinations."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

import glassmaster_checks_delivery as checks
from glassmaster import plugins
from glassmaster.model import Deliverable, Finding, Format, Heard, Outcome, Profile
from tests.level_support import album, heard, master, order, outcome, product, song, stretches, wav


@dataclass(frozen=True)
class Depth:
    bits: int | None = 24


def form(name: str, lossy: bool) -> Format:
    def unused(*_: Any) -> Any:
        raise AssertionError("a check encodes nothing")

    made = Format(name, f".{name}", Depth, lossy, unused, "", unused, unused, unused)
    if lossy:
        turned = lambda settings, rate: -0.45 if settings.bits == 8 else 0.0  # noqa: E731
        return replace(made, rates=(44_100, 48_000), own_gain_db=turned)
    return replace(made, bits=lambda settings: settings.bits)


STRICT = Profile(
    "strict",
    "Strict Shop",
    "delivery",
    "its page",
    "2026-11-01",
    true_peak_dbtp=-1.0,
)


@pytest.fixture(autouse=True)
def _offers(monkeypatch: pytest.MonkeyPatch) -> None:
    offers = plugins.Offers(formats={"wav": form("wav", False), "mp3": form("mp3", True)}, profiles={"strict": STRICT})
    monkeypatch.setattr(plugins, "load", lambda: offers)


MINUTE = stretches((60, -14))


def made(
    deliverable: Deliverable | None = None,
    energies: Any = (MINUTE,),
    peak: float = -1.0,
    mixdowns: list[Heard] | None = None,
    ceiling: float | None = -1.0,
    release: dict[str, Any] | None = None,
    **fields: Any,
) -> Outcome:
    """One deliverable whose files are their masters, but for `fields`; songs without gaps."""
    deliverable = deliverable or wav(settings=Depth())
    songs = [song(f"Song {index + 1}", gap=0.0) for index in range(len(energies))]
    mixdowns = mixdowns or [heard(each) for each in energies]
    told = album(mixdowns, songs, deliverables=(deliverable,), **(release or {}))
    masters = tuple(master(index, grid) for index, grid in enumerate(energies))
    orders = tuple(order(told, index, ceiling_dbtp=ceiling) for index in range(len(energies)))
    products = [replace(product(deliverable.name, each, peak), **fields) for each in masters]
    return outcome(told, {deliverable.name: orders}, {deliverable.name: masters}, products)


def changed(told: Outcome, **measured: Any) -> Outcome:
    """The same with other figures of its files."""
    products = [replace(each, measured=replace(each.measured, **measured)) for each in told.products]
    return replace(told, products=tuple(products))


def mp3(**fields: Any) -> Deliverable:
    return Deliverable("promo", "mp3", Depth(), **fields)


def quiet_mp3() -> Deliverable:
    """By an encoder that turns everything down by 0.45 dB."""
    return Deliverable("promo", "mp3", Depth(8))


SLOW = [heard(MINUTE, rate=44_100)]
FAST = [heard(MINUTE, rate=96_000)]
MIXED = [heard(MINUTE), heard(MINUTE, rate=44_100)]
TWO = (MINUTE, MINUTE)
CASES: list[tuple[str, Outcome, Outcome]] = [
    ("ceiling-passed", made(peak=-0.9), made(peak=-0.96)),
    ("ceiling-passed", made(peak=-0.5), made(peak=-0.5, ceiling=None)),
    ("decoded-ceiling-passed", made(mp3(), peak=0.2), made(mp3(), peak=0.04)),
    ("decoded-ceiling-passed", made(mp3(decoded_ceiling_dbtp=-1.0), peak=-0.2), made(mp3(), peak=-0.2)),
    (
        "decoded-ceiling-passed",
        made(mp3(decoded_ceiling_dbtp="profile", profile="strict"), peak=-0.9),
        made(mp3(decoded_ceiling_dbtp="profile", profile="strict"), peak=-0.96),
    ),
    ("trimmed-alone", made(mp3(), trim_db=-1.4), made(mp3(), trim_db=-1.0)),
    ("trimmed-alone", made(mp3(max_trim_db=0.3), trim_db=-0.4), made(mp3(max_trim_db=0.4), trim_db=-0.4)),
    ("trimmed-alone", made(mp3(), trim_db=-1.4), made(mp3(trim="song"), trim_db=-1.4)),
    ("loudness-changed", changed(made(), integrated_lufs=-14.2), changed(made(), integrated_lufs=-14.05)),
    ("loudness-changed", made(mp3(), trim_db=-0.5), changed(made(mp3(), trim_db=-0.5), integrated_lufs=-14.6)),
    (
        "loudness-changed",
        changed(made(mp3()), integrated_lufs=-14.45),
        changed(made(quiet_mp3()), integrated_lufs=-14.45),
    ),
    ("length-changed", changed(made(), frames=59 * 48_000), made()),
    ("upsampled", made(mixdowns=SLOW), made()),
    ("upsampled", made(mixdowns=SLOW), made(mp3(), mixdowns=SLOW)),
    ("rate-converted", made(mp3(), mixdowns=FAST), made(mp3())),
    ("rate-converted", made(mp3(rate_hz=88_200)), made(mixdowns=FAST)),
    ("native-rates-differ", made(energies=TWO, mixdowns=MIXED), made(energies=TWO)),
    (
        "native-rates-differ",
        made(energies=TWO, mixdowns=MIXED),
        made(wav(settings=Depth(), rate_hz=44_100), energies=TWO, mixdowns=MIXED),
    ),
]


@pytest.mark.parametrize(("code", "faulty", "sound"), CASES, ids=[each[0] for each in CASES])
def test_finding(code: str, faulty: Outcome, sound: Outcome) -> None:
    assert findings(faulty, code)
    assert not findings(sound, code)


def findings(told: Outcome, code: str) -> list[Finding]:
    return [each for each in checks.look(told) if each.code == code]


def test_every_code_has_a_case_and_is_explained() -> None:
    assert {each.code for each in checks.CODES} == {code for code, *_ in CASES}
    assert all(each.title and len(each.explain) > 80 for each in checks.CODES)


def test_good_files_have_no_findings() -> None:
    assert list(checks.look(made(energies=TWO))) == []
    assert list(checks.look(made(mp3()))) == []


def test_the_silence_behind_a_song_belongs_to_its_file() -> None:
    told = made(energies=TWO)
    short = (replace(told.products[0], silence_frames=72_000), told.products[1])
    assert [each.song for each in findings(replace(told, products=short), "length-changed")] == [0]


def test_offer() -> None:
    (check,) = checks.glassmaster_checks()
    assert check.name == "delivery"


@pytest.mark.parametrize("untrimmed", [(0.2, 1.3, 1.2), (-0.2, 0.0, 1.2)])
def test_of_songs_that_run_on_the_one_that_asks_for_the_trim_is_told(untrimmed: tuple[float, ...]) -> None:
    told = made(mp3(), energies=(MINUTE,) * 3, trim_db=-1.4)
    run = replace(
        told.orders["promo"][0], parts=tuple(part for each in told.orders["promo"][:2] for part in each.parts)
    )
    products = [replace(each, untrimmed_dbtp=peak) for each, peak in zip(told.products, untrimmed, strict=True)]
    told = replace(told, orders={"promo": (run, told.orders["promo"][2])}, products=tuple(products))
    assert [each.song for each in findings(told, "trimmed-alone")] == [1, 2]
