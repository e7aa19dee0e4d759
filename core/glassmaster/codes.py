"""What the findings of the core itself mean, for `glassmaster explain CODE`; plugins explain their own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from .causes import CAUSES
from .manifest.codes import CODES as MANIFEST_CODES
from .model import Code, Finding, Remedy
from .plugins import Offers
from .sources.codes import CODES as SOURCE_CODES

_BUILDING = (
    ("bug", "A bug in glassmaster", "The program itself failed. Nothing was published. Please report it."),
    (
        "decoder-crashed",
        "A file crashed its decoder",
        "The library that reads sound files fell over this one, twice. Damaged and hostile files do that. Only this "
        "file is lost, the others are heard. Export it again; if it crashes again, convert it with another program.",
    ),
    (
        "worker-died",
        "A worker ended in the middle of its work",
        "A codec crashed or the system ended the process, most often for want of memory. It was tried twice. Only this "
        "errand is lost; the others are kept. Try the file in another program, or choose another encoder.",
    ),
    (
        "worker-hung",
        "A worker did nothing any more",
        "No block of sound was read, made or written for a quarter of an hour, or no end was in sight. It was tried "
        "twice. Only this errand is lost; the others are kept. A plugin that has to think longer is given the time, in "
        "seconds, by the variable GLASSMASTER_STILL_SECONDS of the environment.",
    ),
    (
        "worker-memory",
        "A worker needed too much memory",
        "Each may use half of the machine's memory, but 1 to 8 GiB; the variable GLASSMASTER_WORKER_MIB of the "
        "environment says otherwise. Our own work takes 150 MiB for songs of any length, so a damaged file or a stage "
        "is the cause. Only this errand is lost; the others are kept.",
    ),
    (
        "worker-differs",
        "A worker has other software than this machine",
        "Another version of a library, of glassmaster or of a plugin, or another kind of processor, gives other "
        "samples. Nothing of it is taken. Install the same versions on all machines, or let this one do the work.",
    ),
    (
        "worker-lost",
        "A pool of workers did not bring what it made",
        "Every file that comes from another machine is read when it arrives. It was missing or another one than its "
        "worker says, and was not taken. The workers must see the release's folder under the same path.",
    ),
    (
        "pool-failed",
        "A pool of workers failed",
        "Its scheduler cannot be reached, or ended, or the system let no worker start. What was finished is kept; "
        "nothing was published. Start again; with --executor, try without.",
    ),
    (
        "stage-failed",
        "A stage of the treatment broke its contract",
        "A stage must give the same rate, channels and length, in finite numbers. The message names the plugin: leave "
        "the stage out with adjust, or report it to its author. The other songs are finished and kept.",
    ),
    (
        "command-missing",
        "A program of the treatment is not here",
        'The stage "command" runs a program of yours, and it was not found: install it, or correct its name. A path '
        "counts from the manifest's folder.",
    ),
    (
        "command-version",
        "version_args asks a program for more than its version",
        "`check` and `plan` ask an installed program for its version, so that a new one renders the songs again. They "
        "must start nothing else, whoever wrote the manifest; so only the words that ask for a version are passed.",
    ),
    (
        "command-failed",
        "A program of the treatment failed",
        'The program that the stage "command" runs ended with an error, took too long, or gave back another rate, '
        "number of channels or length. The message has its last words. The other songs are finished and kept.",
    ),
    ("plugin-broken", "A plugin could not be loaded", "It is left out; that matters only if the manifest asks for it."),
    (
        "plugin-untrusted",
        "A plugin file of the release is not trusted",
        "A file that the manifest names under plugins can do whatever you can, so it runs only after you have trusted "
        "it: `glassmaster plugins trust FILE`. That holds for this path and these bytes; a file that is changed or "
        "moved is asked about again. Until then it is left out, and what it may offer is not there.",
    ),
    (
        "plugin-file",
        "A plugin file of the release cannot be used",
        "It is missing, unreadable, no regular file, too large, or leads out of the release folder.",
    ),
    ("plugin-clash", "Two plugins offer the same name", "The manifest could not tell them apart: uninstall one."),
    ("check-broken", "A check could not do its work", "The release was built without what it would have found."),
    ("profile-broken", "A destination's rules cannot be read", "Nothing is simulated for it, and nothing aims at it."),
    (
        "report-broken",
        "A report could not be written",
        "The files are made and proven; only the report is missing. Templates are Jinja's. Those that [report] names "
        "take the place of ours of the same name and may include ours; they run apart, in a sandbox, within limits of "
        "time and memory, and a name that is not defined is an error. Mend the template, then: glassmaster report.",
    ),
    (
        "report-dress",
        "The report goes without a logo or without your templates",
        "What [report] names is not there, or leads out of the release folder.",
    ),
    (
        "pdf-missing",
        "A PDF of the report cannot be made here",
        "WeasyPrint makes it, which is not installed. Every browser prints index.html to a PDF as well.",
    ),
    (
        "pdf-failed",
        "WeasyPrint could not make the PDF",
        "The message gives its last words. Every browser prints index.html to a PDF as well.",
    ),
    (
        "preview-failed",
        "Something cannot be heard in the report",
        "A mixdown, master or reference could not be made into a preview; the message says why. Whatever is "
        "delivered is made and proven all the same. Build again; `previews = false` in [report] does without.",
    ),
    ("executor", "No plugin knows this pool of workers", 'The built-in one is "local".'),
    ("locked", "Another build is at work here", "Two builds in one folder would undo each other. Wait, or stop it."),
    ("only", "There is no deliverable of that name", "--only takes the name of one [[deliverable]]."),
    ("song-unknown", "No song, or more than one, has that name", "Name songs by their title or number."),
    (
        "lock-damaged",
        "release.lock cannot be read",
        "It holds the encoders and the frozen levels of what is out. Take it back from your version control.",
    ),
    ("not-built", "There is nothing to report on yet", "`report` writes what the last build found: build first."),
    (
        "joined-layout",
        "Songs that run on differ in rate or channels",
        "Joined songs are rendered as one sound, so their mixdowns must share one format. Fix it in the mix: ask for "
        "both in one format.",
    ),
    (
        "target-unknown",
        "There is nothing to take the target from",
        'target_from of level names "references", of which none could be heard, or a destination that plays at no '
        "level of its own. `glassmaster profiles` lists those that do; or say target_lufs.",
    ),
    (
        "anchor-unknown",
        "There is no such anchor",
        'mode = "anchor" puts one song at the target, and the one that anchor names is not there, is there twice, or '
        "has no level of its own to place it by. Name it by title or number.",
    ),
    (
        "upsampling",
        "A deliverable would be upsampled",
        "A higher rate adds no sound, and distributors refuse it. Take the mixdowns' own rate, or say "
        "allow_upsampling = true where a rate is demanded.",
    ),
    ("encoder-missing", "An encoder is not installed", "The message gives the line that installs it."),
    (
        "decoder-missing",
        "A program that reads this format is not installed",
        "Every file is decoded to be proven, and this format needs a program for that. The hint installs it.",
    ),
    (
        "encoder-changed",
        "An encoder is another than in release.lock",
        "What it makes may sound the same, but its bytes are others: the files are made again, and verify by the new "
        "record. To keep what is out byte for byte, install the version that the message names.",
    ),
    (
        "encoder-refused",
        "An encoder cannot make this file",
        "The message says why; choose another setting, rate or encoder.",
    ),
    (
        "encoder-failed",
        "An encoder failed",
        "It ended with an error, was killed, or was stopped because it took far longer than such audio can take. The "
        "message gives its last words. Only this file is lost. Try another encoder of the format.",
    ),
    ("package-unavailable", "This kind of package cannot be made yet", "Deliver single files with format = ..."),
)
_FILES = (
    ("output", "The output folder cannot be used", "It is a file, cannot be written, or holds a source."),
    (
        "output-foreign",
        "The output folder holds files that we did not make",
        "A published release replaces its folder as a whole; what is not ours is never thrown away. Move it.",
    ),
    ("exists", "There is a file already", "Nothing that exists is overwritten by verbs that begin something."),
    ("disk-full", "There is not enough room", "Spools and files need it; the message says how much. Nothing is lost."),
    ("store-damaged", "A kept file is damaged", "It was removed from the store and is made anew by the next build."),
    (
        "portrait-missing",
        "A master's spectrum and stereo image are not in the report",
        "A meter failed at it, or its worker did. The master and all files are made and proven all the same.",
    ),
    (
        "song-vanishes",
        "A song is too short for a rate",
        "At a deliverable's sample rate not one sample is left of it. Such a mixdown is most likely the wrong file.",
    ),
    ("no-folder", "There is no such folder", "Name the folder that holds the mixdowns."),
    ("no-audio", "The folder holds no audio files", "Name the files themselves."),
    ("no-match", "No file is named like this", "Check the pattern and the folder; quote patterns on Windows, too."),
    ("unknown", "There is no such name", "The hint names the nearest."),
)
_PROOF = (
    (
        "not-reproduced",
        "Built again, it is another file",
        "Everything was made anew from the same sources. A stage or encoder that gives another result each time is the "
        "most likely reason; other versions of the software are told with the record. What is published stays.",
    ),
    ("length", "A file does not decode to its master's length", "It would click or gap between songs; it is refused."),
    (
        "ceiling-not-held",
        "A lossy file does not hold its decoded ceiling",
        "Encoders move peaks, so such a file is turned down and encoded again; after three rounds it still decodes "
        "higher than decoded_ceiling_dbtp, and nothing is published. Use a higher bitrate or another format, or allow "
        "what it decodes to. A limit with a lower ceiling_dbtp for this deliverable helps, too.",
    ),
    ("layout", "A file decodes to another rate or layout", "The encoder did something else than it was asked for."),
    (
        "samples",
        "A lossless file does not decode to its master's samples",
        "Every sample of it is compared. The encoder or the decoder is at fault; the file is refused.",
    ),
    ("tagging", "Tagging failed or changed the audio", "Tags must never touch the sound; the file is refused."),
    ("tag-differs", "A tag reads back differently", "What was written is not what a player would show."),
    ("tags-too-large", "The tags do not fit", "Most often the artwork is too large for the format."),
    ("checksum", "A delivered file was changed", "Its SHA-256 is not the recorded one. Get the delivery again."),
    ("extra", "A file was added to a delivery", "Neither release.json nor SHA256SUMS names it."),
    (
        "renamed",
        "Capitals of a delivered file's name changed",
        "Some disks and archives do that: rename it.",
    ),
    (
        "contradiction",
        "Files of a delivery contradict one another",
        "Each agrees with its checksum, but files of one song differ in length, loudness or samples, or tags do not "
        "fit the list of songs. Somebody changed or swapped files and wrote the lists anew.",
    ),
    ("checksums", "The checksums do not agree", "SHA256SUMS and release.json were not made together."),
    ("missing", "A delivered file is missing", "Get the delivery again."),
    (
        "damaged",
        "A delivered file proves itself damaged",
        "A checksum inside it is wrong, or bytes are missing at its end or were added there. Get the delivery again.",
    ),
    ("unreadable", "A delivered file does not decode to its end", "It is damaged or cut short."),
    ("payload", "The audio of a delivered file was changed", "More than its tags differ. Get the delivery again."),
    ("loudness", "A delivered file measures differently", "Its loudness or peak is not the recorded one."),
    ("tags", "The tags of a delivered file differ", "Somebody or some player has written into it."),
    ("no-record", "The folder holds no release.json", "Name the folder that a build published."),
    ("record-damaged", "release.json is damaged or forged", "Get the delivery again."),
)
_ARTWORK = (
    ("artwork", "The artwork cannot be used as it is", "Shops ask for a square RGB picture of 3000 x 3000."),
    (
        "artwork-too-large",
        "The artwork is too large to embed",
        "A FLAC picture holds 16 MiB at most: save it as a JPEG of 3000 x 3000.",
    ),
    (
        "artwork-location",
        "The artwork holds a place",
        "Phones and cameras write where a picture was taken. Whatever is embedded or delivered is freed of that, of "
        "dates, owners and thumbnails; the file that you named stays as it is.",
    ),
    ("artwork-changed", "The artwork changed during the build", "Build again: what does not depend on it is kept."),
    ("artwork-format", "The artwork is no JPEG or PNG", "Players show no other kinds: save it again."),
)

_GATE = (
    ("approval-name", "Nobody approves", "A sign-off bears the name of whoever gives it: --by NAME."),
    ("approval-nothing", "There is nothing to approve", "A master is approved once it is built, a mixdown once heard."),
    ("approval-what", "It is not said what is approved", "A mixdown (--mix) or a master (--master) is signed off."),
    ("diff-kinds", "A build cannot be compared with a file", "Name two audio files, or two published folders."),
    (
        "limit",
        "A limit for workers is no number",
        "Two variables of the environment hold them; unset, they are sensible.",
    ),
    ("source-date", "SOURCE_DATE_EPOCH is no time", "It holds seconds since 1970, for builds that repeat an old one."),
    (
        "waiver-unused",
        "A waiver accepts nothing",
        "No finding has this code, or not at this song: the fault was mended, or code or song are misspelt. Take the "
        "waiver out, so that it does not accept something else one day.",
    ),
)
_TURNS: Mapping[Remedy, tuple[str, ...]] = {
    "mix": ("decoder-crashed", "joined-layout"),
    "mastering": ("artwork-location",),
    "manifest": (
        *("upsampling", "encoder-refused", "package-unavailable", "waiver-unused", "song-vanishes"),
        *("command-missing", "command-version", "command-failed", "ceiling-not-held", "target-unknown"),
        *("anchor-unknown", "report-dress", "plugin-file"),
    ),
    "machine": (
        *(
            "worker-died",
            "worker-hung",
            "worker-memory",
            "limit",
            "encoder-missing",
            "decoder-missing",
            "encoder-failed",
            "locked",
            "disk-full",
            "output",
        ),
        *("output-foreign", "store-damaged", "report-broken", "lock-damaged", "source-date", "preview-failed"),
        *("pdf-missing", "pdf-failed", "plugin-untrusted", "worker-differs", "worker-lost", "pool-failed"),
        "encoder-changed",
    ),
    "plugin": (
        "bug",
        "stage-failed",
        "plugin-broken",
        "plugin-clash",
        "check-broken",
        "profile-broken",
        "tagging",
        "portrait-missing",
    ),
    "call": (
        *("only", "song-unknown", "executor", "not-built", "exists", "no-folder", "no-audio", "no-match", "unknown"),
        *("approval-name", "approval-nothing", "approval-what", "diff-kinds"),
    ),
    "file": tuple(code for code, *_ in (*_PROOF, *_ARTWORK)),
}


def _turn(code: str) -> Remedy:
    """Whose turn it is: the first that is listed for the code."""
    return next(turn for turn, codes in _TURNS.items() if code in codes)


CORE_CODES = tuple(
    replace(each, cause=CAUSES[each.code])
    for each in (
        *MANIFEST_CODES,
        *SOURCE_CODES,
        *(Code(*each, remedy=_turn(each[0])) for each in (*_BUILDING, *_FILES, *_PROOF, *_ARTWORK, *_GATE)),
    )
)


def known(offers: Offers) -> dict[str, Code]:
    """Every code that can be explained here, by its name: the core's and those of all checks."""
    theirs = (code for check in offers.checks.values() for code in check.codes)
    return {each.code: each for each in (*CORE_CODES, *theirs)}


def explained(findings: Iterable[Finding], offers: Offers) -> list[Finding]:
    """Findings with cause and remedy of their code where they tell none of their own."""
    codes, nothing = known(offers), Code("", "", "")
    return [
        replace(each, cause=each.cause or code.cause, remedy=each.remedy or code.remedy)
        for each in findings
        for code in (codes.get(each.code, nothing),)
    ]
