"""Tags: one model (`glassmaster.model.Tags`), written as players and taggers expect it in each container.

`fields` turns Tags into named texts, `comments` and `id3` map these onto Vorbis comments and ID3 frames, `artwork`
reads the cover, `wave` keeps an ID3 chunk inside a WAV, `files` opens each kind of file.
"""
