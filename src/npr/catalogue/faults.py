"""Holds a value against its declaration and says each fault in plain words: key, expected, found, did you mean."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from types import UnionType
from typing import Any, Literal, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from npr.errors import Fault, did_you_mean

Model = TypeVar("Model", bound=BaseModel)

_LANGUAGE_TEXTS = {"sv": "a text in Swedish", "en": "a text in English"}
_PATTERNS = {
    r"^[a-z][a-z0-9_-]*$": "an id: small letters a-z, digits, _ and -, a letter first",
    r"^[A-Z0-9_]{1,12}$": "an area code such as SWE or EU27_2020",
    r"^[A-Z]{2}$": "a territory of two capital letters such as SE",
}
_TYPES = {
    "string": "text",
    "int": "a whole number",
    "float": "a number",
    "finite": "a finite number",
    "bool": "true or false",
    "date": "a date as YYYY-MM-DD",
    "tuple": "a list",
    "list": "a list",
    "dict": "a mapping of keys",
    "model": "a mapping of keys",
}
_LIMITS = {"ge": "at least", "gt": "more than", "le": "at most", "lt": "less than"}


def validate(model: type[Model], data: Any, *, file: str, key: str = "") -> tuple[Model | None, list[Fault]]:
    """Give the declaration that `data` makes, or None and every fault in it.

    `key` is the path of `data` in its file, put before the key of each fault.
    """
    # JSON is pydantic's strict mode for files: a list may become a tuple, "1961-09-28" a date, and nothing else bends.
    text = json.dumps(_text_keys(data), default=lambda one: one.isoformat() if isinstance(one, date) else repr(one))
    try:
        return model.model_validate_json(text), []
    except ValidationError as error:
        return None, _faults(model, error.errors(include_url=False), file, key)


def _text_keys(data: Any) -> Any:
    """Write a day that stands as a key as text: JSON has no other keys."""
    if isinstance(data, dict):
        return {key.isoformat() if isinstance(key, date) else key: _text_keys(one) for key, one in data.items()}
    return [_text_keys(one) for one in data] if isinstance(data, list) else data


def show(value: Any, limit: int = 60) -> str:
    """Show a found value in one short line.

    >>> show({"sv": "x"}), show(["a", "b"]), show(None), show("Sverige"), show(7)
    ('a mapping', 'a list', 'nothing', "'Sverige'", '7')
    """
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def join_key(*parts: str | int) -> str:
    """Write a key path.

    >>> join_key("oecd", "key", "FREQ"), join_key("caveats", 2), join_key("", "name")
    ('oecd.key.FREQ', 'caveats[2]', 'name')
    """
    path = ""
    for part in parts:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part:
            path += f".{part}" if path else part
    return path or "(file)"


def _faults(model: type[BaseModel], errors: Sequence[ErrorDetails], file: str, key: str) -> list[Fault]:
    """Translate pydantic's errors; a misspelt key is one fault, not an unknown key and a missing one.

    A list whose entries are faulty is not also too short.
    """
    hints = {
        error["loc"]: _key_hint(model, error["loc"], errors) for error in errors if error["type"] == "extra_forbidden"
    }
    meant = {(*loc[:-1], name) for loc, (name, _) in hints.items() if name}
    faults = []
    for error in errors:
        loc = error["loc"]
        if error["type"] == "missing" and loc in meant:
            continue
        if error["type"] == "too_short" and error["input"]:
            continue
        expected, found, hint = _words(error)
        if loc in hints:
            hint = hints[loc][1]
        faults.append(Fault(file, join_key(key, *loc), expected, found, hint))
    return faults


def _key_hint(model: type[BaseModel], loc: tuple[int | str, ...], errors: Sequence[ErrorDetails]) -> tuple[str, str]:
    """Give the key that a misspelt one stands for (a missing one before a known one), and the hint that names it."""
    refused: Mapping[str, str] = getattr(model, "refused", {})
    if str(loc[-1]).casefold() in refused:
        return "", refused[str(loc[-1]).casefold()]
    missing = [str(e["loc"][-1]) for e in errors if e["type"] == "missing" and e["loc"][:-1] == loc[:-1]]
    for known in (missing, _keys_at(model, loc[:-1])):
        hint = did_you_mean(str(loc[-1]), known)
        if hint:
            return next(name for name in known if f"'{name}'" in hint), hint
    return "", ""


def _keys_at(model: type[BaseModel], loc: Sequence[int | str]) -> list[str]:
    """Give the keys that a declaration has at a path."""
    current: Any = model
    for part in loc:
        if get_origin(current) is dict:
            current = get_args(current)[1]
        elif isinstance(part, str) and isinstance(current, type) and issubclass(current, BaseModel):
            current = current.model_fields[part].annotation if part in current.model_fields else None
        while get_origin(current) in (Union, UnionType, tuple, list):
            current = next((arg for arg in get_args(current) if arg not in (type(None), ...)), None)
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    return [field.alias or name for name, field in current.model_fields.items()]


def _words(error: ErrorDetails) -> tuple[str, str, str]:
    """Give what was expected and found, and a hint, of one of pydantic's errors."""
    kind, found, context = error["type"], show(error["input"]), error.get("ctx", {})
    if kind == "missing":
        name = str(error["loc"][-1])
        return _LANGUAGE_TEXTS.get(name, f"the key '{name}'"), "nothing", ""
    if kind == "extra_forbidden":
        return "a known key", f"'{error['loc'][-1]}'", ""
    if kind in ("literal_error", "enum"):
        choices = [part.strip(" '") for part in str(context["expected"]).replace(" or ", ",").split(",")]
        expected = (
            f"one of {', '.join(choices)}" if len(choices) < 9 else f"one of the {len(choices)} words of its list"
        )
        return expected, found, did_you_mean(str(error["input"]), choices)
    if kind == "string_pattern_mismatch":
        return _PATTERNS.get(context["pattern"], f"text like {context['pattern']}"), found, ""
    if kind == "string_too_short":
        return "text that is not empty", found, ""
    if kind == "too_short":
        return "at least one entry", "none", ""
    for limit, words in _LIMITS.items():
        if limit in context:
            return f"a number of {words} {context[limit]}", found, ""
    return _TYPES.get(kind.partition("_")[0], error["msg"]), found, ""


Kind = Literal["unit", "source", "theme", "indicator", "area", "flow", "briefing"]


def unknown(file: str, key: str, kind: Kind, found: str, known: Sequence[str]) -> Fault:
    """Give the fault of a reference to something that nobody declared."""
    article = "an" if kind in ("indicator", "area") else "a"
    return Fault(file, key, f"{article} {kind} of the catalogue", repr(found), did_you_mean(found, known))
