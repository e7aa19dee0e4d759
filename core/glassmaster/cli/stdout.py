"""The way to stdout, kept for answers: a document that somebody asked for holds nothing else."""

from __future__ import annotations

import io
import os
import sys


def keep_apart() -> None:
    """From now on only `sys.stdout` leads there. Whatever writes to descriptor 1 meets stderr - a codec, a program that
    a plugin starts, a plugin's own bytes - and whoever closes it takes no answer along."""
    told = sys.stdout
    if not isinstance(told, io.TextIOWrapper):  # there is none, or it was replaced already
        return
    try:
        told.flush()
        own = os.dup(1)
        os.dup2(2, 1)
    except OSError:  # somebody started us without one of the two
        return
    sys.stdout = os.fdopen(own, "w", encoding=told.encoding, errors=told.errors, buffering=1 if told.isatty() else -1)
