"""Reads SDMX-CSV messages of OECD into columns of text: nothing is guessed, nothing is lost unseen."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv

from npr.oecd.answers import CutError, OecdError, WrongAnswerError, made

VALUE, TIME, MULTIPLIER = "OBS_VALUE", "TIME_PERIOD", "UNIT_MULT"
STATUSES = ("OBS_STATUS", "OBS_STATUS_2", "OBS_STATUS_3")
NO_MULTIPLIER = "9999"
_CODE = re.compile(r"[A-Z][A-Z0-9_@$-]*")
_HEADS = ("DATAFLOW", "STRUCTURE")
_LABEL_HEADS = {"STRUCTURE_NAME"}
_FLOW_COLUMNS = {"DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "ACTION"}
_AGAIN = "Run `npr fetch` again; if it stays so, open the address in a browser and see what OECD sends."


@dataclass(frozen=True)
class Message:
    """The observations of a message.

    Shape: `table` has one column of text for each component (dimensions and TIME_PERIOD, OBS_VALUE, attributes), in
    the order of the message; a part that is empty is "".
    `flow` is as the message names it, `body` what was read, without a mark of byte order.
    """

    flow: str
    table: pa.Table
    body: bytes

    @cached_property
    def lines(self) -> list[bytes] | None:
        """Give the lines of the body, the header first; None when a text goes over lines, so that rows are no lines."""
        lines = self.body.splitlines(keepends=True)
        return lines if len(lines) == self.table.num_rows + 1 else None

    def texts(self, name: str) -> pa.Array:
        """Give a column as plain texts; one that the message does not have is all empty."""
        if name not in self.table.column_names:
            return pa.array([""] * self.table.num_rows, pa.string())
        return plain(self.table.column(name))


def plain(column: pa.ChunkedArray) -> pa.Array:
    """Give a column of dictionary codes or texts as one array of texts."""
    texts = column.cast(pa.string()).combine_chunks()
    return texts if isinstance(texts, pa.Array) else pa.concat_arrays(texts.chunks)


def parse_message(body: bytes, address: str, components: Collection[str] = ()) -> Message:
    """Read an SDMX-CSV message, 1.0 or 2.0, with or without labels.

    `components` are the ids that the structure knows, which tell a code column from a label column for certain.

    Raises:
        OecdError: no SDMX-CSV, no rows, cut short, not UTF-8, another number of parts in a line.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")
    _check_whole(body, address)
    names, both = _names(body, address, components)
    table = _read(body, names, address)
    if not table.num_rows:
        raise _wrong("OECD sent a header and no rows", address, "no rows", "at least one observation")
    if both:
        columns = [_codes(table.column(name)) for name in table.column_names]
        table = pa.table(dict(zip(table.column_names, columns, strict=True)))
    flow = _flow(table, address)
    held = [name for name in table.column_names if name not in _FLOW_COLUMNS]
    return Message(flow, table.select(held), body)


def _check_whole(body: bytes, address: str) -> None:
    start = body[:1000].strip()
    if start[:1] == b"<":
        raise _wrong("OECD sent a page instead of data", address, start[:40].decode("utf-8", "replace"))
    if not start:
        raise made(CutError, "OECD sent an empty answer", address, "nothing", _AGAIN)
    if body[-1:] != b"\n":
        last = body[-40:].decode("utf-8", "replace")
        raise made(CutError, "The answer of OECD was cut short", address, f"...{last!r}", _AGAIN, "a line end")
    if b"\0" in body:
        raise _wrong("The answer of OECD is damaged", address, "a zero byte", "text")


def _names(body: bytes, address: str, components: Collection[str]) -> tuple[list[str], bool]:
    """Give a name for each column, "" for one of labels; and whether each part holds code and label ("SWE: Sweden")."""
    try:
        head = body[: body.index(b"\n") + 1].decode("utf-8")
        told = next(csv.reader(io.StringIO(head), strict=True))
    except (UnicodeDecodeError, csv.Error, StopIteration) as error:
        raise _wrong("The header of OECD's answer cannot be read", address, str(error)) from error
    both = any(": " in one for one in told)
    ids = [one.partition(": ")[0] for one in told] if both else told
    names: list[str] = []
    for one in ids:
        known = one in components or one.startswith(("OBS_", "STRUCTURE")) or one in {*_HEADS, TIME}
        code = (known or _CODE.fullmatch(one) is not None) and one not in _LABEL_HEADS
        names.append(one if code and one not in names else "")
    if not names or names[0] not in _HEADS:
        raise _wrong("OECD's answer is no SDMX-CSV", address, head.strip()[:80], "a header with DATAFLOW or STRUCTURE")
    if VALUE not in names:
        raise _wrong("OECD's answer has no values", address, head.strip()[:80], f"a column {VALUE}")
    return names, both


