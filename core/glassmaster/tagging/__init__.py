"""Tags: one model (`glassmaster.model.Tags`), written as players and taggers expect it in each container.

`fields` turns Tags into named texts; `comments`, `id3`, `mp4` and `ape` map these onto what containers know; `artwork`
reads the cover, `wave` keeps chunks inside a WAV, `files` opens each kind of file.
"""
