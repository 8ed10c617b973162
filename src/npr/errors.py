"""One error class a room, each with the exit code of the command line and a message of five parts.

A message says what is wrong, where, what was expected and found, what was done or kept, and what to do next.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Fault:
    """One fault of content: the file, the key in it, what was expected there and what was found."""

    file: str
    key: str
    expected: str
    found: str
    hint: str = ""

    def __str__(self) -> str:
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.file}: {self.key}: expected {self.expected}, found {self.found}.{hint}"


class NprError(Exception):
    """A fault that a person can mend. `exit_code` is what the command line ends with."""

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: str = "",
        expected: str = "",
        found: str = "",
        kept: str = "Nothing was changed.",
        todo: str,
    ) -> None:
        self.what, self.where, self.expected, self.found, self.kept, self.todo = (
            what,
            where,
            expected,
            found,
            kept,
            todo,
        )
        super().__init__(self.message())

    def message(self) -> str:
        """Give the message in its two lines: what happened, and what to do."""
        first = self.what.rstrip(".")
        if self.expected or self.found:
            first += f": expected {self.expected or 'nothing'}, found {self.found or 'nothing'}"
        if self.where:
            first += f" ({self.where})"
        return f"{first}.\n{self.kept} {self.todo}".strip()

    def _render_traceback_(self) -> list[str]:
        """Give what a notebook shows instead of a traceback: IPython asks for this by its name."""
        return [f"{type(self).__name__}: {self.message()}"]


class UsageError(NprError):
    """A wrong command, parameter, indicator, country, language or edition."""

    exit_code = 2


class ContentError(NprError):
    """Faulty declarations, evidence, notebooks or texts: all faults of one reading, together."""

    exit_code = 3

    def __init__(self, faults: Sequence[Fault], *, todo: str = "Mend the lines above, then run `npr check`.") -> None:
        self.faults = list(faults)
        count = len(self.faults)
        what = f"{count} fault{'s' if count != 1 else ''} of content"
        super().__init__(what, todo=todo)

    def message(self) -> str:
        """List every fault on a line of its own, then say what to do."""
        lines = [f"{self.what}:", *(f"  {fault}" for fault in self.faults), f"{self.kept} {self.todo}"]
        return "\n".join(lines)


class NetworkError(NprError):
    """The network or OECD did not answer as expected."""

    exit_code = 4


class IntegrityError(NprError):
    """A hash does not match, or a vintage, receipt or lock file is damaged."""

    exit_code = 5


class NotebookError(NprError):
    """A notebook stopped: a cell raised, a claim was untrue, or the kernel died."""

    exit_code = 6


class RenderError(NprError):
    """The notebook ran, but a page or document could not be made from it."""

    exit_code = 7


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known word.

    >>> did_you_mean("contry", ["country", "language"])
    "Did you mean 'country'?"
    >>> did_you_mean("zzz", ["country"])
    ''
    """
    by_fold = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), by_fold, n=1, cutoff=0.6)
    return f"Did you mean '{by_fold[near[0]]}'?" if near else ""
