"""Checks the parameters of a briefing against its notebook and the catalogue, before any kernel starts."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from npr.briefing.notebooks import read_cells
from npr.catalogue import Catalogue
from npr.catalogue.declarations import LANGUAGES
from npr.errors import ContentError, Fault, UsageError, did_you_mean
from npr.factory.redact import is_secret

KINDS = ("str", "int", "float", "bool", "date", "list[str]", "None")
WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Parameter:
    """A parameter that a notebook declares: its name, the types that its annotation allows, its default as written."""

    name: str
    kinds: tuple[str, ...]
    default: str


def declared(path: Path, shown: str) -> dict[str, Parameter]:
    """Read the parameters of a notebook from its cell tagged "parameters"; imports may stand there too.

    Raises:
        ContentError: the file is no notebook, the cell is missing or no Python, or a parameter has no annotation.
    """
    tagged = [cell for cell in read_cells(path, shown) if "parameters" in cell.tags]
    if len(tagged) != 1:
        raise ContentError([Fault(shown, "cell tagged parameters", "one", str(len(tagged)))])
    where = f"{shown}, cell {tagged[0].id}"
    try:
        body = ast.parse(tagged[0].source).body
    except SyntaxError as error:
        raise ContentError([Fault(where, f"line {error.lineno}", "Python", f"a syntax error: {error.msg}")]) from None
    found, faults = {}, []
    for node in body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            continue
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
            faults.append(Fault(where, ast.unparse(node), "name: type = default", "no annotation"))
            continue
        kinds = tuple(one.strip() for one in ast.unparse(node.annotation).split("|"))
        faults += [Fault(where, node.target.id, f"a type among {', '.join(KINDS)}", k) for k in kinds if k not in KINDS]
        found[node.target.id] = Parameter(node.target.id, kinds, ast.unparse(node.value))
    if faults:
        raise ContentError(faults)
    return found


def check(given: Mapping[str, str], known: Mapping[str, Parameter], catalogue: Catalogue) -> dict[str, Any]:
    """Turn what was given on the command line into values of the declared types.

    Raises:
        UsageError: an unknown name, a wrong type, a secret, or a country or language that briefings do not know.
    """
    values: dict[str, Any] = {}
    for name, text in given.items():
        if is_secret(name):
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
        require_country(catalogue, values["country"])
    if "language" in values and values["language"] not in LANGUAGES:
        from npr.briefing.parameters import check_language  # the room of the notebooks is slow to import

        check_language(values["language"])
    return values


def require_country(catalogue: Catalogue, code: str) -> None:
    """Refuse what no briefing is made for; a name in either language is answered with its code.

    Raises:
        UsageError: as `npr.briefing.parameters.require_member`.
    """
    if code in catalogue.members:
        return
    meant = _meant(catalogue, code) if code not in catalogue.areas else ""
    if meant:
        raise UsageError(
            f"Unknown country {code!r}",
            expected="a code of three letters such as SWE",
            found=repr(code),
            kept="No kernel was started.",
            todo=f"Did you mean '{meant}'?",
        )
    from npr.briefing.parameters import require_member  # the room of the notebooks is slow to import

    require_member(catalogue, code)


def _meant(catalogue: Catalogue, word: str) -> str:
    """Give the member whose name this is, in either language, or whose code it is with letters swapped."""
    from npr.language.names import area_name

    # `did_you_mean` knows likeness only: for it, NRO is as near to ROU as to NOR.
    swapped = [code for code in catalogue.members if sorted(code) == sorted(word.upper())]
    if swapped:
        return swapped[0] if len(swapped) == 1 else ""
    if len(word) <= 3:
        return ""
    names = {area_name(catalogue.area(code), one).casefold(): code for code in catalogue.members for one in LANGUAGES}
    return names.get(word.casefold(), "")


def _value(parameter: Parameter, text: str) -> Any:
    # Anything is a str, so it comes last; "none" is None wherever that is allowed.
    for kind in sorted(parameter.kinds, key=lambda one: (one == "str", one != "None")):
        try:
            return _converted(kind, text)
        except (ValueError, KeyError):
            continue
    raise UsageError(
        f"Parameter {parameter.name!r} has the wrong type",
        expected=" | ".join(parameter.kinds),
        found=repr(text),
        kept="No kernel was started.",
        todo=f"Its default is {parameter.default}.",
    )


def _converted(kind: str, text: str) -> Any:
    """Give a text as a value of one type; ValueError or KeyError when it is none."""
    if kind == "None":
        return {"none": None}[text.casefold()]
    if kind == "bool":
        return WORDS[text.casefold()]
    if kind == "list[str]":
        return [one.strip() for one in text.split(",") if one.strip()]
    if kind == "date":
        # As text: Papermill keeps parameters as JSON too. `execute` makes it a date again.
        return date.fromisoformat(text).isoformat()
    if kind == "int":
        return int(text)
    if kind == "float" and not math.isfinite(float(text)):
        raise ValueError(text)
    return float(text) if kind == "float" else text
