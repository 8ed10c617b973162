"""Splits a message of OECD into the rows of indicators: each by its key, one value for an area and year."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from npr.catalogue.declarations import Flow, Indicator
from npr.errors import ContentError, Fault
from npr.oecd.messages import MULTIPLIER, TIME, VALUE, Message, joined_statuses, plain, scaled
from npr.vintages.content import MOST_FAULTS, SCHEMA, numbers_of

_YEAR = r"^(?P<year>[0-9]{4})(?:-A1|(?:-01-01)?/P1Y)?$"
_NO_NUMBER = r"(?i)^(nan|na|n/a|:|\.\.|-)?$"


def split_message(message: Message, flow: Flow, indicator: Indicator) -> tuple[pa.Table, bytes]:
    """Give the rows of an indicator, and the lines of the message that they stand in, with its header.

    Shape: as `content.SCHEMA`; a value is the source's text with its power of ten ("2641E3").

    Raises:
        ContentError: no rows for the key, a period that is no year, a text where a number belongs, or several values
            for one area and year.
    """
    mask = rows_of(message, flow, indicator)
    if not mask.any():
        key = " ".join(f"{name}={code}" for name, code in (indicator.oecd.key if indicator.oecd else {}).items())
        raise _fault(indicator, "oecd.key", "a key that OECD has observations for", f"none for {key}")
    chosen = Message(message.flow, message.table.filter(pa.array(mask)), b"")
    years = _years(chosen, indicator)
    values = _values(chosen, indicator)
    rows = pa.table(
        {
            "area": chosen.texts(flow.area),
            "year": years,
            "breakdown": pa.array([indicator.breakdown] * len(years), pa.string()),
            "value": numbers_of(values),
            "value_text": values,
            "status": joined_statuses(chosen),
        },
        schema=SCHEMA,
    )
    return _each_once(rows, chosen, flow, indicator), _lines(message, mask)


def rows_of(message: Message, flow: Flow, indicator: Indicator) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Mark the rows of a message that have the codes of an indicator's key."""
    mask = np.ones(message.table.num_rows, dtype=bool)
    for name in flow.dimensions:
        code = indicator.oecd.key.get(name) if indicator.oecd else None
        if code is None:
            continue
        if name not in message.table.column_names:
            raise _fault(indicator, f"oecd.key.{name}", "a column of OECD's answer", "none of that name")
        mask &= np.asarray(pc.fill_null(pc.equal(message.table.column(name), code), False))
    return mask


def _years(chosen: Message, indicator: Indicator) -> pa.Array:
    periods = plain(chosen.table.column(TIME)) if TIME in chosen.table.column_names else None
    if periods is None:
        raise _fault(indicator, "oecd.flow", f"a flow with {TIME}", "a flow without time")
    found = pc.struct_field(pc.extract_regex(periods, _YEAR), "year")
    odd = periods.filter(pc.is_null(found))
    if len(odd):
        raise _fault(indicator, "oecd.key", "years: name the frequency A", f"the period {odd[0].as_py()!r}")
    return found.cast(pa.int64())


def _values(chosen: Message, indicator: Indicator) -> pa.Array:
    """Give the value texts; what a source writes for "no number" is an empty one."""
    told = chosen.texts(VALUE)
    values = scaled(pc.if_else(pc.match_substring_regex(told, _NO_NUMBER), "", told), chosen.texts(MULTIPLIER))
    number = pc.match_substring_regex(values, r"^([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)?$")
    odd = pc.unique(values.filter(pc.invert(number))).to_pylist()
    if odd:
        raise _fault(indicator, "oecd", "numbers", f"{odd[0]!r} (no number, in {len(odd)} forms)")
    try:
        numbers_of(values)
    except (ValueError, pa.ArrowInvalid) as error:
        raise _fault(indicator, "oecd", "finite numbers", str(error)) from error
    return pc.utf8_ltrim(values, "+")


def _each_once(rows: pa.Table, chosen: Message, flow: Flow, indicator: Indicator) -> pa.Table:
    """Give the rows, the same one twice only once; two that differ are a fault, told with what else differs."""
    names = rows.column_names
    once = rows.group_by(names).aggregate([]).select(names) if rows.num_rows else rows
    counts = once.group_by(["area", "year"]).aggregate([([], "count_all")])
    twins = counts.filter(pc.greater(counts.column("count_all"), 1)).to_pylist()
    if not twins:
        return once.cast(SCHEMA)
    faults = []
    for twin in twins[:MOST_FAULTS]:
        here = pc.and_(pc.equal(rows.column("area"), twin["area"]), pc.equal(rows.column("year"), twin["year"]))
        same = chosen.table.filter(here)
        differ = [name for name in same.column_names if name != VALUE and len(pc.unique(plain(same.column(name)))) > 1]
        told = ", ".join(plain(same.column(VALUE)).to_pylist()[:4])
        also = f"; they differ in {', '.join(differ)}" if differ else ""
        faults.append(_one_fault(indicator, f"{twin['area']} {twin['year']}", "one value", f"{told}{also}"))
    raise ContentError(faults, todo=f"OECD sends several values: report it to OECD, or change {faults[0].file}.")


def _lines(message: Message, mask: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bytes:
    """Give the header and the marked lines, byte for byte; the whole body when a text in it goes over lines."""
    if message.lines is None:
        return message.body
    return b"".join([message.lines[0], *(message.lines[at + 1] for at in np.flatnonzero(mask))])


def _one_fault(indicator: Indicator, key: str, expected: str, found: str) -> Fault:
    return Fault(f"data/catalogue/indicators/{indicator.id}.yml", key, expected, found)


def _fault(indicator: Indicator, key: str, expected: str, found: str) -> ContentError:
    todo = f"Change the key in the file above, then run `npr fetch {indicator.id}`."
    return ContentError([_one_fault(indicator, key, expected, found)], todo=todo)
