"""The one door: strangers come in beside the built-ins, a broken one is named and takes nobody along."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import pytest

from glassmaster import plugins
from glassmaster.errors import Exit, Refused
from glassmaster.gathering import gathered
from glassmaster.model import Finding
from glassmaster.plugins import Offers, Origin
from tests.strangers_support import distribution, stage

Install = Callable[..., str]
BUILT_IN_FORMATS = {"wav", "aiff", "flac", "mp3", "opus", "vorbis"}


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """Install a stranger's distribution with one module, for this test only; gives the module's name."""
    monkeypatch.syspath_prepend(str(tmp_path))
    known = set(sys.modules)

    def make(name: str, text: str, point: str | None = None, version: str = "1.0") -> str:
        module = f"stranger_{uuid4().hex}"
        distribution(tmp_path, name, {module: text}, {point or name: module}, version)
        return module

    yield make
    for name in set(sys.modules) - known:
        if name.startswith("stranger_"):
            del sys.modules[name]


def load() -> Offers:
    """As `plugins.load`, but not kept for the tests that follow."""
    found = gathered.__wrapped__()
    assert isinstance(found, Offers)
    return found


def broken(offers: Offers) -> Mapping[str, Finding]:
    return {each.where: each for each in offers.broken}


def test_the_built_ins_come_in_by_the_same_door() -> None:
    offers = load()
    assert {"level", "limit"} <= {*offers.stages}
    assert {*offers.formats} >= BUILT_IN_FORMATS
    assert offers.broken == ()
    assert offers.origins["stage", "limit"].distribution == "glassmaster"
    assert {each.plugin for each in offers.plugins} >= {"lanes", "level", "limit", "tags", "wav"}
    for kind, plural in (("stage", offers.stages), ("format", offers.formats), ("check", offers.checks)):
        for name, offer in plural.items():
            assert offer.name == name
            assert (kind, name) in offers.origins


def test_a_stranger_stands_beside_them(install: Install) -> None:
    install("glassmaster-tape", stage("tape"), point="tape", version="0.9")
    offers = load()
    assert offers.stages["tape"].settings().strength == 1.0
    assert offers.origins["stage", "tape"] == Origin("tape", "glassmaster-tape", "0.9")
    assert str(offers.origins["stage", "tape"]) == "tape (glassmaster-tape 0.9)"
    assert "level" in offers.stages


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("raise ValueError('of all things')", "ValueError: of all things"),
        ("import no_such_module_anywhere", "no_such_module_anywhere"),
        ("def broken(:", "SyntaxError"),
        ("import sys\nsys.exit(3)", "SystemExit: 3"),
        (
            "from glassmaster.hooks import hookimpl\n@hookimpl\ndef glassmaster_stagez():\n    return ()",
            "there is no hook glassmaster_stagez",
        ),
        (
            "from glassmaster.hooks import hookimpl\n@hookimpl\ndef glassmaster_event(event, colour):\n    pass",
            "colour",
        ),
        (
            "from glassmaster.hooks import hookimpl\n@hookimpl\ndef glassmaster_stages():\n    raise KeyError('lost')",
            "KeyError: 'lost'",
        ),
        ("from glassmaster.hooks import hookimpl\n@hookimpl\ndef glassmaster_stages():\n    return None", "TypeError"),
        (
            "from glassmaster.hooks import hookimpl\n@hookimpl\ndef glassmaster_stages():\n    yield 'tape'",
            "'tape' is no Stage",
        ),
    ],
    ids=[
        "raises",
        "import",
        "syntax",
        "exits",
        "unknown hook",
        "wrong argument",
        "offer raises",
        "nothing",
        "no record",
    ],
)
def test_a_broken_one_is_named_and_the_others_load(install: Install, text: str, words: str) -> None:
    """P01, P02."""
    install("glassmaster-bad", text, point="bad", version="2.3")
    install("glassmaster-tape", stage("tape"), point="tape")
    offers = load()
    [finding] = offers.broken
    assert finding.where == "plugin bad (glassmaster-bad 2.3)"
    assert finding.code == "plugin-broken"
    assert finding.severity == "warning"
    assert words in finding.message
    assert finding.hint == "update or remove it: pip install --upgrade glassmaster-bad"
    assert "tape" in offers.stages
    assert {*offers.formats} >= BUILT_IN_FORMATS


def test_one_with_an_entry_point_that_leads_nowhere_is_named(tmp_path: Path, install: Install) -> None:
    distribution(tmp_path, "glassmaster-gone", {}, {"gone": "no_such_module_anywhere"})
    assert list(broken(load())) == ["plugin gone (glassmaster-gone 1.0)"]


def test_good_offers_of_a_plugin_with_a_bad_one_stay(install: Install) -> None:
    install("glassmaster-half", stage("tape") + "    yield None\n", point="half")
    offers = load()
    assert "tape" in offers.stages
    assert "None is no Stage" in offers.broken[0].message


@pytest.mark.parametrize("name", ["tape", "limit"])
def test_two_plugins_with_one_offer_are_refused(install: Install, name: str) -> None:
    """P08: the manifest could not tell them apart."""
    install("glassmaster-one", stage(name), point="one")
    if name != "limit":
        install("glassmaster-two", stage(name), point="two")
    with pytest.raises(Refused) as caught:
        load()
    assert caught.value.exit == Exit.USAGE
    [finding] = caught.value.findings
    assert finding.code == "plugin-clash"
    assert "one (glassmaster-one 1.0)" in finding.message
    assert ("limit (glassmaster " if name == "limit" else "two (glassmaster-two 1.0)") in finding.message
    assert f'a stage named "{name}"' in finding.message


def test_two_distributions_may_choose_one_name_for_their_plugin(install: Install) -> None:
    """It is what they offer that must be told apart; and a built-in is never pushed out by its namesake."""
    install("glassmaster-tape", stage("tape"), point="limit", version="0.9")
    offers = load()
    assert offers.broken == ()
    assert {"tape", "limit"} <= {*offers.stages}
    assert offers.origins["stage", "limit"] == Origin(
        "glassmaster.limit", "glassmaster", offers.origins["stage", "level"].version
    )
    assert offers.origins["stage", "tape"] == Origin("glassmaster-tape.limit", "glassmaster-tape", "0.9")


def test_what_a_plugin_prints_while_it_loads_is_no_answer(install: Install, capfd: pytest.CaptureFixture[str]) -> None:
    """P07."""
    install("glassmaster-loud", "print('thank you for installing')", point="loud")
    load()
    told = capfd.readouterr()
    assert told.out == ""
    assert "thank you for installing" in told.err


def test_a_plugin_may_live_in_a_package_or_an_object(install: Install, tmp_path: Path) -> None:
    module = f"stranger_{uuid4().hex}"
    text = (
        "from glassmaster.hooks import PackageKind, hookimpl\n"
        "class Plugin:\n"
        "    @hookimpl\n"
        "    def glassmaster_packages(self):\n"
        "        return [PackageKind('cassette-j-card')]\n"
        "plugin = Plugin()\n"
    )
    distribution(tmp_path, "glassmaster-card", {module: text}, {"card": f"{module}:plugin"})
    assert "cassette-j-card" in load().packages


def test_moments_reach_every_plugin(install: Install) -> None:
    module = install(
        "glassmaster-log",
        "from glassmaster.hooks import hookimpl\nheard = []\n"
        "@hookimpl\ndef glassmaster_event(event):\n    heard.append(event)",
    )
    load().hook.glassmaster_event(event="something")
    assert sys.modules[module].heard == ["something"]


def test_loading_is_done_once() -> None:
    assert plugins.load() is plugins.load()
