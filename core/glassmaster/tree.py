"""Everything beside the songs in a published folder: report, release.json, README.txt, SHA256SUMS."""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from pathlib import Path

from . import statement
from .documents import compact
from .dressing import identity
from .errors import Refused, disk_fault
from .home import at_home
from .judge import fails
from .model import Finding, Outcome
from .plugins import Offers, aside
from .previews import identities
from .record import document, readme, release_json, sums
from .records import says
from .values import key


def write_tree(outcome: Outcome, folder: Path, offers: Offers) -> Outcome:
    """Write it all; release.json and SHA256SUMS last. A report that fails is a finding, not the end."""
    outcome = write_reports(outcome, folder / "report", offers)
    (folder / "README.txt").write_bytes(readme(outcome))
    told = at_home(outcome)
    (folder / "release.json").write_bytes(record := release_json(told))
    (folder / statement.NAME).write_bytes(statement.statement(told, record))
    beside = ["release.json", statement.NAME, "README.txt", *([outcome.artwork.path] if outcome.artwork else [])]
    (folder / "SHA256SUMS").write_bytes(sums(folder, outcome.products, beside))
    return outcome


def recorded(outcome: Outcome, folder: Path) -> bool:
    """Whether the record in a published folder tells this very outcome: a comment in the manifest makes it another."""
    return says(folder / "release.json", release_json(at_home(outcome)))


def write_reports(outcome: Outcome, folder: Path, offers: Offers, also: str = "") -> Outcome:
    """Every report into `folder`, of those that want to be asked for only `also`.

    The outcome comes back with a finding for each that failed. Raises `OSError` where not the report but the disk is at
    fault.
    """
    folder.mkdir(parents=True, exist_ok=True)
    problems = []
    told = at_home(outcome)
    for name, report in sorted(offers.reports.items()):
        if report.asked and name != also:
            continue
        try:
            with aside():
                report.write(told, folder)
        except Exception as problem:  # a template or a stranger's code: the files are made all the same
            if disk := disk_fault(problem):
                raise disk from problem
            problems.append(_broken(name, problem, offers))
    if not problems:
        return outcome
    findings = (*problems, *outcome.findings)
    verdict = "not ready" if fails(findings, outcome.album.release) else outcome.verdict
    return replace(outcome, findings=findings, verdict=verdict)


def write_single(outcome: Outcome, file: Path, offers: Offers) -> Outcome:
    """The report that can be one file, as `file`; with a finding where it failed."""
    problems = []
    told = at_home(outcome)
    for name, report in sorted(offers.reports.items()):
        if report.single is None:
            continue
        try:
            with aside():
                report.single(told, file)
        except Exception as problem:  # as above
            if disk := disk_fault(problem):
                raise disk from problem
            problems.append(_broken(name, problem, offers))
    return replace(outcome, findings=(*problems, *outcome.findings))


def _broken(name: str, problem: Exception, offers: Offers) -> Finding:
    told = "; ".join(f.message for f in problem.findings) if isinstance(problem, Refused) else str(problem)
    message = f"could not be written: {type(problem).__name__}: {told} ({_place(problem)})"
    where = f'report "{name}" of {offers.origins["report", name]}'
    hints = [each.hint for each in problem.findings if each.hint] if isinstance(problem, Refused) else []
    hint = hints[0] if hints else "mend the template, then: glassmaster report"
    return Finding("report-broken", "error", where, message, hint)


def _place(problem: Exception) -> str:
    """File and line that raised: of the template, which Jinja puts among the frames, where there is one."""
    import traceback

    if told := getattr(problem, "place", ""):
        return str(told)
    frames = traceback.extract_tb(problem.__traceback__)
    frame = next((each for each in reversed(frames) if not each.filename.endswith(".py")), frames[-1])
    return f"{Path(frame.filename).name}:{frame.lineno}"


def digest(outcome: Outcome, offers: Offers) -> str:
    """Names the tree that `write_tree` would make of an outcome, without making it."""
    reports = sorted((name, report.version) for name, report in offers.reports.items())
    told = at_home(outcome)
    record = compact(document(told))
    dress = identity(outcome.album.release)
    texts = [each.decode() for each in (record, readme(told), compact(statement.document(told, record)))]
    return key(*texts, reports, version("glassmaster"), identities(outcome.previews), dress)
