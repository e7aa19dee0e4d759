"""Writing and reading audio files: the shared ground of the format plugins.

`samples` guards what reaches an encoder, `wave` writes WAV and RF64, `libsndfile` writes and reads everything that
soundfile covers, `program` feeds and reads programs by pipe (`ffmpeg` is one of them; `streams` are what they give,
`install` the lines that install them), `mp3`, `opus`, `m4a` and `wavpack` choose between them, `ogg`, `mpeg` and `mp4`
know those containers, `payload` names a file's sound by its hash, `integrity` tells what a file proves by itself.
"""
