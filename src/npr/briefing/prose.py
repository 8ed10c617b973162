"""Turns prose with {expressions} into Markdown in which every number carries its record.

`{latest}` prints a value with the words of its unit; after a colon at the top level stand options, joined by commas:
`bare` (the number alone), `+` (always with its sign), `abs` (never), a digit (decimals). `{{` and `}}` are literal
braces.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from npr.briefing.records import Record, record_of_demand, record_of_fact, record_of_value, record_of_year
from npr.catalogue.declarations import Language
from npr.catalogue.evidence import Demand, EvidenceFact
from npr.errors import ContentError, Fault
from npr.indicators.values import Value, Year

OPENING, CLOSING, QUOTES = "([{", ")]}", "'\""


@dataclass(frozen=True)
class Expression:
    """A Python expression in prose, with its options."""

    code: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Quote:
    """A fact or a demand quoted in prose: the text to print, what carries it, and who published it."""

    fact: EvidenceFact | Demand
    text: str
    publisher: str


@dataclass(frozen=True)
class Citation:
    """Facts cited without printing their number."""

    facts: tuple[EvidenceFact, ...]


@dataclass(frozen=True)
class Words:
    """Markdown that holds no figure of the edition, such as a link to another briefing; its digits are names."""

    markdown: str


@dataclass(frozen=True)
class Rendered:
    """Markdown with [[v:k]] where values[k] stands and [[c:n]] where reference n is cited."""

    markdown: str = ""
    values: tuple[Record, ...] = field(default=())


def parse(template: str, file: str = "prose") -> list[str | Expression]:
    """Split prose into literal text and expressions.

    Raises:
        ContentError: a brace that is not closed or not opened.

    >>> parse("up {gap:+,0} from {year}")
    ['up ', Expression(code='gap', options=('+', '0')), ' from ', Expression(code='year', options=())]
    """
    return list(_parts(template, file))


def _parts(template: str, file: str) -> Iterator[str | Expression]:
    literal, at = "", 0
    while at < len(template):
        sign = template[at]
        if sign in "{}" and template[at : at + 2] == sign * 2:
            literal, at = literal + sign, at + 2
        elif sign == "{":
            end = _closing(template, at, file)
            if literal:
                yield literal
            literal = ""
            yield _expression(template[at + 1 : end])
            at = end + 1
        elif sign == "}":
            raise _fault(file, template[max(0, at - 30) : at + 1], "{ before }", "a lone }")
        else:
            literal, at = literal + sign, at + 1
    if literal:
        yield literal


def _walk(text: str, start: int) -> Iterator[tuple[int, str, int]]:
    """Give (position, sign, depth of brackets) of every sign outside quotes."""
    depth, quote = 0, ""
    for at in range(start, len(text)):
        sign = text[at]
        if quote:
            quote = "" if sign == quote else quote
        elif sign in QUOTES:
            quote = sign
        else:
            depth += (sign in OPENING) - (sign in CLOSING)
            yield at, sign, depth


def _closing(template: str, start: int, file: str) -> int:
    for at, sign, depth in _walk(template, start):
        if sign == "}" and depth == 0:
            return at
    raise _fault(file, template[start : start + 40], "} after {", "the end of the text")


def _expression(inner: str) -> Expression:
    colons = [at for at, sign, depth in _walk(inner, 0) if sign == ":" and depth == 0]
    if not colons:
        return Expression(inner.strip())
    options = tuple(one.strip() for one in inner[colons[-1] + 1 :].split(","))
    return Expression(inner[: colons[-1]].strip(), options)


class Writer:
    """Evaluates expressions in a notebook's names and collects the records of what they print."""

    def __init__(self, namespace: Mapping[str, Any], language: Language, number_of: Callable[[str], int]) -> None:
        self.namespace, self.language, self.number_of = namespace, language, number_of
        self.values: list[Record] = []

    def render(self, template: str, where: str) -> Rendered:
        """Render one piece of prose.

        Raises:
            ContentError: an expression that prints a number without origin, or nothing that prose can print.
        """
        parts = [part if isinstance(part, str) else self._print(part, where) for part in parse(template, where)]
        return Rendered("".join(parts).strip(), tuple(self.values))

    def _print(self, expression: Expression, where: str) -> str:
        result = eval(expression.code, dict(self.namespace))  # noqa: S307 - a notebook's own code, in its own names
        if isinstance(result, Value):
            if "abs" in expression.options:
                result = replace(result, amount=abs(result.amount))
            return self._mark(record_of_value(result, self._show(result, expression, where), self.language))
        if isinstance(result, Year):
            return self._mark(record_of_year(result, self.language))
        if isinstance(result, Quote):
            if isinstance(result.fact, Demand):
                return self._mark(record_of_demand(result.fact, result.text, result.publisher))
            return self._mark(record_of_fact(result.fact, result.text, result.publisher)) + self._cite((result.fact,))
        if isinstance(result, Citation):
            return self._cite(result.facts)
        if isinstance(result, Words):
            return result.markdown
        if isinstance(result, str) and not re.search(r"\d", result):
            return result
        raise _fault(
            where,
            "{" + expression.code + "}",
            "a value, year, fact, citation or words without digits",
            f"{type(result).__name__} {result!r}",
        )

    def _show(self, value: Value, expression: Expression, where: str) -> str:
        decimals, form, signed = None, "prose", False
        for option in expression.options:
            if option.isdigit():
                decimals = int(option)
            elif option == "bare":
                form = "bare"
            elif option == "+":
                signed = True
            elif option != "abs":
                raise _fault(
                    where, "{" + expression.code + ":" + option + "}", "bare, +, abs or a number of decimals", option
                )
        return value.show(self.language, form=form, decimals=decimals, signed=signed)

    def _mark(self, record: Record) -> str:
        self.values.append(record)
        return f"[[v:{len(self.values) - 1}]]"

    def _cite(self, facts: tuple[EvidenceFact, ...]) -> str:
        numbers = sorted({self.number_of(fact.id) for fact in facts})
        return "".join(f"[[c:{number}]]" for number in numbers)


def _fault(file: str, key: str, expected: str, found: str) -> ContentError:
    return ContentError([Fault(file, key, expected, found)])
