"""`glassmaster verify`: an untouched delivery is proven, and no damage passes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import mutagen.flac
import mutagen.id3
import numpy as np
import pytest
import soundfile

from glassmaster import plugins
from glassmaster.delivery import listing
from glassmaster.errors import Refused
from glassmaster.model import Audio, Finding
from glassmaster.record import sums
from glassmaster.store import sha256_of
from tests.release_support import Run, glassmaster, manifest, mixdown
from tests.verify_support import FLAC, MP3, WAV, edit, findings, first, flip, refusal, wrong

FORK = bytes.fromhex("00051607 00020000") + b"Mac OS X        " + bytes.fromhex("0002") + bytes(4072)
"""What macOS puts beside a file on a disk without resource forks (AppleDouble). libsndfile reads it."""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("delivery")
    mixdown(folder / "song.wav", 5.0)
    manifest(folder, 'title = "Song"\nmixdown = "song.wav"\nisrc = "GBAAA2600001"', formats=("wav", "flac", "mp3"))
    return folder / "dist", glassmaster("build", folder, "--json")


@pytest.fixture
def delivery(built: tuple[Path, Run], tmp_path: Path) -> Path:
    """A copy to damage, as it would stand on another machine."""
    shutil.copytree(built[0], tmp_path / "copy")
    return tmp_path / "copy"


def test_what_was_built_is_proven(built: tuple[Path, Run], delivery: Path) -> None:
    assert built[1].code == 0, built[1].err
    assert {each["path"] for each in built[1].json["deliverables"]} == {WAV, FLAC, MP3}
    assert findings(delivery) == ()


def test_the_command_line_says_so_and_leaves_nothing_behind(delivery: Path) -> None:
    before = sorted(delivery.rglob("*"))
    told = glassmaster("verify", delivery, "--json")
    assert told.code == 0, told.err
    assert (told.json["proven"], told.json["findings"]) == (True, [])
    everything = ["checksum", "integrity", "decode", "payload", "length", "loudness", "tags"]
    assert {each["path"]: (each["proven"], each["checks"]) for each in told.json["files"]} == dict.fromkeys(
        (WAV, FLAC, MP3), (True, everything)
    )
    assert all(each["measured"]["frames"] == 5 * 44_100 for each in told.json["files"])
    assert glassmaster("verify", delivery).out == f"{delivery}: proven, 3 files\n"
    assert sorted(delivery.rglob("*")) == before


def test_the_command_line_leaves_with_8_when_something_is_wrong(delivery: Path) -> None:
    flip(delivery / WAV)
    told = glassmaster("verify", delivery, "--json")
    assert told.code == 8
    assert told.json["proven"] is False
    assert {(each["where"], each["code"]) for each in told.json["findings"]} >= {(WAV, "checksum"), (WAV, "payload")}
    assert "Traceback" not in told.err
    files = {each["path"]: each for each in told.json["files"]}
    assert [name for name, each in files.items() if not each["proven"]] == [WAV]
    assert files[WAV]["checks"] == ["integrity", "decode", "length", "loudness", "tags"]


@pytest.mark.parametrize("name", [WAV, FLAC, MP3])
@pytest.mark.parametrize("place", [0.3, 0.9])
def test_one_flipped_bit_is_found(delivery: Path, name: str, place: float) -> None:
    flip(delivery / name, place)
    found = wrong(delivery)
    told = "payload" if name == WAV else "damaged"  # FLAC and MP3 hold checksums of their own, a WAV holds none
    assert {(name, "checksum"), (name, told)} <= found
    assert {where for where, _ in found} == {name}


@pytest.mark.parametrize("name", [WAV, FLAC, MP3])
def test_a_file_cut_short_is_found(delivery: Path, name: str) -> None:
    whole = (delivery / name).read_bytes()
    (delivery / name).write_bytes(whole[: len(whole) * 2 // 3])
    found = wrong(delivery)
    assert {(name, "checksum"), (name, "damaged")} <= found
    assert {where for where, _ in found} == {name}


@pytest.mark.parametrize("name", [WAV, FLAC, MP3])
def test_an_emptied_or_missing_file_is_found(delivery: Path, name: str) -> None:
    (delivery / name).write_bytes(b"")
    assert {(name, "checksum"), (name, "damaged")} <= wrong(delivery)
    (delivery / name).unlink()
    assert wrong(delivery) == {(name, "missing")}


def test_a_folder_in_a_files_place_is_found(delivery: Path) -> None:
    (delivery / WAV).unlink()
    (delivery / WAV).mkdir()
    assert wrong(delivery) == {(WAV, "missing")}


def retag_flac(path: Path) -> None:
    file = mutagen.flac.FLAC(path)
    file["title"] = "Somebody else's song"
    file.save()


def retag_mp3(path: Path) -> None:
    tags = mutagen.id3.ID3(path)
    tags.add(mutagen.id3.TIT2(encoding=3, text="Somebody else's song"))
    tags.save(v2_version=3)


@pytest.mark.parametrize(("name", "retag"), [(FLAC, retag_flac), (MP3, retag_mp3)])
def test_a_changed_tag_is_told_from_changed_audio(delivery: Path, name: str, retag: Callable[[Path], None]) -> None:
    retag(delivery / name)
    found = findings(delivery)
    assert {(each.where, each.code) for each in found} == {(name, "checksum"), (name, "tags")}
    [tags] = [each for each in found if each.code == "tags"]
    assert "title" in tags.message
    assert "Somebody else's song" in tags.message
    assert "'Song'" in tags.message


def test_other_music_of_the_same_length_is_found(delivery: Path) -> None:
    samples, rate = soundfile.read(delivery / WAV)
    soundfile.write(delivery / WAV, np.flipud(samples) * 0.5, rate, subtype="PCM_24")
    codes = {code for where, code in wrong(delivery) if where == WAV}
    assert {"checksum", "payload", "loudness", "tags"} <= codes
    assert "length" not in codes


def test_two_files_swapped_are_found(delivery: Path) -> None:
    (delivery / WAV).rename(delivery / "aside")
    (delivery / FLAC).rename(delivery / WAV)
    (delivery / "aside").rename(delivery / FLAC)
    assert {(WAV, "checksum"), (FLAC, "checksum")} <= wrong(delivery)


def test_an_edited_record_no_longer_fits_its_checksum(delivery: Path) -> None:
    edit(delivery, lambda document: document.update(verdict="ready", title="Another"))
    told = {(name, "contradiction") for name in (WAV, FLAC, MP3)}  # their tags still name the album
    assert wrong(delivery) == {("release.json", "checksums"), ("provenance.json", "contradiction"), *told}


def test_edited_checksums_no_longer_fit_the_record(delivery: Path) -> None:
    path = delivery / "SHA256SUMS"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(f"{'0' * 64}{line[64:]}" if "flac" in line else line for line in lines), "utf-8")
    assert wrong(delivery) == {(FLAC, "checksums")}
    path.write_text("\n".join(line for line in lines if "mp3" not in line), "utf-8")
    assert wrong(delivery) == {(MP3, "checksums")}
    path.write_text("\n".join([*lines, f"{'0' * 64}  wav/02 More.wav"]), "utf-8")
    assert wrong(delivery) == {("wav/02 More.wav", "checksums")}


@pytest.mark.parametrize("content", [None, b"\xff\xfe", b"no checksums here\n"])
def test_missing_or_damaged_checksums_are_found(delivery: Path, content: bytes | None) -> None:
    path = delivery / "SHA256SUMS"
    path.unlink() if content is None else path.write_bytes(content)
    assert wrong(delivery) == {("SHA256SUMS", "checksums")}


def test_damage_with_its_checksums_made_anew_is_still_found(delivery: Path) -> None:
    """Whoever changes the sound and both lists cannot change what is inside the file."""
    flip(delivery / WAV)

    def forge(document: Any) -> None:
        for each in document["deliverables"]:
            each["sha256"] = sha256_of(delivery / each["path"])

    edit(delivery, forge)
    lines = [f"{sha256_of(delivery / name)}  {name}" for name in (WAV, FLAC, MP3, "release.json")]
    (delivery / "SHA256SUMS").write_text("\n".join(lines), "utf-8")
    assert wrong(delivery) == {(WAV, "payload"), ("provenance.json", "contradiction")}
    (delivery / "provenance.json").unlink()
    assert wrong(delivery) == {(WAV, "payload")}
    assert sums(delivery, ()).decode() == f"{lines[3]}\n"


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b"[]", b'{"_type": 1}', b"[" * 100_000], ids=range(6))
def test_a_damaged_statement_is_found(delivery: Path, content: bytes) -> None:
    (delivery / "provenance.json").write_bytes(content)
    found = wrong(delivery)
    assert found == {("provenance.json", "record-damaged"), ("provenance.json", "checksum")}


def test_a_folder_without_a_record_proves_nothing(tmp_path: Path) -> None:
    assert refusal(tmp_path).code == "no-record"
    assert refusal(tmp_path / "nowhere").code == "no-record"
    told = glassmaster("verify", tmp_path)
    assert told.code == 8
    assert "Traceback" not in told.err


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("deliverables"),
        lambda document: document.update(deliverables={"a": 1}),
        lambda document: document.update(deliverables=[1]),
        lambda document: document["deliverables"][0].pop("sha256"),
        lambda document: document["deliverables"][0].pop("tags"),
        lambda document: document["deliverables"][0]["measured"].pop("frames"),
        lambda document: document["deliverables"][0]["measured"].update(rate_hz=0),
        lambda document: document["deliverables"][0]["measured"].update(integrated_lufs=float("nan")),
        first("path", 5),
        first("path", "wav/\0.wav"),
        first("measured", []),
        first("tags", ["title"]),
    ],
    ids=range(12),
)
def test_a_record_with_something_missing_is_damaged(delivery: Path, change: Callable[[Any], object]) -> None:
    edit(delivery, change)
    assert refusal(delivery).code == "record-damaged"


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"5", b"\xff", b"[" * 100_000])
def test_a_torn_record_is_damaged(delivery: Path, content: bytes) -> None:
    (delivery / "release.json").write_bytes(content)
    assert refusal(delivery).code == "record-damaged"


@pytest.mark.parametrize("path", ["../outside.wav", "/etc/hostname", "wav/../../outside.wav"])
def test_a_forged_record_that_names_other_peoples_files_is_refused(delivery: Path, path: str) -> None:
    (delivery.parent / "outside.wav").write_bytes(b"private")
    edit(delivery, first("path", path))
    finding = refusal(delivery)
    assert finding.code == "record-damaged"
    assert path in finding.message


def test_a_format_that_nobody_here_reads_is_told(delivery: Path) -> None:
    edit(delivery, first("format", "shellac"))
    assert (WAV, "unreadable") in wrong(delivery)


def test_an_added_file_is_found_and_litter_is_not(delivery: Path) -> None:
    for litter in (".DS_Store", "wav/Thumbs.db", "mp3/._01 Song.mp3", "report/more.html"):
        (delivery / litter).write_bytes(FORK)
    assert findings(delivery) == ()
    (delivery / "wav" / "02 More.wav").write_bytes(b"")
    assert wrong(delivery) == {("wav/02 More.wav", "extra")}


def test_the_report_is_not_part_of_the_proof(delivery: Path) -> None:
    shutil.rmtree(delivery / "report")
    assert findings(delivery) == ()


def test_a_changed_readme_is_found(delivery: Path) -> None:
    (delivery / "README.txt").write_text("buy now", "utf-8")
    assert wrong(delivery) == {("README.txt", "checksum")}
    (delivery / "README.txt").unlink()
    assert wrong(delivery) == {("README.txt", "missing")}


def test_capitals_that_changed_are_told_and_the_file_is_proven_all_the_same(delivery: Path) -> None:
    (delivery / WAV).rename(delivery / "wav" / "01 SONG.wav")
    [finding] = findings(delivery)
    assert (finding.where, finding.code) == (WAV, "renamed")
    assert "wav/01 SONG.wav" in finding.message
    flip(delivery / "wav" / "01 SONG.wav")
    assert {(WAV, "renamed"), (WAV, "checksum"), (WAV, "payload")} == wrong(delivery)


def test_accents_composed_otherwise_are_the_same_name(tmp_path: Path) -> None:
    """Some file systems write names decomposed, whatever they are given."""
    (tmp_path / "wav").mkdir()
    (tmp_path / "wav" / "01 O\u0308ffnung.wav").write_bytes(b"")
    assert listing(tmp_path).find("wav/01 \u00d6ffnung.wav") == (tmp_path / "wav" / "01 O\u0308ffnung.wav", "")


@pytest.mark.skipif(os.name != "posix", reason="rights as POSIX has them")
def test_a_medium_that_cannot_be_written_is_proven(delivery: Path) -> None:
    everything = [delivery, *delivery.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert findings(delivery) == ()
    finally:
        for path in everything:
            path.chmod(0o755)


@pytest.mark.skipif(os.name != "posix", reason="links need a right of their own on Windows")
def test_a_link_to_other_peoples_files_is_refused(delivery: Path) -> None:
    (delivery.parent / "private.wav").write_bytes((delivery / WAV).read_bytes())
    (delivery / WAV).unlink()
    (delivery / WAV).symlink_to(delivery.parent / "private.wav")
    assert "outside" in refusal(delivery).message


@pytest.mark.parametrize(
    "change",
    [
        first("sha256", "0" * 63),
        first("sha256", 5),
        first("format", None),
        first("size", "many"),
        first("song", True),
        first("tags", {"title": 5}),
        lambda document: document["deliverables"][0]["measured"].update(frames=10**400),
        lambda document: document["deliverables"][0]["measured"].update(frames=-1),
        lambda document: document["deliverables"][0]["measured"].update(channels="2"),
        lambda document: document["deliverables"][0]["measured"].update(integrated_lufs=[]),
        lambda document: document["deliverables"].append(document["deliverables"][0]),
        lambda document: document.update(songs=None),
        lambda document: document.update(songs=[{"number": 1}]),
        lambda document: document.update(artwork={"path": 1}),
        lambda document: document.update(artwork=[]),
    ],
    ids=range(15),
)
def test_a_record_of_other_kinds_is_damaged(delivery: Path, change: Callable[[Any], object]) -> None:
    edit(delivery, change)
    assert {each.code for each in (findings_or_refusal(delivery))} & {"record-damaged", "length"}


def findings_or_refusal(folder: Path) -> tuple[Finding, ...]:
    try:
        return findings(folder)
    except Refused as refused:
        return refused.findings


def test_each_file_is_decoded_once(delivery: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    offers, asked = plugins.load(), list[str]()

    def counting(offer: Any) -> Any:
        def decode(path: Path) -> Any:
            audio = offer.decode(path)

            def blocks() -> Any:
                asked.append(path.name)
                return iter(audio)

            return Audio(audio.rate, audio.channels, audio.frames, blocks)

        def never(path: Path) -> str:
            raise AssertionError("it decodes once more")

        return replace(offer, decode=decode, payload_hash=offer.payload_hash if offer.lossy else never)

    formats = {name: counting(offer) for name, offer in offers.formats.items()}
    monkeypatch.setattr(plugins, "load", lambda: replace(offers, formats=formats))
    assert findings(delivery) == ()
    assert sorted(asked) == sorted(Path(each).name for each in (WAV, FLAC, MP3))


def test_what_could_not_be_decoded_proves_nothing_of_its_sound(delivery: Path) -> None:
    whole = (delivery / FLAC).read_bytes()
    (delivery / FLAC).write_bytes(whole[: len(whole) // 2])
    (delivery / MP3).unlink()
    told = {each["path"]: each for each in glassmaster("verify", delivery, "--json").json["files"]}
    assert (told[FLAC]["checks"], told[FLAC]["measured"]) == (["tags"], None)
    assert (told[MP3]["checks"], told[MP3]["measured"]) == ([], None)
    assert told[WAV]["proven"] is True
