"""Texts that code prints, from `messages.yml`: each has a key, and a Swedish and an English wording."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any

from npr.catalogue.declarations import LANGUAGES, Language
from npr.catalogue.yaml_files import read_yaml
from npr.errors import ContentError, Fault, did_you_mean

FILE = Path(__file__).with_name("messages.yml")
SHOWN = "src/npr/language/messages.yml"
LANGUAGE_NAMES: dict[Language, str] = {"sv": "Swedish", "en": "English"}

Texts = Mapping[str, Mapping[str, str]]


def message(key: str, language: Language, **fields: str) -> str:
    """Give the text of a key in a language, with its {fields} filled in.

    Raises:
        ContentError: no such key, no text in that language, or a field not given (file and key are named); the
            first call finds every fault of the file.
    """
    texts = _texts()
    if key not in texts:
        raise ContentError([Fault(SHOWN, key, "a text", "no such key", did_you_mean(key, texts))])
    text = texts[key].get(language)
    if text is None:
        raise ContentError([Fault(SHOWN, f"{key}.{language}", f"one of {', '.join(LANGUAGES)}", repr(language))])
    lost = sorted(_fields(text) - set(fields))
    if lost:
        found = ", ".join(sorted(fields)) or "none"
        raise ContentError([Fault(SHOWN, key, f"the fields {', '.join(sorted(_fields(text)))}", f"{found} given")])
    return text.format(**fields)


def check_messages(path: Path = FILE) -> list[Fault]:
    """List every fault of the texts: bad YAML, a key that stands twice, a missing language, {fields} that differ."""
    return _read(path)[1]


@lru_cache
def _texts() -> Texts:
    texts, faults = _read(FILE)
    if faults:
        raise ContentError(faults)
    return texts


def _read(path: Path) -> tuple[Texts, list[Fault]]:
    content, found = read_yaml(path.parent, path)
    faults = [replace(fault, file=SHOWN) for fault in found]
    texts: dict[str, Mapping[str, str]] = {}
    for key, leaf in _leaves(content, "") if content is not None else ():
        wrong = list(_leaf_faults(key, leaf))
        faults += wrong
        if not wrong:
            texts[key] = leaf
    return texts, faults


def _leaves(node: Any, above: str) -> Iterator[tuple[str, Any]]:
    """Give (dotted key, leaf): whatever is no mapping, and each mapping that holds a language or nothing at all."""
    if not isinstance(node, dict) or not node or set(node) & set(LANGUAGES):
        yield above or "(file)", node
        return
    for key, below in node.items():
        yield from _leaves(below, f"{above}.{key}" if above else str(key))


def _leaf_faults(key: str, leaf: Any) -> Iterator[Fault]:
    if not isinstance(leaf, dict):
        yield Fault(SHOWN, key, "a text in each language", repr(leaf))
        return
    for other in sorted(set(leaf) - set(LANGUAGES)):
        yield Fault(SHOWN, f"{key}.{other}", f"one of {', '.join(LANGUAGES)}", repr(other))
    texts = {one: leaf.get(one) for one in LANGUAGES}
    for one, text in texts.items():
        if not isinstance(text, str) or not text.strip():
            found = "nothing" if text is None else repr(text)
            yield Fault(SHOWN, f"{key}.{one}", f"a text in {LANGUAGE_NAMES[one]}", found)
    yield from _field_faults(key, {one: text for one, text in texts.items() if isinstance(text, str)})


def _field_faults(key: str, texts: Mapping[Language, str]) -> Iterator[Fault]:
    fields: dict[Language, set[str]] = {}
    for one, text in texts.items():
        try:
            fields[one] = _fields(text)
        except ValueError as error:
            yield Fault(SHOWN, f"{key}.{one}", "fields as {name}, and {{ and }} for braces", f"{text!r}, {error}")
    if len(fields) == len(LANGUAGES) and fields["sv"] != fields["en"]:
        yield Fault(SHOWN, key, f"the same fields, {sorted(fields['sv'])} as in Swedish", str(sorted(fields["en"])))


def _fields(text: str) -> set[str]:
    """Give the names of the {fields}.

    Raises:
        ValueError: a brace is not closed, or a field has no plain name.
    """
    names = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    odd = sorted(name for name in names if not name.isidentifier())
    if odd:
        raise ValueError(f"{{{odd[0]}}} is no name")
    return names
