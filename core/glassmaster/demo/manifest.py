"""The demo album's release.toml."""

MANIFEST = """\
# The demo album, made by `glassmaster demo`: music, cover and all. Play with the numbers and build again.

[release]
title = "Four Windows"
artist = "The Night Shift"
type = "ep"
date = 2026-11-20
label = "Example Records"
catalog_number = "EX001"
genre = "Electronic"
language = "zxx"                    # nobody sings
copyright = "2026 Example Records"
phonogram = "2026 Example Records"
artwork = "art/cover.png"


# ---- the songs, in running order

[[song]]
title = "First Light"
mixdown = "mixes/01_FirstLight_Mix2_48k_24b.wav"
start = "auto"                      # the mixdown begins and ends with silence: take the sound only
end = "auto"
level_db = -2.0                     # the quiet opening is meant to sit 2 LU under the others
composer = "The Night Shift"

[[song]]
title = "Night Bus"
mixdown = "mixes/02_NightBus_Mix4_44.1k_24b.wav"
start = "auto"
end = "auto"
gap = 1.5                           # seconds of silence before it
composer = "The Night Shift"
references = ["northern-line"]

[[song]]
title = "Glass Stairs"
mixdown = "mixes/03_GlassStairs_Mix1_48k_24b.wav"
start = 1.5
composer = "The Night Shift"

[[song]]
title = "Down Again"
mixdown = "mixes/04_DownAgain_Mix1_48k_24b.wav"
joined = true                       # runs on from the song before: both are mastered as one
end = "auto"
fade_out = 1.5
composer = "The Night Shift"


# ---- records to compare with

[[reference]]
name = "northern-line"
file = "references/Northern Line.flac"

[[reference]]
name = "paper-moons"
file = "references/Paper Moons.flac"


# ---- what is done to every song, in this order

[[treatment]]
stage = "level"
match = "short-term"                # the loudest passages of all songs become equally loud
mode = "album"                      # then one gain for all brings the album to the target
target_lufs = -14.0

[[treatment]]
stage = "limit"
ceiling_dbtp = -1.0


# ---- what is delivered

[[deliverable]]
name = "distributor"
format = "wav"
bits = 24
rate_hz = 44100

[[deliverable]]
name = "cd"                         # louder, with the limiter at work: a master of its own
format = "wav"
bits = 16
rate_hz = 44100
dither = "shaped"
adjust = { level = { target_lufs = -10.5 }, limit = { ceiling_dbtp = -0.3, max_gain_reduction_db = 6 } }

[[deliverable]]
name = "archive"
format = "flac"
bits = 24
rate_hz = 44100

[[deliverable]]
name = "promo"
format = "mp3"
bitrate = 320
rate_hz = 44100
"""
