"""Previews that tell by their sound what is heard and where, and a recorder that listens to a real browser.

The left channel of a made preview is constant, a level of its own for each voice; the right one rises from 0 to 0.5 in
each second. So any recorded sample tells the voice and the place within its second, whatever the player did.
"""

from __future__ import annotations

import base64
import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from glassmaster.model import PIECE_SECONDS, Outcome, Preview
from tests.browser_support import Tab
from tests.outcome_support import outcome

RATE = 48_000
MIXDOWN, MASTER, REFERENCE, OTHER = 0.25, -0.25, 0.5, -0.5
"""Left channels of the first song's voices."""
LATER = 0.1
"""What a voice of the second song lies above that of the first."""
SECONDS = 66.5
LOUDEST_AT = 25.0
_TOP = 0.5


def sound(level: float, seconds: float) -> NDArray[np.float64]:
    """A voice that tells itself and its time."""
    frames = np.arange(round(seconds * RATE))
    return np.stack([np.full(len(frames), level), (frames % RATE) * (_TOP / RATE)], axis=1)


def preview(folder: Path, song: int, kind: Any, name: str, level: float, seconds: float, **changes: Any) -> Preview:
    """A preview of a made sound, its file in `folder`."""
    made, pieces, form = sound(level, seconds), [], changes.pop("form", "flac")
    for start in range(0, len(made), PIECE_SECONDS * RATE):
        held = io.BytesIO()
        how = {"subtype": "PCM_16"} if form == "flac" else {"compression_level": 0.66, "bitrate_mode": "CONSTANT"}
        sf.write(held, made[start : start + PIECE_SECONDS * RATE], RATE, format=form.upper(), **how)
        pieces.append(held.getvalue())
    whole = b"".join(pieces)
    file = folder / f"{song}-{kind}-{name}.sound"
    file.write_bytes(whole)
    found = Preview(
        song=song,
        kind=kind,
        name=name,
        file=file,
        sha256=hashlib.sha256(whole).hexdigest(),
        form=form,
        pieces=tuple(len(each) for each in pieces),
        rate_hz=RATE,
        frames=len(made),
        start=0.0,
        gain_db=-3.0,
        lufs=-24.0,
        loudest_at=LOUDEST_AT,
        loudest_lufs=-21.0,
    )
    return replace(found, **changes)


def heard_outcome(folder: Path, seconds: float = SECONDS, **changes: Any) -> Outcome:
    """An outcome whose first two songs can be heard: mixdown, master, and two references of the first."""
    made = outcome()
    masters = [each.name for each in made.album.release.deliverables if made.masters.get(each.name)]
    own = [
        preview(folder, song, kind, name, level + song * LATER, seconds, **changes)
        for song in (0, 1)
        for kind, name, level in (("mixdown", "", MIXDOWN), ("master", masters[0], MASTER))
    ]
    records = [
        preview(folder, 0, "reference", name, level, 24.0, loudest_at=2.0)
        for name, level in (("slow-burn", REFERENCE), ("night-drive", OTHER))
    ]
    return replace(made, previews=(*own[:2], *records, *own[2:]))


RECORDER = """
(() => {
  const held = [], keys = window.keyTimes = [], connect = AudioNode.prototype.connect;
  const text = each => Array.from(new Uint8Array(each.buffer), byte => String.fromCharCode(byte)).join("");
  window.recorded = () => btoa(held.splice(0).map(text).join(""));
  const listen = (node, context) => {
    const split = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    const merge = new ChannelMergerNode(context, { numberOfInputs: 3 });
    const time = new ConstantSourceNode(context, { offset: 0 }), record = context.createScriptProcessor(8192, 3, 1);
    const soon = context.currentTime + 0.1;  // what is set for a moment that has passed begins late
    time.offset.setValueAtTime(soon, soon).linearRampToValueAtTime(soon + 4096, soon + 4096);
    time.start();
    const wires = [[node, split], [split, merge, 0, 0], [split, merge, 1, 1], [time, merge, 0, 2], [merge, record]];
    for (const [from, ...to] of [...wires, [record, context.destination]]) connect.apply(from, to);
    record.onaudioprocess = ({ inputBuffer: heard }) => {
      const before = heard.getChannelData(2).slice(), all = new Float32Array(heard.length * 3);
      for (let channel = 0; channel < 3; channel++)
        heard.getChannelData(channel).forEach((value, at) => { all[at * 3 + channel] = value; });
      const span = before.at(-1) - before[0], whole = (heard.length - 1) / heard.sampleRate;
      const torn = Math.abs(span - whole) > 1e-4 || before.some((value, at) => value !== all[at * 3 + 2]);
      if (!torn) held.push(all);
    };
  };
  AudioNode.prototype.connect = function (...to) {
    if (to[0] instanceof AudioDestinationNode && window.heardBy !== this.context)
      listen(this, window.heardBy = this.context);
    return connect.apply(this, to);
  };
  window.addEventListener("keydown", ({ key }) => keys.push([key, window.heardBy ? heardBy.currentTime : 0]), true);
})();
"""
"""Records what goes to the loudspeakers, each sample with its time on the audio clock, and when keys went down.

A block that the browser wrote over while it was read, because the machine was busy, is left out.
"""


@dataclass(frozen=True)
class Take:
    """Some recorded sound."""

    left: NDArray[np.float32]
    right: NDArray[np.float32]
    times: NDArray[np.float32]
    """Seconds on the audio clock."""

    def after(self, time: float) -> Take:
        """What was heard from a time on."""
        here = self.times > time
        return Take(self.left[here], self.right[here], self.times[here])

    def loud(self, level: float, near: float = 0.0005) -> NDArray[np.bool_]:
        """Where the voice with this left channel is heard alone."""
        return np.asarray(np.abs(self.left - level) < near)

    def phases(self, level: float) -> NDArray[np.float64]:
        """Place in the music minus time on the clock, in seconds modulo 1: constant while it plays on."""
        here = self.loud(level)
        inside = here & (self.right > _TOP * 0.02) & (self.right < _TOP * 0.98)
        scale = level / self.left[inside]
        return np.asarray((self.right[inside] * scale / _TOP - self.times[inside]) % 1.0, np.float64)


def taken(tab: Tab) -> Take:
    """What was recorded since it was asked last."""
    data = np.frombuffer(base64.b64decode(tab.run("recorded()")), np.float32).reshape(-1, 3)
    data = data[data[:, 2] > 0]
    data = data[np.argsort(data[:, 2], kind="stable")]
    return Take(data[:, 0], data[:, 1], data[:, 2])
