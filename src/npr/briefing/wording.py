"""Finds sentences that compare a number without anything that stops the build when the comparison is untrue."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from npr.briefing.cells import Cell, Prose
from npr.briefing.prose import Expression, parse
from npr.catalogue.declarations import Briefing
from npr.errors import ContentError, Fault

COMPARING = {
    "sv": "över under högre lägre högst högsta lägst lägsta störst största minst minsta fler färre flest mer mindre "
    "mest ökat ökade ökar minskat minskade minskar vuxit krympt stigit sjunkit fördubblats bättre bäst sämre sämst",
    "en": "above below over under higher lower highest lowest largest smallest more fewer less most least rose risen "
    "fell fallen grew grown shrank shrunk increased decreased doubled better best worse worst",
}
ENDS = re.compile(r"(?<=[.!?:])\s+|\n")


def to_review(cells: list[Cell], briefing: Briefing) -> list[Fault]:
    """List sentences with a word of comparison beside a number, and no `b.over`, choice of words or claim about it.

    A claim is about a number when it names the number, or one that the number was made from.
    """
    claimed = _claimed(cells)
    return [fault for cell in cells if cell.prose for fault in _of_prose(cell.prose, briefing, claimed)]


def _of_prose(prose: Prose, briefing: Briefing, claimed: set[str]) -> Iterator[Fault]:
    if re.search(r"[<>]", prose.line):
        return
    try:
        parts = parse(prose.body, prose.where)
    except ContentError:  # told of as a fault
        return
    text = "".join(part if isinstance(part, str) else f"\0{at}\0" for at, part in enumerate(parts))
    for literal in briefing.literals:
        text = text.replace(literal, "")
    words = re.compile(rf"\b({'|'.join(COMPARING[prose.language].split())})\b", re.IGNORECASE)
    for sentence in ENDS.split(text):
        codes = [_code(parts[int(at)]) for at in re.findall(r"\0(\d+)\0", sentence)]
        found = words.search(re.sub(r"\0\d+\0", "", sentence))
        if found and _unasserted(codes, claimed):
            expected = "b.over(...), words chosen by the numbers, or b.claim(...)"
            line = 2 + text.count("\n", 0, text.find(sentence))  # the first line of a cell says its language
            yield Fault(f"{prose.where}, line {line}", f"“{found[0]}”", expected, _shown(sentence, parts))


def _code(part: str | Expression) -> str:
    return part.code if isinstance(part, Expression) else ""


def _unasserted(codes: list[str], claimed: set[str]) -> bool:
    """Say whether a sentence prints numbers of indicators, and nothing in it is judged on them."""
    if any("b.over(" in code or " if " in code for code in codes):
        return False
    numbers = [
        code for code in codes if not re.match(r"b\.(fact|cite|demand|name|genitive|link)|[hH]ere$|.*\.(year|n)$", code)
    ]
    return bool(numbers) and not any(set(re.findall(r"\w+", code)) & claimed for code in numbers)


def _claimed(cells: list[Cell]) -> set[str]:
    """Give the names that stand in claims, and those of leaders and extremes, which are found and not asserted."""
    found = set()
    for cell in cells:
        for name, call in cell.calls():
            if name == "claim":
                found |= {node.id for one in call.args for node in ast.walk(one) if isinstance(node, ast.Name)}
        if not cell.prose:
            found |= set(re.findall(r"(\w+) = (?:b\.leader|min|max)\(", cell.source))
            found |= {
                name for names in re.findall(r"([\w, ]+) = .*b\.leader\(", cell.source) for name in names.split(", ")
            }
    return found - {"b"}


def _shown(sentence: str, parts: list[str | Expression]) -> str:
    return re.sub(r"\0(\d+)\0", lambda at: "{" + _code(parts[int(at[1])]) + "}", sentence).strip()[:160]
