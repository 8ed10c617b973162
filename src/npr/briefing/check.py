"""Reads a briefing's notebook without running it, and lists what is wrong with its prose and parameters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat

from npr.briefing.magic import parse_line
from npr.briefing.prose import Expression, parse
from npr.catalogue import Catalogue
from npr.catalogue.declarations import Briefing
from npr.catalogue.evidence import Evidence
from npr.errors import ContentError, Fault, did_you_mean

PROSE = re.compile(r"^%%(sv|en)\b[ \t]*(.*)$")
CALLS_OF_FACTS = {"fact", "cite"}
CALLS_OF_INDICATORS = {
    "latest", "first", "at", "mean", "count", "rank", "leader", "change", "growth", "has",
    "show_line", "show_ranked", "show_slope",
}  # fmt: skip


@dataclass(frozen=True)
class Prose:
    """A prose cell: where it stands, its language, first line and body."""

    where: str
    language: str
    line: str
    body: str


def notebook_faults(path: Path, briefing: Briefing, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    """List the faults of a notebook: parameters, pairs of languages, orphan numbers, unknown indicators and facts.

    An orphan number is a digit in prose that is neither in an expression nor one of the declaration's literals.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        return [Fault(briefing.notebook, "file", "a notebook", f"{type(error).__name__}: {error}")]
    cells = [
        (f"{briefing.notebook}, cell {at} ({cell.get('id', '')})", cell) for at, cell in enumerate(notebook.cells, 1)
    ]
    prose = [one for where, cell in cells if cell.cell_type == "code" for one in _prose(where, cell.source)]
    code = [(where, cell.source) for where, cell in cells if cell.cell_type == "code" and cell.source[:2] != "%%"]
    return [
        *_parameter_faults(briefing, cells),
        *_pair_faults(prose),
        *(fault for one in prose for fault in _text_faults(one.where, one.body, briefing, catalogue, evidence)),
        *(fault for one in prose for fault in _condition_faults(one, briefing, catalogue, evidence)),
        *(fault for where, source in code for fault in _code_faults(where, source, briefing, catalogue, evidence)),
    ]


def _prose(where: str, source: str) -> Iterator[Prose]:
    first, _, body = source.partition("\n")
    found = PROSE.match(first)
    if found:
        yield Prose(where, found[1], found[2], body)


def _parameter_faults(briefing: Briefing, cells: list[tuple[str, nbformat.NotebookNode]]) -> list[Fault]:
    tagged = [(where, cell) for where, cell in cells if "parameters" in cell.metadata.get("tags", [])]
    if len(tagged) != 1:
        return [Fault(briefing.notebook, "cell tagged parameters", "one", str(len(tagged)))]
    where, cell = tagged[0]
    plain = [node for node in ast.parse(cell.source).body if not isinstance(node, ast.AnnAssign)]
    return [Fault(where, ast.unparse(node), "name: type = default", "no annotation") for node in plain]


def _pair_faults(prose: list[Prose]) -> list[Fault]:
    """List Swedish cells without an English twin after them, and twins whose first lines differ."""
    faults, waiting = [], None
    for one in prose:
        if waiting is None and one.language == "sv":
            waiting = one
        elif waiting is not None and one.language == "en":
            if waiting.line.strip() != one.line.strip():
                faults.append(Fault(one.where, "first line", f"%%en {waiting.line}", f"%%en {one.line}"))
            waiting = None
        else:
            missing = "en" if waiting else "sv"
            faults.append(Fault((waiting or one).where, missing, f"its %%{missing} twin beside it", "missing text"))
            waiting = one if one.language == "sv" else None
    if waiting:
        faults.append(Fault(waiting.where, "en", "its %%en twin after it", "missing text"))
    return [
        *faults,
        *(Fault(one.where, one.language, "prose", "an empty cell") for one in prose if not one.body.strip()),
    ]


def _text_faults(where: str, text: str, briefing: Briefing, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    try:
        parts = parse(text, where)
    except ContentError as error:
        return error.faults
    faults = []
    for part in parts:
        if isinstance(part, Expression):
            faults += _code_faults(where, part.code, briefing, catalogue, evidence)
        else:
            faults += [_orphan(where, number) for number in orphans(part, briefing.literals)]
    return faults


def orphans(text: str, literals: tuple[str, ...]) -> list[str]:
    """Give the numbers in literal prose that no declaration allows.

    >>> orphans("Industri 4.0 i 25 länder", ("Industri 4.0",))
    ['25']
    """
    for literal in sorted(literals, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(literal)}(?!\d)", " ", text)
    return re.findall(r"\d[\d\s.,]*\d|\d", re.sub(r"^\d+\. ", "", text, flags=re.MULTILINE))


def _orphan(where: str, number: str) -> Fault:
    return Fault(where, number, "an {expression}, a fact or a declared literal", "a number without origin")


def _condition_faults(one: Prose, briefing: Briefing, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    try:
        condition = parse_line(one.line).condition
    except ContentError as error:
        return [Fault(one.where, fault.key, fault.expected, fault.found, fault.hint) for fault in error.faults]
    return _code_faults(one.where, condition, briefing, catalogue, evidence) if condition else []


def _code_faults(where: str, source: str, briefing: Briefing, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        return [Fault(where, source.strip().splitlines()[0][:60], "Python", f"a syntax error: {error.msg}")]
    faults = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            faults += _call_faults(where, node, node.func.attr, briefing, catalogue, evidence)
    return faults


def _call_faults(
    where: str, node: ast.Call, name: str, briefing: Briefing, catalogue: Catalogue, evidence: Evidence
) -> list[Fault]:
    if name == "text":
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        missing = [Fault(where, f"b.text({one}=...)", "text", "missing") for one in ("sv", "en") if one not in given]
        bodies = [
            value.value for value in given.values() if isinstance(value, ast.Constant) and isinstance(value.value, str)
        ]
        return [
            *missing,
            *(fault for body in bodies for fault in _text_faults(where, body, briefing, catalogue, evidence)),
        ]
    words = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
    if name in CALLS_OF_FACTS:
        ids = words if name == "cite" else words[:1]
        return [_unknown(where, "fact", one, evidence.facts) for one in ids if one not in evidence.facts]
    if name in CALLS_OF_INDICATORS and words:
        listed = set(briefing.indicators) & set(catalogue.indicators)
        return [] if words[0] in listed else [_unknown(where, "indicator", words[0], listed)]
    return []


def _unknown(where: str, kind: str, found: str, known: object) -> Fault:
    names = list(known) if isinstance(known, dict | set) else []
    return Fault(where, kind, f"a known {kind}", found, did_you_mean(found, names))
