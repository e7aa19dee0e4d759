"""What findings about mixdowns and references mean, for `glassmaster explain CODE`."""

from __future__ import annotations

from ..model import Code, Remedy

_MIX = "Fix it in the mix: ask for a new export."
_HARMLESS = ("link-followed", "flac-no-md5")
_CUTS = ("start-outside", "end-outside", "start-after-end", "fade-too-long")


def _remedy(code: str, explain: str) -> Remedy:
    """A cut is the manifest's; of files, some must come from the session again, some only be supplied, some will do."""
    if code in _HARMLESS:
        return "mastering"
    if code in _CUTS:
        return "manifest"
    return "mix" if _MIX in explain else "file"


CODES = tuple(
    Code(code, title, explain, remedy=_remedy(code, explain))
    for code, title, explain in (
        ("file-missing", "A file is not there", "Paths count from the folder of release.toml."),
        ("file-unreadable", "A file may not be read", "Check its permissions and its folder's."),
        ("file-empty", "A file holds nothing", f"An export was interrupted. {_MIX}"),
        ("link-broken", "A link leads nowhere", "Point it at a file that exists."),
        ("link-followed", "A file is a link", "What it points to was read, and never written."),
        ("not-a-file", "A folder, pipe or device was named", "Only regular files are opened, so nothing can block."),
        (
            "container-unknown",
            "The file is no sound file that we read",
            "Its first bytes tell, never its name. WAV, RF64, W64, AIFF, CAF and FLAC are read; MP3 and Ogg as "
            "references, or where allow_lossy permits it.",
        ),
        (
            "lossy-source",
            "The mixdown is a lossy file",
            "What an MP3 or Ogg has thrown away cannot come back, and every further encode takes more. Ask the mix "
            "engineer for the original, or say allow_lossy = true in the song for want of a better one.",
        ),
        ("codec-unfit", "The samples are of a kind that is not mastered", f"8-bit, ADPCM, A-law, DSD. {_MIX}"),
        ("header-damaged", "The file's header contradicts itself", f"The file is damaged. {_MIX}"),
        ("truncated", "The file is shorter than its header says", f"A copy or an export was interrupted. {_MIX}"),
        ("length-untold", "The header does not tell the length", "It was streamed; all that is there was read."),
        ("length-short", "The header tells less than is there", "Only what it tells was read: is the end missing?"),
        (
            "too-long",
            "The file never ends",
            f"Two days are the most. Silence packs so well that a small file can. {_MIX}",
        ),
        ("partly-heard", "The decoder gave up before the end", "What was heard counts; convert the file to be sure."),
        ("sample-rate", "The sample rate is absurd", f"8 to 384 kHz are mastered. {_MIX}"),
        ("low-sample-rate", "The sample rate is low", f"Little is left above half of it. {_MIX}"),
        ("channels", "The file has channels that are not mastered", f"Mono and stereo are. {_MIX}"),
        ("channel-order", "The channels are in no known order", f"Which one is left cannot be told. {_MIX}"),
        ("file-damaged", "The file is damaged", f"It cannot be decoded to its end. {_MIX}"),
        (
            "flac-no-md5",
            "The FLAC file holds no checksum",
            "Damage could go unseen; every frame was read all the same.",
        ),
        ("not-finite", "A sample is no number", f"A plugin in the mix went wrong at that time. {_MIX}"),
        ("implausible-level", "A sample is far beyond full scale", f"A plugin in the mix went wrong there. {_MIX}"),
        ("source-changed", "A source changed during the build", "Nothing was published. Let the export finish."),
        ("start-outside", "A song starts outside its mixdown", "Check start = ... against the mixdown's length."),
        ("end-outside", "A song ends outside its mixdown", "Check end = ... against the mixdown's length."),
        ("start-after-end", "A song ends before it starts", "Check start = ... and end = ..."),
        ("fade-too-long", "A fade is longer than its song", "Check fade_in and fade_out."),
        (
            "no-mixdowns",
            "No mixdowns were found",
            "WAV, AIFF, CAF and FLAC files are looked for, in folders below too.",
        ),
    )
)
