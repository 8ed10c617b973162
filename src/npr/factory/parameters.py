"""Checks the parameters of a briefing against its notebook and the catalogue, before any kernel starts."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from npr.briefing.parameters import require_member
from npr.catalogue import Catalogue
from npr.catalogue.declarations import LANGUAGES
from npr.errors import ContentError, Fault, UsageError, did_you_mean

SECRET = ("token", "secret", "password")
WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Parameter:
    """A parameter that a notebook declares: its name, the text of its annotation, its default."""

    name: str
    kind: str
    default: Any


def declared(path: Path, shown: str) -> dict[str, Parameter]:
    """Read the parameters of a notebook from its cell tagged "parameters".

    Raises:
        ContentError: the file is no notebook, or the cell is missing, or a parameter has no annotation.
    """
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        tagged = ["".join(one["source"]) for one in cells if "parameters" in one["metadata"].get("tags", [])]
    except OSError:
        raise ContentError([Fault(shown, "file", "a notebook", "no such file")]) from None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        found = f"{type(error).__name__}: not one that can be read"
        raise ContentError([Fault(shown, "file", "a notebook", found)]) from None
    if len(tagged) != 1:
        raise ContentError([Fault(shown, "cell tagged parameters", "one", str(len(tagged)))])
    parameters = {}
    for node in ast.parse(tagged[0]).body:
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
            raise ContentError([Fault(shown, ast.unparse(node), "name: type = default", "no annotation")])
        parameters[node.target.id] = Parameter(
            node.target.id, ast.unparse(node.annotation), ast.literal_eval(node.value)
        )
    return parameters


def check(given: Mapping[str, str], known: Mapping[str, Parameter], catalogue: Catalogue) -> dict[str, Any]:
    """Turn what was given on the command line into values of the declared types.

    Raises:
        UsageError: an unknown name, a wrong type, a secret, or a country or language that briefings do not know.
    """
    values: dict[str, Any] = {}
    for name, text in given.items():
        if any(word in name.casefold() for word in SECRET):
            raise UsageError(
                f"Parameter {name!r} looks like a secret",
                kept="No kernel was started, and its value was not written anywhere.",
                todo="A briefing needs none; parameters stand in the executed notebook for all to read.",
            )
        if name not in known:
            raise UsageError(
                f"Unknown parameter {name!r}",
                expected=f"one of {', '.join(known)}",
                found=name,
                kept="No kernel was started.",
                todo=did_you_mean(name, known) or "Choose one of them.",
            )
        values[name] = _value(known[name], text)
    if "country" in values:
        require_member(catalogue, values["country"])
    if values.get("language", "sv") not in LANGUAGES:
        raise UsageError(
            f"Unknown language {values['language']!r}",
            expected="sv or en",
            found=values["language"],
            todo="Choose one.",
        )
    return values


def _value(parameter: Parameter, text: str) -> Any:
    kinds = [one.strip() for one in parameter.kind.split("|")]
    if "None" in kinds and text.casefold() == "none":
        return None
    for kind in kinds:
        try:
            if kind == "str":
                return text
            if kind in ("int", "float"):
                return int(text) if kind == "int" else float(text)
            if kind == "bool":
                return WORDS[text.casefold()]
        except (ValueError, KeyError):
            continue
    raise UsageError(
        f"Parameter {parameter.name!r} has the wrong type",
        expected=parameter.kind,
        found=repr(text),
        kept="No kernel was started.",
        todo=f"Its default is {parameter.default!r}.",
    )
