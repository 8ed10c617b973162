"""Numbers that know where they come from: `Value` and `Year`, with arithmetic that keeps the origin."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from npr.catalogue.declarations import Language, Unit
from npr.language.numbers import show_number


@dataclass(frozen=True)
class Origin:
    """Where an observed number comes from: indicator or fact, area, year, status, vintage and publisher."""

    indicator: str | None = None
    fact: str | None = None
    area: str | None = None
    year: int | None = None
    breakdown: str | None = None
    status: str = ""
    vintage: str | None = None
    publisher: str = ""


@dataclass(frozen=True, eq=False)
class Value:
    """One number with its unit and origin; a computed one names how, and what it was computed from.

    A mean has the number of its countries as `n`.
    A missing value has amount NaN, shows itself as "..", and every comparison with it is False.
    Unit: as `unit` declares.
    """

    amount: float
    unit: Unit
    decimals: int
    origin: Origin
    how: str | None = None
    made_of: tuple[Value, ...] = field(default=(), repr=False)
    n: Value | None = field(default=None, repr=False)

    @property
    def missing(self) -> bool:
        """Say whether there is no number."""
        return math.isnan(self.amount)

    @property
    def year(self) -> Year:
        """Give the year, as something that prose can print with its origin."""
        return Year(self.origin.year, self)

    def show(
        self, language: Language, *, form: str = "prose", decimals: int | None = None, signed: bool = False
    ) -> str:
        """Give the number in a language's own format.

        `form`: "prose" (with the unit's words), "bare" (the number alone) .
        """
        digits = self.decimals if decimals is None else decimals
        number = show_number(self.amount, digits, language, signed=signed)
        if form == "bare" or self.missing:
            return number
        return self.unit.prose[language].replace("{n}", number)

    def __float__(self) -> float:
        return self.amount

    def __lt__(self, other: Value | float) -> bool:
        return self.amount < float(other)

    def __le__(self, other: Value | float) -> bool:
        return self.amount <= float(other)

    def __gt__(self, other: Value | float) -> bool:
        return self.amount > float(other)

    def __ge__(self, other: Value | float) -> bool:
        return self.amount >= float(other)


@dataclass(frozen=True)
class Year:
    """A year that a value is for; printed ungrouped, and traced like the value itself."""

    number: int | None
    of: Value

    def show(self, language: Language) -> str:
        """Give the year ungrouped, or ".." when there is none."""
        return ".." if self.number is None else str(self.number)

    def __int__(self) -> int:
        if self.number is None:
            raise ValueError("a missing value has no year")
        return self.number

    def __eq__(self, other: object) -> bool:
        return self.number == (other.number if isinstance(other, Year) else other)

    def __hash__(self) -> int:
        return hash(self.number)
