"""How good the method was before: in the back-test, and since 2016, as values with an origin."""

from __future__ import annotations

from npr.analysis.scorecard import AT, Outcome, against_last_value, newest, outcomes, share_within, worst
from npr.briefing.outlooks import Ahead
from npr.indicators.values import Origin, Value

HORIZONS = (1, 5, 10)
TOLERANCE = {0.8: (75.0, 85.0), 0.95: (92.0, 98.0)}  # per cent that a band may hold and still keep its promise


class TrackRecord(Ahead):
    """The numbers that tell how far to trust those that lie ahead."""

    def covered(self, kind: str, horizon: int, band: int = 80) -> Value:
        """Give how many per cent of the outcomes lay in the band, in the back-test. Unit: per cent."""
        found = self.outlook.backtest.summary(kind, horizon)
        amount = found.covers80 if band == 80 else found.covers95
        return self._of_test(amount, "PCT", 0, f"coverage of the {band} % band, {kind}, {horizon} years")

    def loss_ratio(self, model: str, kind: str, horizon: int) -> Value:
        """Give our CRPS in per cent of another model's, less 100. Unit: per cent change."""
        ratio = self.outlook.backtest.against(model, kind, horizon)[0]
        return self._of_test(100 * (ratio - 1), "PCT_CHANGE", 0, f"CRPS against {model}, {kind}, {horizon} years")

    def outcomes(self, *, country: bool = True) -> list[Outcome]:
        """Give what came of what the method would have said in 2016, for the country or for all members."""
        found = outcomes(self.outlook, self.members)
        return [one for one in found if one.area == self.country or not country]

    def hits(self) -> tuple[Value, Value]:
        """Give how many of the country's newest outcomes lie in the 80 % band of 2016, and of how many."""
        found = newest(self.outcomes())
        inside = [one for one in found if one.hit]
        told = f"newest outcomes since {AT}"
        return (
            self._of_test(float(len(inside)), "COUNT", 0, f"{told} within the 80 % band"),
            self._of_test(float(len(found)), "COUNT", 0, told),
        )

    def share_within(self) -> Value:
        """Give how many per cent of all members' outcomes since 2016 lay in their 80 % bands."""
        return self._of_test(share_within(self.outcomes(country=False)), "PCT", 0, f"outcomes since {AT} within")

    def off_by(self, *, country: bool = True) -> Value:
        """Give our mean error since 2016 against that of the last value. Unit: per cent change."""
        ratio = against_last_value(self.outcomes(country=country))
        return self._of_test(100 * (ratio - 1), "PCT_CHANGE", 0, f"error since {AT} against the last value")

    def misses(self, count: int, *, country: bool = True) -> list[Outcome]:
        """Give the worst misses among the newest outcomes."""
        return worst(newest(self.outcomes(country=country)), count)

    def kept_promise(self) -> bool:
        """Say whether the bands of all classes held as much as they should, a little more or less, at each horizon."""
        found = [self.outlook.backtest.summary(kind, h) for kind in ("slow", "diffusion") for h in HORIZONS]
        return all(
            TOLERANCE[0.8][0] <= one.covers80 <= TOLERANCE[0.8][1]
            and TOLERANCE[0.95][0] <= one.covers95 <= TOLERANCE[0.95][1]
            for one in found
            if one.n
        )

    def latest_outcome(self, indicator: str) -> Outcome | None:
        """Give the country's newest outcome of an indicator, beside what would have been said of it in 2016."""
        return next((one for one in newest(self.outcomes()) if one.indicator == indicator), None)

    def _of_test(self, amount: float, unit: str, decimals: int, how: str) -> Value:
        return Value(amount, self.base.catalogue.units[unit], decimals, Origin(area=self.country, publisher="npr"), how)
