"""JSON Schema (draft 2020-12) of `release.toml`, for editors that complete and check while one writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..model import Deliverable, Qc, Reference, Release, Reporting, Song
from .checked import adapter, unreadable
from .kinds import Noun
from .shape import HIDDEN
from .times import FORM, TIMES

if TYPE_CHECKING:
    from ..plugins import Offers

_NOISE = {"title", "format"}  # pydantic's own: a name made from the key, and "path"
_PLUGINS = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Plugin files inside the release folder; each runs only once it is trusted.",
}


def schema(offers: Offers) -> dict[str, Any]:
    """The schema of a manifest on this machine, with the settings of every installed stage and format.

    It tells keys, types, ranges and words; what only several keys together can tell is left to `load`.
    """
    defs: dict[str, Any] = {}
    stages = {name: _object(stage.settings, name, defs) for name, stage in sorted(offers.stages.items())}
    adjust = _adjust(stages)
    song = _object(Song, "song", defs)
    song["properties"] |= {"adjust": adjust} | {key: _time(song["properties"][key]) for key in TIMES}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "glassmaster release",
        "description": "What becomes of a release: its songs, their treatment, and what is delivered.",
        "type": "object",
        "properties": {
            "plugins": _PLUGINS,
            "release": _object(Release, "release", defs),
            "song": _list(song) | {"minItems": 1},
            "reference": _list(_object(Reference, "reference", defs)),
            "treatment": _list({"oneOf": [_stage(offers, name, each) for name, each in stages.items()]}),
            "deliverable": _list({"oneOf": _deliverables(offers, adjust, defs)}) | {"minItems": 1},
            "qc": _object(Qc, "qc", defs),
            "report": _object(Reporting, "report", defs),
        },
        "required": ["release", "song"],
        "additionalProperties": False,
        "$defs": defs,
    }


def _object(noun: Noun, name: str, defs: dict[str, Any]) -> dict[str, Any]:
    """The schema of one class; classes inside it go to `defs` under the table's name, so that none clash."""
    if unreadable(noun):
        return {"type": "object", "properties": {}}
    whole = adapter(noun, described=True).json_schema(ref_template=f"#/$defs/{name}.{{model}}")
    inner = {f"{name}.{key}": _clean(value) for key, value in whole.get("$defs", {}).items()}
    found: dict[str, Any] = inner.pop(whole["items"]["$ref"].removeprefix("#/$defs/"))
    defs |= inner
    found["properties"] = {
        key: value for key, value in found.get("properties", {}).items() if key not in HIDDEN.get(noun, ())
    }
    return found


def _clean(part: Any) -> Any:
    """Without null, which TOML does not know, and without pydantic's noise."""
    if isinstance(part, list):
        return [_clean(each) for each in part if each != {"type": "null"}]
    if not isinstance(part, dict):
        return part
    part = {key: value for key, value in part.items() if not (key in _NOISE and isinstance(value, str))}
    part = {key: _clean(value) for key, value in part.items() if not (key == "default" and value in (None, "", []))}
    if "properties" in part and part.get("type") == "object":
        part.setdefault("additionalProperties", False)
    if len(choices := part.get("anyOf", ())) == 1:
        part = {**{key: value for key, value in part.items() if key != "anyOf"}, **choices[0]}
    return part


def _list(items: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _adjust(stages: Mapping[str, Any]) -> dict[str, Any]:
    """A table of stages, each with some of its settings, or false."""
    return {
        "type": "object",
        "description": "Own settings for stages of the treatment; false leaves a stage out.",
        "properties": {name: {"anyOf": [{"const": False}, settings]} for name, settings in stages.items()},
        "additionalProperties": False,
    }


def _time(value: Mapping[str, Any]) -> dict[str, Any]:
    """Seconds may be written as "m:ss.mmm" too."""
    choices = value.get("anyOf") or [
        {key: each for key, each in value.items() if key not in ("description", "default")}
    ]
    rest = {key: each for key, each in value.items() if key in ("description", "default")}
    return {**rest, "anyOf": [*choices, {"type": "string", "pattern": f"^{FORM}$"}]}


def _stage(offers: Offers, name: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    about = offers.stages[name].about or settings.get("description", "")
    properties = {"stage": {"const": name, "description": about}, **settings["properties"]}
    return {**settings, "properties": properties, "required": ["stage", *settings.get("required", [])]}


def _deliverables(offers: Offers, adjust: Mapping[str, Any], defs: dict[str, Any]) -> list[dict[str, Any]]:
    """One variant for each format, and one for packages of no single format."""
    common = _object(Deliverable, "deliverable", defs)
    shared = {key: value for key, value in common["properties"].items() if key != "format"} | {"adjust": adjust}
    variants = [{**common, "properties": shared, "required": ["name", "package"]}]
    for name, form in sorted(offers.formats.items()):
        settings = _object(form.settings, name, defs)
        chosen = {"format": {"const": name, "description": form.about or settings.get("description", "")}}
        properties = {**settings["properties"], **shared, **chosen}
        open_ended = settings.get("additionalProperties", True)
        variants.append({**common, "properties": properties, "required": ["name", "format"]})
        variants[-1]["additionalProperties"] = open_ended
    return variants
