"""Writing and reading audio files: the shared ground of the format plugins.

`samples` guards what reaches an encoder, `wave` writes WAV and RF64, `libsndfile` writes and reads everything that
soundfile covers, `program` feeds encoder programs by pipe (`ffmpeg` is one of them), `mp3` and `opus` choose between
them, `ogg` and `mpeg` know those containers, `payload` names a file's sound by its hash.
"""
