"""Reads a briefing's notebook without running it, and lists what is wrong with its prose and parameters."""

from __future__ import annotations

import ast
import re
from itertools import zip_longest
from pathlib import Path

from npr.briefing.cells import Cell, Prose, opening, read_code, words
from npr.briefing.demands import demand_faults, places_of
from npr.briefing.magic import parse_line
from npr.briefing.numbers import folded
from npr.briefing.prose import Expression, parse
from npr.catalogue import Catalogue
from npr.catalogue.declarations import LANGUAGES, Briefing, Text
from npr.catalogue.evidence import Evidence
from npr.errors import ContentError, Fault, did_you_mean

CALLS_OF_FACTS = {"fact", "cite"}
CALLS_OF_INDICATORS = {
    "latest", "first", "at", "mean", "count", "rank", "leader", "change", "growth", "has",
    "show_line", "show_ranked", "show_slope",
}  # fmt: skip


def notebook_faults(home: Path, briefing: Briefing, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    """List the faults of a notebook: parameters, pairs of languages, orphan numbers, unknown indicators and facts.

    An orphan number is a digit in prose that is neither in an expression nor one of the declaration's literals.
    """
    try:
        cells = read_code(home, briefing.notebook)
    except ContentError as error:
        return error.faults
    prose = [cell.prose for cell in cells if cell.prose]
    code = [(cell.where, cell.source) for cell in cells if not cell.prose and cell.source[:2] != "%%"]
    return [
        *_parameter_faults(briefing, cells),
        *_pair_faults(prose),
        *(fault for one in prose for fault in _text_faults(one.where, one.body, briefing, catalogue, evidence)),
        *(fault for one in prose for fault in _condition_faults(one, briefing, catalogue, evidence)),
        *(fault for where, source in code for fault in _code_faults(where, source, briefing, catalogue, evidence)),
        *_key_faults(cells, evidence),
    ]


def all_demand_faults(home: Path, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    """List what the notebooks, read together, say wrongly of the demands; one that cannot be read is left out."""
    found = []
    for briefing in catalogue.briefings.values():
        try:
            found += places_of(briefing, read_code(home, briefing.notebook))
        except ContentError:  # its own faults tell of it
            return []
    return demand_faults(found, evidence)


def _key_faults(cells: list[Cell], evidence: Evidence) -> list[Fault]:
    """List figures before the last key message, and key messages, or what stands beside them, read at second hand."""
    faults = []
    for cell in opening(cells):
        shown = [name for name, _ in cell.calls() if name.startswith("show_")]
        faults += [
            Fault(cell.where, f"b.{one}(...)", "figures after the last key message", "one before it") for one in shown
        ]
    for cell in cells:
        if not cell.prose or not cell.prose.is_message:
            continue
        quoted = re.findall(r"b\.(?:fact|cite)\(([^)]*)\)", cell.prose.body)
        for fact in re.findall(r'"([a-z0-9-]+)"', " ".join(quoted)):
            if fact in evidence.facts and evidence.facts[fact].confidence == "secondary":
                expected = "facts of which the source, or its abstract, was read"
                faults.append(Fault(cell.where, "key message", expected, f"{fact}, read at second hand"))
    return faults


def _parameter_faults(briefing: Briefing, cells: list[Cell]) -> list[Fault]:
    tagged = [(cell.where, cell) for cell in cells if "parameters" in cell.tags]
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
            faults += _order_faults(waiting, one)
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


def _order_faults(swedish: Prose, english: Prose) -> list[Fault]:
    """List where twins do not print the same numbers, facts and citations in the same order."""
    try:
        pair = [[_what(part) for part in parse(one.body, one.where)] for one in (swedish, english)]
    except ContentError:  # told of with the text itself
        return []
    printed = [[one for one in parts if one] for parts in pair]
    for at, (left, right) in enumerate(zip_longest(*printed, fillvalue="nothing"), 1):
        if left != right:
            return [Fault(english.where, f"number or citation {at}", f"{{{left}}}, as in Swedish", f"{{{right}}}")]
    return []


def _what(part: str | Expression) -> str:
    """Give what an expression prints, but for its words; "" for text and for expressions that give words alone."""
    if isinstance(part, str):
        return ""
    quoted = re.match(r'b\.(fact|demand)\(("[^"]*")', part.code)
    if quoted:
        return f"b.{quoted[1]}({quoted[2]})"
    return "" if re.search(r" if .* else |^(here|Here)$|b\.(text|name|genitive|over)", part.code) else part.code


def _text_faults(where: str, text: str, briefing: Briefing, catalogue: Catalogue, evidence: Evidence) -> list[Fault]:
    try:
        parts = parse(text, where)
    except ContentError as error:
        return error.faults
    faults, line = [], 2  # the first line of a cell says its language
    for part in parts:
        if isinstance(part, Expression):
            faults += _code_faults(where, part.code, briefing, catalogue, evidence)
        else:
            faults += [_orphan(where, line + down, number) for number, down in orphans(part, briefing.literals)]
            line += part.count("\n")
    return faults


def orphans(text: str, literals: tuple[str, ...]) -> list[tuple[str, int]]:
    r"""Give the numbers in literal prose that no declaration allows, and on which line of it each stands, from 0.

    >>> orphans("Industri 4.0 i 25 länder\noch 3 till", ("Industri 4.0",))
    [('25', 0), ('3', 1)]
    """
    for literal in sorted(literals, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(literal)}(?!\d)", " ", text)
    listed = re.sub(r"^\d+\. ", "", text, flags=re.MULTILINE)
    found = re.finditer(r"\d[\d \u00a0.,]*\d|\d", listed)
    return [(one[0], listed.count("\n", 0, one.start())) for one in found]


def _orphan(where: str, line: int, number: str) -> Fault:
    place = f"{where}, line {line}"
    return Fault(place, number, "an {expression}, a fact or a declared literal", "a number without origin")


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
    given_words = words(node)
    if name in CALLS_OF_FACTS:
        ids = given_words if name == "cite" else given_words[:1]
        lost = [_unknown(where, "fact", one, evidence.facts) for one in ids if one not in evidence.facts]
        return lost or _passage_faults(where, given_words, evidence.facts[ids[0]].statement if name == "fact" else None)
    if name == "demand" and given_words:
        if given_words[0] not in evidence.demands:
            return [_unknown(where, "demand", given_words[0], evidence.demands)]
        return _passage_faults(where, given_words, evidence.demands[given_words[0]].demand)
    if name in CALLS_OF_INDICATORS and given_words:
        listed = set(catalogue.indicators_of(briefing)) & set(catalogue.indicators)
        return [] if given_words[0] in listed else [_unknown(where, "indicator", given_words[0], listed)]
    return []


def _passage_faults(where: str, given: list[str], statement: Text | None) -> list[Fault]:
    """List a quoted passage that the statement holds in neither language."""
    if statement is None or len(given) < 2 or any(folded(given[1]) in folded(statement[one]) for one in LANGUAGES):
        return []
    return [Fault(where, f"passage of {given[0]}", f"words of {statement.sv!r} or {statement.en!r}", repr(given[1]))]


def _unknown(where: str, kind: str, found: str, known: object) -> Fault:
    names = list(known) if isinstance(known, dict | set) else []
    return Fault(where, kind, f"a known {kind}", found, did_you_mean(found, names))
