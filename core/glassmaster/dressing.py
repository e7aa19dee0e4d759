"""A label's own dress for the report: where its files are, and what they are, so that a changed one is published."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from .artwork import MOST_PIXELS, usable
from .model import Finding, Release
from .store import sha256_of

_MOST_FILES = 200
"""Templates of one report: a folder that holds more is another folder."""


def look_over(release: Release) -> tuple[Finding, ...]:
    """Warnings for what [report] names and the disk does not have; the report is made all the same."""
    return tuple(_missing(release))


def _missing(release: Release) -> Iterator[Finding]:
    report = release.report
    if report.logo is not None and not report.logo.is_file():
        hint = "check logo = ... in [report]"
        yield Finding("report-dress", "warning", str(report.logo), "there is no such logo: the page goes without", hint)
    elif report.logo is not None and not usable(report.logo):
        message = f"is no JPEG or PNG of at most {MOST_PIXELS // 10**6} megapixels: the page goes without"
        yield Finding("report-dress", "warning", str(report.logo), message, "export the logo again as PNG")
    if report.templates is None:
        return
    where, hint = str(report.templates), "check templates = ... in [report]"
    if not report.templates.is_dir():
        yield Finding("report-dress", "warning", where, "there is no such folder of templates: ours are taken", hint)
    elif not all(_inside(each, release) for each in (report.templates, *_files(report.templates))):
        message = "leads out of the release folder by a link: our own templates are taken"
        yield Finding("report-dress", "warning", where, message, "put the templates themselves there")
    elif len(_files(report.templates)) > _MOST_FILES:
        message = f"holds more than {_MOST_FILES} files: our own templates are taken"
        yield Finding("report-dress", "warning", where, message, hint)


def templates(release: Release) -> Path | None:
    """The folder of the user's templates, where it can be used."""
    told = [each.where for each in _missing(release)]
    folder = release.report.templates
    return folder if folder is not None and str(folder) not in told else None


def identity(release: Release) -> tuple[str, ...]:
    """Names the dress: settings, and what the files hold."""
    report, folder = release.report, templates(release)
    files = {each.relative_to(folder).as_posix(): each for each in _files(folder)} if folder else {}
    logo = [sha256_of(report.logo)] if report.logo and report.logo.is_file() else []
    return (report.accent, report.footer, *logo, *(f"{name} {sha256_of(each)}" for name, each in files.items()))


def _inside(path: Path, release: Release) -> bool:
    return path.resolve().is_relative_to(release.folder.resolve())


def _files(folder: Path) -> list[Path]:
    found = []
    for path in folder.rglob("*"):
        if path.is_file():
            found.append(path)
        if len(found) > _MOST_FILES:
            break
    return sorted(found)
