"""The verbs around the manifest: check, plan, build, report."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import Exit, Refused, refuse
from ..place import OUTPUT, Place, place_of
from .common import crew_for, exit_code, jobs_option, json_option, manifest_argument
from .gate import FORMATS
from .show import show_findings, show_json, show_text

if TYPE_CHECKING:
    from ..plugins import Offers


@click.command()
@manifest_argument
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    help="text for people; json, sarif, junit and github (workflow commands) for programs.",
)
@json_option
@jobs_option
def check(manifest: Path, form: str, as_json: bool, jobs: int | None, executor: str) -> int:
    """Look over the manifest, codes, artwork and measured mixdowns. Writes no audio.

    The gate of a release: [qc] in the manifest says what fails and what is accepted. Leaves with 1 where it fails.
    """
    from .. import flow
    from ..local_plugins import offers_for
    from .gate import show_answer, show_refusal

    place = place_of(manifest)
    offers = offers_for(place.manifest)
    form = "json" if as_json else form
    try:
        with crew_for(place.room, offers, jobs, executor) as crew:
            outcome = flow.check(place, offers, crew)
    except Refused as refusal:
        if not show_refusal(refusal, place.manifest, form, offers):
            raise
        return refusal.exit
    show_answer(outcome, form, offers)
    return exit_code(outcome)


@click.command()
@manifest_argument
@json_option
@jobs_option
def plan(manifest: Path, as_json: bool, jobs: int | None, executor: str) -> int:
    """Show what would be done to each song and why, before any audio is rendered."""
    return _plan(manifest, as_json, jobs, executor)


def _plan(manifest: Path, as_json: bool, jobs: int | None, executor: str) -> int:
    from .. import flow
    from ..local_plugins import offers_for
    from .plans import about_plan, plan_json, show_plan

    place = place_of(manifest)
    offers = offers_for(place.manifest)
    with crew_for(place.room, offers, jobs, executor) as crew:
        outcome = flow.check(place, offers, crew, foresee=True)
        document = plan_json(outcome, offers, crew, flow.left(place, offers, crew))
    if as_json:
        show_json(document)
    else:
        show_findings(about_plan(outcome, offers))
        show_plan(document)
    stopped = exit_code(outcome)
    return stopped if stopped > Exit.NOT_READY else Exit.OK


@click.command()
@manifest_argument
@click.option("--output", "-o", type=click.Path(path_type=Path), default=None, help=f"Folder; default: {OUTPUT}/.")
@click.option("--only", default="", metavar="NAME", help="Only this deliverable, published as OUTPUT-NAME.")
@click.option("--dry-run", is_flag=True, help="Only show the plan.")
@click.option("--upgrade", is_flag=True, help="Take the best encoders there are now, not those in release.lock.")
@click.option("--reproduce", is_flag=True, help="Build what is published again from nothing, and compare.")
@click.option("--why", is_flag=True, help="Tell of each thing that is made why it is made again.")
@click.option("--no-reference-audio", "silent", is_flag=True, help="The report plays no references.")
@click.option("--verbose", "-v", is_flag=True, help="Also show what the time was spent on.")
@json_option
@jobs_option
def build(
    manifest: Path,
    output: Path | None,
    only: str,
    dry_run: bool,
    upgrade: bool,
    reproduce: bool,
    why: bool,
    silent: bool,
    verbose: bool,
    as_json: bool,
    jobs: int | None,
    executor: str,
) -> int:
    """Master, encode, tag, prove, report and publish the release."""
    from .. import flow
    from ..local_plugins import offers_for
    from .outcomes import build_json, show_budget, show_outcome

    if dry_run:
        return _plan(manifest, as_json, jobs, executor)
    place = place_of(manifest, output)
    offers = offers_for(place.manifest)
    if reproduce:
        if only or upgrade:
            raise click.UsageError("--reproduce compares all that is published: without --only and --upgrade, please")
        return _reproduced(place, offers, jobs, executor, as_json, silent)
    with crew_for(place.room, offers, jobs, executor, why=why) as crew:
        outcome = flow.build(place, offers, crew, only, upgrade=upgrade, reference_audio=not silent)
    spent = crew.budget.told()
    if as_json:
        show_json(build_json(outcome, spent))
    else:
        show_findings(outcome.findings)
        show_outcome(outcome, (place.only(only) if only else place).output)
    if verbose:
        show_budget(spent)
    return exit_code(outcome)


def _reproduced(place: Place, offers: Offers, jobs: int | None, executor: str, as_json: bool, silent: bool) -> int:
    from .. import flow
    from ..record import finding_json
    from ..reproduce import reproduce

    build = partial(flow.build, reference_audio=not silent)
    findings = reproduce(place, offers, lambda room: crew_for(room, offers, jobs, executor), build)
    if as_json:
        show_json({"reproduced": not findings, "findings": [finding_json(each) for each in findings]})
    else:
        show_findings(findings)
        click.echo(f"{place.output}: {'reproduced, byte for byte' if not findings else 'not reproduced'}")
    return Exit.UNPROVEN if findings else Exit.OK


@click.command()
@manifest_argument
@click.option("--output", "-o", type=click.Path(path_type=Path), default=None, help=f"Folder; default: {OUTPUT}/.")
@click.option("--open", "show", is_flag=True, help="Open it in the browser.")
@click.option(
    "--format", "form", default="", metavar="NAME", help="html, markdown, json, text, pdf ...: text is shown."
)
@click.option("--single-file", "single", is_flag=True, help="Write one file to send, OUTPUT-report.html, instead.")
@click.option(
    "--reference-audio/--no-reference-audio",
    "aloud",
    default=None,
    help="Whether references can be heard; default: as [report] says, and never in a single file.",
)
def report(manifest: Path, output: Path | None, show: bool, form: str, single: bool, aloud: bool | None) -> int:
    """Make the report of the last build again, without building.

    --format NAME answers with one of its forms: text and json are shown, of others the file is named.
    """
    from .. import standing
    from ..local_plugins import offers_for

    place = place_of(manifest, output)
    offers = offers_for(place.manifest)
    file = _form(form, offers) if form else "index.html"
    with crew_for(place.room, offers) as crew:
        if single:
            outcome, page = standing.single(place, offers, crew, reference_audio=bool(aloud)), place.single
        else:
            outcome = standing.report(place, offers, crew, reference_audio=aloud, also=form)
            page = place.output / "report" / file
    broken = [each for each in outcome.findings if each.code == "report-broken"]
    if broken:
        raise Refused(Exit.STAGE, *broken)
    if form in SHOWN and not single:
        show_text(page.read_text("utf-8"))
    else:
        click.echo(str(page))
    if show:
        click.launch(page.as_uri())
    return Exit.OK


SHOWN = ("text", "json")
"""Forms of the report that are an answer by themselves."""


def _form(name: str, offers: Offers) -> str:
    """The file of a form of the report; refused where there is none."""
    known = {each: found.file for each, found in sorted(offers.reports.items()) if found.file}
    if name not in known:
        message = f'there is no report named "{name}"'
        raise refuse(Exit.USAGE, "unknown", "--format", message, f"there are: {', '.join(known)}")
    return known[name]


@click.command()
@manifest_argument
@click.option(
    "--release", "released", multiple=True, metavar="SONG", help="Let a song, and what it runs on with, go free."
)
def freeze(manifest: Path, released: tuple[str, ...]) -> int:
    """Keep gains, drives and trims of the last build in release.lock, so that a song added later moves nothing."""
    from .. import standing
    from ..local_plugins import offers_for

    place = place_of(manifest)
    offers = offers_for(place.manifest)
    with crew_for(place.room, offers) as crew:
        frozen = standing.freeze(place, offers, crew, released)
    songs = len({each.song for each in frozen})
    click.echo(f"{songs} songs are frozen in {place.lock}: keep it with the manifest")
    return Exit.OK
