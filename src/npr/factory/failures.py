"""What went wrong in a build, for people and for machines: a message, failures.md, failures.json and junit.xml."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from npr.errors import NotebookError

if TYPE_CHECKING:
    from npr.factory.redact import Redactor

FILES = ("failures.md", "failures.json")
JUNIT = "junit.xml"
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
LONGEST_LINE = 200  # of a cell's lines, as they are shown


@dataclass(frozen=True)
class Failure:
    """One briefing that was not built: where it stopped, why, and what to try.

    `name` is "briefing country language"; `cell` counts from 1, 0 when no cell is to blame; `lines` are those of the
    cell, the failing one marked by ">".
    """

    name: str
    cause: str
    todo: str
    exit_code: int
    edition: str = ""
    parameters: dict[str, Any] = field(default_factory=dict)
    section: str = ""
    cell: int = 0
    cell_id: str = ""
    lines: tuple[str, ...] = ()

    @property
    def briefing(self) -> str:
        """Give the briefing's id."""
        return self.name.partition(" ")[0]

    @property
    def where(self) -> str:
        """Give the place in the notebook, "" when no cell is to blame."""
        return f"cell {self.cell} ({self.cell_id}), section “{self.section}”" if self.cell_id else ""

    @property
    def given(self) -> str:
        """Give the parameters as they are written on the command line."""
        return ", ".join(f"{key}={value}" for key, value in self.parameters.items())

    def message(self) -> str:
        """Give what the command line prints."""
        if not self.where:
            return f"{self.name}: {self.cause}\n{self.todo}".rstrip()
        code = "".join(f"\n    {line}" for line in self.lines)
        return (
            f"{self.name} stopped in {self.where}: {self.cause}{code}\n"
            f"Parameters {self.given}. An earlier report of it is kept; the other briefings go on.\n{self.todo}"
        )

    def hidden(self, redactor: Redactor) -> Failure:
        """Give it without secrets, and so that it can be written and read: long lines are cut, odd signs left out."""
        told = {name: _writable(redactor.tree(value)) for name, value in asdict(self).items() if name != "lines"}
        return replace(self, **told, lines=tuple(_cut(_writable(one)) for one in redactor.tree(self.lines)))

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Failure:
        """Read what a worker answered."""
        return cls(**{**told, "lines": tuple(told["lines"])})


class FailureError(NotebookError):
    """A notebook that stopped, with all that is known of it."""

    def __init__(self, failure: Failure) -> None:
        self.failure = failure
        self.exit_code = failure.exit_code
        super().__init__(failure.message(), kept="", todo="")

    def message(self) -> str:
        """Give the message of the failure, as it is."""
        return self.failure.message()


def _writable(content: Any) -> Any:
    """Replace halves of surrogate pairs, which no file could hold, in all texts, and leave out control characters."""
    if isinstance(content, str):
        return CONTROL.sub("", content.encode("utf-8", "replace").decode())
    if isinstance(content, dict):
        return {_writable(key): _writable(value) for key, value in content.items()}
    return [_writable(one) for one in content] if isinstance(content, list | tuple) else content


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[: LONGEST_LINE - 1] + "…"


def as_markdown(failures: Sequence[Failure]) -> str:
    """Give a page about all failures, one section each."""
    parts = [f"# {count(len(failures), 'briefing')} could not be built\n"]
    for one in failures:
        parts += [f"\n## {one.name}\n", f"\n{one.cause}\n"]
        parts += [f"\n- Where: {one.where}\n"] if one.where else []
        parts += [f"- Edition: {one.edition}\n- Parameters: {one.given}\n"] if one.parameters else []
        parts += ["\n```python\n", *(f"{line}\n" for line in one.lines), "```\n"] if one.lines else []
        parts += [f"\nTry this: {one.todo}\n"] if one.todo else []
    return "".join(parts)


def as_json(failures: Sequence[Failure]) -> list[dict[str, Any]]:
    """Give the failures as a list of mappings."""
    return [{**asdict(one), "briefing": one.briefing, "lines": list(one.lines)} for one in failures]


def as_text(content: Any) -> str:
    """Give JSON for a file."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def as_junit(passed: Sequence[tuple[str, float]], fresh: Sequence[str], failures: Sequence[Failure]) -> str:
    """Give JUnit XML: a case for each briefing; those that were fresh are skipped."""
    total = len(passed) + len(fresh) + len(failures)
    seconds = f"{sum(one for _, one in passed):.2f}"
    suite = ElementTree.Element(
        "testsuite", name="npr build", tests=str(total), failures=str(len(failures)), errors="0",
        skipped=str(len(fresh)), time=seconds,
    )  # fmt: skip
    for name, took in passed:
        ElementTree.SubElement(suite, "testcase", classname=name.partition(" ")[0], name=name, time=f"{took:.2f}")
    for name in fresh:
        case = ElementTree.SubElement(suite, "testcase", classname=name.partition(" ")[0], name=name, time="0.00")
        ElementTree.SubElement(case, "skipped", message="fresh")
    for one in failures:
        case = ElementTree.SubElement(suite, "testcase", classname=one.briefing, name=one.name, time="0.00")
        told = ElementTree.SubElement(case, "failure", message=_printable(one.cause.partition("\n")[0]))
        told.text = _printable(one.message())
    ElementTree.indent(suite)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(suite, encoding="unicode") + "\n"


def count(number: int, what: str) -> str:
    """Give a number with its noun.

    >>> count(1, "briefing"), count(3, "briefing")
    ('1 briefing', '3 briefings')
    """
    return f"{number} {what}{'' if number == 1 else 's'}"


def _printable(text: str) -> str:
    """Leave out what XML cannot hold."""
    return re.sub(r"[^\n\t\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
