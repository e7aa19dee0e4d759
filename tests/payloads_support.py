"""Texts of strangers that try to get out of every place that a text can stand in, and what must not be seen of them."""

from __future__ import annotations

import re
import unicodedata

PAYLOADS = (
    "\x1b[31mred\x1b[0m",
    "\x1b]8;;https://example.invalid\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]0;owned\x07",
    "\x1b[2J\x1b[1;1H",
    "\x1bP1$r0m\x1b\\",
    "\x9b31mred",
    "\x9d0;owned\x9c",
    "bell\x07 and back\x08space",
    "form\x0cfeed and\x0bmore",
    "delete\x7f",
    "next\x85line",
    "carriage\rreturn",
    "two\nlines",
    "tab\tstop",
    "\u202egnp.exe",
    "\u2066isolated\u2069\u2067",
    "\u200e\u200f\u061c",
    "zero\u200bwidth\ufeff",
    "line\u2028and paragraph\u2029",
    "soft\xadhyphen",
    "\U000e0041tag",
    "[red]markup[/red]",
    "[/nothing] was open",
    "[link=https://example.invalid]link[/link] :skull:",
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(A1)",
    "\uff1d1+1",
    "\t=1+1",
    "${HOME}",
    "$(touch owned) `touch owned`",
    "{{ 7 * 191 }}{% raw %}",
    "{0.__class__} %s %(x)s %n",
    "</script><script>document.title='owned'</script>",
    "]]><owned/>",
    "<!--<owned>&owned;",
    "::error::owned",
    "two\n::stop-commands::owned",
    "\n  ::set-output name=x::owned",
    "%0A::error::owned",
    "##[error]owned",
    "##vso[task.setvariable variable=x]owned ##teamcity[message text='x']",
    "quotes \" ' ` and \\ backslash\\",
    "--output=/owned",
    "-i",
    "concat:/etc/passwd|/etc/hosts",
    "http://example.invalid/x.wav",
    "file:%d%05d",
    "../../owned",
    "a;b,c=d#e\\\ne",
    "CON",
)
"""All of them may stand in a manifest."""
_ORDERS = re.compile(r"##\w*\[")


def tame(text: str, *, log: bool = True) -> None:
    """Fail where a terminal, or (`log`) a CI server that reads it as a log, would take any of it for an order."""
    wild = {each for each in text if unicodedata.category(each) in ("Cc", "Cf", "Zl", "Zp", "Cs")} - {"\n", "\u200d"}
    assert not wild, [f"{ord(each):04x}" for each in wild]
    orders = [line for line in text.split("\n") if log and (line.lstrip().startswith("::") or _ORDERS.search(line))]
    assert not orders, orders
