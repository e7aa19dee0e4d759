"""What each finding about a manifest means, for `glassmaster explain CODE`."""

from __future__ import annotations

from ..model import Code

_ANY = "Every complaint names line and column; all of a file come in one run."

CODES = tuple(
    Code(code, title, explain, remedy="manifest")
    for code, title, explain in (
        ("manifest-missing", "There is no manifest", "Start one with `glassmaster init FOLDER`, or name its path."),
        (
            "manifest-unreadable",
            "The manifest cannot be read",
            "It is a folder, a device, or may not be opened by you.",
        ),
        (
            "manifest-too-large",
            "The manifest is too large or too deep",
            "More than 4 MiB, or more brackets inside brackets or longer numbers than any release needs: most likely "
            "another file was named.",
        ),
        (
            "manifest-changed",
            "The manifest changed during the build",
            "What was made follows the manifest as it was when the build began. Build again for the rest.",
        ),
        ("manifest-encoding", "The manifest is not UTF-8", "Save it as UTF-8 with LF or CRLF line ends."),
        ("manifest-syntax", "The manifest is not TOML", "See https://toml.io. Often a quotation mark is missing."),
        (
            "manifest-duplicate",
            "A key or table stands there twice",
            "One of the two would be ignored, so neither is taken.",
        ),
        ("manifest-empty", "The manifest is empty", "It needs [release] with title and artist, and one [[song]]."),
        (
            "unknown-key",
            "A key means nothing here",
            f"Most likely a misspelling, or it stands in the wrong table. {_ANY}",
        ),
        ("missing-key", "Something needed is missing", f"Add the key that is named. {_ANY}"),
        (
            "wrong-value",
            "A value is of the wrong kind or out of range",
            f"The message says what may stand there. {_ANY}",
        ),
        ("plugin-settings", "A plugin's settings cannot be read", "A fault of the plugin, to be mended by its author."),
        ("plugin-path", "A plugin file lies outside the release", "Only files inside the release folder can be named."),
        (
            "waiver-reason",
            "A waiver gives no reason",
            "Whoever reads the report must see why a finding was accepted: say it in reason.",
        ),
        ("unknown-stage", "There is no such stage", "`glassmaster plugins` lists what there is."),
        ("unknown-format", "There is no such format", "`glassmaster plugins` lists what there is."),
        (
            "unknown-profile",
            "There is no such profile",
            "`glassmaster profiles` lists the destinations that are known.",
        ),
        ("unknown-reference", "There is no such reference", "Songs name references by the name of a [[reference]]."),
        (
            "unknown-song",
            "There is no such song",
            "Songs are named by title or number; an ambiguous title needs the number.",
        ),
        ("bad-isrc", "An ISRC is malformed", "ISO 3901: two letters, three letters or digits, seven digits."),
        (
            "duplicate-isrc",
            "Two songs share an ISRC",
            "The code names one recording. A remix, edit or remaster has its own; services pay and count by it.",
        ),
        (
            "doubtful-isrc",
            "An ISRC looks mistyped",
            "A letter O among digits, or a prefix that is not known. Compare it with what your agency gave you.",
        ),
        ("bad-barcode", "A barcode is wrong", "EAN-13 and UPC-A end with a digit that follows from the others."),
        ("bad-date", "There is no such date", "Write YYYY-MM-DD, YYYY-MM or YYYY."),
        ("distant-date", "The date is far ahead", "Services refuse such dates; most likely the year is mistyped."),
        (
            "doubtful-language",
            "A language is no ISO 639 code",
            'Distributors want codes: "eng", "deu"; "zxx" is no words.',
        ),
        (
            "reference-is-song",
            "A reference is one of the songs",
            "References are published records to compare with. Comparing a song with itself tells nothing, and its "
            "own mixdown would pull the target. To level the others by one song, use the anchor of level.",
        ),
        (
            "too-many-songs",
            "More songs than the medium holds",
            "A CD has 99 tracks at most. Spread the songs over several discs with disc = 2, disc = 3 ...",
        ),
        ("no-songs", "The release has no songs", "Add a [[song]] for each, in running order."),
        ("no-deliverables", "Nothing is to be delivered", "Leave [[deliverable]] out for WAV, FLAC and MP3."),
        ("empty-text", "A text is empty", "Title, artist and names cannot be empty or blank."),
        ("nul-character", "A text contains NUL", "Neither tags nor file names can carry it."),
        ("control-character", "A text contains control characters", "Kept in the tags, replaced in file names."),
        (
            "direction-character",
            "A text turns the reading direction",
            "Such characters can make a name look like another one. Kept in the tags, shown as escapes.",
        ),
        (
            "similar-titles",
            "Two songs have the same title",
            "Files are told apart by their number, but listeners and services may not tell the songs apart.",
        ),
        (
            "song-number",
            "Numbers contradict the running order",
            "The order of the [[song]] tables is the running order.",
        ),
        ("impossible-range", "A song's start and end contradict each other", "Times count from the mixdown's start."),
        ("impossible-fade", "Fades do not fit into the song", "Shorten them, or move start and end."),
        (
            "impossible-joint",
            "A joint contradicts itself",
            "A song has a gap, or is joined, or crossfades; one of them.",
        ),
        ("impossible-treatment", "The treatment contradicts itself", "Only one step can decide the songs' levels."),
        (
            "repeated-audio",
            "Two songs use the same audio",
            "Most likely a copied line. allow_duplicate = true accepts it.",
        ),
        ("idle-key", "A key does nothing here", "It has no effect; delete it, or add what it works on."),
        ("duplicate-name", "Two things have the same name", "Capital and small letters count as the same."),
        (
            "bad-colour",
            "A colour cannot be read",
            "Colours are written as in web pages: a hash and six digits, #0b5fa5.",
        ),
        (
            "templates-path",
            "The report's templates do not lie inside the release folder",
            "A manifest that comes from somewhere else must not reach for other files of yours.",
        ),
        (
            "bad-filename",
            "A template of file names cannot be used",
            "Fields stand in braces: {number:02} {title}. The message says what is wrong and which fields there are.",
        ),
        (
            "doubtful-filename",
            "A template of file names may not do what is meant",
            "The files get names that differ and fit every system all the same; see whether you want them.",
        ),
        (
            "bad-credit",
            "A credit cannot be written into tags",
            "It needs a role and a name: who took part, and as what.",
        ),
        ("unsafe-name", "A name cannot be a folder's name", "It must do on Windows, macOS and Linux alike."),
        ("doubtful-path", "A path may not be meant as it is taken", "Write it relative to the manifest, with slashes."),
    )
)
"""Every code that a finding about a manifest can have."""
