"""Runs a plugin's stage on sound and holds it to the contract, naming it when it breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import Exit, Refused, refuse
from ..limits import MORE_MEMORY, limits, too_much
from ..model import Audio, Block, Decided, Stage
from ..pulse import beat


def staged(audio: Audio, stage: Stage, step: Decided, where: str, told: Callable[[Any], None] | None = None) -> Audio:
    """`audio` through one stage; `told` gets what its `render` returns. `where` names the song for messages."""

    def blocks() -> Iterator[Block]:
        given = 0
        earlier: list[Exception] = []
        rendering: Iterator[Block] | None = None
        while True:
            try:
                if rendering is None:
                    rendering = iter(stage.render(_read_only(audio, earlier), step.value))
                block = next(rendering)
            except StopIteration as end:
                break_off(given == audio.frames, stage, where, f"gave {given} of {audio.frames} frames")
                if told is not None:
                    told(end.value)
                return
            except MemoryError as problem:
                if problem in earlier:
                    raise
                what = too_much(limits().memory_mib)
                raise _failed(stage, where, what, MORE_MEMORY) from problem
            except Exception as problem:  # a stranger's code, unless it came from what feeds it
                if problem in earlier:
                    raise
                if isinstance(problem, Refused):  # it knows what went wrong, we know with which song
                    raise Refused(problem.exit, *(replace(each, where=where) for each in problem.findings)) from problem
                raise _failed(stage, where, f"raised {type(problem).__name__}: {problem}") from problem
            count = _checked(block, audio.channels, stage, where, given)
            given += count
            beat(count)
            break_off(given <= audio.frames, stage, where, f"gave more than the song's {audio.frames} frames")
            if count:  # what comes behind keeps what it gets: blocks of nothing, without end, would fill the memory
                yield block

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def _read_only(audio: Audio, problems: list[Exception]) -> Audio:
    """`audio` in blocks that cannot be written into; what goes wrong in getting it is noted in `problems`."""

    def blocks() -> Iterator[Block]:
        try:
            for block in audio:
                view = block.view()
                view.flags.writeable = False
                yield view
        except Exception as problem:
            problems.append(problem)
            raise

    return Audio(audio.rate, audio.channels, audio.frames, blocks)


def _checked(block: Any, channels: int, stage: Stage, where: str, at: int) -> int:
    break_off(isinstance(block, np.ndarray), stage, where, f"gave {type(block).__name__} instead of a block")
    break_off(block.dtype == np.float32, stage, where, f"gave {block.dtype} samples instead of float32")
    right = block.ndim == 2 and block.shape[1] == channels
    break_off(right, stage, where, f"gave a block of shape {block.shape} for {channels} channels")
    with np.errstate(invalid="ignore", over="ignore"):  # infinities of both signs, or a sum that becomes one
        total = block.sum()
    if not np.isfinite(total):
        frame = at + int(np.argmin(np.isfinite(block).all(axis=1)))
        break_off(bool(np.isfinite(block).all()), stage, where, f"gave a value that is no number at frame {frame}")
    return len(block)


def break_off(fine: bool, stage: Stage, where: str, message: str) -> None:
    """Raise `Refused` (exit 4) naming stage, plugin and song unless the stage kept its contract."""
    if not fine:
        raise _failed(stage, where, message)


def _failed(stage: Stage, where: str, message: str, more: str = "") -> Refused:
    from .. import plugins

    origin = plugins.load().origins.get(("stage", stage.name), "unknown plugin")
    hint = f"leave it out of this song with adjust = {{ {stage.name} = false }}, or report it to the plugin's author"
    hint += f"; or {more}" if more else ""
    return refuse(Exit.STAGE, "stage-failed", where, f'stage "{stage.name}" of {origin} {message}', hint)