def _read(body: bytes, names: list[str], address: str) -> pa.Table:
    """Read the rows with pyarrow: all of it text, what names the flow as dictionaries, no word taken for missing."""
    unique = [name or f"label {at}" for at, name in enumerate(names)]
    wanted = [name for name in names if name]
    alike = pa.dictionary(pa.int32(), pa.string())
    try:
        return pacsv.read_csv(
            pa.BufferReader(body),
            read_options=pacsv.ReadOptions(column_names=unique, skip_rows=1),
            parse_options=pacsv.ParseOptions(newlines_in_values=b'"' in body),
            convert_options=pacsv.ConvertOptions(
                column_types={name: alike if name in _FLOW_COLUMNS else pa.string() for name in wanted},
                include_columns=wanted, null_values=[], strings_can_be_null=False, quoted_strings_can_be_null=False,
            ),
        )  # fmt: skip
    except (pa.ArrowException, UnicodeDecodeError) as error:
        told = str(error).splitlines()[0]
        what = "A line of OECD's answer has another number of parts than its header, or is no text"
        raise made(CutError, what, address, told, _AGAIN) from error


def _codes(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Cut the labels off: "SWE: Sweden" is SWE."""
    return pa.chunked_array([pc.replace_substring_regex(plain(column), r"(?s): .*$", "")])


def _flow(table: pa.Table, address: str) -> str:
    """Give the flow that the rows name, which must be one."""
    name = "STRUCTURE_ID" if "STRUCTURE_ID" in table.column_names else table.column_names[0]
    flows = _words(table.column(name))
    if len(flows) != 1:
        raise _wrong("OECD's answer mixes dataflows", address, ", ".join(map(str, flows[:5])), "one dataflow")
    kinds = _words(table.column("STRUCTURE")) if "STRUCTURE" in table.column_names else []
    if [one for one in kinds if one.upper() != "DATAFLOW"]:
        raise _wrong("OECD's answer is not of a dataflow", address, ", ".join(kinds[:5]), "DATAFLOW")
    return str(flows[0])


def _words(column: pa.ChunkedArray) -> list[str]:
    """Give the different words of a column, sorted; those of codes stand in their dictionaries already."""
    if not pa.types.is_dictionary(column.type):
        return sorted(pc.unique(column).to_pylist())
    return sorted({word for chunk in column.chunks for word in chunk.dictionary.to_pylist()})


def scaled(values: pa.Array, multipliers: pa.Array) -> pa.Array:
    """Give value texts with their power of ten applied: "2641" with 3 becomes "2641E3", the source's digits kept.

    An empty multiplier, 0 and the sentinel 9999 leave a value as it is; so does a value that is empty or no number.
    """
    apply = pc.and_(pc.match_substring_regex(multipliers, r"^-?[0-9]{1,2}$"), pc.not_equal(multipliers, "0"))
    apply = pc.and_(apply, pc.match_substring_regex(values, r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)$"))
    powers = pc.binary_join_element_wise(values, multipliers, "E")
    done = pc.if_else(apply, powers, values)
    left = pc.and_(pc.match_substring_regex(values, r"^[+-]?[0-9.]+[eE][+-]?[0-9]+$"), pc.not_equal(multipliers, "0"))
    left = pc.and_(left, pc.match_substring_regex(multipliers, r"^-?[0-9]{1,2}$"))
    if pc.any(left).as_py():
        texts, by, at = done.to_pylist(), multipliers.to_pylist(), left.to_pylist()
        done = pa.array([_shift(t, m) if yes else t for t, m, yes in zip(texts, by, at, strict=True)], pa.string())
    return done


def _shift(text: str, power: str) -> str:
    digits, _, exponent = text.upper().partition("E")
    return f"{digits}E{int(exponent) + int(power)}"


def joined_statuses(message: Message) -> pa.Array:
    """Give the status codes of each row, joined by a comma where OECD gives more than one ("B,P")."""
    columns = [message.texts(name) for name in STATUSES if name in message.table.column_names]
    if not columns:
        return message.texts(STATUSES[0])
    joined = pc.replace_substring_regex(pc.binary_join_element_wise(*columns, ","), r",,+", ",")
    return pc.utf8_trim(joined, ",")


def _wrong(what: str, address: str, found: str, expected: str = "SDMX-CSV") -> OecdError:
    return made(WrongAnswerError, what, address, found, _AGAIN, expected)
