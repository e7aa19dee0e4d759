"""Arrays of tables, and what people write in their place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .page import Trouble
from .scan import Keys
from .words import unexpected

Rows = list[tuple[Keys, Mapping[str, Any]]]
"""Tables with the keys that lead to them."""


def rows_of(
    data: Mapping[str, Any], name: str, troubles: list[Trouble], default: Sequence[Mapping[str, Any]] = ()
) -> Rows:
    """The tables `[[name]]`; `default` where the manifest has none of them."""
    found = data.get(name, default)
    if isinstance(found, dict):
        hint = "double brackets, once for each: there can be several"
        troubles.append(Trouble((name,), "wrong-value", f"write [[{name}]], not [{name}]", hint, on_key=True))
        found = [found]
    elif not isinstance(found, (list, tuple)):
        troubles.append(unexpected((name,), f"a table [[{name}]]", found))
        found = []
    troubles += [
        unexpected((name, index), f"a table [[{name}]]", row)
        for index, row in enumerate(found)
        if not isinstance(row, dict)
    ]
    return [((name, index), row if isinstance(row, dict) else {}) for index, row in enumerate(found)]


def table_of(data: Mapping[str, Any], name: str, troubles: list[Trouble]) -> Mapping[str, Any]:
    """The one table `[name]`; empty where there is none."""
    found = data.get(name, {})
    if isinstance(found, dict):
        return found
    if isinstance(found, list) and found and isinstance(found[0], dict):
        message, hint = f"write [{name}], not [[{name}]]", "single brackets: there is only one"
        troubles.append(Trouble((name,), "wrong-value", message, hint, on_key=True))
        return found[0]
    troubles.append(unexpected((name,), f"a table [{name}]", found))
    return {}
