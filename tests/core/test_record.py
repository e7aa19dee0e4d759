"""What stands beside the files: one JSON document, checksums that other programs read, words for people."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glassmaster.errors import Exit, refuse
from glassmaster.model import Finding, Outcome, Product, Report
from glassmaster.plugins import Offers, Origin
from glassmaster.record import figures, findings_by_exit, readme, release_json, rounded, sums
from glassmaster.tree import digest, write_reports, write_tree
from tests import outcome_support

FIGURES = {
    *("rate_hz", "channels", "frames", "integrated_lufs", "loudness_range_lu", "max_momentary_lufs"),
    *("max_short_term_lufs", "true_peak_dbtp", "sample_peak_dbfs", "plr_lu", "min_psr_lu", "dr"),
}


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return outcome_support.outcome()


@pytest.fixture(scope="module")
def document(outcome: Outcome) -> Any:
    return json.loads(release_json(outcome))


def test_the_names_are_the_ones_that_scripts_rely_on(document: Any) -> None:
    assert {"verdict", "songs", "deliverables", "references", "findings"} <= {*document}
    assert document["verdict"] == "not ready"
    song, product = document["songs"][0], document["deliverables"][0]
    assert {"number", "title", "mixdown", "master", "gain_db", "max_gain_reduction_db"} <= {*song}
    assert {"name", "song", "path", "sha256", "measured"} <= {*product}
    assert {"code", "severity", "where", "message", "hint"} <= {*document["findings"][0]}
    for measured in (song["mixdown"], song["master"], product["measured"], document["references"][0]):
        assert {*measured} >= FIGURES


def test_the_figures_are_the_outcomes(outcome: Outcome, document: Any) -> None:
    song, master = document["songs"][1], outcome.masters["distributor"][1]
    assert song["title"] == "Second Light"
    assert song["mixdown"]["integrated_lufs"] == -22.8
    assert song["master"]["integrated_lufs"] == -13.6
    assert song["gain_db"] == pytest.approx(master.gain_db + master.drive_db)
    assert song["max_gain_reduction_db"] == 1.8
    assert [each["deliverable"] for each in song["masters"]] == ["distributor", "promo", "cd-16-44"]
    assert len(document["deliverables"]) == len(outcome.products)
    promo = next(each for each in document["deliverables"] if each["name"] == "promo")
    assert (promo["format"], promo["trim_db"], promo["encoder"]) == ("mp3", -0.4, "lame 3.100")
    assert (promo["untrimmed_dbtp"], promo["encodes"]) == (0.1, 1.06)
    assert len(document["findings"]) == len(outcome_support.FINDINGS)
    waived = next(each for each in document["findings"] if each["code"] == "loudness-jump")
    assert waived["waived"] == "It is an interlude."


def test_a_draft_has_a_mixdown_and_no_master(document: Any) -> None:
    draft = document["songs"][outcome_support.DRAFT]
    assert draft["status"] == "draft"
    assert draft["mixdown"]["integrated_lufs"] == -28.6
    assert draft["master"] is None
    assert draft["gain_db"] is None
    assert draft["masters"] == []


def test_the_same_outcome_gives_the_same_bytes(outcome: Outcome) -> None:
    again = outcome_support.outcome()
    assert release_json(outcome) == release_json(again)
    assert readme(outcome) == readme(again)


def test_what_does_not_exist_is_null_never_a_strange_number(outcome: Outcome) -> None:
    measured = replace(outcome.products[0].measured, integrated_lufs=None, min_psr_lu=None)
    assert figures(measured)["integrated_lufs"] is None
    with pytest.raises(ValueError, match="JSON"):
        release_json(replace(outcome, products=(replace(outcome.products[0], trim_db=float("nan")),)))


def test_figures_are_rounded_to_four_decimals() -> None:
    assert rounded(-14.123449) == -14.1234
    assert rounded(48_000) == 48_000
    assert rounded(None) is None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wav").mkdir()
    (tmp_path / "release.json").write_text("{}")
    return tmp_path


def products(outcome: Outcome, folder: Path, *names: str) -> Iterator[Product]:
    for name in names:
        (folder / name).write_bytes(name.encode())
        told = hashlib.sha256(name.encode()).hexdigest()
        yield replace(outcome.products[0], path=name, sha256=told)


def test_checksums_name_every_file_and_the_record(outcome: Outcome, folder: Path) -> None:
    names = ("wav/02 Größe – ü.wav", "wav/01 a.wav")
    made = sums(folder, list(products(outcome, folder, *names))).decode()
    assert made.endswith("\n")
    lines = [line.split("  ", 1) for line in made.splitlines()]
    assert [path for _, path in lines] == sorted([*names, "release.json"])
    for told, path in lines:
        assert told == hashlib.sha256((folder / path).read_bytes()).hexdigest()


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="sha256sum is not installed")
def test_sha256sum_reads_them(outcome: Outcome, folder: Path) -> None:
    (folder / "SHA256SUMS").write_bytes(
        sums(folder, list(products(outcome, folder, "wav/02 Größe.wav", "wav/01 a.wav")))
    )
    command = ["sha256sum", "--strict", "-c", "SHA256SUMS"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    (folder / "wav" / "01 a.wav").write_bytes(b"damaged")
    assert subprocess.run(command, cwd=folder, capture_output=True).returncode == 1


def test_the_readme_says_what_each_folder_is_for(outcome: Outcome) -> None:
    text = readme(outcome).decode()
    assert text.startswith("The Example - Night Signals (revision 2)\n")
    assert "Verdict of the checks: not ready" in text
    assert "distributor/  11 WAV files, 48000 Hz, 24 bit, made by libsndfile 1.2.2" in text
    assert "promo/  11 MP3 files, 48000 Hz, made by lame 3.100" in text
    assert "cd-16-44/  11 WAV files, 44100 Hz, 16 bit" in text
    assert "glassmaster verify" in text


def test_the_first_step_that_failed_gives_the_exit_code() -> None:
    def found(*codes: int | None) -> int | None:
        return findings_by_exit(Finding("x", "error", "y", "z", exit=code) for code in codes)

    assert found() is None
    assert found(None, None) is None
    assert found(4, None, 3, 5) == 3


def offers(**writes: Any) -> Offers:
    reports = {name: Report(name, write) for name, write in writes.items()}
    return Offers(reports=reports, origins={("report", name): Origin(name, "strange", "0.1") for name in reports})


def page(outcome: Outcome, folder: Path) -> None:
    (folder / "index.html").write_text(outcome.verdict)


def broken(outcome: Outcome, folder: Path) -> None:
    (folder / "half.html").write_text("half")
    raise ZeroDivisionError("line 7")


def refused(outcome: Outcome, folder: Path) -> None:
    raise refuse(Exit.STAGE, "template", "page.html:7", "'album' is undefined")


def test_the_tree_is_complete_and_its_checksums_hold(outcome: Outcome, tmp_path: Path) -> None:
    told = write_tree(outcome, tmp_path, offers(page=page))
    assert told is outcome
    found = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert found == {"report/index.html", "README.txt", "release.json", "provenance.json", "SHA256SUMS"}
    told_sums = dict(line.split("  ", 1)[::-1] for line in (tmp_path / "SHA256SUMS").read_text("utf-8").splitlines())
    assert told_sums["release.json"] == hashlib.sha256((tmp_path / "release.json").read_bytes()).hexdigest()
    assert told_sums[outcome.products[3].path] == outcome.products[3].sha256
    assert not any(path.startswith("report/") for path in told_sums)


@pytest.mark.parametrize(("write", "words"), [(broken, "ZeroDivisionError: line 7"), (refused, "'album' is undefined")])
def test_a_broken_report_costs_only_itself(outcome: Outcome, tmp_path: Path, write: Any, words: str) -> None:
    """R09."""
    ready = replace(outcome, verdict="ready", findings=())
    told = write_reports(ready, tmp_path / "report", offers(bad=write, good=page))
    [finding] = told.findings
    assert (finding.code, finding.severity) == ("report-broken", "error")
    assert finding.where == 'report "bad" of bad (strange 0.1)'
    assert words in finding.message
    assert told.verdict == "not ready"
    assert (tmp_path / "report" / "index.html").read_text() == "ready"


def test_the_record_tells_of_a_broken_report(outcome: Outcome, tmp_path: Path) -> None:
    write_tree(replace(outcome, verdict="ready", findings=()), tmp_path, offers(bad=broken))
    told = json.loads((tmp_path / "release.json").read_text("utf-8"))
    assert told["verdict"] == "not ready"
    assert told["findings"][0]["code"] == "report-broken"


def test_the_digest_follows_whatever_would_change_the_tree(outcome: Outcome) -> None:
    known = {digest(outcome, offers(page=page))}
    for other in (
        replace(outcome, verdict="ready"),
        replace(outcome, provenance={**outcome.provenance, "numpy": "9.9"}),
        replace(outcome, products=outcome.products[1:]),
        replace(outcome, products=(replace(outcome.products[0], sha256="ab"), *outcome.products[1:])),
        replace(outcome, findings=outcome.findings[1:]),
    ):
        known.add(digest(other, offers(page=page)))
    known.add(digest(outcome, offers()))
    known.add(digest(outcome, Offers(reports={"page": Report("page", page, version=2)})))
    assert len(known) == 8
    assert digest(outcome_support.outcome(), offers(page=page)) in known
